import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId, UserId } from '../../lib/ids.ts'
import type { Campaign } from '../entities.ts'
import { alice, bob, campaign, type FloorOptions, queue, TestFloor } from '../testing.ts'

const carl = '+8613800000001'
const over = { by: 'far', sipStatus: null, q850: null } as const

function floorOf(campaign: Partial<Campaign> = {}, options: FloorOptions = {}) {
  return new TestFloor({ station: 'phone-rung', campaign, ...options })
}

const stateOf = (floor: TestFloor, agent: UserId = alice) => {
  const { phase, reason, stationLeg, stationRinging } = floor.agent(agent)
  return { phase, reason, isUp: stationLeg !== null, rings: stationRinging !== null }
}
const rings = (floor: TestFloor) => floor.effects.flatMap(effect => (effect.type === 'phone.ring' ? [effect] : []))
const hungUp = (floor: TestFloor, leg: LegId) =>
  floor.effects.some(effect => effect.type === 'phone.hangUp' && effect.leg === leg)
const save = (floor: TestFloor, changes: Partial<Campaign>) => {
  const { campaign: known } = floor.state.campaigns.get(campaign)!
  floor.do({ type: 'records.committed', facts: [{ type: 'campaign.saved', campaign: { ...known, ...changes } }] })
}
const pickUp = (floor: TestFloor, agent: UserId = alice) =>
  floor.do({ type: 'leg.answered', leg: floor.agent(agent).stationRinging! })
const putDown = (floor: TestFloor, agent: UserId = alice) =>
  floor.do({ type: 'station.down', agent, leg: floor.agent(agent).stationLeg!, reason: 'hung_up' })

for (const mode of ['predictive', 'progressive', 'notice'] as const)
  test(`${mode}: a phone that is rung for each call is taken up once, and only then is its user free`, () => {
    const floor = floorOf({ mode })
    floor.do({ type: 'agent.signOn', agent: alice })
    assert.equal(rings(floor).length, 0, 'nobody is to be had on a break')
    floor.do({ type: 'agent.ready', agent: alice })
    const { leg, forShift } = floor.lastEffect('phone.ring')
    assert.equal(forShift, true)
    assert.deepEqual(stateOf(floor), { phase: 'break', reason: 'phone_ringing', isUp: false, rings: true })
    assert.equal(floor.state.campaigns.get(campaign)!.free.size, 0)
    floor.do({ type: 'leg.answered', leg })
    assert.deepEqual(stateOf(floor), { phase: 'ready', reason: null, isUp: true, rings: false })
    assert.equal(floor.state.campaigns.get(campaign)!.free.size, 1)
  })

test('who has answered is heard at the open phone at once, within the two seconds, and again at the next call', () => {
  const floor = floorOf()
  floor.ready(alice)
  floor.leads(carl, '+8613800000002')
  for (let n = 1; n <= 2; n++) {
    const { call } = floor
    floor.do({ type: 'leg.answered', leg: call.leg })
    assert.deepEqual([call.phase, call.agent, call.agentLeg], ['talking', alice, null])
    assert.equal(floor.lastEffect('media.patch').b, floor.agent(alice).stationLeg)
    floor.partyEnds(call)
    floor.dispose(call, alice, 'sold')
  }
  assert.equal(rings(floor).length, 1)
  assert.equal(floor.last('call.assigned').ringing, false)
})

test('who puts the phone down at the end of a call is rung again meanwhile, and free when it is taken up', () => {
  const floor = floorOf()
  floor.ready(alice)
  floor.leads(carl)
  const { call } = floor
  floor.do({ type: 'leg.answered', leg: call.leg })
  putDown(floor)
  assert.equal(call.phase, 'ended')
  assert.deepEqual(stateOf(floor), { phase: 'wrapping', reason: null, isUp: false, rings: true })
  floor.dispose(call, alice, 'sold')
  assert.deepEqual(stateOf(floor), { phase: 'break', reason: 'phone_ringing', isUp: false, rings: true })
  pickUp(floor)
  assert.equal(floor.agent(alice).phase, 'ready')
  putDown(floor)
  assert.deepEqual(stateOf(floor), { phase: 'break', reason: 'phone_ringing', isUp: false, rings: true })
})

test('a phone that nobody takes up is let be, and its user paused; ready rings it again', () => {
  const floor = floorOf()
  floor.do({ type: 'agent.signOn', agent: alice })
  floor.do({ type: 'agent.ready', agent: alice })
  const { leg } = floor.lastEffect('phone.ring')
  floor.do({ type: 'station.down', agent: alice, leg, reason: 'not_answered' })
  assert.deepEqual(stateOf(floor), { phase: 'break', reason: 'no_answer', isUp: false, rings: false })
  assert.ok(hungUp(floor, leg), 'or the phone layer rang it for ever')
  floor.do({ type: 'agent.ready', agent: alice })
  assert.equal(rings(floor).length, 2)
})

test('on a break it may be put down and is not rung, but for what its user dials', () => {
  const floor = floorOf()
  floor.ready(alice)
  const open = floor.agent(alice).stationLeg!
  floor.do({ type: 'agent.break', agent: alice, reason: 'lunch' })
  putDown(floor)
  assert.ok(hungUp(floor, open))
  assert.deepEqual(stateOf(floor), { phase: 'break', reason: 'lunch', isUp: false, rings: false })
  const nobody = { campaign: null, lead: null, party: null, name: null, relation: null }
  const dialled = floor.do({ type: 'agent.dial', agent: alice, number: '+8613800000009', ...nobody })
  assert.equal(dialled.refusal, null)
  const { forShift, leg } = floor.lastEffect('phone.ring')
  assert.equal(forShift, undefined)
  floor.do({ type: 'leg.answered', leg })
  assert.deepEqual([floor.call.agent, floor.call.agentLeg], [alice, leg])
})

test('while it rings for the shift its user may call for help: it rings for that', () => {
  const floor = floorOf()
  floor.do({ type: 'agent.signOn', agent: alice })
  floor.do({ type: 'agent.ready', agent: alice })
  const { leg } = floor.lastEffect('phone.ring')
  const nobody = { campaign: null, lead: null, party: null, name: null, relation: null }
  assert.equal(floor.do({ type: 'agent.dial', agent: alice, number: '110', ...nobody }).refusal, null)
  assert.ok(hungUp(floor, leg))
  assert.deepEqual([floor.agent(alice).phase, floor.agent(alice).stationRinging], ['ringing', null])
  floor.do({ type: 'leg.answered', leg: floor.lastEffect('phone.ring').leg })
  assert.equal(floor.call.number, '110')
})

test('a break that is taken while it rings lets it be', () => {
  const floor = floorOf()
  floor.do({ type: 'agent.signOn', agent: alice })
  floor.do({ type: 'agent.ready', agent: alice })
  const { leg } = floor.lastEffect('phone.ring')
  floor.do({ type: 'agent.break', agent: alice, reason: 'tea' })
  assert.deepEqual(stateOf(floor), { phase: 'break', reason: 'tea', isUp: false, rings: false })
  assert.ok(hungUp(floor, leg))
})

test('a campaign that begins rings who is ready, and who talks after that call; when it ends the phone is let go', () => {
  const floor = floorOf({ state: 'paused' })
  floor.ready(alice, bob)
  const call = floor.caller()
  floor.do({ type: 'leg.answered', leg: call.agentLeg! })
  assert.deepEqual([call.agent, floor.agent(bob).phase], [alice, 'ready'])
  save(floor, { state: 'running' })
  assert.deepEqual(stateOf(floor, bob), { phase: 'break', reason: 'phone_ringing', isUp: false, rings: true })
  pickUp(floor, bob)
  const open = floor.agent(bob).stationLeg!
  assert.deepEqual(stateOf(floor, alice), { phase: 'talking', reason: null, isUp: false, rings: false })
  floor.partyEnds(call)
  floor.dispose(call, alice, 'resolved')
  assert.deepEqual(stateOf(floor, alice), { phase: 'break', reason: 'phone_ringing', isUp: false, rings: true })
  const rung = floor.agent(alice).stationRinging!
  save(floor, { state: 'paused' })
  assert.deepEqual(stateOf(floor, bob), { phase: 'ready', reason: null, isUp: false, rings: false })
  assert.deepEqual(stateOf(floor, alice), { phase: 'ready', reason: null, isUp: false, rings: false })
  assert.ok(hungUp(floor, open) && hungUp(floor, rung))
})

test('lines that ring when a campaign is paused are waited for at the open phone', () => {
  const floor = floorOf()
  floor.ready(alice)
  floor.leads(carl)
  const { call } = floor
  save(floor, { state: 'paused' })
  assert.equal(stateOf(floor).isUp, true)
  floor.do({ type: 'leg.ended', leg: call.leg, ...over, cause: 'rejected' })
  assert.deepEqual(stateOf(floor), { phase: 'ready', reason: null, isUp: false, rings: false })
})

test('by hand, from a preview, and where the agent is taken first it is rung for each call', () => {
  for (const changes of [{ mode: 'manual' }, { mode: 'preview' }, { mode: 'progressive', reserved: true }] as const) {
    const floor = floorOf(changes)
    floor.ready(alice)
    assert.deepEqual(stateOf(floor), { phase: 'ready', reason: null, isUp: false, rings: false })
    floor.do({ type: 'leg.answered', leg: floor.caller().agentLeg! })
    assert.equal(floor.call.phase, 'talking')
  }
})

test('a caller of the queue is heard at the open phone too', () => {
  const floor = floorOf()
  floor.ready(alice)
  const call = floor.caller()
  assert.deepEqual([call.phase, call.queue, call.agentLeg], ['talking', queue, null])
})

test('who gets a phone that is rung for each call while a campaign dials ahead has it open; the page’s audio stays until it is up', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  const { user, stationLeg } = floor.agent(alice)
  floor.do({ type: 'records.committed', facts: [{ type: 'user.saved', user: { ...user, station: 'phone-rung' } }] })
  assert.equal(floor.agent(alice).stationLeg, stationLeg)
  pickUp(floor)
  assert.deepEqual(stateOf(floor), { phase: 'ready', reason: null, isUp: true, rings: false })
  assert.ok(hungUp(floor, stationLeg!))
})

test('who writes up with the phone down is not about to be free', () => {
  const floor = floorOf({ mode: 'predictive' })
  floor.ready(alice)
  floor.leads(carl)
  const { call } = floor
  floor.do({ type: 'leg.answered', leg: call.leg })
  putDown(floor)
  floor.leads('+8613800000003', '+8613800000004', '+8613800000005')
  floor.pass(14_000)
  assert.equal(floor.count('call.dialed'), 1)
})

test('a campaign that begins gives nobody a customer who has the phone of the shift on hold', () => {
  const floor = new TestFloor({ station: 'phone-nailed', campaign: { state: 'paused' } })
  floor.ready(alice)
  const { user, stationLeg } = floor.agent(alice)
  floor.do({ type: 'records.committed', facts: [{ type: 'user.saved', user: { ...user, station: 'phone-rung' } }] })
  Object.assign(floor.agent(alice), { stationLeg, stationHeld: true, phase: 'ready' }) // it listened on this leg, and holds it
  save(floor, { state: 'running' })
  assert.deepEqual([floor.agent(alice).phase, floor.agent(alice).reason], ['break', 'phone_holds'])
})

for (const [what, change] of [
  ['is paused', { state: 'paused' }],
  ['dials no longer ahead', { mode: 'preview' }],
] as const)
  test(`who holds the open phone when the campaign ${what} keeps it, gets no call, and is ready when it is taken up`, () => {
    const floor = floorOf()
    floor.ready(alice)
    const leg = floor.agent(alice).stationLeg!
    floor.do({ type: 'leg.held', leg })
    save(floor, change)
    assert.deepEqual(stateOf(floor), { phase: 'break', reason: 'phone_holds', isUp: true, rings: false })
    const caller = floor.caller()
    floor.pass(5_000)
    assert.equal(caller.phase, 'waiting')
    assert.equal(hungUp(floor, leg), false)
    floor.do({ type: 'leg.resumed', leg })
    assert.equal(hungUp(floor, leg), true, 'from here on it is rung for each call, and for this one')
    assert.deepEqual([caller.phase, floor.agent(alice).phase], ['assigned', 'ringing'])
  })

test('a phone that is held on a break is let go when it is taken up, its campaign being paused meanwhile', () => {
  const floor = floorOf()
  floor.ready(alice)
  const leg = floor.agent(alice).stationLeg!
  floor.do({ type: 'agent.break', agent: alice, reason: 'lunch' })
  floor.do({ type: 'leg.held', leg })
  save(floor, { state: 'paused' })
  assert.equal(hungUp(floor, leg), false)
  floor.do({ type: 'leg.resumed', leg })
  assert.equal(hungUp(floor, leg), true)
  assert.deepEqual(stateOf(floor), { phase: 'break', reason: 'lunch', isUp: false, rings: false })
})

test('a held phone that is put down, or lost, is open no more when its campaign is paused', () => {
  for (const reason of ['hung_up', 'media_lost']) {
    const floor = floorOf()
    floor.ready(alice)
    floor.do({ type: 'agent.break', agent: alice, reason: 'lunch' })
    const leg = floor.agent(alice).stationLeg!
    floor.do({ type: 'leg.held', leg })
    save(floor, { state: 'paused' })
    assert.equal(floor.agent(alice).phoneOpen, true)
    floor.do({ type: 'station.down', agent: alice, leg, reason })
    assert.equal(floor.agent(alice).phoneOpen, false, reason)
  }
})

test('who holds the phone of the shift and has it rung for each call from now on is not ready until saying so', () => {
  const floor = new TestFloor({ station: 'phone-nailed', campaign: { state: 'paused' } })
  floor.ready(alice)
  floor.do({ type: 'leg.held', leg: floor.agent(alice).stationLeg! })
  const user = { ...floor.agent(alice).user, station: 'phone-rung' as const }
  floor.do({ type: 'records.committed', facts: [{ type: 'user.saved', user }] })
  assert.deepEqual(stateOf(floor), { phase: 'break', reason: 'audio_lost', isUp: false, rings: false })
  floor.do({ type: 'agent.ready', agent: alice })
  assert.equal(floor.agent(alice).phase, 'ready')
})

test('whose phone is not registered is told that, and not that it was not picked up', () => {
  for (const [reason, said] of [
    ['not_registered', 'phone_off'],
    ['not_answered', 'no_answer'],
  ] as const) {
    const floor = floorOf()
    for (const type of ['agent.signOn', 'agent.ready'] as const) floor.do({ type, agent: alice })
    floor.do({ type: 'station.down', agent: alice, leg: floor.agent(alice).stationRinging!, reason })
    assert.equal(floor.agent(alice).reason, said)
  }
})

test('who waits for a nailed phone to ring and has it rung for each call from now on is rung once more, and not ready before', () => {
  const floor = new TestFloor({ station: 'phone-nailed' })
  for (const type of ['agent.signOn', 'agent.ready'] as const) floor.do({ type, agent: alice })
  assert.equal(floor.agent(alice).reason, 'phone_ringing')
  const { user } = floor.agent(alice)
  floor.do({ type: 'records.committed', facts: [{ type: 'user.saved', user: { ...user, station: 'phone-rung' } }] })
  assert.deepEqual(stateOf(floor), { phase: 'break', reason: 'phone_ringing', isUp: false, rings: true })
  pickUp(floor)
  assert.equal(floor.agent(alice).phase, 'ready')
})
