import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId } from '../../lib/ids.ts'
import { alice, bob, campaign, leadOf, TestFloor, trunk } from '../testing.ts'

const carl = '+8613800000001'
const carla = '+8613800000002'
const carlos = '+8613800000003'

test('a ready agent gets a line, the answered customer is bridged and recorded at once', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  assert.equal(floor.lastEffect('leads.fetch').campaign, campaign)
  floor.leads(carl, carla)
  const dial = floor.lastEffect('phone.dial')
  assert.deepEqual([dial.number, dial.ringMs, dial.callerId], [carl, 30_000, '02155550001'])
  assert.equal(floor.count('call.dialed'), 1, 'one line for one free agent')
  floor.do({ type: 'leg.ringing', leg: dial.leg })
  floor.clock.advance(4_000)
  const answered = floor.do({ type: 'leg.answered', leg: dial.leg })
  assert.deepEqual(
    answered.recorded.map(({ fact }) => fact.type),
    ['call.answered', 'recording.opened', 'call.assigned', 'call.connected', 'agent.stateChanged'],
  )
  assert.ok(answered.effects.some(effect => effect.type === 'media.patch' && effect.b === `st_${alice}`))
  assert.equal(floor.lastEffect('media.record').leg, dial.leg)
  assert.match(floor.lastEffect('media.record').path, /^2026\/11\/24\/r_[a-z0-9-]+\.wav$/)
  assert.equal(floor.agent(alice).phase, 'talking')
})

test('the outcome written down leads to the next call in that same decision', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  floor.leads(carl, carla)
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  const { call } = floor
  floor.partyEnds(call, { q850: 16 })
  assert.deepEqual(floor.last('call.ended').ending, {
    by: 'party',
    cause: 'hangup',
    result: 'ANSWERED',
    sipStatus: null,
    q850: 16,
  })
  assert.equal(floor.agent(alice).phase, 'wrapping')
  assert.equal(floor.count('call.dialed'), 1, 'a wrapping agent is not offered a call')
  const disposed = floor.dispose(call, alice, 'sold')
  assert.deepEqual(
    disposed.recorded.map(({ fact, actor }) => `${actor} ${fact.type}`),
    ['call.disposed', 'lead.released', 'agent.stateChanged', 'lead.reserved', 'call.dialed'].map(
      type => `system ${type}`,
    ),
  )
  assert.equal(floor.last('lead.released').state, 'done')
  assert.equal(floor.dispose(call, alice, 'sold').refusal?.rule, 'not_in_wrap_up', 'an outcome is written once')
})

test('the longest idle agent gets the call', () => {
  const floor = new TestFloor()
  floor.ready(bob, alice)
  floor.leads(carl)
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  assert.equal(floor.call.agent, bob)
})

test('an agent who leaves while the line rings leaves it to the next; with nobody in two seconds the customer hears an apology', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  floor.leads(carl)
  const { call } = floor
  floor.do({ type: 'agent.break', agent: alice, reason: 'tea' })
  floor.do({ type: 'leg.answered', leg: call.leg })
  floor.pass(1_999)
  assert.equal(floor.count('call.abandoned'), 0)
  floor.pass(1)
  assert.equal(floor.last('call.abandoned').waitedMs, 2_000)
  assert.equal(floor.lastEffect('media.play').prompt, 'abandoned-apology')
  floor.pass(10_000)
  assert.deepEqual(
    [floor.last('call.ended').ending.cause, floor.last('call.ended').ending.result],
    ['abandoned', 'ABANDONED'],
  )
  const rest = floor.last('lead.released').dueAt! - floor.clock.now()
  assert.ok(Math.abs(rest - 72 * 3_600_000) < 10_000, 'the lead rests for 72 hours')
  assert.equal(floor.last('callback.scheduled').callback.reason, 'abandoned')
})

test('a line whose agent is gone is withdrawn after the least ring time', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  floor.leads(carl)
  floor.do({ type: 'agent.break', agent: alice, reason: 'tea' })
  floor.pass(14_999)
  assert.equal(floor.count('call.ended'), 0)
  floor.pass(1)
  assert.deepEqual(
    [floor.last('call.ended').ending.cause, floor.last('lead.released').reason],
    ['cancelled', 'CANCELLED'],
  )
})

test('busy, silence and a dead number are told apart and tried again by rule', () => {
  const cases = [
    [{ cause: 'rejected', sipStatus: 486 }, 'not_answered', 'BUSY', 'ready', 600_000],
    [{ cause: 'timeout' }, 'ring_timeout', 'NO_ANSWER', 'ready', 7_200_000],
    [{ cause: 'rejected', sipStatus: 404, q850: 1 }, 'not_answered', 'VACANT', 'exhausted', null],
    [{ cause: 'rejected', sipStatus: 503 }, 'not_answered', 'CONGESTION', 'ready', 300_000],
    [{ cause: 'fault' }, 'trunk_fault', 'FAILED', 'ready', 600_000],
  ] as const
  for (const [how, cause, result, state, delayMs] of cases) {
    const floor = new TestFloor()
    floor.ready(alice)
    floor.leads(carl)
    floor.partyEnds(floor.call, how)
    const { ending } = floor.last('call.ended')
    assert.deepEqual([ending.cause, ending.result], [cause, result])
    const released = floor.last('lead.released')
    assert.deepEqual([released.state, released.dueAt], [state, delayMs === null ? null : floor.clock.now() + delayMs])
  }
})

test('no more lines than free agents, whatever number of campaigns they belong to', () => {
  const other = { id: 'ca_2' as typeof campaign }
  const floor = new TestFloor()
  const first = floor.state.campaigns.get(campaign)!.campaign
  floor.do({ type: 'records.committed', facts: [{ type: 'campaign.saved', campaign: { ...first, ...other } }] })
  floor.ready(alice)
  floor.leads(carl)
  const lead = { ...leadOf('le_9', carla), campaign: other.id }
  floor.do({ type: 'leads.loaded', campaign: other.id, leads: [lead], exhausted: true })
  assert.equal(floor.count('call.dialed'), 1)
  floor.ready(bob)
  assert.equal(floor.count('call.dialed'), 2)
})

test('a clock that was set back by an hour keeps nobody waiting for an hour, and forward ends nothing early', () => {
  const floor = new TestFloor()
  const slow = { ...floor.state.trunks.get(trunk)!.trunk, callsPerSecond: 1 }
  floor.do({ type: 'records.committed', facts: [{ type: 'trunk.saved', trunk: slow }] })
  const leads = [leadOf('le_1', carl), leadOf('le_2', carla), leadOf('le_3', carlos)]
  floor.do({ type: 'leads.loaded', campaign, leads, exhausted: true })
  for (const agent of [alice, bob]) {
    floor.do({ type: 'agent.signOn', agent })
    floor.do({ type: 'station.up', agent, leg: `st_${agent}` as LegId })
    floor.do({ type: 'agent.ready', agent })
  }
  assert.equal(floor.count('call.dialed'), 1)
  const set = (byMs: number) => {
    floor.clock.advance(byMs)
    floor.do({ type: 'clock.stepped', byMs })
  }
  set(-3600_000)
  floor.pass(999)
  assert.equal(floor.count('call.dialed'), 1)
  floor.pass(1)
  assert.equal(floor.count('call.dialed'), 2)
  set(7200_000)
  assert.equal(floor.count('call.ended'), 0)
  const [first] = floor.state.calls.values()
  const left = first!.deadlineAt! - floor.clock.now()
  floor.pass(left - 1)
  const before = floor.count('call.ended')
  floor.pass(1)
  assert.equal(floor.count('call.ended'), before + 1)
})

test('a trunk starts no more calls in a second than its carrier allows, and says so', () => {
  const floor = new TestFloor()
  const slow = { ...floor.state.trunks.get(trunk)!.trunk, callsPerSecond: 1 }
  floor.do({ type: 'records.committed', facts: [{ type: 'trunk.saved', trunk: slow }] })
  floor.do({
    type: 'leads.loaded',
    campaign,
    leads: [leadOf('le_1', carl), leadOf('le_2', carla), leadOf('le_3', carlos)],
    exhausted: true,
  })
  for (const agent of [alice, bob]) {
    floor.do({ type: 'agent.signOn', agent })
    floor.do({ type: 'station.up', agent, leg: `st_${agent}` as LegId })
    floor.do({ type: 'agent.ready', agent })
  }
  assert.equal(floor.count('call.dialed'), 1)
  assert.equal(floor.state.campaigns.get(campaign)!.held?.rule, 'trunk_rate')
  floor.pass(999)
  assert.equal(floor.count('call.dialed'), 1)
  floor.pass(1)
  assert.equal(floor.count('call.dialed'), 2)
  assert.notEqual(
    floor.facts.filter(fact => fact.type === 'call.dialed').map(fact => fact.callerId)[1],
    '02155550001',
    'caller IDs take turns',
  )
})

test('a trunk of one call in five seconds starts one in five seconds, and the campaign dials again when it may', () => {
  const floor = new TestFloor()
  const slow = { ...floor.state.trunks.get(trunk)!.trunk, callsPerSecond: 0.2 }
  floor.do({ type: 'records.committed', facts: [{ type: 'trunk.saved', trunk: slow }] })
  floor.do({ type: 'leads.loaded', campaign, leads: [leadOf('le_1', carl), leadOf('le_2', carla)], exhausted: true })
  for (const agent of [alice, bob]) {
    floor.do({ type: 'agent.signOn', agent })
    floor.do({ type: 'station.up', agent, leg: `st_${agent}` as LegId })
    floor.do({ type: 'agent.ready', agent })
  }
  floor.pass(4999)
  assert.equal(floor.count('call.dialed'), 1)
  floor.pass(1)
  assert.equal(floor.count('call.dialed'), 2)
})

test('a number on the do-not-call list is not dialled, and one put there while it rings stops ringing', () => {
  const floor = new TestFloor({ setup: { suppressed: [{ number: carl, until: null }] } })
  floor.ready(alice)
  floor.leads(carl, carla)
  assert.equal(floor.last('call.refused').refusal.rule, 'do_not_call')
  assert.deepEqual(
    [floor.call.number, floor.facts.filter(fact => fact.type === 'lead.released')[0]?.state],
    [carla, 'dnc'],
  )
  floor.do({
    type: 'records.committed',
    facts: [{ type: 'suppression.added', number: carla, reason: 'asked', until: null }],
  })
  assert.equal(floor.last('call.ended').ending.cause, 'cancelled')
  assert.equal(floor.lastEffect('phone.hangUp').q850, 16)
})

test('at night the campaign is held without a word to the journal, and opens by itself in the morning', () => {
  const floor = new TestFloor({ at: Date.UTC(2026, 10, 24, 13, 30) }) // 21:30 in Shanghai
  floor.ready(alice)
  const before = floor.facts.length
  floor.leads(carl, carla)
  assert.equal(floor.facts.length, before)
  const held = floor.state.campaigns.get(campaign)!.held
  assert.equal(held?.rule, 'contact_hours')
  assert.match(held?.words ?? '', /09:00–21:00; it is 21:30/)
  floor.pass(11.5 * 3_600_000)
  assert.equal(floor.call.number, carl)
})

test('a policy that is not known allows nothing, and the laboratory policy only in a laboratory', () => {
  for (const policy of ['CN-TYPO', 'LAB-ANY-HOUR']) {
    const floor = new TestFloor({ campaign: { policy } })
    floor.ready(alice)
    floor.leads(carl)
    assert.equal(floor.count('call.dialed'), 0)
    assert.match(floor.state.campaigns.get(campaign)!.held?.rule ?? '', /^policy_/)
  }
  const lab = new TestFloor({
    campaign: { policy: 'LAB-ANY-HOUR' },
    setup: { lab: true },
    at: Date.UTC(2026, 10, 24, 20),
  })
  lab.ready(alice)
  lab.leads(carl)
  assert.equal(lab.last('call.dialed').verdict.policy, 'LAB-ANY-HOUR')
})

test('a callback promised by an agent waits for that agent and goes to no one else', () => {
  const floor = new TestFloor()
  const promised = { ...leadOf('le_1', carl), callback: 'cb_1' as never, callbackAgent: bob, dueAt: floor.clock.now() }
  floor.ready(alice)
  floor.do({ type: 'leads.loaded', campaign, leads: [promised], exhausted: true })
  assert.equal(floor.count('call.dialed'), 0)
  floor.ready(bob)
  assert.equal(floor.last('call.dialed').callback, 'cb_1')
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  assert.equal(floor.call.agent, bob)
})

test('a lead that comes late from the store is not called a second time', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  floor.leads(carl)
  floor.leads(carl)
  assert.equal(floor.state.campaigns.get(campaign)!.buffer.length, 0, 'it is in a call')
  floor.pass(6_000)
  assert.ok(floor.state.campaigns.get(campaign)!.fetching)
  floor.partyEnds(floor.call, { cause: 'rejected', sipStatus: 486 })
  floor.leads(carl)
  assert.equal(floor.count('call.dialed'), 1, 'it was given back after the store was asked')
})

test('a customer who has answered and waits when the house shuts down counts as abandoned', () => {
  const floor = new TestFloor()
  floor.leads(carl)
  floor.ready(alice)
  const { call } = floor
  floor.do({ type: 'agent.break', agent: alice, reason: 'lunch' })
  floor.do({ type: 'leg.answered', leg: call.leg })
  floor.do({ type: 'call.end', call: call.id, by: 'system' })
  assert.equal(floor.count('call.abandoned'), 1)
  assert.deepEqual(floor.last('call.ended').ending.result, 'ABANDONED')
  assert.equal(floor.last('lead.released').dueAt, floor.clock.now() + 72 * 3_600_000)
})
