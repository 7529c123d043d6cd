import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId } from '../../lib/ids.ts'
import type { StationKind } from '../entities.ts'
import { alice, bob, TestFloor } from '../testing.ts'

const page = 'st_page' as LegId

function move(floor: TestFloor, station: StationKind): void {
  const { user } = floor.agent(alice)
  floor.do({ type: 'records.committed', facts: [{ type: 'user.saved', user: { ...user, station } }] })
}

/** Nobody is dialled ahead for any more. */
function pause(floor: TestFloor): void {
  const { campaign } = [...floor.state.campaigns.values()][0]!
  floor.do({
    type: 'records.committed',
    facts: [{ type: 'campaign.saved', campaign: { ...campaign, state: 'paused' } }],
  })
}

/** Alice talks to a customer on the leg of her shift. */
function talking(station: StationKind) {
  const floor = new TestFloor({ station })
  floor.leads('+8613800000001')
  floor.ready(alice)
  const { call } = floor
  floor.do({ type: 'leg.answered', leg: call.leg })
  assert.equal(floor.agent(alice).phase, 'talking')
  return { floor, call, first: floor.agent(alice).stationLeg! }
}

const isUp = (floor: TestFloor, leg: LegId, phone: boolean) =>
  floor.do({ type: 'station.up', agent: alice, leg, ...(phone && { phone }) })
const hungUp = (floor: TestFloor) =>
  floor.effects.flatMap(effect => (effect.type === 'phone.hangUp' ? [effect.leg] : []))
const patchedTo = (floor: TestFloor) => floor.lastEffect('media.patch').b

test('who talks in the browser and moves to the desk phone is rung there, talks on meanwhile, and goes on at the phone', () => {
  const { floor, call, first } = talking('browser')
  move(floor, 'phone-nailed')
  const { leg } = floor.lastEffect('phone.ring')
  assert.equal(floor.agent(alice).stationLeg, first, 'the headset is up until the phone is')
  assert.deepEqual([hungUp(floor), patchedTo(floor)], [[], first])
  isUp(floor, leg, true)
  assert.deepEqual([patchedTo(floor), hungUp(floor)], [leg, [first]])
  floor.do({ type: 'station.down', agent: alice, leg: first, reason: 'closed' })
  assert.equal(call.phase, 'talking')
  assert.equal(floor.agent(alice).stationLostAt, null)
  floor.do({ type: 'station.down', agent: alice, leg, reason: 'hung_up' })
  assert.equal(floor.last('call.ended').ending.by, 'agent', 'it is her desk phone now: putting it down ends the call')
})

test('audio of the page that goes while the phone rings does not take the place of the phone', () => {
  const { floor, first } = talking('browser')
  move(floor, 'phone-nailed')
  const { leg } = floor.lastEffect('phone.ring')
  for (const reason of ['hung_up', 'not_answered']) floor.do({ type: 'station.down', agent: alice, leg: first, reason })
  assert.deepEqual([floor.agent(alice).stationRinging, floor.state.legs.has(first)], [leg, false])
})

test('a page that asks for the audio of who is at the phone is turned away; one that is built anew while the phone rings is not', () => {
  const { floor } = talking('browser')
  move(floor, 'phone-nailed')
  const { leg } = floor.lastEffect('phone.ring')
  isUp(floor, page, false)
  assert.equal(floor.agent(alice).stationLeg, page)
  assert.equal(floor.agent(alice).stationRinging, leg, 'the phone rings on')
  isUp(floor, leg, true)
  const late = 'st_late' as LegId
  isUp(floor, late, false)
  assert.deepEqual([floor.agent(alice).stationLeg, hungUp(floor).at(-1)], [leg, late])
})

test('who talks at the desk phone and moves to the browser is heard at the phone until the page is up, and then there', () => {
  const { floor, call, first } = talking('phone-nailed')
  move(floor, 'browser')
  assert.deepEqual([floor.agent(alice).stationLeg, floor.agent(alice).stationIsPhone], [first, true])
  isUp(floor, page, false)
  assert.deepEqual([patchedTo(floor), hungUp(floor)], [page, [first]])
  floor.do({ type: 'station.down', agent: alice, leg: first, reason: 'released' })
  assert.equal(call.phase, 'talking')
})

test('who puts the phone down before the page is up keeps the customer, who hears music, and the phone does not ring again', () => {
  const { floor, call, first } = talking('phone-nailed')
  move(floor, 'browser')
  floor.do({ type: 'station.down', agent: alice, leg: first, reason: 'hung_up' })
  assert.equal(call.phase, 'talking')
  assert.equal(floor.lastEffect('media.unpatch').leg, call.leg)
  assert.deepEqual(hungUp(floor), [first], 'the phone layer would ring it again for the shift')
  isUp(floor, page, false)
  assert.equal(patchedTo(floor), page)
})

test('a phone that is picked up after its person has gone back to the browser is put down again', () => {
  const { floor, first } = talking('browser')
  move(floor, 'phone-nailed')
  const { leg } = floor.lastEffect('phone.ring')
  move(floor, 'browser')
  assert.deepEqual([hungUp(floor), floor.agent(alice).stationRinging], [[leg], null])
  isUp(floor, leg, true)
  assert.deepEqual([floor.agent(alice).stationLeg, patchedTo(floor)], [first, first])
  assert.deepEqual(hungUp(floor), [leg, leg])
})

test('who moves to a phone that is rung for each call talks this one out where it began', () => {
  const { floor, call, first } = talking('browser')
  pause(floor)
  move(floor, 'phone-rung')
  assert.deepEqual([floor.agent(alice).stationLeg, hungUp(floor)], [first, []])
  floor.partyEnds(call)
  floor.dispose(call, alice, 'sold')
  assert.deepEqual([floor.agent(alice).stationLeg, hungUp(floor)], [null, [first]])
  assert.equal(floor.agent(alice).phase, 'ready')
  const next = floor.caller()
  assert.equal(floor.lastEffect('phone.ring').call, next.id, 'the next one rings')
})

test('a page that dies under who moves to a rung phone in mid-call loses nothing at once: the customer hears music', () => {
  const { floor, call, first } = talking('browser')
  move(floor, 'phone-rung')
  floor.do({ type: 'station.down', agent: alice, leg: first, reason: 'closed' })
  assert.equal(call.phase, 'talking')
  assert.equal(floor.lastEffect('media.unpatch').leg, call.leg)
})

test('who puts down the phone of the shift after asking for a ring at each call ends the call, as phones do', () => {
  const { floor, call, first } = talking('phone-nailed')
  pause(floor)
  move(floor, 'phone-rung')
  assert.equal(floor.agent(alice).stationLeg, first)
  floor.do({ type: 'station.down', agent: alice, leg: first, reason: 'hung_up' })
  assert.equal(call.phase, 'ended')
  assert.equal(floor.last('call.ended').ending.by, 'agent')
  assert.deepEqual(hungUp(floor).includes(first), true, 'the phone layer would ring it again for the shift')
})

test('who is ready stays ready when the way there is up, and waits for it in a break else', () => {
  const ready = (station: StationKind) => {
    const floor = new TestFloor({ station, campaign: { mode: 'manual' } })
    floor.ready(alice)
    assert.equal(floor.agent(alice).phase, 'ready')
    return floor
  }
  const state = (floor: TestFloor) => [floor.agent(alice).phase, floor.agent(alice).reason]

  const toPhone = ready('browser')
  move(toPhone, 'phone-nailed')
  assert.deepEqual(state(toPhone), ['ready', null])

  const toRung = ready('browser')
  move(toRung, 'phone-rung')
  assert.deepEqual([...state(toRung), toRung.agent(alice).stationLeg], ['ready', null, null])

  const fromRung = ready('phone-rung')
  move(fromRung, 'phone-nailed')
  assert.deepEqual(state(fromRung), ['break', 'phone_ringing'])
  move(fromRung, 'browser')
  assert.deepEqual(state(fromRung), ['break', 'audio_lost'])
  isUp(fromRung, page, false)
  assert.deepEqual(state(fromRung), ['ready', null])
  fromRung.do({ type: 'station.down', agent: alice, leg: page, reason: 'closed' })
  move(fromRung, 'phone-nailed')
  assert.deepEqual(
    state(fromRung),
    ['break', 'audio_lost'],
    'long ago or not, audio that was lost is no wish to be ready',
  )
  isUp(fromRung, fromRung.lastEffect('phone.ring').leg, true)
  assert.deepEqual(state(fromRung), ['ready', null])
})

test('who signs off after a move leaves no leg behind: a phone from which somebody moved away is hung up', () => {
  const floor = new TestFloor({ station: 'phone-nailed' })
  floor.ready(alice)
  const { stationLeg } = floor.agent(alice)
  move(floor, 'browser')
  floor.do({ type: 'agent.signOff', agent: alice, reason: 'end_of_shift' })
  assert.deepEqual([hungUp(floor), floor.agent(alice).stationLeg], [[stationLeg], null])
  move(floor, 'phone-nailed')
  floor.do({ type: 'agent.signOn', agent: alice })
  assert.notEqual(floor.agent(alice).stationRinging, null)
})

test('a colleague who is asked for advice and moves is heard at once where they went, whoever is being talked to', () => {
  const floor = new TestFloor({})
  floor.ready(alice)
  const call = floor.caller()
  floor.ready(bob)
  const own = floor.agent(alice).stationLeg!
  floor.do({ type: 'agent.consult', agent: alice, call: call.id, target: { agent: bob } })
  const comes = (leg: string) => {
    floor.do({ type: 'station.up', agent: bob, leg: leg as LegId })
    return floor.agent(bob).stationLeg!
  }
  const second = comes('st_second')
  assert.deepEqual(floor.lastEffect('media.patch'), { type: 'media.patch', a: second, b: own })

  floor.do({ type: 'agent.turn', agent: alice, call: call.id, to: 'party' })
  const third = comes('st_third')
  assert.deepEqual(floor.lastEffect('media.play'), {
    ...{ type: 'media.play', leg: third, prompt: 'comfort-music', loop: true },
  })
  floor.do({ type: 'agent.turn', agent: alice, call: call.id, to: 'both' })
  const fourth = comes('st_fourth')
  assert.deepEqual(
    floor.lastEffect('media.mix').members.map(({ leg }) => leg),
    [call.leg, own, fourth],
  )
})

test('who dials and moves hears the ring-back, or what the network says, where they went', () => {
  const dialling = () => {
    const floor = new TestFloor({ station: 'browser', campaign: { mode: 'manual' } })
    floor.ready(alice)
    const nobody = { campaign: null, lead: null, party: null, name: null, relation: null }
    floor.do({ type: 'agent.dial', agent: alice, number: '+8613800000001', ...nobody })
    return { floor, call: floor.call }
  }
  const ringing = dialling()
  ringing.floor.do({ type: 'leg.ringing', leg: ringing.call.leg })
  isUp(ringing.floor, page, false)
  assert.deepEqual(ringing.floor.lastEffect('media.play'), {
    ...{ type: 'media.play', leg: page, prompt: 'ringback', loop: true },
  })
  const early = dialling()
  early.floor.do({ type: 'leg.early', leg: early.call.leg })
  isUp(early.floor, page, false)
  assert.deepEqual(early.floor.lastEffect('media.patch'), { type: 'media.patch', a: early.call.leg, b: page })
})
