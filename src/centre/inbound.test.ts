import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId, NumberId } from '../lib/ids.ts'
import type { Call } from './call-state.ts'
import type { RecordFact } from './records/record-facts.ts'
import { alice, bob, campaign, queue, sam, TestFloor, trunk } from './testing.ts'

test('a caller hears music, then the longest idle member of the queue', () => {
  const floor = new TestFloor({ campaign: { mode: 'manual' } })
  floor.do({ type: 'agent.signOn', agent: bob })
  const call = floor.caller()
  assert.deepEqual(
    [call.phase, floor.lastEffect('media.play').prompt, call.number],
    ['waiting', 'comfort-music', '+8613900001111'],
  )
  floor.pass(3_000)
  floor.ready(alice)
  assert.deepEqual([call.phase, call.agent], ['talking', alice])
  assert.equal(floor.lastEffect('media.stopPlay').leg, call.leg)
  floor.partyEnds(call)
  floor.pass(15_000)
  assert.equal(floor.agent(alice).phase, 'ready', 'outside campaigns wrap-up simply ends')
})

test('who comes in by a number whose queue was removed, or that is itself, hears that we call back, and is owed it', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  const comes = (fact: Extract<RecordFact, { type: 'queue.removed' | 'number.removed' }>, from: string) => {
    const leg = `in_${from}` as LegId
    floor.do({ type: 'leg.offered', leg, trunk, from, to: '95588' })
    floor.do({ type: 'records.committed', facts: [fact] })
    floor.do({ type: 'leg.answered', leg })
    assert.equal(floor.lastEffect('media.play').prompt, from === 'anonymous' ? 'all-agents-busy' : 'we-call-back')
    return floor.count('callback.scheduled')
  }
  assert.equal(comes({ type: 'queue.removed', queue }, '13900001111'), 1)
  const { number, reason, queue: where } = floor.last('callback.scheduled').callback
  assert.deepEqual([number, reason, where], ['+8613900001111', 'overflow', null])
  assert.equal(comes({ type: 'queue.removed', queue }, 'anonymous'), 1, 'who shows no number cannot be called')
  assert.equal(comes({ type: 'number.removed', number: 'n_1' as NumberId }, '13900002222'), 2)
  floor.pass(8_000)
  assert.deepEqual([floor.last('call.ended').ending.cause, floor.state.calls.size], ['no_route', 0])
})

test('who called one agent, and talks, goes back to nobody when the agent’s audio is lost for good: we call back, and say so', () => {
  const nobodyBut = (floor: TestFloor) => {
    floor.ready(alice)
    const call = floor.caller('13900001111', '+862155551234')
    if (call.phase === 'assigned') floor.do({ type: 'leg.answered', leg: call.agentLeg! })
    assert.equal(call.phase, 'talking')
    return call
  }
  const isTold = (floor: TestFloor, call: Call) => {
    const { leg, prompt } = floor.lastEffect('media.play')
    assert.deepEqual([leg, prompt], [call.leg, 'we-call-back'])
    const { number, agent, reason } = floor.last('callback.scheduled').callback
    assert.deepEqual([number, agent, reason], ['+8613900001111', alice, 'overflow'])
    assert.deepEqual([floor.agent(alice).phase, floor.agent(alice).reason], ['break', 'audio_lost'])
    floor.pass(8_000)
    assert.deepEqual([floor.last('call.ended').ending.result, floor.state.calls.size], ['ANSWERED', 0])
  }
  const page = new TestFloor({ campaign: { mode: 'manual' } })
  const call = nobodyBut(page)
  page.do({ type: 'station.down', agent: alice, leg: page.agent(alice).stationLeg!, reason: 'media_lost' })
  page.pass(15_000)
  isTold(page, call)
  const phone = new TestFloor({ station: 'phone-rung', campaign: { mode: 'manual' } })
  const rung = nobodyBut(phone)
  phone.do({ type: 'leg.ended', leg: rung.agentLeg!, by: 'system', sipStatus: null, q850: null, cause: 'fault' })
  isTold(phone, rung)
})

test('a number that is not ours is turned away with 404, a full trunk with 503', () => {
  const floor = new TestFloor()
  const offered = floor.do({ type: 'leg.offered', leg: 'l1' as LegId, trunk, from: '139', to: '400-123-4567' })
  assert.deepEqual(offered.effects, [{ type: 'phone.reject', leg: 'l1', sipStatus: 404 }])
  assert.equal(floor.last('call.ended').ending.cause, 'no_route')
  const tiny = { ...floor.state.trunks.get(trunk)!.trunk, maxCalls: 1 }
  floor.do({ type: 'records.committed', facts: [{ type: 'trunk.saved', trunk: tiny }] })
  floor.caller()
  floor.do({ type: 'leg.offered', leg: 'l2' as LegId, trunk, from: '139', to: '95588' })
  assert.equal(floor.lastEffect('phone.reject').sipStatus, 503)
  assert.equal(floor.state.trunks.get(trunk)!.calls, 1)
})

test('who sent a call on to us is kept with it, and is nobody where it is the number that was dialled', () => {
  const floor = new TestFloor()
  const offered = (number: string | null, legs = 'l1') => {
    const diverted = { number, reason: 'no-answer' } as const
    floor.do({ type: 'leg.offered', leg: legs as LegId, trunk, from: '139', to: '95588', diverted })
    return floor.last('call.offered')
  }
  const first = offered('138 0000 1234')
  assert.deepEqual(first.diverted, { number: '+8613800001234', reason: 'no-answer' })
  assert.deepEqual(floor.state.calls.get(first.call)!.diverted, first.diverted)
  assert.deepEqual(offered(null, 'l2').diverted, { number: null, reason: 'no-answer' })
  assert.deepEqual(offered('anonymous', 'l3').diverted, { number: null, reason: 'no-answer' })
  assert.ok(!('diverted' in offered('95588', 'l4')), 'the line is as lines were before')
  assert.equal(offered('1'.repeat(99), 'l5').diverted?.number?.length, 40)
})

test('with nobody signed on the caller is told at once and called back', () => {
  const floor = new TestFloor()
  floor.caller()
  assert.equal(floor.lastEffect('media.play').prompt, 'all-agents-busy')
  const { callback } = floor.last('callback.scheduled')
  assert.deepEqual([callback.reason, callback.number, callback.queue], ['overflow', '+8613900001111', 'q_1'])
  floor.pass(10_000)
  assert.equal(floor.last('call.ended').ending.cause, 'overflow')
})

test('who waited too long hears a farewell and becomes a callback; who gave up does so from a certain wait on', () => {
  const floor = new TestFloor()
  floor.do({ type: 'agent.signOn', agent: alice })
  floor.caller()
  floor.pass(60_000)
  assert.deepEqual(
    [floor.lastEffect('media.play').prompt, floor.last('callback.scheduled').callback.reason],
    ['we-call-back', 'overflow'],
  )
  floor.pass(10_000)
  const early = floor.caller('13900002222')
  floor.pass(4_999)
  floor.partyEnds(early)
  assert.equal(floor.count('callback.scheduled'), 1)
  assert.deepEqual(
    [floor.last('call.ended').ending.cause, floor.last('call.abandoned').waitedMs],
    ['caller_gave_up', 4_999],
  )
  const late = floor.caller('13900003333')
  floor.pass(5_000)
  floor.partyEnds(late)
  assert.deepEqual(
    [floor.count('callback.scheduled'), floor.last('callback.scheduled').callback.reason],
    [2, 'abandoned'],
  )
})

test('a caller is served before a new call is started', () => {
  const floor = new TestFloor()
  floor.do({ type: 'leads.loaded', campaign, leads: [], exhausted: true })
  floor.do({ type: 'agent.signOn', agent: alice })
  const call = floor.caller()
  floor.leads('+8613800000001')
  floor.ready(alice)
  floor.do({ type: 'station.up', agent: alice, leg: 'st' as LegId })
  assert.deepEqual([call.agent, floor.count('call.dialed')], [alice, 0])
})

test('a caller for one person waits for that person', () => {
  const floor = new TestFloor({ campaign: { mode: 'manual' } })
  floor.ready(bob)
  floor.do({ type: 'agent.signOn', agent: alice })
  const call = floor.caller('13900001111', '021-5555-1234')
  assert.deepEqual([call.parkedFor, call.phase], [alice, 'waiting'])
  floor.ready(alice)
  floor.do({ type: 'station.up', agent: alice, leg: 'st' as LegId })
  floor.do({ type: 'agent.ready', agent: alice })
  assert.equal(call.agent, alice)
})

test('hold plays music to the party, and the party may hold too', () => {
  const floor = new TestFloor({ campaign: { mode: 'manual' } })
  floor.ready(alice)
  const call = floor.caller()
  floor.do({ type: 'agent.hold', agent: alice, call: call.id })
  assert.deepEqual([call.heldBy, floor.lastEffect('media.play').prompt], ['agent', 'comfort-music'])
  assert.equal(floor.do({ type: 'agent.hold', agent: alice, call: call.id }).refusal?.rule, 'held')
  const patches = floor.effects.filter(effect => effect.type === 'media.patch').length
  floor.do({ type: 'agent.resume', agent: alice, call: call.id })
  assert.equal(floor.effects.filter(effect => effect.type === 'media.patch').length, patches + 1)
  floor.do({ type: 'leg.held', leg: call.leg })
  assert.equal(call.heldBy, 'party')
  floor.do({ type: 'leg.resumed', leg: call.leg })
  assert.equal(call.heldBy, null)
  assert.equal(floor.do({ type: 'agent.hold', agent: bob, call: call.id }).refusal?.rule, 'not_your_call')
})

test('who calls on hold and waits for an agent is shown as holding from the first word on', () => {
  const floor = new TestFloor({ campaign: { mode: 'manual' } })
  floor.do({ type: 'agent.signOn', agent: alice })
  const call = floor.caller()
  assert.equal(call.phase, 'waiting')
  floor.do({ type: 'leg.held', leg: call.leg })
  assert.equal(call.heldBy, null)
  floor.ready(alice)
  assert.deepEqual([call.phase, call.heldBy, floor.lastEffect('media.patch').a], ['talking', 'party', call.leg])
  floor.do({ type: 'leg.resumed', leg: call.leg })
  assert.equal(call.heldBy, null)
})

test('who calls and is gone before our answer is theirs is owed nothing: addresses of callers are forged', () => {
  const floor = new TestFloor({ campaign: { mode: 'manual' } })
  floor.ready(alice)
  const leg = 'in_forged' as LegId
  for (const cause of ['fault', 'cancel'] as const) {
    floor.do({ type: 'leg.offered', leg, trunk, from: '13900001111', to: '95588' })
    floor.do({ type: 'leg.ended', leg, by: 'system', sipStatus: null, q850: null, cause })
  }
  assert.deepEqual([floor.count('callback.scheduled'), floor.count('call.assigned')], [0, 0])
  assert.equal(floor.count('call.ended'), 2)
})

test('a reload of the page keeps the call: the party hears music, then the agent again', () => {
  const floor = new TestFloor({ campaign: { mode: 'manual' } })
  floor.ready(alice)
  const call = floor.caller()
  floor.do({ type: 'station.down', agent: alice, leg: `st_${alice}` as LegId, reason: 'reload' })
  assert.equal(floor.lastEffect('media.play').prompt, 'comfort-music')
  floor.pass(3_000)
  floor.do({ type: 'station.up', agent: alice, leg: 'st_new' as LegId })
  assert.deepEqual([floor.lastEffect('media.patch').b, floor.agent(alice).phase], ['st_new', 'talking'])
  floor.do({ type: 'station.down', agent: alice, leg: 'st_new' as LegId, reason: 'unplugged' })
  floor.pass(15_000)
  assert.deepEqual([floor.agent(alice).phase, floor.agent(alice).reason], ['break', 'audio_lost'])
  assert.deepEqual(
    [call.phase, floor.state.queues.get('q_1' as never)!.waiting],
    ['waiting', [call.id]],
    'a caller goes back to the queue',
  )
})

test('a nailed desk phone that is put down ends the call, and is rung again for the next', () => {
  const floor = new TestFloor({ station: 'phone-nailed', campaign: { mode: 'manual' } })
  floor.do({ type: 'agent.signOn', agent: alice })
  const ring = floor.lastEffect('phone.ring')
  assert.equal(ring.call, null)
  floor.do({ type: 'leg.answered', leg: ring.leg })
  floor.do({ type: 'agent.ready', agent: alice })
  const call = floor.caller()
  assert.equal(call.agent, alice)
  floor.do({ type: 'leg.ended', leg: ring.leg, by: 'far', sipStatus: null, q850: 16, cause: 'bye' })
  assert.deepEqual([floor.last('call.ended').ending.by, floor.agent(alice).phase], ['agent', 'wrapping'])
  floor.pass(15_000)
  assert.deepEqual([floor.agent(alice).phase, floor.agent(alice).reason], ['break', 'audio_lost'])
  floor.do({ type: 'agent.ready', agent: alice })
  floor.do({ type: 'leg.answered', leg: floor.lastEffect('phone.ring').leg })
  assert.equal(floor.agent(alice).phase, 'ready')
})

test('a nailed desk phone that hangs up between calls is rung again by the phone layer and hung up at sign-off', () => {
  const floor = new TestFloor({ station: 'phone-nailed', campaign: { mode: 'manual' } })
  floor.do({ type: 'agent.signOn', agent: alice })
  const { leg } = floor.lastEffect('phone.ring')
  floor.do({ type: 'station.up', agent: alice, leg })
  floor.do({ type: 'agent.ready', agent: alice })
  floor.do({ type: 'station.down', agent: alice, leg, reason: 'hung_up' })
  assert.deepEqual([floor.agent(alice).reason, floor.agent(alice).stationRinging], ['audio_lost', leg])
  floor.do({ type: 'agent.ready', agent: alice })
  assert.equal(floor.effects.filter(effect => effect.type === 'phone.ring').length, 1, 'no second leg is rung')
  floor.do({ type: 'station.up', agent: alice, leg })
  assert.equal(floor.agent(alice).phase, 'ready')
  floor.do({ type: 'station.down', agent: alice, leg, reason: 'not_registered' })
  floor.do({ type: 'agent.signOff', agent: alice, reason: 'home' })
  assert.equal(floor.lastEffect('phone.hangUp').leg, leg)
  const late = floor.do({ type: 'station.up', agent: alice, leg })
  assert.deepEqual([late.recorded, late.effects.length], [[], 1])
})

test('a nailed desk phone that stays away is tried all day, and the journal has it once for each reason', () => {
  const floor = new TestFloor({ station: 'phone-nailed', campaign: { mode: 'manual' } })
  floor.do({ type: 'agent.signOn', agent: alice })
  const { leg } = floor.lastEffect('phone.ring')
  const missed = (reason: string) => floor.do({ type: 'station.down', agent: alice, leg, reason })
  const reasons = () => floor.facts.flatMap(fact => (fact.type === 'agent.stationChanged' ? [fact.reason] : []))
  for (let tries = 0; tries < 100; tries++) missed('not_registered')
  assert.deepEqual(reasons(), ['ringing', 'not_registered'])
  assert.equal(floor.agent(alice).stationRinging, leg)
  for (let tries = 0; tries < 100; tries++) missed('not_answered')
  assert.deepEqual(reasons(), ['ringing', 'not_registered', 'not_answered'])
  floor.do({ type: 'agent.ready', agent: alice })
  floor.do({ type: 'station.up', agent: alice, leg })
  for (let tries = 0; tries < 100; tries++) missed('not_registered')
  assert.deepEqual(reasons().slice(3), ['up', 'not_registered'], 'that it went away is told, and once')
  floor.do({ type: 'agent.ready', agent: alice })
  assert.equal(floor.agent(alice).reason, 'phone_ringing')
  missed('not_registered')
  assert.equal(floor.agent(alice).reason, 'phone_off', 'who wants to be ready is told each time')
  floor.do({ type: 'agent.signOff', agent: alice, reason: 'home' })
  assert.equal(floor.lastEffect('phone.hangUp').leg, leg)
})

test('who may sign on, and what needs audio', () => {
  const floor = new TestFloor()
  assert.equal(floor.do({ type: 'agent.signOn', agent: 'u_olga' as never }).refusal?.rule, 'not_an_agent')
  assert.equal(floor.do({ type: 'agent.ready', agent: sam }).refusal?.rule, 'not_signed_on')
  floor.do({ type: 'agent.signOn', agent: sam })
  assert.equal(floor.do({ type: 'agent.ready', agent: sam }).refusal?.rule, 'no_audio')
  assert.equal(floor.do({ type: 'agent.signOn', agent: sam }).refusal?.rule, 'already_signed_on')
  const disabled = { ...floor.agent(sam).user, enabled: false }
  floor.do({ type: 'records.committed', facts: [{ type: 'user.saved', user: disabled }] })
  assert.equal(floor.agent(sam).phase, 'signed_off')
  assert.equal(floor.do({ type: 'agent.signOn', agent: sam }).refusal?.rule, 'user_disabled')
})

test('a caller whose agent is lost in mid-call, and who hangs up in the queue, was abandoned after the wait since, and is owed a call however short it was', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  const call = floor.caller()
  floor.pass(600_000)
  floor.do({ type: 'station.down', agent: alice, leg: `st_${alice}` as LegId, reason: 'page_gone' })
  floor.pass(15_000)
  assert.deepEqual([call.phase, call.connectedAt! < call.backAt!], ['waiting', true])
  floor.pass(2_000)
  floor.partyEnds(call)
  const { queue, waitedMs } = floor.last('call.abandoned')
  assert.deepEqual([queue, waitedMs], [call.queue, 2_000])
  assert.deepEqual([floor.last('call.ended').ending.result, floor.count('callback.scheduled')], ['ABANDONED', 1])
})

test('a sign-off asked for in a call whose audio is lost is honoured when the caller goes back to the queue', () => {
  const floor = new TestFloor({ campaign: { state: 'paused' } })
  floor.ready(alice)
  const call = floor.caller()
  floor.do({ type: 'agent.signOff', agent: alice, reason: 'end of shift' })
  floor.do({ type: 'station.down', agent: alice, leg: `st_${alice}` as LegId, reason: 'closed' })
  floor.pass(15_000)
  assert.equal(call.phase, 'waiting')
  assert.equal(floor.agent(alice).phase, 'signed_off')
})

test('a queue is removed while people wait in it or ring at an agent: who would wait there is owed a callback at once', () => {
  const floor = new TestFloor({ station: 'phone-rung', campaign: { mode: 'manual' } })
  floor.ready(alice)
  const rings = floor.caller()
  const waits = floor.caller('13900002222')
  assert.deepEqual([rings.phase, waits.phase], ['assigned', 'waiting'])
  floor.do({ type: 'records.committed', facts: [{ type: 'queue.removed', queue }] })
  assert.deepEqual([waits.dismissed, floor.count('callback.scheduled')], ['overflow', 1])
  assert.equal(floor.lastEffect('media.play').prompt, 'we-call-back')
  floor.do({ type: 'leg.ended', leg: rings.agentLeg!, by: 'far', cause: 'rejected', sipStatus: 486, q850: null })
  assert.deepEqual([rings.dismissed, floor.count('callback.scheduled')], ['overflow', 2])
})
