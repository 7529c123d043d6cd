import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LegId } from '../../lib/ids.ts'
import { alice, bob, type FloorOptions, sam, setupOf, TestFloor } from '../testing.ts'

const second = 'g_second' as LegId
const [aliceExtension, bobExtension] = ['1001', '1002']

/** Alice is at a desk phone with two lines, talks to a caller on the first, and holds it there; bob is free. */
function held(options: FloorOptions = {}) {
  const users = setupOf({ station: 'phone-rung' }).users.map(user => ({
    ...user,
    ...(user.id === bob ? { extension: bobExtension, station: 'browser' as const } : {}),
    ...(user.id === sam ? { extension: '1009', station: 'browser' as const } : {}),
  }))
  const floor = new TestFloor({ campaign: { mode: 'manual' }, ...options, setup: { users, ...options.setup } })
  floor.ready(alice)
  const call = floor.caller()
  const first = call.agentLeg as LegId
  floor.do({ type: 'leg.answered', leg: first })
  floor.ready(bob)
  floor.do({ type: 'leg.held', leg: first })
  assert.deepEqual([call.phase, call.heldBy], ['talking', 'agent'])
  return { floor, call, first }
}

const dials = (floor: TestFloor, to = bobExtension) => floor.do({ type: 'desk.dialled', leg: second, user: alice, to })
const patches = (floor: TestFloor) =>
  floor.effects.flatMap(effect => (effect.type === 'media.patch' ? [`${effect.a}+${effect.b}`] : []))
const bobLeg = `st_${bob}`

describe('the second line of a desk phone', () => {
  test('asks a colleague, and the transfer key passes the call on to them', () => {
    const { floor, call, first } = held()
    dials(floor)
    assert.ok(floor.effects.some(effect => effect.type === 'phone.answer' && effect.leg === second))
    const asked = floor.last('call.consulted')
    assert.deepEqual([asked.agent, asked.to, asked.own, asked.phoneHolds], [alice, bob, second, true])
    assert.equal(patches(floor).at(-1), `${bobLeg}+${second}`)
    assert.equal(floor.count('call.held'), 1, 'the phone held it before')
    floor.do({ type: 'leg.transferAsked', leg: first, refer: '1', to: bobExtension, with: second })
    assert.equal(floor.lastEffect('phone.answerTransfer').status, 200)
    const passed = floor.last('call.transferred')
    assert.deepEqual([passed.from, passed.how, passed.target], [alice, 'consulted', { agent: bob }])
    assert.deepEqual([call.agent, call.phase, call.heldBy], [bob, 'talking', null])
    assert.equal(patches(floor).at(-1), `${call.leg}+${bobLeg}`)
    const hungUp = floor.effects.flatMap(effect => (effect.type === 'phone.hangUp' ? [effect.leg] : []))
    assert.deepEqual(hungUp.sort(), [first, second].sort())
    assert.equal(floor.agent(alice).phase, 'wrapping')
    assert.equal(floor.state.legs.has(second), false)
  })

  test('a party that has held meanwhile counts as holding whoever has it then: who it is passed on to, who takes it back, who goes on after the other hung up', () => {
    const asked = () => {
      const { floor, call, first } = held()
      dials(floor)
      floor.do({ type: 'leg.held', leg: call.leg })
      assert.equal(call.heldBy, 'agent')
      return { floor, call, first }
    }
    const passed = asked()
    passed.floor.do({ type: 'leg.transferAsked', leg: passed.first, refer: '1', to: bobExtension, with: second })
    assert.deepEqual([passed.call.agent, passed.call.heldBy], [bob, 'party'])

    const back = asked()
    back.floor.do({ type: 'leg.resumed', leg: back.first })
    back.floor.do({ type: 'agent.endConsult', agent: alice, call: back.call.id })
    assert.deepEqual([back.call.consult, back.call.heldBy], [null, 'party'])

    const gone = asked()
    gone.floor.do({ type: 'leg.ended', leg: second, by: 'far', sipStatus: null, q850: null, cause: 'bye' })
    gone.floor.do({ type: 'leg.resumed', leg: gone.first })
    assert.deepEqual([gone.call.consult, gone.call.heldBy], [null, 'party'])
  })

  test('its key means the same from the other line, as some phones send it', () => {
    const { floor, call, first } = held()
    dials(floor)
    floor.do({ type: 'leg.transferAsked', leg: second, refer: '1', to: '95588', with: first })
    assert.equal(call.agent, bob)
  })

  test('to and fro, and both at once: each line is patched as far as the phone does not hold it', () => {
    const { floor, call, first } = held()
    dials(floor)
    floor.effects.length = 0
    floor.do({ type: 'leg.held', leg: second })
    assert.deepEqual([call.consult?.with, call.consult?.otherWaits], ['other', true])
    floor.do({ type: 'leg.resumed', leg: first })
    assert.deepEqual([call.consult?.with, call.heldBy], ['party', null])
    assert.deepEqual(patches(floor), [`${call.leg}+${first}`])
    floor.do({ type: 'leg.resumed', leg: second })
    assert.equal(call.consult?.with, 'both')
    assert.equal(patches(floor).at(-1), `${bobLeg}+${second}`)
    floor.do({ type: 'leg.held', leg: first })
    assert.deepEqual([call.consult?.with, call.heldBy], ['other', 'agent'])
    const { refusal } = floor.do({ type: 'agent.turn', agent: alice, call: call.id, to: 'party' })
    assert.equal(refusal?.rule, 'second_line')
  })

  test('put down: the party waits with music until the first line is taken up', () => {
    const { floor, call, first } = held()
    dials(floor)
    const ended = { by: 'far', sipStatus: null, q850: null, cause: 'bye' } as const
    floor.do({ type: 'leg.ended', leg: second, ...ended })
    assert.equal(floor.last('call.consultEnded').how, 'cancelled')
    assert.deepEqual([call.consult, call.heldBy, floor.agent(bob).phase], [null, 'agent', 'ready'])
    floor.do({ type: 'leg.resumed', leg: first })
    assert.equal(call.heldBy, null)
    assert.equal(patches(floor).at(-1), `${call.leg}+${first}`)
  })

  test('the caller is gone meanwhile: both lines are hung up, and the colleague is free', () => {
    const { floor, call, first } = held()
    dials(floor)
    floor.partyEnds(call)
    const hungUp = floor.effects.flatMap(effect => (effect.type === 'phone.hangUp' ? [effect.leg] : []))
    assert.ok(hungUp.includes(first) && hungUp.includes(second), hungUp.join())
    assert.equal(floor.agent(bob).phase, 'ready')
    assert.equal(floor.state.legs.size, [...floor.state.legs.values()].filter(what => 'agent' in what).length)
  })

  test('a colleague’s desk phone rings, and is heard on the second line when it is picked up; back before that: it is let go', () => {
    const users = setupOf({ station: 'phone-rung' }).users.map(user =>
      user.id === bob ? { ...user, extension: bobExtension } : user,
    )
    const { floor, call, first } = held({ setup: { users } })
    dials(floor)
    const ring = floor.lastEffect('phone.ring')
    assert.equal(ring.agent, bob)
    assert.equal(floor.lastEffect('media.play').leg, second, 'the ring-back')
    floor.do({ type: 'leg.resumed', leg: first })
    assert.deepEqual([call.consult, call.heldBy, floor.agent(bob).phase], [null, null, 'ready'])
    assert.equal(patches(floor).at(-1), `${call.leg}+${first}`)
    floor.do({ type: 'leg.held', leg: first })
    dials(floor)
    floor.do({ type: 'leg.answered', leg: floor.lastEffect('phone.ring').leg })
    assert.equal(patches(floor).at(-1), `${floor.lastEffect('phone.ring').leg}+${second}`)

    const back = held({ setup: { users } })
    dials(back.floor)
    back.floor.do({ type: 'leg.held', leg: back.call.leg })
    back.floor.do({ type: 'leg.resumed', leg: back.first })
    assert.deepEqual([back.call.consult, back.call.heldBy], [null, 'party'], 'who holds meanwhile')
  })

  test('is turned away for who does not talk, is not free, or is not allowed; and one consultation is enough', () => {
    const { floor, call } = held()
    const refusedWith = (to: string, user = alice, leg = second) => {
      floor.do({ type: 'desk.dialled', leg, user, to })
      const effect = floor.effects.at(-1)
      return effect?.type === 'phone.reject' && effect.leg === leg ? effect.sipStatus : null
    }
    assert.equal(refusedWith('0019005551234'), 403, 'it is not to be tried again')
    const { rule, user, number } = floor.last('safety.alarmed')
    assert.deepEqual([rule, user, number], ['number_barred', alice, '+19005551234'])
    assert.equal(refusedWith('13812345678'), 403, 'nobody allowed that either')
    assert.equal(floor.count('safety.alarmed'), 1, 'and it costs nothing')
    assert.equal(refusedWith(aliceExtension), 480, 'herself')
    assert.equal(refusedWith(bobExtension, bob), 403)
    assert.equal(refusedWith(bobExtension, sam), 403)
    assert.equal(floor.count('call.consulted'), 0)
    dials(floor)
    assert.equal(refusedWith('95588', alice, 'g_third' as LegId), 486)
    assert.equal(call.consult?.own, second)
  })

  test('a supervisor hears the line that the agent talks on', () => {
    const { floor, call, first } = held()
    floor.do({ type: 'station.up', agent: sam, leg: 'st_sam' as LegId })
    floor.do({
      type: 'supervisor.begin',
      by: sam,
      call: call.id,
      agent: null,
      mode: 'listen',
      stays: false,
      reason: '',
    })
    assert.equal(floor.lastEffect('media.supervise').target, first)
    dials(floor)
    assert.equal(floor.lastEffect('media.supervise').target, second)
    floor.do({ type: 'leg.resumed', leg: first })
    floor.do({ type: 'leg.held', leg: second })
    assert.equal(floor.lastEffect('media.supervise').target, first)
  })
})
