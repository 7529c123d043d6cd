import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId, UserId } from '../../lib/ids.ts'
import type { Call } from '../call-state.ts'
import type { StationKind } from '../entities.ts'
import type { Setup } from '../records/setup.ts'
import { alice, bob, queue, sam, setupOf, TestFloor } from '../testing.ts'

const outside = '+862155559999'
const aliceLeg = 'st_u_alice' as LegId
const bobLeg = 'st_u_bob' as LegId
const allowed: Partial<Setup> = { transfers: { 'transfer.numbers.agent': '+8621*' } }

/** alice talks to a caller of the queue, and bob is ready. */
function talking(stations: Partial<Record<string, StationKind>> = {}): { floor: TestFloor; call: Call } {
  const users = setupOf({}).users.map(user => ({ ...user, station: stations[user.id] ?? user.station }))
  const floor = new TestFloor({ campaign: { mode: 'manual' }, setup: { ...allowed, users } })
  floor.ready(alice)
  const call = floor.caller()
  if (stations[alice] === 'phone-rung') floor.do({ type: 'leg.answered', leg: call.agentLeg! })
  floor.ready(bob)
  assert.equal(call.phase, 'talking')
  return { floor, call }
}

const consult = (
  floor: TestFloor,
  call: Call,
  target: { agent: UserId } | { queue: typeof queue } | { number: string },
) => floor.do({ type: 'agent.consult', agent: alice, call: call.id, target })
const turn = (floor: TestFloor, call: Call, to: 'party' | 'other' | 'both') =>
  floor.do({ type: 'agent.turn', agent: alice, call: call.id, to })
const complete = (floor: TestFloor, call: Call) =>
  floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target: 'consulted' })
const outsideOf = (floor: TestFloor) => [...floor.state.calls.values()].find(({ of }) => of !== null)!

test('while an agent asks a colleague the party hears music, and counts as held', () => {
  const { floor, call } = talking()
  const { effects } = consult(floor, call, { agent: bob })
  assert.equal(call.heldBy, 'agent')
  assert.deepEqual(
    effects.filter(effect => effect.type === 'media.play'),
    [{ type: 'media.play', leg: call.leg, prompt: 'comfort-music', loop: true }],
  )
  assert.deepEqual(floor.lastEffect('media.patch'), { type: 'media.patch', a: bobLeg, b: aliceLeg })
  assert.deepEqual([floor.agent(bob).phase, floor.agent(bob).call], ['talking', call.id])
  assert.equal(call.agent, alice)
})

test('the agent turns from one to the other, and completes: the colleague has the call, and both write up their own', () => {
  const { floor, call } = talking()
  consult(floor, call, { agent: bob })
  turn(floor, call, 'party')
  assert.equal(call.heldBy, null)
  assert.deepEqual(floor.lastEffect('media.patch'), { type: 'media.patch', a: call.leg, b: aliceLeg })
  turn(floor, call, 'other')
  assert.equal(call.heldBy, 'agent')
  assert.deepEqual(floor.lastEffect('media.patch'), { type: 'media.patch', a: bobLeg, b: aliceLeg })
  complete(floor, call)
  assert.deepEqual(floor.lastEffect('media.patch'), { type: 'media.patch', a: call.leg, b: bobLeg })
  assert.deepEqual([call.agent, call.heldBy, call.consult], [bob, null, null])
  assert.deepEqual([floor.agent(alice).phase, floor.agent(bob).phase], ['wrapping', 'talking'])
  assert.equal(floor.last('call.transferred').how, 'consulted')
  floor.partyEnds(call)
  assert.equal(floor.agent(bob).phase, 'wrapping')
})

test('an agent who takes the party back leaves the colleague free, with nothing to write', () => {
  const { floor, call } = talking()
  consult(floor, call, { queue })
  floor.do({ type: 'agent.endConsult', agent: alice, call: call.id })
  assert.deepEqual([floor.agent(bob).phase, floor.agent(bob).call], ['ready', null])
  assert.deepEqual([call.heldBy, call.consult], [null, null])
  assert.deepEqual(floor.lastEffect('media.patch'), { type: 'media.patch', a: call.leg, b: aliceLeg })
  assert.equal(floor.count('call.ended'), 0)
})

test('whom is consulted has no say over the call but to put down', () => {
  const { floor, call } = talking()
  consult(floor, call, { agent: bob })
  const asBob = { agent: bob, call: call.id } as const
  for (const input of [
    { type: 'agent.hold', ...asBob },
    { type: 'agent.consult', ...asBob, target: { queue } },
    { type: 'agent.transfer', ...asBob, target: { queue } },
    { type: 'agent.park', ...asBob, slot: null },
    { type: 'agent.endConsult', ...asBob },
  ] as const)
    assert.equal(floor.do(input).refusal?.rule, 'not_your_call', input.type)
  floor.do({ type: 'leg.held', leg: bobLeg })
  floor.do({ type: 'leg.digit', leg: bobLeg, digit: '1' })
  assert.equal(floor.count('call.digit'), 0)
  floor.do({ type: 'leg.resumed', leg: bobLeg }) // else a phone that holds is given no call next, see phone-hold.ts
  assert.deepEqual([floor.count('call.held'), call.heldBy], [1, 'agent'], 'by alice, who asks')
  floor.do({ type: 'agent.hangUp', ...asBob })
  assert.equal(floor.last('call.consultEnded').how, 'left')
  assert.equal(floor.agent(bob).phase, 'ready')
  assert.equal(call.phase, 'talking')
})

test('hanging up while the other is heard ends the consultation alone; then the call', () => {
  const { floor, call } = talking()
  consult(floor, call, { agent: bob })
  floor.do({ type: 'agent.hangUp', agent: alice, call: call.id })
  assert.equal(call.phase, 'talking')
  consult(floor, call, { agent: bob })
  turn(floor, call, 'party')
  floor.do({ type: 'agent.hangUp', agent: alice, call: call.id })
  assert.equal(floor.last('call.ended').call, call.id)
  assert.deepEqual([floor.agent(alice).phase, floor.agent(bob).phase], ['wrapping', 'ready'])
})

for (const [how, cause, reason] of [
  ['declines', 'rejected', 'declined'],
  ['does not pick up', 'timeout', 'no_answer'],
] as const)
  test(`a colleague at a desk phone who ${how} is paused, and the party is back with the agent`, () => {
    const { floor, call } = talking({ [bob]: 'phone-rung' })
    consult(floor, call, { agent: bob })
    assert.equal(floor.agent(bob).phase, 'ringing')
    assert.equal(turn(floor, call, 'party').refusal?.rule, 'consult_unanswered')
    assert.equal(complete(floor, call).refusal?.rule, 'consult_unanswered')
    floor.do({ type: 'leg.ended', leg: call.consult!.leg!, by: 'far', sipStatus: 486, q850: null, cause })
    assert.equal(floor.last('call.consultEnded').how, reason)
    assert.deepEqual([floor.agent(bob).phase, floor.agent(bob).reason], ['break', reason])
    assert.deepEqual(floor.lastEffect('media.patch'), { type: 'media.patch', a: call.leg, b: aliceLeg })
    assert.equal(floor.state.legs.size, 2, 'the party, and alice’s of the shift')
  })

test('a desk phone that was rung for a consultation is the phone of the call once it is passed on', () => {
  const { floor, call } = talking({ [alice]: 'phone-rung', [bob]: 'phone-rung' })
  const own = call.agentLeg!
  consult(floor, call, { agent: bob })
  const leg = call.consult!.leg!
  floor.do({ type: 'leg.answered', leg })
  assert.equal(floor.agent(bob).phase, 'talking')
  complete(floor, call)
  assert.equal(call.agentLeg, leg)
  assert.ok(floor.effects.some(effect => effect.type === 'phone.hangUp' && effect.leg === own))
  floor.do({ type: 'leg.ended', leg, by: 'far', sipStatus: null, q850: null, cause: 'bye' })
  assert.equal(floor.last('call.ended').ending.by, 'agent')
})

test('an outside number is heard as it rings, its menu gets the keys, and it may have the call', () => {
  const { floor, call } = talking()
  consult(floor, call, { number: outside })
  const other = outsideOf(floor)
  floor.do({ type: 'leg.ringing', leg: other.leg })
  floor.do({ type: 'leg.early', leg: other.leg })
  assert.deepEqual(floor.lastEffect('media.patch'), { type: 'media.patch', a: other.leg, b: aliceLeg })
  floor.do({ type: 'leg.answered', leg: other.leg })
  floor.do({ type: 'agent.sendDigits', agent: alice, call: call.id, digits: '12' })
  assert.equal(floor.lastEffect('phone.sendDigits').leg, other.leg)
  assert.equal(floor.count('recording.opened'), 2)
  complete(floor, call)
  assert.deepEqual(floor.lastEffect('media.patch'), { type: 'media.patch', a: call.leg, b: other.leg })
  assert.equal(call.phase, 'away')
  floor.partyEnds(call)
  assert.equal(floor.facts.filter(fact => fact.type === 'call.ended').length, 2)
})

for (const cause of ['rejected', 'fault', 'timeout'] as const)
  test(`an outside number that cannot be reached (${cause}) gives the party back`, () => {
    const { floor, call } = talking()
    consult(floor, call, { number: outside })
    floor.partyEnds(outsideOf(floor), { cause, sipStatus: 503, by: 'carrier' })
    assert.equal(floor.last('call.consultEnded').how, 'failed')
    assert.deepEqual(floor.lastEffect('media.patch'), { type: 'media.patch', a: call.leg, b: aliceLeg })
    assert.deepEqual([call.heldBy, call.phase], [null, 'talking'])
  })

test('a number that is barred while it rings is withdrawn, and the party is back', () => {
  const { floor, call } = talking()
  consult(floor, call, { number: outside })
  const fact = { type: 'suppression.added', number: outside, reason: 'asked', until: null } as const
  floor.do({ type: 'records.committed', facts: [fact] })
  assert.equal(floor.last('call.consultEnded').how, 'failed')
  assert.equal(call.phase, 'talking')
})

test('the party hangs up during a consultation: the agent writes up, the colleague is free, the outside leg is ended', () => {
  const { floor, call } = talking()
  consult(floor, call, { agent: bob })
  floor.partyEnds(call)
  assert.deepEqual([floor.agent(alice).phase, floor.agent(bob).phase], ['wrapping', 'ready'])
  const next = talking()
  consult(next.floor, next.call, { number: outside })
  next.floor.do({ type: 'leg.answered', leg: outsideOf(next.floor).leg })
  const { leg } = outsideOf(next.floor)
  next.floor.partyEnds(next.call)
  assert.ok(next.floor.effects.some(effect => effect.type === 'phone.hangUp' && effect.leg === leg))
  assert.equal(next.floor.state.calls.size, 1, 'the one that alice writes up')
})

test('a browser that dies in a consultation and comes back finds it as it was', () => {
  const { floor, call } = talking()
  consult(floor, call, { agent: bob })
  floor.do({ type: 'station.down', agent: alice, leg: aliceLeg, reason: 'reload' })
  assert.deepEqual(floor.lastEffect('media.play'), {
    type: 'media.play',
    leg: bobLeg,
    prompt: 'comfort-music',
    loop: true,
  })
  const again = 'st_again' as LegId
  floor.do({ type: 'station.up', agent: alice, leg: again })
  assert.deepEqual(floor.lastEffect('media.patch'), { type: 'media.patch', a: bobLeg, b: again })
  floor.pass(60_000)
  assert.equal(call.agent, alice)
})

test('a browser that dies in a consultation for good: whom was consulted has the call', () => {
  const { floor, call } = talking()
  consult(floor, call, { agent: bob })
  floor.do({ type: 'station.down', agent: alice, leg: aliceLeg, reason: 'crash' })
  floor.pass(15_000)
  assert.equal(call.agent, bob)
  assert.deepEqual([floor.agent(alice).phase, floor.agent(alice).reason], ['break', 'audio_lost'])
  assert.deepEqual(floor.lastEffect('media.patch'), { type: 'media.patch', a: call.leg, b: bobLeg })
})

test('a browser that dies while a phone is rung in vain: the queue has the caller, else a callback is owed', () => {
  const { floor, call } = talking({ [bob]: 'phone-rung' })
  consult(floor, call, { agent: bob })
  floor.do({ type: 'station.down', agent: alice, leg: aliceLeg, reason: 'crash' })
  floor.pass(15_000)
  assert.equal(floor.last('call.fellBack').reason, 'agent_lost')
  assert.equal(call.phase === 'waiting' || call.agent === bob, true)
})

test('a colleague whose audio goes is let go, and the party is back', () => {
  const { floor, call } = talking()
  consult(floor, call, { agent: bob })
  floor.do({ type: 'station.down', agent: bob, leg: bobLeg, reason: 'reload' })
  assert.equal(floor.last('call.consultEnded').how, 'audio_lost')
  assert.deepEqual([floor.agent(bob).phase, floor.agent(bob).reason], ['break', 'audio_lost'])
  assert.deepEqual([call.agent, call.deadlineAt], [alice, null])
})

test('one consultation at a time, of a colleague who is free, in a call that talks', () => {
  const { floor, call } = talking()
  assert.equal(consult(floor, call, { agent: sam }).refusal?.rule, 'colleague_not_free')
  assert.equal(consult(floor, call, { number: '+12025550100' }).refusal?.rule, 'transfer_not_allowed')
  consult(floor, call, { agent: bob })
  assert.equal(consult(floor, call, { agent: sam }).refusal?.rule, 'consulting')
  assert.equal(floor.do({ type: 'agent.hold', agent: alice, call: call.id }).refusal?.rule, 'consulting')
  assert.equal(floor.do({ type: 'agent.park', agent: alice, call: call.id, slot: null }).refusal?.rule, 'consulting')
  assert.equal(
    floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target: { queue } }).refusal?.rule,
    'consulting',
  )
  floor.do({ type: 'agent.endConsult', agent: alice, call: call.id })
  floor.do({ type: 'agent.break', agent: bob, reason: 'tea' })
  assert.equal(consult(floor, call, { queue }).refusal?.rule, 'queue_busy')
  assert.equal(call.heldBy, null)
})

test('a three-way call: all hear each other; the agent leaves the two talking, or drops the third', () => {
  const { floor, call } = talking()
  consult(floor, call, { agent: bob })
  turn(floor, call, 'both')
  const legs = [call.leg, aliceLeg, bobLeg]
  assert.deepEqual(floor.lastEffect('media.mix'), {
    type: 'media.mix',
    room: call.id,
    members: legs.map(leg => ({ leg, hears: legs.filter(other => other !== leg) })),
  })
  assert.equal(call.heldBy, null)
  complete(floor, call)
  assert.deepEqual(floor.lastEffect('media.mix').members, [])
  assert.deepEqual(floor.lastEffect('media.patch'), { type: 'media.patch', a: call.leg, b: bobLeg })
  assert.equal(call.agent, bob)
  const other = talking()
  consult(other.floor, other.call, { number: outside })
  other.floor.do({ type: 'leg.answered', leg: outsideOf(other.floor).leg })
  turn(other.floor, other.call, 'both')
  other.floor.do({ type: 'agent.endConsult', agent: alice, call: other.call.id })
  assert.deepEqual(other.floor.lastEffect('media.patch'), { type: 'media.patch', a: other.call.leg, b: aliceLeg })
  assert.equal(other.call.consult, null)
})

test('the transfer key of a desk phone does what the desk page does, by its rules', () => {
  const { floor, call } = talking({ [alice]: 'phone-rung' })
  const leg = call.agentLeg!
  const key = (to: string) => floor.do({ type: 'leg.transferAsked', leg, refer: 'r', to, with: null })
  assert.deepEqual(key('+12025550100').effects, [{ type: 'phone.answerTransfer', leg, refer: 'r', status: 603 }])
  assert.equal(call.agent, alice)
  const { effects } = key('95588')
  assert.deepEqual(effects[0], { type: 'phone.answerTransfer', leg, refer: 'r', status: 200 })
  assert.ok(effects.some(effect => effect.type === 'phone.hangUp' && effect.leg === leg))
  assert.equal(call.agent, bob)
})

test('an attended transfer by the phone’s own keys gives the call to whom is consulted', () => {
  const { floor, call } = talking({ [alice]: 'phone-rung' })
  consult(floor, call, { agent: bob })
  floor.do({ type: 'leg.transferAsked', leg: call.agentLeg!, refer: 'r', to: '1001', with: 'l_x' as LegId })
  assert.equal(call.agent, bob)
})

test('the transfer key of whom is consulted, and of a phone that is in another call, moves nothing', () => {
  const { floor, call } = talking({ [bob]: 'phone-rung' })
  consult(floor, call, { agent: bob })
  const leg = call.consult!.leg!
  floor.do({ type: 'leg.answered', leg })
  const key = (on: LegId, other: LegId | null) =>
    floor.do({ type: 'leg.transferAsked', leg: on, refer: 'r', to: '95588', with: other }).effects
  assert.deepEqual(key(leg, 'l_x' as LegId), [{ type: 'phone.answerTransfer', leg, refer: 'r', status: 603 }])
  assert.equal(call.agent, alice)
  floor.do({ type: 'agent.endConsult', agent: alice, call: call.id })

  const desk = 'desk_1' as LegId
  floor.do({ type: 'desk.dialled', leg: desk, user: alice, to: '110' })
  floor.do({ type: 'leg.answered', leg: floor.lastEffect('phone.dial').leg })
  assert.deepEqual(key(desk, null), [{ type: 'phone.answerTransfer', leg: desk, refer: 'r', status: 603 }])
  assert.equal(call.agent, alice)
})
