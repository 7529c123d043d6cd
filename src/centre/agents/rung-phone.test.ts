import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId } from '../../lib/ids.ts'
import { alice, bob, type FloorOptions, queue, sam, setupOf, TestFloor } from '../testing.ts'

const over = { by: 'far', sipStatus: null, q850: null } as const

/** Alice talks to a caller on the desk phone that was rung for it; bob sits at a browser. */
function talking(options: FloorOptions = {}) {
  const users = setupOf({ station: 'phone-rung' }).users.map(user =>
    user.id === bob ? { ...user, station: 'browser' as const } : user,
  )
  const floor = new TestFloor({ campaign: { mode: 'manual' }, ...options, setup: { users, ...options.setup } })
  floor.ready(alice)
  const call = floor.caller()
  const leg = call.agentLeg as LegId
  floor.do({ type: 'leg.answered', leg })
  assert.equal(call.phase, 'talking')
  floor.ready(bob)
  return { floor, call, leg }
}

test('a rung phone that is put down while a colleague is asked: the colleague has the call, and its agent writes it up', () => {
  for (const to of ['other', 'both'] as const) {
    const { floor, call, leg } = talking()
    floor.do({ type: 'agent.consult', agent: alice, call: call.id, target: { agent: bob } })
    if (to === 'both') floor.do({ type: 'agent.turn', agent: alice, call: call.id, to })
    floor.do({ type: 'leg.ended', leg, ...over, cause: 'bye' })
    assert.deepEqual([call.phase, call.agent, call.agentLeg], ['talking', bob, null], to)
    assert.equal(floor.agent(alice).phase, 'wrapping')
    assert.deepEqual(floor.lastEffect('media.patch'), { type: 'media.patch', a: call.leg, b: `st_${bob}` })
  }
})

test('a rung phone that goes before the colleague has picked up: the caller waits in the queue again', () => {
  const users = setupOf({ station: 'phone-rung' }).users
  const { floor, call, leg } = talking({ setup: { users } })
  floor.do({ type: 'agent.consult', agent: alice, call: call.id, target: { agent: bob } })
  floor.do({ type: 'leg.ended', leg, ...over, cause: 'rtp_timeout' })
  assert.equal(floor.last('call.fellBack').reason, 'agent_lost')
  assert.notEqual(call.phase, 'ended')
  assert.deepEqual([floor.agent(alice).phase, floor.agent(alice).reason], ['break', 'audio_lost'])
})

test('a rung phone whose audio is lost leaves the caller to the queue; one that is put down ends the call', () => {
  const lost = talking()
  lost.floor.do({ type: 'agent.break', agent: bob, reason: 'tea' })
  lost.floor.do({ type: 'leg.ended', leg: lost.leg, ...over, cause: 'rtp_timeout' })
  assert.deepEqual([lost.call.phase, lost.call.queue, lost.call.agentLeg], ['waiting', queue, null])
  assert.equal(lost.floor.lastEffect('media.play').leg, lost.call.leg)
  assert.equal(lost.floor.agent(alice).reason, 'audio_lost')
  assert.equal(lost.floor.state.legs.has(lost.leg), false)
  const down = talking()
  down.floor.do({ type: 'leg.ended', leg: down.leg, ...over, cause: 'bye' })
  assert.equal(down.call.phase, 'ended')
})

test('who dialled help on the phone itself and puts it down ends that call, and not the one that rings beside it', () => {
  const floor = new TestFloor({ station: 'phone-rung', campaign: { mode: 'manual' } })
  const desk = 'desk_1' as LegId
  floor.ready(alice)
  floor.do({ type: 'desk.dialled', leg: desk, user: alice, to: '110' })
  floor.do({ type: 'leg.answered', leg: desk })
  const { leg, call: help } = floor.lastEffect('phone.dial')
  floor.do({ type: 'leg.answered', leg })
  const caller = floor.caller()
  assert.deepEqual([caller.phase, floor.agent(alice).phase], ['assigned', 'ringing'])
  floor.do({ type: 'leg.ended', leg: desk, ...over, cause: 'bye' })
  assert.equal(floor.state.calls.get(help)?.phase ?? 'ended', 'ended')
  assert.deepEqual([caller.phase, floor.agent(alice).phase], ['assigned', 'ringing'])
  assert.ok(floor.effects.some(effect => effect.type === 'phone.hangUp' && effect.leg === leg))
})

test('the phone of a supervisor is rung for the listening alone, also where nobody talks yet', () => {
  const { floor } = talking()
  floor.do({ type: 'supervisor.begin', by: sam, call: null, agent: bob, mode: 'listen', stays: true, reason: '' })
  const { agent, call, forShift } = floor.lastEffect('phone.ring')
  assert.deepEqual([agent, call, forShift], [sam, null, undefined])
})

test('whose phone rings for a call of their own takes nobody’s over', () => {
  const { floor, call } = talking()
  const begin = { type: 'supervisor.begin', by: sam, call: call.id, agent: null, mode: 'listen', stays: false } as const
  floor.do({ ...begin, reason: '' })
  floor.do({ type: 'leg.answered', leg: floor.lastEffect('phone.ring').leg })
  floor.do({ type: 'agent.signOn', agent: sam })
  const nobody = { campaign: null, lead: null, party: null, name: null, relation: null }
  assert.equal(floor.do({ type: 'agent.dial', agent: sam, number: '+8613800000009', ...nobody }).refusal, null)
  assert.equal(floor.agent(sam).phase, 'ringing')
  assert.equal(floor.do({ type: 'supervisor.takeOver', by: sam }).refusal?.rule, 'busy')
  assert.notEqual(floor.agent(sam).rung, null)
})

test('who takes a call over without having signed on has a break after it, however the last shift ended', () => {
  const { floor, call } = talking()
  floor.do({ type: 'agent.signOn', agent: sam })
  floor.do({ type: 'agent.ready', agent: sam })
  floor.do({ type: 'agent.signOff', agent: sam, reason: '' })
  const begin = { type: 'supervisor.begin', by: sam, call: call.id, agent: null, mode: 'listen', stays: false } as const
  floor.do({ ...begin, reason: '' })
  floor.do({ type: 'leg.answered', leg: floor.lastEffect('phone.ring').leg })
  floor.do({ type: 'supervisor.takeOver', by: sam })
  assert.equal(call.agent, sam)
  floor.partyEnds(call)
  floor.pass(60_000)
  assert.equal(floor.agent(sam).phase, 'break')
})

test('who stays with a colleague that is asked for advice hears them at the phone that was rung for it', () => {
  const users = setupOf({ station: 'phone-rung' }).users.map(user =>
    user.id === sam ? { ...user, station: 'browser' as const } : user,
  )
  const { floor, call } = talking({ setup: { users } })
  floor.do({ type: 'station.up', agent: sam, leg: 'st_sam' as LegId })
  floor.do({ type: 'supervisor.begin', by: sam, call: null, agent: bob, mode: 'listen', stays: true, reason: '' })
  floor.do({ type: 'agent.consult', agent: alice, call: call.id, target: { agent: bob } })
  const { leg } = floor.lastEffect('phone.ring')
  floor.do({ type: 'leg.answered', leg })
  assert.equal(floor.lastEffect('media.supervise').target, leg)
})
