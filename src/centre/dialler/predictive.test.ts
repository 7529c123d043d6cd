import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CampaignId, LegId, UserId } from '../../lib/ids.ts'
import { seededRandom } from '../../lib/random.ts'
import type { Call } from '../call-state.ts'
import type { Campaign, User } from '../entities.ts'
import { outlookOf } from '../pacing/outlook.ts'
import { campaign, leadOf, setupOf, TestFloor, tenOClock } from '../testing.ts'

const agents = Array.from({ length: 12 }, (_, n) => `u_${n}` as UserId)
const mayTake = { occupancyMax: 1, linesPerAgentMax: 20 }

test('a predictive floor that is known dials more lines than there are free agents', () => {
  const floor = floorOf()
  assert.ok(ringing(floor).length > agents.length, `${ringing(floor).length} lines for ${agents.length} agents`)
  assert.ok(floor.state.campaigns.get(campaign)!.lines.size === ringing(floor).length)
  assert.match(floor.state.campaigns.get(campaign)!.held!.rule, /^pacing_/)
})

test('a floor that is not known yet dials one line for each free agent', () => {
  const floor = floorOf({ known: false })
  assert.equal(ringing(floor).length, agents.length)
  assert.equal(floor.state.campaigns.get(campaign)!.held?.rule, 'pacing_cold_start')
})

test('whoever answers is given to the agent who has been idle longest, whatever line was started first', () => {
  const floor = floorOf()
  const late = ringing(floor).at(-1)!
  floor.do({ type: 'leg.answered', leg: late.leg })
  assert.equal(late.phase, 'talking')
  assert.equal(late.agent, agents[0])
})

test('an answer that finds nobody hears the apology after two seconds, counts as abandoned, and makes the dialler careful', () => {
  const floor = floorOf()
  const { pacer } = floor.state.campaigns.get(campaign)!
  const calls = ringing(floor)
  for (const call of calls.slice(0, agents.length)) floor.do({ type: 'leg.answered', leg: call.leg })
  const theta = pacer.account.theta
  const unlucky = calls[agents.length]!
  floor.do({ type: 'leg.answered', leg: unlucky.leg })
  assert.equal(unlucky.phase, 'waiting')
  floor.pass(1_999)
  assert.equal(floor.count('call.abandoned'), 0)
  floor.pass(1)
  assert.equal(floor.last('call.abandoned').call, unlucky.id)
  assert.equal(floor.lastEffect('media.play').prompt, 'abandoned-apology')
  assert.ok(pacer.account.theta < theta)
  assert.equal(pacer.account.abandoned, 1)
})

test('agents who leave take their lines with them: what rings beyond the least ring time is withdrawn', () => {
  const floor = floorOf()
  const before = ringing(floor).length
  floor.pass(16_000)
  for (const agent of agents.slice(0, 11)) floor.do({ type: 'agent.break', agent, reason: 'fire drill' })
  floor.pass(1_000)
  const withdrawn = floor.facts.filter(fact => fact.type === 'call.ended' && fact.ending.cause === 'cancelled')
  assert.ok(withdrawn.length > 0 && withdrawn.length < before, `${withdrawn.length} of ${before}`)
  assert.ok(ringing(floor).length > 0, 'one agent is there still')
})

test('who has asked for a break after this call is not about to be free', () => {
  const floor = floorOf()
  const [first, second] = ringing(floor)
  for (const call of [first!, second!]) floor.do({ type: 'leg.answered', leg: call.leg })
  const talking = () => outlookOf(floor.state, floor.state.campaigns.get(campaign)!, floor.clock.now()).outlook.talking
  assert.equal(talking().length, 2)
  floor.do({ type: 'agent.break', agent: first!.agent!, reason: 'tea' })
  assert.equal(talking().length, 1)
})

test('callers who wait in a queue of the same agents, and lines of their other campaign, are asked for first', () => {
  const other = 'ca_other' as CampaignId
  const floor = floorOf({ other })
  const look = () => outlookOf(floor.state, floor.state.campaigns.get(other)!, floor.clock.now()).outlook
  const [rival] = look().rivals
  assert.equal(rival?.ringing.length, ringing(floor).length)
  assert.equal(rival?.share, 1)
  const talking = ringing(floor)[0]!
  floor.do({ type: 'leg.answered', leg: talking.leg })
  for (const agent of agents) if (agent !== talking.agent) floor.do({ type: 'agent.break', agent, reason: 'tea' })
  floor.caller()
  assert.equal(look().waiting, 1, 'only one is there to serve the queue')
  assert.ok(look().rivals.some(({ perS }) => perS > 0))
})

test('lines per agent hold a campaign back, and it says so', () => {
  const few = floorOf({ change: { linesPerAgentMax: 1 } })
  assert.equal(ringing(few).length, agents.length)
  assert.equal(few.state.campaigns.get(campaign)!.held?.rule, 'pacing_lines')
})

test('what the dialler saw is journaled once a minute', () => {
  const floor = floorOf()
  for (let n = 0; n < 125; n++) floor.pass(1_000)
  assert.equal(floor.count('campaign.paced'), 2)
  const { agents: there, limiter } = floor.last('campaign.paced')
  assert.equal(there, agents.length)
  assert.ok(limiter.length > 0)
})

test('the account of abandonment starts anew at midnight of the centre, and outlives a restart', () => {
  const at = Date.UTC(2026, 10, 24, 11) // 19:00 in Shanghai
  const floor = floorOf({ at, today: { answered: 500, abandoned: 12 } })
  const { account } = floor.state.campaigns.get(campaign)!.pacer
  assert.deepEqual([account.answered, account.abandoned], [500, 12])
  floor.pass(5 * 3_600_000 + 2_000)
  assert.deepEqual([account.answered, account.abandoned], [0, 0])
})

type Options = {
  known?: boolean
  change?: Partial<Campaign>
  other?: CampaignId
  at?: number
  today?: { answered: number; abandoned: number }
}

/** Twelve agents, 500 leads; known: half of the calls are answered within 5 to 25 s, and talks take about a minute. */
function floorOf({ known = true, change, other, at, today }: Options = {}): TestFloor {
  const plain = setupOf({})
  const users = agents.map((id): User => ({ ...plain.users[0]!, id, name: id, displayName: id }))
  const predictive: Campaign = { ...plain.campaigns[0]!, agents, mode: 'predictive', ...mayTake, ...change }
  const campaigns = [predictive, ...(other ? [{ ...predictive, id: other, state: 'paused' as const }] : [])]
  const trunks = plain.trunks.map(one => ({ ...one, maxCalls: 500, callsPerSecond: 100 }))
  const queues = plain.queues.map(one => ({ ...one, members: agents }))
  const given = today === undefined ? {} : { abandonment: [{ campaign, at: at ?? tenOClock, ...today }] }
  const floor = new TestFloor({ setup: { users, campaigns, trunks, queues, ...given }, ...(at ? { at } : {}) })
  const { pacer } = floor.state.campaigns.get(campaign)!
  const random = seededRandom(1)
  for (let n = 0; known && n < 400; n++) {
    pacer.learnRing(random() < 0.5 ? 5_000 + random() * 20_000 : 30_000, random() < 0.5)
    pacer.learnTalk(50_000 + random() * 20_000)
    pacer.learnWrap(2_000 + random() * 8_000)
  }
  const leads = Array.from({ length: 500 }, (_, n) => leadOf(`le_${n}`, `+86138${String(n).padStart(8, '0')}`))
  floor.do({ type: 'leads.loaded', campaign, leads, exhausted: true })
  for (const agent of agents) {
    floor.do({ type: 'agent.signOn', agent })
    floor.do({ type: 'station.up', agent, leg: `st_${agent}` as LegId })
  }
  for (const agent of agents) floor.do({ type: 'agent.ready', agent })
  floor.pass(1_000)
  return floor
}

function ringing(floor: TestFloor): Call[] {
  return [...floor.state.calls.values()].filter(call => call.direction === 'out' && call.answeredAt === null)
}

test('whoever may have left (the shift is over, the campaign is paused, the hours are): what rings for nobody is withdrawn', () => {
  const everyone = (floor: TestFloor, type: 'agent.signOff' | 'agent.break') => {
    for (const agent of agents) floor.do({ type, agent, reason: 'home' })
  }
  const home = (floor: TestFloor) => everyone(floor, 'agent.signOff')
  const rest = (floor: TestFloor) => everyone(floor, 'agent.break')
  const pause = (floor: TestFloor) => {
    const { campaign: running } = floor.state.campaigns.get(campaign)!
    floor.do({
      type: 'records.committed',
      facts: [{ type: 'campaign.saved', campaign: { ...running, state: 'paused' } }],
    })
  }
  const closing = Date.UTC(2026, 10, 24, 13) - 14_000 // sales calls end at 21:00 in Shanghai
  const leave: [at: number | undefined, go: (floor: TestFloor) => void][] = [
    [undefined, home],
    [undefined, floor => [pause, rest].forEach(each => void each(floor))],
    [undefined, floor => [pause, home].forEach(each => void each(floor))],
    [closing, home],
  ]
  for (const [n, [at, go]] of leave.entries()) {
    const floor = floorOf(at === undefined ? {} : { at })
    floor.pass(16_000)
    assert.ok(ringing(floor).length > 0)
    if (at !== undefined) {
      for (const call of ringing(floor).slice(0, 8)) floor.partyEnds(call, { cause: 'rejected', sipStatus: 486 })
      floor.pass(1_000)
      assert.equal(floor.state.campaigns.get(campaign)!.held?.rule, 'contact_hours')
    }
    go(floor)
    for (let s = 0; s < 16; s++) floor.pass(1_000)
    assert.equal(ringing(floor).length, 0, `case ${n}`)
    assert.equal(floor.state.leadsInHand.size, 0)
  }
})
