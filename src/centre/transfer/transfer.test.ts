import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId, UserId } from '../../lib/ids.ts'
import type { Call } from '../call-state.ts'
import type { Setup } from '../records/setup.ts'
import { alice, bob, campaign, queue, sam, setupOf, TestFloor } from '../testing.ts'
import { slotMaxMs } from './slot.ts'

const outside = '+862155559999'
const allowed: Partial<Setup> = { transfers: { 'transfer.numbers.agent': '+8621*' } }

/** alice talks to a caller of the queue; bob is not there yet. */
function talking(options: ConstructorParameters<typeof TestFloor>[0] = {}): { floor: TestFloor; call: Call } {
  const floor = new TestFloor({ ...options, setup: { ...allowed, ...options.setup } })
  floor.ready(alice)
  const call = floor.caller()
  assert.equal(call.agent, alice)
  return { floor, call }
}

function outsideOf(floor: TestFloor): Call {
  const found = [...floor.state.calls.values()].find(({ of }) => of !== null)
  assert.ok(found, 'there is an outside leg')
  return found
}

test('a call that is passed on blind to a free colleague is theirs at once, and each writes up their own part', () => {
  const { floor, call } = talking()
  floor.ready(bob)
  floor.clock.advance(40_000)
  floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target: { agent: bob } })
  assert.equal(call.agent, bob)
  assert.equal(floor.agent(alice).phase, 'wrapping')
  assert.equal(floor.agent(bob).phase, 'talking')
  assert.equal(floor.lastEffect('media.patch').b, 'st_u_bob')
  assert.equal(floor.dispose(call, alice, 'passed_on').refusal, null)
  assert.equal(floor.agent(alice).phase, 'ready')
  floor.partyEnds(call)
  assert.equal(floor.agent(bob).phase, 'wrapping')
  assert.equal(floor.dispose(call, bob, 'resolved').refusal, null)
  assert.deepEqual(
    floor.facts.flatMap(fact => (fact.type === 'call.disposed' ? [[fact.agent, fact.code]] : [])),
    [
      [alice, 'passed_on'],
      [bob, 'resolved'],
    ],
  )
  assert.equal(floor.state.calls.size, 0)
})

test('the party hears it ring while a colleague is called, and is back with the agent who still writes up when nobody picks up', () => {
  const setup = setupOf({})
  const users = setup.users.map(user => (user.id === bob ? { ...user, station: 'phone-rung' as const } : user))
  const { floor, call } = talking({ campaign: { mode: 'manual' }, setup: { users } })
  floor.ready(bob)
  floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target: { agent: bob } })
  assert.equal(floor.agent(bob).phase, 'ringing')
  assert.ok(
    floor.effects.some(
      effect => effect.type === 'media.play' && effect.prompt === 'ringback' && effect.leg === call.leg,
    ),
  )
  floor.do({ type: 'leg.ended', leg: call.agentLeg!, by: 'far', sipStatus: 486, q850: null, cause: 'rejected' })
  assert.equal(floor.last('call.fellBack').reason, 'declined')
  assert.equal(call.agent, alice)
  assert.equal(floor.agent(alice).phase, 'talking')
  assert.equal(floor.agent(bob).phase, 'break')
  assert.equal(floor.lastEffect('media.patch').b, 'st_u_alice')
})

test('a colleague who is busy is waited for; when nobody comes, the agent, the queue, and then an apology', () => {
  const { floor, call } = talking()
  floor.ready(bob)
  const other = floor.caller('13900002222')
  assert.equal(other.agent, bob)
  floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target: { agent: bob } })
  assert.equal(call.phase, 'waiting')
  floor.dispose(call, alice, 'passed_on', { next: 'break' })
  floor.pass(30_000)
  // alice is on a break, so it is the queue that is tried.
  assert.equal(floor.last('call.queued').queue, queue)
  floor.pass(60_000)
  assert.equal(call.dismissed, 'overflow')
  assert.equal(floor.last('callback.scheduled').callback.number, '+8613900001111')
  floor.pass(10_000)
  assert.deepEqual(floor.last('call.ended').ending, {
    by: 'system',
    cause: 'overflow',
    result: 'ANSWERED',
    sipStatus: null,
    q850: null,
  })
  assert.equal(floor.count('call.abandoned'), 0, 'somebody was talked to')
})

test('nobody is sent where nobody would take the call', () => {
  const { floor, call } = talking()
  const refused = (target: Parameters<typeof ask>[0]) => ask(target).refusal?.rule
  const ask = (target: { agent: UserId } | { queue: typeof queue } | { number: string } | 'consulted') =>
    floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target })
  assert.equal(refused({ agent: alice }), 'transfer_to_self')
  assert.equal(refused({ agent: bob }), 'colleague_not_free')
  assert.equal(refused({ agent: 'u_nobody' as UserId }), 'agent_unknown')
  assert.equal(refused({ queue: 'q_none' as typeof queue }), 'queue_closed')
  assert.equal(refused({ number: 'nonsense' }), 'number_invalid')
  assert.equal(refused({ number: '95588' }), 'number_ours')
  assert.equal(refused({ number: '+12025550100' }), 'transfer_not_allowed')
  assert.equal(refused('consulted'), 'not_consulting')
  assert.equal(
    floor.do({ type: 'agent.transfer', agent: bob, call: call.id, target: { queue } }).refusal?.rule,
    'not_your_call',
  )
  assert.equal(call.agent, alice)
  assert.equal(floor.count('call.transferred'), 0)
})

test('in a queue a caller who is passed on keeps the place that the first wait gave', () => {
  const { floor, call } = talking()
  floor.clock.advance(5_000)
  const second = floor.caller('13900002222')
  floor.clock.advance(5_000)
  floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target: { queue } })
  assert.deepEqual(floor.state.queues.get(queue)!.waiting, [call.id, second.id])
  floor.ready(bob)
  assert.equal(call.agent, bob)
})

test('an outside number is refused unless the role or the campaign names it, and then asked of the gate', () => {
  const plain = new TestFloor({ campaign: { mode: 'manual' } })
  plain.ready(alice)
  const call = plain.caller()
  const to = (floor: TestFloor, id: Call['id'], number = outside) =>
    floor.do({ type: 'agent.transfer', agent: alice, call: id, target: { number } }).refusal?.rule
  assert.equal(to(plain, call.id), 'transfer_not_allowed')
  plain.do({
    type: 'records.committed',
    facts: [{ type: 'setting.saved', key: 'transfer.numbers.agent', value: outside }],
  })
  plain.do({
    type: 'records.committed',
    facts: [{ type: 'suppression.added', number: outside, reason: 'asked', until: null }],
  })
  assert.equal(to(plain, call.id), 'do_not_call')
  assert.equal(plain.last('call.refused').number, outside)
  assert.equal(call.agent, alice)
  plain.do({ type: 'records.committed', facts: [{ type: 'suppression.removed', number: outside, reason: 'agreed' }] })
  assert.equal(to(plain, call.id), undefined)
  assert.ok(plain.last('call.dialed').verdict.rules.includes('do_not_call'))
})

test('passed on outside: the party hears it ring, both talk on a line and a recording each, and for an hour at most', () => {
  const { floor, call } = talking()
  floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target: { number: outside } })
  const leg = outsideOf(floor)
  assert.equal(call.phase, 'passing')
  assert.equal(floor.agent(alice).phase, 'wrapping')
  assert.equal(floor.state.trunks.get(call.trunk)!.calls, 2)
  floor.do({ type: 'leg.ringing', leg: leg.leg })
  floor.do({ type: 'leg.answered', leg: leg.leg })
  assert.deepEqual([call.phase, leg.phase], ['away', 'away'])
  assert.deepEqual(floor.lastEffect('media.patch'), { type: 'media.patch', a: call.leg, b: leg.leg })
  assert.equal(floor.count('recording.opened'), 2)
  floor.pass(60 * 60_000)
  assert.equal(floor.facts.filter(fact => fact.type === 'call.ended').length, 2)
  assert.equal(
    floor.facts.find(
      fact => fact.type === 'call.ended' && fact.call === call.id && fact.ending.cause === 'transfer_limit',
    ) !== undefined,
    true,
  )
  assert.equal(floor.state.trunks.get(call.trunk)!.calls, 0)
})

test('an outside number that does not answer gives the party back to the agent', () => {
  const { floor, call } = talking()
  floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target: { number: outside } })
  const leg = outsideOf(floor)
  floor.partyEnds(leg, { by: 'carrier', cause: 'rejected', sipStatus: 486 })
  assert.equal(floor.last('call.fellBack').reason, 'outside_failed')
  assert.equal(call.agent, alice)
  assert.equal(floor.agent(alice).phase, 'talking')
})

test('an outside number rings for as long as its trunk says, and is never left to pick up alone', () => {
  const trunks = setupOf({}).trunks.map(each => ({ ...each, rules: { ringMinMs: 60_000 } }))
  const { floor, call } = talking({ setup: { trunks } })
  floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target: { number: outside } })
  const leg = outsideOf(floor)
  floor.do({ type: 'leg.ringing', leg: leg.leg })
  floor.pass(61_000)
  assert.deepEqual([call.phase, leg.phase], ['passing', 'ringing'])
  floor.do({ type: 'leg.answered', leg: leg.leg })
  assert.deepEqual([call.phase, leg.phase], ['away', 'away'])

  const silent = talking({ setup: { trunks } })
  silent.floor.do({ type: 'agent.transfer', agent: alice, call: silent.call.id, target: { number: outside } })
  const rung = outsideOf(silent.floor)
  silent.floor.pass(300_000)
  assert.equal(silent.floor.last('call.fellBack').reason, 'outside_failed')
  assert.equal(rung.phase, 'ended')
})

test('whoever of the two hangs up ends both, and the lead gets what its agent had written', () => {
  const floor = new TestFloor({ setup: allowed, campaign: { dispositions: setupOf({}).campaigns[0]!.dispositions } })
  floor.ready(alice)
  floor.leads('+8613800000001')
  const call = floor.call
  floor.do({ type: 'leg.answered', leg: call.leg })
  floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target: { number: outside } })
  const leg = outsideOf(floor)
  floor.do({ type: 'leg.answered', leg: leg.leg })
  floor.do({
    type: 'records.committed',
    facts: [
      { type: 'campaign.saved', campaign: { ...floor.state.campaigns.get(campaign)!.campaign, state: 'paused' } },
    ],
  })
  floor.dispose(call, alice, 'sold')
  assert.equal(floor.count('lead.released'), 0, 'the lead is in a call')
  floor.partyEnds(leg)
  assert.deepEqual([floor.last('lead.released').state, floor.last('lead.released').reason], ['done', 'sold'])
  assert.equal(floor.state.calls.size, 0)
  assert.equal(floor.state.leadsInHand.size, 0)
})

test('what the last one who talked writes counts for the lead, whoever writes first', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  floor.leads('+8613800000001')
  const call = floor.call
  floor.do({ type: 'leg.answered', leg: call.leg })
  floor.do({
    type: 'records.committed',
    facts: [
      { type: 'campaign.saved', campaign: { ...floor.state.campaigns.get(campaign)!.campaign, state: 'paused' } },
    ],
  })
  floor.ready(bob)
  floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target: { agent: bob } })
  floor.partyEnds(call)
  floor.dispose(call, bob, 'sold')
  assert.equal(floor.last('lead.released').reason, 'sold')
  floor.dispose(call, alice, 'never')
  assert.equal(floor.count('lead.released'), 1)
  assert.equal(
    floor.last('suppression.added').number,
    '+8613800000001',
    'who asked one of them to be called no more is not',
  )
  assert.equal(floor.state.calls.size, 0)
})

test('a parked call is taken from its slot by any agent of its queue, and falls back when nobody comes', () => {
  const { floor, call } = talking()
  floor.do({ type: 'agent.park', agent: alice, call: call.id, slot: null })
  assert.equal(call.slot, '701')
  floor.ready(bob)
  assert.equal(floor.do({ type: 'agent.pickUp', agent: bob, call: call.id }).refusal, null)
  assert.equal(call.agent, bob)
  assert.equal(floor.state.slots.size, 0)
  floor.dispose(call, alice, 'passed_on')
  floor.do({ type: 'agent.park', agent: bob, call: call.id, slot: 'A1' })
  floor.dispose(call, bob, 'passed_on', { next: 'break' })
  floor.do({ type: 'agent.break', agent: alice, reason: 'tea' })
  floor.pass(slotMaxMs)
  assert.equal(floor.last('call.fellBack').reason, 'waited_too_long')
  assert.equal(floor.last('call.queued').queue, queue)
})

test('who parked a call takes it back while still writing it up, and need not be ready for the next one before', () => {
  for (const station of ['browser', 'phone-rung'] as const) {
    const floor = new TestFloor({ station, campaign: { mode: 'manual' } })
    floor.ready(alice)
    const call = floor.caller()
    if (station === 'phone-rung') floor.do({ type: 'leg.answered', leg: call.agentLeg! })
    floor.do({ type: 'agent.park', agent: alice, call: call.id, slot: null })
    const next = floor.caller('13900002222')
    assert.equal(floor.agent(alice).phase, 'wrapping')
    assert.equal(floor.do({ type: 'agent.pickUp', agent: alice, call: next.id }).refusal?.rule, 'not_ready')
    assert.equal(floor.do({ type: 'agent.pickUp', agent: alice, call: call.id }).refusal, null)
    if (station === 'phone-rung') floor.do({ type: 'leg.answered', leg: call.agentLeg! })
    assert.deepEqual([call.phase, call.agent, floor.agent(alice).phase], ['talking', alice, 'talking'])
    assert.equal(floor.state.slots.size, 0)
    floor.partyEnds(call)
    assert.equal(floor.dispose(call, alice, 'resolved').refusal, null)
    assert.equal(floor.count('call.disposed'), 1)
    assert.equal(next.agent, alice)
  }
})

test('a call does not fall back to an agent who writes it up without audio: it waits for that, then goes on', () => {
  const { floor, call } = talking()
  floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target: { number: outside } })
  floor.do({ type: 'station.down', agent: alice, leg: 'st_u_alice' as LegId, reason: 'lost' })
  floor.partyEnds(outsideOf(floor), { by: 'carrier', cause: 'rejected', sipStatus: 486 })
  assert.equal(call.phase, 'waiting')
  assert.equal(floor.do({ type: 'agent.pickUp', agent: alice, call: call.id }).refusal?.rule, 'not_ready')
  floor.do({ type: 'station.up', agent: alice, leg: 'st_new' as LegId })
  assert.equal(call.agent, alice)
  assert.equal(floor.lastEffect('media.patch').b, 'st_new')
})

test('a slot that is taken, has no name, or is asked for on a call of somebody else is refused', () => {
  const { floor, call } = talking()
  floor.ready(bob)
  const other = floor.caller('13900002222')
  floor.do({ type: 'agent.park', agent: alice, call: call.id, slot: '5' })
  const park = (agent: UserId, id: Call['id'], slot: string) =>
    floor.do({ type: 'agent.park', agent, call: id, slot }).refusal?.rule
  assert.equal(park(bob, other.id, '5'), 'slot_taken')
  assert.equal(park(bob, other.id, 'no name!'), 'slot_invalid')
  assert.equal(park(alice, other.id, '6'), 'not_your_call')
  assert.equal(floor.do({ type: 'agent.pickUp', agent: bob, call: call.id }).refusal?.rule, 'not_ready')
})

test('a call that rings at a colleague is picked up by another, and the colleague is as free as before', () => {
  const floor = new TestFloor({ station: 'phone-rung', campaign: { mode: 'manual' } })
  floor.ready(alice)
  const call = floor.caller()
  assert.equal(floor.agent(alice).phase, 'ringing')
  floor.ready(bob)
  const rung = call.agentLeg
  floor.do({ type: 'agent.pickUp', agent: bob, call: call.id })
  assert.ok(floor.effects.some(effect => effect.type === 'phone.hangUp' && effect.leg === rung))
  assert.equal(floor.agent(alice).phase, 'ready')
  assert.equal(call.agent, bob)
  floor.do({ type: 'leg.answered', leg: call.agentLeg as LegId })
  assert.equal(floor.agent(bob).phase, 'talking')
})

test('a supervisor picks up what waits anywhere; an agent only what is of their campaigns and queues', () => {
  const { floor, call } = talking({ setup: { queues: [{ ...setupOf({}).queues[0]!, members: [alice] }] } })
  floor.do({ type: 'agent.park', agent: alice, call: call.id, slot: null })
  floor.ready(bob, sam)
  assert.equal(floor.do({ type: 'agent.pickUp', agent: bob, call: call.id }).refusal?.rule, 'not_your_queue')
  assert.equal(floor.do({ type: 'agent.pickUp', agent: sam, call: call.id }).refusal, null)
})

test('who hangs up while waiting for the next agent is owed a callback, and counts as abandoned by nobody', () => {
  const { floor, call } = talking()
  floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target: { queue } })
  floor.partyEnds(call)
  assert.equal(floor.last('call.ended').ending.cause, 'caller_gave_up')
  assert.equal(floor.last('callback.scheduled').callback.number, '+8613900001111')
  assert.equal(floor.count('call.abandoned'), 0)
})

test('who waits or is held hears the queue’s own recording, while it is in use', () => {
  const { floor, call } = talking({
    setup: { queues: [{ ...setupOf({}).queues[0]!, music: 'waltz' }], phrases: [{ name: 'waltz', version: 3 }] },
  })
  floor.do({ type: 'agent.hold', agent: alice, call: call.id })
  assert.equal(floor.lastEffect('media.play').prompt, 'own/waltz@3')
  floor.do({ type: 'agent.resume', agent: alice, call: call.id })
  floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target: { queue } })
  assert.equal(floor.lastEffect('media.play').prompt, 'own/waltz@3')
})
