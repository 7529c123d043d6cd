/**
 * The demo: the whole appliance on loopback, a carrier simulator on real SIP, software agents at desk phones, debtors that are made up, a
 * campaign under way. `--headless --seconds N` runs without a person and prints a JSON summary last.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { parseConfig } from '../src/config.ts'
import { freePort } from '../src/e2e/ports.ts'
import type { UserId } from '../src/lib/ids.ts'
import { createLogger } from '../src/lib/log.ts'
import { seededRandom } from '../src/lib/random.ts'
import { setCampaignState } from '../src/records/campaigns/campaigns.ts'
import { issueToken } from '../src/records/people/tokens.ts'
import { type Running, serve } from '../src/serve.ts'
import { ordinaryPeople, scenarioSchema } from '../src/sim/carrier/scenario.ts'
import { type RunningCarrier, startCarrier } from '../src/sim/carrier/start.ts'
import { leadOf } from '../src/sim/demo-lender.ts'
import { openDesks } from '../src/sim/desks.ts'
import { RobotAgent } from '../src/sim/robot-agent.ts'
import { fillCollections } from './demo-collections.ts'
import { echoNumber, fillIn, password, type Robot, serviceNumber, sipPassword } from './demo-data.ts'
import { fillAgency, fillBook, fillCases, fillTrades } from './demo-lender.ts'
import { summarise } from './demo-summary.ts'

const { values } = parseArgs({
  options: {
    headless: { type: 'boolean', default: false },
    seconds: { type: 'string' },
    port: { type: 'string', default: '8080' },
    keep: { type: 'string' },
  },
})
const seconds = values.seconds === undefined ? (values.headless ? 60 : null) : Number(values.seconds)
if (seconds !== null && !(seconds >= 5 && seconds <= 86_400)) {
  console.error(`demo: --seconds found ${values.seconds}, allowed: a number from 5 to 86400`)
  process.exit(2)
}

if (!(Number(values.port) >= 1 && Number(values.port) <= 65_535)) {
  console.error(`demo: --port found ${values.port}, allowed: a number from 1 to 65535`)
  process.exit(2)
}
if (values.keep !== undefined && existsSync(join(values.keep, 'switchroom.db'))) {
  console.error(
    `demo: --keep found ${values.keep}, which keeps an earlier demo; name another folder, or remove that one`,
  )
  process.exit(2)
}

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())

const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'switchroom-demo-'))
mkdirSync(folder, { recursive: true })
const say = (line = '') => process.stderr.write(`${line}\n`)
let good = false
try {
  good = await demo()
} catch (error) {
  const isWords = error instanceof Error && ('code' in error || error.name !== 'Error')
  console.error(`demo: ${isWords ? error.message : error instanceof Error ? error.stack : String(error)}`)
} finally {
  if (values.keep === undefined) rmSync(folder, { recursive: true, force: true })
}
process.exit(good ? 0 : 1)

async function demo(): Promise<boolean> {
  const sipPort = await freePort('127.0.0.1')
  const carrierPort = await freePort('127.0.0.2')
  await using running = await startServer(sipPort)
  const url = running.urls[0]!
  await using carrier = await startCarrierSimulator(carrierPort, sipPort)
  const token = await issueToken(running.records, 'system', { name: 'demo', role: 'admin' })
  const debtors = await fillBook(running.records)
  const setUp = await fillIn(url, token.secret, carrierPort, debtors.map(leadOf))
  await using desks = await openDesks({
    extensions: setUp.robots.map(robot => robot.extension),
    password: () => sipPassword,
    registrar: { address: '127.0.0.1', port: sipPort },
    address: '127.0.0.3',
    mediaPorts: { from: 36_000, to: 36_999 },
    voice: () => 'agent-zh',
    pickUpAfterMs: 300,
    seed: 11,
    onFault: (error, doing) => say(`desk phones: ${doing}: ${String(error)}`),
  })
  const work = await startRobots(running, url, setUp.robots)
  void desks
  introduce(url)
  // The floor is at work meanwhile, as it is when the lender's file of the day comes in.
  const { alice, campaign } = setUp
  const collectors = [alice, ...setUp.robots.map(({ id }) => id)]
  const book = fillCases(running.records, debtors, collectors)
    .then(() => fillTrades(running.records, [alice], campaign))
    .then(() => fillAgency(running.records, debtors, password))
    .then(() => fillCollections(running.records, debtors, { collectors, campaign }))
    .catch(error => say(`the lender's records: ${String(error)}`))

  const startedAt = performance.now()
  while (!stopping.signal.aborted && (seconds === null || performance.now() - startedAt < seconds * 1000)) {
    await sleep(
      Math.min(5000, seconds === null ? 5000 : Math.max(50, seconds * 1000 - (performance.now() - startedAt))),
      null,
      { signal: stopping.signal },
    ).catch(() => undefined)
    if (process.stderr.isTTY || !values.headless) progress(running, carrier)
  }
  const busy = work.utilisation()
  work.stop()
  await book
  await windDown(running, carrier)
  const sums = await summarise(running.house.store, join(folder, 'recordings'), busy)
  console.log(JSON.stringify(sums))
  return sums.connected > 0 && sums.recordings > 0
}

function startServer(sipPort: number): Promise<Running> {
  return freeHttpPort(Number(values.port)).then(port =>
    serve(
      parseConfig({
        file: join(folder, 'switchroom.toml'),
        text: [
          `data_dir = ${JSON.stringify(folder)}`,
          'lab = true',
          '[http]',
          `listen = "127.0.0.1:${port}"`,
          'tls = "off"',
          '[sip]',
          `listen = ["udp:127.0.0.1:${sipPort}", "tcp:127.0.0.1:${sipPort}"]`,
          '[media]',
          'address = "127.0.0.1"',
          'ports = "20000-23999"',
          'workers = 1',
        ].join('\n'),
        env: {},
      }),
      createLogger(process.env['SWITCHROOM_LOG_LEVEL'] ?? 'warn'),
    ),
  )
}

/** A browser gives the microphone to plain http on 127.0.0.1, so the demo needs no certificate. */
async function freeHttpPort(wanted: number): Promise<number> {
  const { createServer } = await import('node:net')
  return new Promise(done => {
    const probe = createServer()
    probe.once('error', () => done(freePort('127.0.0.1')))
    probe.listen(wanted, '127.0.0.1', () => probe.close(() => done(wanted)))
  })
}

function startCarrierSimulator(port: number, sipPort: number): Promise<RunningCarrier> {
  // In a short run people pick up and finish sooner, so that there is something to count.
  const hurry = seconds !== null && seconds < 300
  const people = hurry
    ? ordinaryPeople.map(person =>
        person.kind === 'answers'
          ? {
              ...person,
              ringMs: { mean: 2500, cv: 0.4, min: 600, max: 8000 },
              talkMs: { mean: 12_000, cv: 0.6, min: 3000 },
            }
          : person,
      )
    : ordinaryPeople
  return startCarrier({
    scenario: scenarioSchema.parse({
      seed: 2026,
      listen: [`udp:127.0.0.2:${port}`],
      mediaPorts: '40000-43999',
      people,
      numbers: { [echoNumber]: { kind: 'echo' } },
      inbound: {
        to: serviceNumber,
        target: `udp:127.0.0.1:${sipPort}`,
        perMinute: hurry ? 6 : 2,
        talkMs: { mean: 15_000, cv: 0.5, min: 4000 },
        keys: ['1', '1', '1', '2', '91', '8005', ''],
      },
    }),
    recordTo: null,
    log: () => undefined,
    onFault: (error, doing) => say(`carrier: ${doing}: ${String(error)}`),
  })
}

async function startRobots(running: Running, url: string, people: Robot[]) {
  const { engine } = running.house
  const timers = new Set<NodeJS.Timeout>()
  const after = (ms: number, task: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      task()
    }, ms)
    timers.add(timer)
    return () => clearTimeout(timer)
  }
  const team = new Map<UserId, RobotAgent>()
  const clocks = new Map<UserId, { since: number; state: string; busyMs: number; thereMs: number }>()
  const spend = (clock: { since: number; state: string; busyMs: number; thereMs: number }, at: number) => {
    const ms = at - clock.since
    clock.since = at
    if (clock.state === 'signed_off' || clock.state === 'break') return
    clock.thereMs += ms
    if (clock.state === 'talking' || clock.state === 'wrapping') clock.busyMs += ms
  }
  const unsubscribe = engine.subscribe(({ fact, at }) => {
    if (fact.type !== 'agent.stateChanged') return
    const clock = clocks.get(fact.agent)
    if (clock) {
      spend(clock, at)
      clock.state = fact.state
    }
    team.get(fact.agent)?.hear({ state: fact.state, reason: fact.reason, call: fact.call })
  })
  const outcomes = await outcomesOf(engine)
  const signIns = people.map(async (person, at) => {
    const robot = new RobotAgent({
      url,
      name: person.name,
      password,
      random: seededRandom(100 + at),
      after,
      outcomes,
      onTrouble: words => say(`agents: ${words}`),
    })
    team.set(person.id, robot)
    clocks.set(person.id, { since: Date.now(), state: 'signed_off', busyMs: 0, thereMs: 0 })
    await robot.signIn()
  })
  await Promise.all(signIns)
  return {
    /** Talk and wrap-up of the software agents, over their time signed on without breaks. */
    utilisation(): number {
      let busyMs = 0
      let thereMs = 0
      for (const clock of clocks.values()) {
        spend(clock, Date.now())
        busyMs += clock.busyMs
        thereMs += clock.thereMs
      }
      return thereMs === 0 ? 0 : Math.round((busyMs / thereMs) * 1000) / 1000
    },
    stop() {
      unsubscribe()
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

/** The outcomes that the campaign offers, the cheerful ones more often; callbacks need a time, which robots do not choose. */
async function outcomesOf(engine: Running['house']['engine']) {
  const [campaign] = engine.state.campaigns.values()
  return campaign!.campaign.dispositions
    .filter(choice => choice.followUp === 'done' || choice.followUp === 'retry')
    .map(choice => ({ weight: choice.followUp === 'done' ? 3 : 1, code: choice.code, note: choice.words['zh-CN'] }))
}

/** Nobody dials and nobody calls any more; the calls under way are ended and their recordings sealed before the sums are made. */
async function windDown(running: Running, carrier: RunningCarrier): Promise<void> {
  const { engine } = running.house
  for (const id of engine.state.campaigns.keys())
    await setCampaignState(running.records, 'system', id, { state: 'paused' })
  carrier.carrier.stop()
  const open = () => [...engine.state.calls.values()].filter(call => call.phase !== 'ended')
  for (const call of open()) engine.post({ type: 'call.end', call: call.id, by: 'system' })
  for (let waitedMs = 0; waitedMs < 30_000 && (open().length > 0 || engine.state.recordings.size > 0); waitedMs += 50)
    await sleep(50)
}

function introduce(url: string): void {
  if (values.headless) return
  say()
  say(`  Switchroom is at work:  ${url}`)
  say('  The carrier, the debtors and sixteen of the agents are software; nothing leaves this machine.')
  say()
  say(`  agent       alice   ${password}    take calls in the browser: allow the microphone, then Ready`)
  say(`  agency      zhou    ${password}    a collector of an agency: placed cases, numbers masked`)
  say(`  supervisor  sam     ${password}    the floor, live`)
  say(`  admin       adam    ${password}    people, trunks, campaigns, leads`)
  say(`  auditor     olga    ${password}    recordings and evidence`)
  say()
  say('  Ctrl-C stops everything and leaves nothing behind.')
  say()
}

function totals(running: Running) {
  const sum = { calls: 0, connected: 0, abandoned: 0 }
  for (const campaign of running.house.engine.state.campaigns.values()) {
    sum.calls += campaign.dialled
    sum.connected += campaign.connected
    sum.abandoned += campaign.abandoned
  }
  return sum
}

function progress(running: Running, carrier: RunningCarrier): void {
  const { calls, connected, abandoned } = totals(running)
  say(
    `  ${calls} calls dialled, ${connected} connected, ${abandoned} abandoned, ${carrier.figures.talking} talking now`,
  )
}
