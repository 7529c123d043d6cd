/** One floor at work: the whole house here, carrier, customers and desk phones in another process, for so many seconds. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { User } from '../../src/centre/entities.ts'
import type { Fact } from '../../src/centre/facts.ts'
import type { RecordFact } from '../../src/centre/records/record-facts.ts'
import { sipPassword, World } from '../../src/e2e/world.ts'
import type { UserId } from '../../src/lib/ids.ts'
import { createLogger } from '../../src/lib/log.ts'
import { seededRandom } from '../../src/lib/random.ts'
import type { SecretWrite } from '../../src/store/port.ts'
import { accountOf, type FloorAccount } from './account.ts'
import { type Company, companyOf, load, machineCpuMs, ownCpuMs } from './company.ts'
import { carrierOf, FarEnd, type Laws, wrapLaw } from './people.ts'
import { employ } from './staff.ts'

export type FloorSpec = Laws & {
  agents: number
  seconds: number
  seed: number
  /** Phones and customers that send sound all the time; the others send a frame of silence a second. */
  speaking: number
  abandonRateMax: number
  occupancyMax: number
  linesPerAgentMax: number
  callsPerSecond: number
}

export type FloorFound = {
  account: Omit<FloorAccount, 'waits'>
  /** From the 200 OK on the wire to the first sound of an agent at the customer, ms: all, and those for whom somebody was free. */
  heardMs: number[]
  heardAtOnceMs: number[]
  /** The house's own account of it: from the 200 OK to the patch without the wait for somebody free. Upper bounds, ms. */
  patchP50Ms: number | null
  patchP99Ms: number | null
  patches: number
  company: Company
  trouble: Record<string, number>
}

/** A wait of so little is none: facts are told in whole milliseconds. */
const atOnceMs = 5
/** Called a minute by each agent at most, with time to spare: so many leads that none runs out. */
const leadsPerAgentMinute = 12
const upWithinMs = 60_000

export async function runFloor(spec: FloorSpec): Promise<FloorFound> {
  const { agents, seconds, seed } = spec
  await using world = await World.open({
    address: '127.0.0.1',
    mediaPorts: '10000-19999',
    log: createLogger(process.env['SWITCHROOM_LOG_LEVEL'] ?? 'error'),
  })
  const { engine, store, telephone } = world.house
  const people = Array.from({ length: agents }, (_, at) => person(at))
  for (let at = 0; at < people.length; at += 100) await hire(world, people.slice(at, at + 100))
  using far = await FarEnd.start({
    scenario: carrierOf(spec, seed),
    extensions: people.map(one => one.extension!),
    password: sipPassword,
    registrar: { address: world.address, port: world.sipPort },
    deskAddress: '127.0.0.3',
    speaking: Math.min(1, spec.speaking / agents),
  })
  await until('every phone is registered', async () => (await far.registered()) === agents)
  const ids = people.map(one => one.id)
  const trunk = await world.trunk(
    { address: '127.0.0.2', port: far.carrierPort },
    { maxCalls: 100_000, callsPerSecond: spec.callsPerSecond },
  )
  const campaign = await world.campaign({
    trunks: [trunk],
    agents: ids,
    mode: 'predictive',
    state: 'paused',
    wrapMs: 600_000,
    abandonRateMax: spec.abandonRateMax,
    occupancyMax: spec.occupancyMax,
    linesPerAgentMax: spec.linesPerAgentMax,
  })
  await fillIn(world, campaign, Math.ceil(agents * leadsPerAgentMinute * Math.max(1, seconds / 60)))
  using staff = employ(world.house, ids, wrapLaw(spec), seededRandom(seed + 3))
  await until('every agent is ready', () => ids.every(id => engine.state.agents.get(id)?.phase === 'ready'))

  const loadBefore = load()
  await far.sums()
  const before = { at: performance.now(), machine: machineCpuMs(), house: ownCpuMs(), ends: (await far.sums()).cpuMs }
  const from = Date.now()
  await world.keep([
    { type: 'campaign.saved', campaign: { ...engine.state.campaigns.get(campaign)!.campaign, state: 'running' } },
  ])
  await sleep(from + seconds * 1000 - Date.now())
  const sums = await far.sums()
  const company = companyOf({
    ms: performance.now() - before.at,
    machineMs: machineCpuMs() - before.machine,
    houseMs: ownCpuMs() - before.house,
    endsMs: sums.cpuMs - before.ends,
    loadBefore,
  })
  await sleep(200) // what was decided until then is on disk
  const account = accountOf(await journal(store), { from, until: from + seconds * 1000 })
  const { waits, ...rest } = account
  const own = telephone.answerTimes().get(campaign)?.own
  return {
    account: rest,
    heardMs: sums.heard.filter(({ number }) => waits.has(number)).map(({ ms }) => ms), // others heard the message of regret
    heardAtOnceMs: sums.heard
      .filter(({ number }) => (waits.get(number) ?? Number.POSITIVE_INFINITY) <= atOnceMs)
      .map(({ ms }) => ms),
    patchP50Ms: own?.quantile(0.5) ?? null,
    patchP99Ms: own?.quantile(0.99) ?? null,
    patches: own?.count ?? 0,
    company,
    trouble: { ...sums.faults, ...Object.fromEntries(staff.refusals) },
  }
}

function person(at: number): User {
  return {
    id: `u_${at}` as UserId,
    name: `agent${at}`,
    displayName: `agent ${at}`,
    role: 'agent',
    extension: String(8000 + at),
    station: 'phone-nailed',
    skills: [],
    numbersMasked: true,
    language: 'en',
    enabled: true,
  }
}

async function hire(world: World, people: User[]): Promise<void> {
  const secrets: SecretWrite[] = people.map(({ id }) => ({ owner: id, kind: 'sip-password', value: sipPassword }))
  await world.keep(
    people.map((user): RecordFact => ({ type: 'user.saved', user })),
    secrets,
  )
}

async function fillIn(world: World, campaign: Awaited<ReturnType<World['campaign']>>, leads: number): Promise<void> {
  await world.leads(
    campaign,
    Array.from({ length: leads }, (_, at) => `+86138${String(10_000_000 + at)}`),
  )
}

/** Every line of the journal, in order, as a program reads it that explains the day. */
async function journal(store: World['house']['store']): Promise<{ at: number; fact: Fact }[]> {
  const lines: { at: number; fact: Fact }[] = []
  for (let seq = 0; ; ) {
    const page = await store.read('journal.after', { seq, limit: 500 })
    for (const line of page) lines.push({ at: line.at, fact: line.fact })
    if (page.length === 0) return lines
    seq = page.at(-1)!.seq
  }
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + upWithinMs; performance.now() < end; await sleep(100)) if (await holds()) return
  throw new Error(`waited ${upWithinMs / 1000} s until ${what}`)
}
