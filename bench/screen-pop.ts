/**
 * How long after the answer does a desk show who is on the line? A house with `--rows N` parties (default 1,000,000) and `--agents N` (500), each with
 * its desk's stream open over a socket; calls connect at the rate of so many agents for `--seconds N` (40), each with a party that has loans, a case,
 * promises and calls of before. Told are ms from the 200 OK, and from the commit of the fact, to the last byte of the event that paints the
 * desk. The readers of the streams share the machine. `--json` prints one JSON object last.
 */
import { type ClientRequest, request } from 'node:http'
import path from 'node:path'
import type { User } from '../src/centre/entities.ts'
import { agentRoutes } from '../src/http/agent/agent.ts'
import { liveRoutes } from '../src/http/live/live.ts'
import { listen } from '../src/http/server.ts'
import { openHouse } from '../src/http/testing/house.ts'
import type { LegId } from '../src/lib/ids.ts'
import { createCampaign, setCampaignState } from '../src/records/campaigns/campaigns.ts'
import { openCase } from '../src/records/collections/cases.ts'
import { saveLoans } from '../src/records/collections/loans.ts'
import { makePromise } from '../src/records/collections/promises.ts'
import { createTrunk } from '../src/records/telephony/trunks.ts'
import { fillParties, nameOf, numberOf, refOf } from './parties/fill.ts'

const asked = (name: string, otherwise: number) =>
  Number(process.argv[process.argv.indexOf(`--${name}`) + 1] ?? Number.NaN) || otherwise
const rows = asked('rows', 1_000_000)
const agents = asked('agents', 500)
const seconds = asked('seconds', 40)
/** Talk and wrap-up of one call: 500 agents connect 6.7 calls a second. */
const handleMs = 75_000
const parties = 60

await using house = await openHouse({ tls: false, pages: { routers: [agentRoutes, liveRoutes] } })
const { engine, clock } = house
const door = house.deps.records
const began = performance.now()
fillParties(house.store, path.join(house.folder, 'switchroom.db'), rows)
console.log(`${rows} parties after ${((performance.now() - began) / 1000).toFixed(0)} s`)

// The house's clock goes as the wall's does.
let wall = performance.now()
const tick = setInterval(() => {
  const ms = Math.floor(performance.now() - wall)
  clock.advance(ms)
  wall += ms
}, 2)

const trunk = await createTrunk(door, 'system', {
  ...{ name: 'c', host: '127.0.0.1', callerIds: ['+861012345678'], maxCalls: 2_000, callsPerSecond: 100 },
})
const users: User[] = []
for (let n = 0; n < agents; n++) users.push(await house.add(`agent${n}`, 'agent', { numbersMasked: true }))
const campaign = await createCampaign(door, 'system', {
  ...{ name: 'M1', business: 'collections', mode: 'manual', trunks: [trunk.id] },
  ...{ agents: users.map(({ id }) => id), policy: 'LAB-ANY-HOUR' },
})
await setCampaignState(door, 'system', campaign.id, { state: 'running' })
await engine.dispatch({ type: 'trunk.up', trunk: trunk.id }, 'system')
const places = Array.from({ length: parties }, (_, n) => Math.floor(((n + 0.5) * rows) / parties))
for (const [n, place] of places.entries()) {
  const plan = Array.from({ length: 12 }, (_, at) => ({
    ...{ no: at + 1, dueOn: `2026-${String(at + 1).padStart(2, '0')}-07`, principal: 100_000, interest: 4_000 },
  }))
  const loans = [1, 2].map(no => ({
    ref: `L-${place}-${no}`,
    party: refOf(place),
    product: 'cash',
    principal: 1_200_000,
    plan,
  }))
  await saveLoans(door, 'system', loans)
  await openCase(door, 'system', { party: refOf(place), agent: users[n % agents]!.id })
  await makePromise(door, 'system', { party: refOf(place), amount: 10_000, dueOn: '2026-11-28' })
}

await using server = await listen(house.app, { host: '127.0.0.1', port: 0, tls: null })
const waiting = new Map<string, (at: number) => void>()
const streams: ClientRequest[] = []
let bytes = 0
for (const user of users) {
  const { cookie } = await house.signIn(user.name)
  await engine.dispatch({ type: 'agent.signOn', agent: user.id }, 'system')
  await engine.dispatch({ type: 'station.up', agent: user.id, leg: `l_${user.id}` as LegId }, 'system')
  streams.push(follow(user, cookie))
}
console.log(`${agents} desks are open after ${((performance.now() - began) / 1000).toFixed(0)} s`)

const committedAt = new Map<string, number>()
engine.subscribe(({ fact }) => {
  if (fact.type === 'call.connected') committedAt.set(fact.agent, performance.now())
})
const fromAnswer: number[] = []
const fromCommit: number[] = []
const cpu = process.cpuUsage()
const from = performance.now()
const everyMs = handleMs / agents
const going: Promise<void>[] = []
for (let n = 0; performance.now() - from < seconds * 1000; n++) {
  going.push(oneCall(users[n % agents]!, places[n % parties]!))
  await new Promise(resolve => setTimeout(resolve, from + (n + 1) * everyMs - performance.now()))
}
await Promise.all(going)
const tookS = (performance.now() - from) / 1000
const { user, system } = process.cpuUsage(cpu)
const figures = {
  ...{ rows, agents, calls: going.length, connectsPerSecond: going.length / tookS },
  ...{ p50Ms: share(fromCommit, 0.5), p99Ms: share(fromCommit, 0.99), maxMs: share(fromCommit, 1) },
  ...{ answerP50Ms: share(fromAnswer, 0.5), answerP99Ms: share(fromAnswer, 0.99), answerMaxMs: share(fromAnswer, 1) },
  kilobytesACall: bytes / 1_000 / going.length,
  cpuPercent: (user + system) / 1e4 / tookS,
}
for (const stream of streams) stream.destroy()
clearInterval(tick)
console.log(
  JSON.stringify(
    Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Number(value.toPrecision(3))])),
  ),
)

/** Events of one desk; told are those that paint it talking. */
function follow(of: User, cookie: string): ClientRequest {
  const { hostname, port } = new URL(server.url)
  let text = ''
  const asks = request({ hostname, port, path: '/live/desk', headers: { cookie } }, reply => {
    if (reply.statusCode !== 200) throw new Error(`the stream of ${of.name} is answered ${reply.statusCode}`)
    reply.setEncoding('utf8').on('data', (chunk: string) => {
      bytes += chunk.length
      text += chunk
      const end = text.lastIndexOf('\n\n')
      if (end === -1) return
      const talks = text.slice(0, end).includes('data-phase="talking"')
      text = text.slice(end + 2)
      if (talks) waiting.get(of.id)?.(performance.now())
    })
  })
  asks.on('error', () => {}) // ended by us
  asks.end()
  return asks
}

async function oneCall({ id: agent }: User, place: number): Promise<void> {
  const who = { party: refOf(place), name: nameOf(place), relation: 'SELF' as const }
  const number = `+86${numberOf(place)}`
  const dialled = await engine.dispatch(
    {
      type: 'agent.dial',
      agent,
      number,
      campaign: campaign.id,
      lead: null,
      callback: null,
      agreedAt: null,
      owedBy: null,
      promised: null,
      consent: null,
      debt: null,
      ...who,
    },
    'system',
  )
  if (!dialled.ok) throw new Error(`a call was not placed: ${dialled.refusal.words}`)
  const call = engine.state.calls.get(engine.state.agents.get(agent)!.call!)!
  await pause(400)
  const painted = new Promise<number>(resolve => waiting.set(agent, resolve))
  const answeredAt = performance.now()
  await engine.dispatch({ type: 'leg.answered', leg: call.leg }, 'system')
  const at = await painted
  waiting.delete(agent)
  fromAnswer.push(at - answeredAt)
  fromCommit.push(at - committedAt.get(agent)!)
  await pause(600)
  await engine.dispatch({ type: 'agent.hangUp', agent, call: call.id }, 'system')
  const written = {
    code: 'refused',
    note: '',
    fields: {},
    callbackAt: null,
    callbackMine: false,
    next: 'ready' as const,
  }
  await engine.dispatch({ type: 'agent.dispose', agent, call: call.id, ...written }, 'system')
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}

function share(all: number[], of: number): number {
  const sorted = all.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(of * sorted.length))]!
}
