import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LegId } from '../../lib/ids.ts'
import { alice, bob, type FloorOptions, sam, setupOf, TestFloor } from '../testing.ts'

const first = `st_${alice}` as LegId
const second = 'g_second' as LegId

/** Alice's desk phone is up for the shift; bob is at a browser. */
function nailed(options: FloorOptions = {}) {
  const users = setupOf({ station: 'phone-nailed' }).users.map(user => ({
    ...user,
    ...(user.id === bob ? { extension: '1002', station: 'browser' as const } : {}),
  }))
  const floor = new TestFloor({ ...options, setup: { users, ...options.setup } })
  floor.ready(alice)
  return floor
}

const holds = (floor: TestFloor, leg = first) => floor.do({ type: 'leg.held', leg })
const takesUp = (floor: TestFloor, leg = first) => floor.do({ type: 'leg.resumed', leg })
const where = (floor: TestFloor, id = alice) => [floor.agent(id).phase, floor.agent(id).reason]
const lastPatch = (floor: TestFloor) => {
  const effect = floor.effects.findLast(({ type }) => type === 'media.patch')
  return effect?.type === 'media.patch' ? `${effect.a}+${effect.b}` : null
}
const plays = (floor: TestFloor) => floor.effects.flatMap(one => (one.type === 'media.play' ? [one] : []))
const hearsMusic = (floor: TestFloor, leg: LegId) => plays(floor).findLast(one => one.leg === leg)?.loop === true

describe('a desk phone of the shift that holds', () => {
  test('is given no customer when the one who was held has hung up, and the next when it is taken up', () => {
    const floor = nailed()
    const call = floor.caller()
    holds(floor)
    assert.equal(call.heldBy, 'agent')
    floor.partyEnds(call)
    assert.equal(floor.agent(alice).phase, 'wrapping')
    floor.do({ type: 'agent.ready', agent: alice })
    assert.deepEqual(where(floor), ['break', 'phone_holds'])
    const next = floor.caller('13900002222')
    assert.equal(next.phase, 'waiting')
    const { refusal, recorded } = floor.do({ type: 'agent.ready', agent: alice })
    assert.deepEqual([refusal?.rule, recorded], ['phone_holds', []])
    takesUp(floor)
    assert.deepEqual([next.phase, next.agent, next.heldBy], ['talking', alice, null])
    assert.equal(lastPatch(floor), `${next.leg}+${first}`)
  })

  test('likewise when the call was passed on from the page, and when wrap-up runs out by itself', () => {
    const floor = nailed()
    floor.ready(bob)
    const call = floor.caller()
    holds(floor)
    floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target: { agent: bob } })
    assert.equal(call.agent, bob)
    floor.pass(20_000)
    assert.deepEqual(where(floor), ['break', 'phone_holds'])
    takesUp(floor)
    assert.equal(floor.agent(alice).phase, 'ready')
  })

  test('between calls: a break until it is taken up; a break of one’s own, and the end of the shift, stay', () => {
    const floor = nailed()
    holds(floor)
    assert.deepEqual(where(floor), ['break', 'phone_holds'])
    assert.equal(floor.do({ type: 'leg.held', leg: first }).recorded.length, 0, 'once')
    takesUp(floor)
    assert.deepEqual(where(floor), ['ready', null])
    holds(floor)
    floor.do({ type: 'agent.break', agent: alice, reason: 'tea' })
    takesUp(floor)
    assert.deepEqual(where(floor), ['break', 'tea'])
    holds(floor)
    assert.equal(floor.do({ type: 'agent.ready', agent: alice }).refusal?.rule, 'phone_holds')
    floor.do({ type: 'agent.signOff', agent: alice, reason: 'home' })
    assert.deepEqual([floor.agent(alice).phase, floor.agent(alice).stationHeld], ['signed_off', false])
  })

  test('put down: the hold is over with its leg', () => {
    const floor = nailed()
    holds(floor)
    floor.do({ type: 'station.down', agent: alice, leg: first, reason: 'hung_up' })
    assert.deepEqual(where(floor), ['break', 'audio_lost'])
    floor.do({ type: 'station.up', agent: alice, leg: first, phone: true })
    assert.deepEqual(where(floor), ['ready', null])
    assert.equal(floor.caller().agent, alice)
  })

  test('a consultation on the page that ends meanwhile leaves the party with music until the phone is taken up', () => {
    const floor = nailed()
    floor.ready(bob)
    const call = floor.caller()
    for (const to of ['other', 'party', 'both'] as const) {
      floor.do({ type: 'agent.consult', agent: alice, call: call.id, target: { agent: bob } })
      if (to !== 'other') floor.do({ type: 'agent.turn', agent: alice, call: call.id, to })
      holds(floor)
      floor.do({ type: 'agent.endConsult', agent: alice, call: call.id })
      assert.deepEqual([call.consult, call.heldBy, floor.agent(bob).phase], [null, 'agent', 'ready'], to)
      assert.ok(hearsMusic(floor, call.leg))
      takesUp(floor)
      assert.equal(call.heldBy, null)
      assert.equal(lastPatch(floor), `${call.leg}+${first}`)
    }
  })

  test('who is consulted and holds: gets no customer at its end, and the party waits if the call is passed on', () => {
    for (const isPassed of [false, true]) {
      const floor = nailed()
      floor.do({ type: 'agent.break', agent: alice, reason: 'tea' })
      floor.ready(bob)
      const call = floor.caller()
      floor.do({ type: 'agent.ready', agent: alice })
      floor.do({ type: 'agent.consult', agent: bob, call: call.id, target: { agent: alice } })
      assert.equal(floor.agent(alice).phase, 'talking')
      holds(floor)
      if (!isPassed) {
        floor.do({ type: 'agent.endConsult', agent: bob, call: call.id })
        assert.deepEqual(where(floor), ['break', 'phone_holds'])
        continue
      }
      floor.do({ type: 'agent.transfer', agent: bob, call: call.id, target: 'consulted' })
      assert.deepEqual([call.agent, call.heldBy], [alice, 'agent'])
      assert.ok(
        floor.effects.some(one => one.type === 'media.unpatch' && one.leg === first),
        'and not to bob any more',
      )
      takesUp(floor)
      assert.deepEqual([call.heldBy, lastPatch(floor)], [null, `${call.leg}+${first}`])
    }
  })

  test('held while it dials: who answers waits with music; who is held before may dial for help alone', () => {
    const floor = nailed({ campaign: { state: 'paused' } })
    const nobody = { campaign: null, lead: null, party: null, name: null, relation: null }
    const dials = (number: string) => floor.do({ type: 'agent.dial', agent: alice, number, ...nobody })
    dials('13800000001')
    const { call } = floor
    holds(floor)
    floor.do({ type: 'leg.answered', leg: call.leg })
    assert.deepEqual([call.phase, call.heldBy, hearsMusic(floor, call.leg)], ['talking', 'agent', true])
    takesUp(floor)
    assert.deepEqual([call.heldBy, lastPatch(floor)], [null, `${call.leg}+${first}`])
    holds(floor)
    floor.partyEnds(call)
    floor.pass(20_000)
    assert.equal(dials('13800000002').refusal?.rule, 'phone_holds')
    assert.equal(dials('110').refusal, null)
    const help = floor.call
    floor.do({ type: 'leg.answered', leg: help.leg })
    assert.deepEqual([help.heldBy, lastPatch(floor)], [null, `${help.leg}+${first}`])
  })

  test('the party who held too and resumes hears music until the phone is taken up, and the other way round is still held by the party', () => {
    const floor = nailed()
    const call = floor.caller()
    holds(floor, call.leg)
    assert.equal(call.heldBy, 'party')
    holds(floor)
    takesUp(floor, call.leg)
    assert.deepEqual([call.heldBy, hearsMusic(floor, call.leg)], ['agent', true])
    takesUp(floor)
    assert.deepEqual([call.heldBy, lastPatch(floor)], [null, `${call.leg}+${first}`])
    holds(floor)
    holds(floor, call.leg)
    takesUp(floor)
    assert.deepEqual([call.heldBy, lastPatch(floor)], ['party', `${call.leg}+${first}`])
    floor.do({ type: 'agent.hold', agent: alice, call: call.id })
    floor.do({ type: 'agent.resume', agent: alice, call: call.id })
    assert.equal(call.heldBy, 'party')
    takesUp(floor, call.leg)
    assert.equal(call.heldBy, null)
  })

  test('is not resumed from the page, nor are others turned to or asked: who talks to it would hear nothing', () => {
    for (const station of ['phone-nailed', 'phone-rung'] as const) {
      const floor = nailed({ campaign: { mode: 'manual' } })
      const { user } = floor.agent(alice)
      floor.do({ type: 'records.committed', facts: [{ type: 'user.saved', user: { ...user, station } }] })
      floor.ready(bob)
      floor.do({ type: 'agent.break', agent: bob, reason: 'tea' })
      const call = floor.caller()
      if (call.agentLeg !== null) floor.do({ type: 'leg.answered', leg: call.agentLeg })
      const leg = call.agentLeg ?? first
      assert.equal(leg === first, station === 'phone-nailed')
      floor.do({ type: 'agent.ready', agent: bob })
      holds(floor, leg)
      const patched = floor.effects.length
      const refused = (input: Parameters<TestFloor['do']>[0]) =>
        assert.equal(floor.do(input).refusal?.rule, 'phone_holds')
      const ask = { type: 'agent.consult', agent: alice, call: call.id, target: { agent: bob } } as const
      refused({ type: 'agent.resume', agent: alice, call: call.id })
      refused(ask)
      assert.deepEqual([floor.effects.length, call.heldBy], [patched, 'agent'])
      takesUp(floor, leg)
      assert.deepEqual([call.heldBy, lastPatch(floor)], [null, `${call.leg}+${leg}`])
      floor.do(ask)
      holds(floor, leg)
      for (const to of ['party', 'both'] as const) refused({ type: 'agent.turn', agent: alice, call: call.id, to })
      assert.deepEqual([call.consult?.with, call.heldBy], ['other', 'agent'])
      floor.do({ type: 'agent.endConsult', agent: alice, call: call.id })
      assert.deepEqual([call.heldBy, hearsMusic(floor, call.leg)], ['agent', true])
      refused({ type: 'agent.resume', agent: alice, call: call.id })
      takesUp(floor, leg)
      assert.deepEqual([call.heldBy, lastPatch(floor)], [null, `${call.leg}+${leg}`])
      floor.do({ type: 'agent.hold', agent: alice, call: call.id })
      assert.equal(floor.do({ type: 'agent.resume', agent: alice, call: call.id }).refusal, null, 'held on the page')
    }
  })

  test('its second line goes on: to and fro, put down, and the customer is there when the first is taken up', () => {
    const floor = nailed()
    floor.ready(bob)
    const call = floor.caller()
    holds(floor)
    const dialled = () => floor.do({ type: 'desk.dialled', leg: second, user: alice, to: '1002' })
    dialled()
    assert.equal(lastPatch(floor), `st_${bob}+${second}`)
    holds(floor, second)
    takesUp(floor)
    assert.deepEqual([call.consult?.with, call.heldBy, lastPatch(floor)], ['party', null, `${call.leg}+${first}`])
    holds(floor)
    takesUp(floor, second)
    assert.equal(call.consult?.with, 'other')
    floor.do({ type: 'leg.ended', leg: second, by: 'far', sipStatus: null, q850: null, cause: 'bye' })
    assert.deepEqual([call.consult, call.heldBy], [null, 'agent'])
    takesUp(floor)
    assert.deepEqual([call.heldBy, lastPatch(floor)], [null, `${call.leg}+${first}`])
    holds(floor)
    dialled()
    floor.do({ type: 'leg.transferAsked', leg: first, refer: '1', to: '1002', with: second })
    assert.equal(call.agent, bob)
    floor.pass(20_000)
    assert.deepEqual(where(floor), ['break', 'phone_holds'])
  })
})

describe('a desk phone that is rung and holds', () => {
  const rungFor = (who: typeof alice) => {
    const floor = new TestFloor({ campaign: { mode: 'manual' } })
    const user = { ...floor.agent(who).user, station: 'phone-rung' as const, extension: '1003' }
    floor.do({ type: 'records.committed', facts: [{ type: 'user.saved', user }] })
    return floor
  }

  test('was asked for advice: the party who is passed on to it waits with music until it is taken up', () => {
    const floor = rungFor(bob)
    floor.ready(alice)
    const call = floor.caller()
    floor.ready(bob)
    floor.do({ type: 'agent.consult', agent: alice, call: call.id, target: { agent: bob } })
    const leg = call.consult!.leg!
    floor.do({ type: 'leg.answered', leg })
    holds(floor, leg)
    floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target: 'consulted' })
    assert.deepEqual([call.agent, call.heldBy, hearsMusic(floor, call.leg)], [bob, 'agent', true])
    assert.equal(floor.do({ type: 'agent.resume', agent: bob, call: call.id }).refusal?.rule, 'phone_holds')
    takesUp(floor, leg)
    assert.deepEqual([call.heldBy, lastPatch(floor)], [null, `${call.leg}+${leg}`])
  })

  test('was rung for listening: nobody is taken over with it', () => {
    const floor = rungFor(sam)
    floor.ready(alice)
    const { id: call } = floor.caller()
    floor.do({ type: 'supervisor.begin', by: sam, call, agent: null, mode: 'barge', stays: false, reason: '' })
    const { leg } = floor.lastEffect('phone.ring')
    floor.do({ type: 'leg.answered', leg })
    holds(floor, leg)
    assert.equal(floor.do({ type: 'supervisor.takeOver', by: sam }).refusal?.rule, 'phone_holds')
    takesUp(floor, leg)
    assert.equal(floor.do({ type: 'supervisor.takeOver', by: sam }).refusal, null)
    assert.equal(floor.call.agent, sam)
  })
})
