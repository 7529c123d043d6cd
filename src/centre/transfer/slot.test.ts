/** Parking with the transfer key of a desk phone, and picking up by dialling the slot. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LegId } from '../../lib/ids.ts'
import type { StationKind } from '../entities.ts'
import { alice, bob, type FloorOptions, queue, sam, setupOf, TestFloor } from '../testing.ts'

const dialled = 'g_dialled' as LegId

/** Alice and bob are at desk phones of this kind, and alice talks to a caller. */
function talking(station: StationKind, options: FloorOptions = {}) {
  const extensions = new Map([
    [alice, '1001'],
    [bob, '702'],
    [sam, '1009'],
  ])
  const users = setupOf({ station }).users.map(user => ({ ...user, extension: extensions.get(user.id) ?? null }))
  const floor = new TestFloor({ campaign: { mode: 'manual' }, ...options, setup: { users, ...options.setup } })
  floor.ready(alice)
  const call = floor.caller()
  if (station === 'phone-rung') floor.do({ type: 'leg.answered', leg: call.agentLeg! })
  const line = (station === 'phone-rung' ? call.agentLeg : `st_${alice}`) as LegId
  const parks = (to: string) => floor.do({ type: 'leg.transferAsked', leg: line, refer: '1', to, with: null })
  const dials = (to: string, user = bob, leg = dialled) => floor.do({ type: 'desk.dialled', leg, user, to })
  assert.deepEqual([call.phase, call.agent], ['talking', alice])
  return { floor, call, parks, dials }
}

const rejection = (floor: TestFloor, leg = dialled) => {
  const effect = floor.effects.findLast(one => one.type === 'phone.reject' && one.leg === leg)
  return effect?.type === 'phone.reject' ? effect.sipStatus : null
}
const lastPatch = (floor: TestFloor) => {
  const { a, b } = floor.lastEffect('media.patch')
  return `${a}+${b}`
}

describe('a slot by desk phone alone', () => {
  for (const station of ['phone-rung', 'phone-nailed'] as const)
    test(`the transfer key to a slot's number parks the call there: ${station}`, () => {
      const { floor, call, parks } = talking(station)
      parks('750')
      assert.equal(floor.lastEffect('phone.answerTransfer').status, 200)
      const { agent, slot } = floor.last('call.slotted')
      assert.deepEqual([agent, slot, call.phase, floor.agent(alice).phase], [alice, '750', 'waiting', 'wrapping'])
      assert.equal(floor.lastEffect('media.play').leg, call.leg, 'music')
      assert.equal(floor.count('call.transferred'), 0)
    })

  test('a slot that is taken is declined, and the call stays; a colleague of that number comes before a slot', () => {
    const { floor, call, parks } = talking('phone-rung')
    parks('701')
    floor.do({ type: 'agent.ready', agent: alice })
    const next = floor.caller('13900002222')
    floor.do({ type: 'leg.answered', leg: next.agentLeg! })
    const again = (to: string) =>
      floor.do({ type: 'leg.transferAsked', leg: next.agentLeg!, refer: '2', to, with: null })
    again('701')
    assert.equal(floor.lastEffect('phone.answerTransfer').status, 603)
    assert.deepEqual([next.phase, next.agent, call.slot], ['talking', alice, '701'])
    floor.do({ type: 'agent.signOn', agent: bob })
    floor.do({ type: 'agent.ready', agent: bob })
    again('702')
    assert.deepEqual(floor.last('call.transferred').target, { agent: bob })
    assert.equal(floor.count('call.slotted'), 1)
  })

  test('700 and 801 are no slots: they are outside numbers, as ever', () => {
    for (const to of ['700', '801', '0701']) {
      const { floor, parks } = talking('phone-rung')
      parks(to)
      assert.equal(floor.lastEffect('phone.answerTransfer').status, 603, to)
      assert.equal(floor.count('call.slotted'), 0, to)
    }
  })

  test('who is free dials it and has the call on that line; no phone is rung', () => {
    const { floor, call, parks, dials } = talking('phone-rung')
    parks('701')
    floor.ready(bob)
    floor.effects.length = 0
    dials('701')
    assert.equal(floor.lastEffect('phone.answer').leg, dialled)
    assert.equal(floor.last('call.pickedUp').from, 'slot')
    assert.deepEqual([floor.agent(bob).phase, call.agentLeg, floor.state.slots.size], ['ringing', dialled, 0])
    floor.do({ type: 'leg.answered', leg: dialled })
    assert.deepEqual([call.phase, call.agent, floor.agent(bob).phase], ['talking', bob, 'talking'])
    assert.equal(lastPatch(floor), `${call.leg}+${dialled}`)
    assert.equal(floor.effects.filter(({ type }) => type === 'phone.ring').length, 0)
    floor.do({ type: 'leg.ended', leg: dialled, by: 'far', sipStatus: null, q850: 16, cause: 'bye' })
    assert.deepEqual([call.phase, floor.agent(bob).phase], ['ended', 'wrapping'])
  })

  test('a phone of the shift holds that line to dial: the call is on its second one, and a break until the first is taken up follows', () => {
    const { floor, call, parks, dials } = talking('phone-nailed')
    parks('701')
    floor.ready(bob)
    const first = `st_${bob}` as LegId
    floor.do({ type: 'leg.held', leg: first })
    assert.deepEqual([floor.agent(bob).phase, floor.agent(bob).reason], ['break', 'phone_holds'])
    dials('701')
    floor.do({ type: 'leg.answered', leg: dialled })
    assert.deepEqual([call.phase, call.agent, call.heldBy], ['talking', bob, null])
    assert.equal(lastPatch(floor), `${call.leg}+${dialled}`)
    floor.do({ type: 'leg.held', leg: dialled })
    assert.equal(call.heldBy, 'agent')
    floor.do({ type: 'leg.resumed', leg: dialled })
    assert.equal(lastPatch(floor), `${call.leg}+${dialled}`)
    floor.do({ type: 'leg.ended', leg: dialled, by: 'far', sipStatus: null, q850: 16, cause: 'bye' })
    assert.equal(call.phase, 'ended')
    floor.do({ type: 'agent.ready', agent: bob })
    assert.deepEqual([floor.agent(bob).phase, floor.agent(bob).reason], ['break', 'phone_holds'])
    floor.do({ type: 'leg.resumed', leg: first })
    assert.equal(floor.agent(bob).phase, 'ready')
  })

  test('who parked it takes it back by phone while still writing it up', () => {
    for (const station of ['phone-rung', 'phone-nailed'] as const) {
      const { floor, call, parks, dials } = talking(station)
      parks('701')
      if (station === 'phone-nailed') floor.do({ type: 'leg.held', leg: `st_${alice}` as LegId })
      dials('701', alice)
      floor.do({ type: 'leg.answered', leg: dialled })
      assert.deepEqual([call.phase, call.agent, floor.agent(alice).phase], ['talking', alice, 'talking'], station)
      assert.equal(lastPatch(floor), `${call.leg}+${dialled}`, station)
    }
  })

  test('nobody else: the slot is empty, the queue is another, on a break, at a browser, or not signed on', () => {
    const elsewhere = { ...setupOf({}).queues[0]!, members: [alice] }
    const { floor, call, parks, dials } = talking('phone-rung', { setup: { queues: [elsewhere] } })
    dials('701')
    assert.equal(rejection(floor), 403, 'empty')
    parks('701')
    dials('701', bob, 'g_2' as LegId)
    assert.equal(rejection(floor, 'g_2' as LegId), 403, 'not signed on')
    floor.ready(bob)
    dials('701', bob, 'g_3' as LegId)
    assert.equal(rejection(floor, 'g_3' as LegId), 403, 'of another queue')
    assert.deepEqual([call.slot, floor.count('call.pickedUp')], ['701', 0])

    const free = talking('phone-rung')
    free.parks('701')
    free.floor.ready(bob)
    free.floor.do({ type: 'agent.break', agent: bob, reason: 'tea' })
    free.dials('701')
    assert.equal(rejection(free.floor), 403, 'on a break')
    const { user } = free.floor.agent(bob)
    free.floor.do({ type: 'records.committed', facts: [{ type: 'user.saved', user: { ...user, station: 'browser' } }] })
    free.floor.do({ type: 'station.up', agent: bob, leg: `st_${bob}` as LegId })
    free.floor.do({ type: 'agent.ready', agent: bob })
    free.dials('701', bob, 'g_4' as LegId)
    assert.equal(rejection(free.floor, 'g_4' as LegId), 403, 'at a browser')
    assert.equal(free.call.queue, queue)
  })

  test('the caller hangs up just then, or the phone does: neither is left with a line', () => {
    for (const who of ['caller', 'phone'] as const) {
      const { floor, call, parks, dials } = talking('phone-rung')
      parks('701')
      floor.ready(bob)
      dials('701')
      floor.effects.length = 0
      if (who === 'caller') {
        floor.partyEnds(call)
        assert.equal(floor.lastEffect('phone.hangUp').leg, dialled)
        assert.equal(floor.agent(bob).phase, 'ready')
      } else {
        floor.do({ type: 'leg.ended', leg: dialled, by: 'far', sipStatus: 487, q850: null, cause: 'cancel' })
        assert.deepEqual([call.phase, call.agent], ['assigned', alice], 'back to who parked it')
        assert.deepEqual([floor.agent(bob).phase, floor.agent(bob).reason], ['break', 'no_answer'])
      }
      assert.equal(floor.state.legs.has(dialled), false, who)
    }
  })
})
