import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LegId, UserId } from '../../lib/ids.ts'
import type { SupervisionMode, User } from '../entities.ts'
import type { Input } from '../inputs.ts'
import { alice, bob, type FloorOptions, sam, setupOf, TestFloor } from '../testing.ts'

const quinn = 'u_quinn' as UserId
const nobody = { campaign: null, lead: null, party: null, name: null, relation: null } as const

/** Alice talks to a caller; sam's browser is up. */
function talking(options: FloorOptions = {}, samChanges: Partial<User> = {}) {
  const { users } = setupOf(options)
  const supervisor = { ...users.find(({ id }) => id === sam)!, ...samChanges }
  const quality: User = { ...supervisor, id: quinn, name: 'quinn', role: 'quality', station: 'browser' }
  const others = users.filter(({ id }) => id !== sam)
  const floor = new TestFloor({ ...options, setup: { ...options.setup, users: [...others, supervisor, quality] } })
  floor.ready(alice)
  const call = floor.caller()
  if (supervisor.station === 'browser') floor.do({ type: 'station.up', agent: sam, leg: 'st_sam' as LegId })
  return { floor, call }
}

function begin(floor: TestFloor, changes: Partial<Extract<Input, { type: 'supervisor.begin' }>> = {}) {
  const usual = { by: sam, call: null, agent: null, mode: 'listen', stays: false, reason: 'coaching' } as const
  return floor.do({ type: 'supervisor.begin', ...usual, ...changes })
}

/** What the bay was told, in order. */
function told(floor: TestFloor) {
  return floor.effects.flatMap(effect =>
    effect.type === 'media.supervise' ? [`${effect.leg} ${effect.mode} ${effect.target}`] : [],
  )
}

describe('a supervisor', () => {
  test('listens, whispers, barges in and stops; the journal says who, when, how and why', () => {
    const { floor, call } = talking()
    begin(floor, { call: call.id })
    floor.do({ type: 'supervisor.change', by: sam, mode: 'whisper' })
    floor.do({ type: 'supervisor.change', by: sam, mode: 'barge' })
    floor.do({ type: 'supervisor.stop', by: sam })
    const leg = `st_${alice}`
    assert.deepEqual(told(floor), [
      `st_sam listen ${leg}`,
      `st_sam whisper ${leg}`,
      `st_sam barge ${leg}`,
      'st_sam barge null',
    ])
    const modes = floor.facts.flatMap(fact => (fact.type === 'call.monitored' ? [fact.mode] : []))
    assert.deepEqual(modes, ['listen', 'whisper', 'barge'])
    assert.deepEqual(floor.last('call.monitored'), {
      type: 'call.monitored',
      call: call.id,
      agent: alice,
      by: sam,
      mode: 'barge',
      reason: 'coaching',
    })
    assert.equal(floor.last('call.unmonitored').cause, 'stopped')
    assert.equal(floor.last('supervision.ended').cause, 'stopped')
    assert.equal(floor.state.supervisions.size, 0)
    assert.equal(call.phase, 'talking')
  })

  test('is heard softer or louder, which stays through a change of mode and is another matter with the next call', () => {
    const { floor, call } = talking()
    begin(floor, { call: call.id, mode: 'whisper' })
    floor.do({ type: 'supervisor.change', by: sam, gainDb: -6 })
    assert.equal(floor.lastEffect('media.supervise').gainDb, -6)
    floor.do({ type: 'supervisor.change', by: sam, mode: 'barge' })
    const { mode, gainDb } = floor.lastEffect('media.supervise')
    assert.deepEqual([mode, gainDb], ['barge', -6])
    for (const odd of [-13, 13, 0.5, Number.NaN])
      assert.equal(floor.do({ type: 'supervisor.change', by: sam, gainDb: odd }).refusal?.rule, 'gain_range')
    floor.ready(bob)
    const next = floor.caller('13900002222')
    begin(floor, { call: next.id, mode: 'barge' })
    assert.equal(floor.lastEffect('media.supervise').gainDb, undefined)
  })

  test('may be heard softer or louder from the first word on, within the same bounds', () => {
    const { floor, call } = talking()
    for (const gainDb of [-13, 13, 0.5])
      assert.equal(begin(floor, { call: call.id, mode: 'whisper', gainDb }).refusal?.rule, 'gain_range')
    assert.equal(floor.state.supervisions.size, 0)
    begin(floor, { call: call.id, mode: 'whisper', gainDb: 6 })
    assert.equal(floor.lastEffect('media.supervise').gainDb, 6)
    begin(floor, { call: call.id, mode: 'whisper', gainDb: -3 })
    assert.equal(floor.lastEffect('media.supervise').gainDb, -3, 'begun again as it is: changed')
  })

  test('of a call hears it until it ends, whatever becomes of it meanwhile', () => {
    const { floor, call } = talking()
    begin(floor, { call: call.id })
    floor.do({ type: 'agent.hold', agent: alice, call: call.id })
    floor.do({ type: 'agent.resume', agent: alice, call: call.id })
    assert.deepEqual(told(floor), [`st_sam listen st_${alice}`], 'hold needs no order')
    floor.partyEnds(call)
    assert.equal(floor.last('call.unmonitored').cause, 'call_over')
    assert.equal(floor.last('supervision.ended').cause, 'call_over')
    assert.equal(told(floor).at(-1), 'st_sam listen null')
  })

  test('who stays with an agent hears the next call too, and nothing between two calls', () => {
    const { floor, call } = talking()
    begin(floor, { agent: alice, stays: true })
    floor.partyEnds(call)
    assert.equal(told(floor).at(-1), 'st_sam listen null')
    assert.equal(floor.count('supervision.ended'), 0)
    floor.do({ type: 'agent.ready', agent: alice })
    const next = floor.caller('13900002222')
    assert.equal(told(floor).at(-1), `st_sam listen st_${alice}`)
    assert.deepEqual([floor.last('call.monitored').call, floor.count('call.monitored')], [next.id, 2])
    floor.partyEnds(next)
    floor.do({ type: 'agent.signOff', agent: alice, reason: 'end_of_shift' })
    floor.pass(60_000)
    assert.equal(floor.last('supervision.ended').cause, 'agent_left')
  })

  test('may wait for an agent who does not talk yet, and switches from one call to another with one order', () => {
    const { floor, call } = talking()
    floor.ready(bob)
    assert.equal(begin(floor, { agent: bob }).refusal?.rule, 'not_talking')
    assert.equal(begin(floor, { agent: bob, stays: true }).refusal, null)
    assert.deepEqual(told(floor), [])
    const second = floor.caller('13900002222')
    assert.equal(floor.last('call.monitored').call, second.id)
    begin(floor, { call: call.id })
    assert.deepEqual([floor.last('call.unmonitored').cause, floor.last('call.monitored').call], ['switched', call.id])
    assert.equal(floor.state.supervisions.size, 1)
  })

  test('of a call that is passed on goes with the call, and hears the next agent; who stays with an agent does not', () => {
    for (const stays of [false, true]) {
      const { floor, call } = talking()
      floor.ready(bob)
      begin(floor, { call: call.id, stays })
      floor.do({ type: 'agent.consult', agent: alice, call: call.id, target: { agent: bob } })
      floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target: 'consulted' })
      assert.equal(call.agent, bob)
      assert.equal(told(floor).at(-1), stays ? 'st_sam listen null' : `st_sam listen st_${bob}`)
      assert.equal(floor.last('call.monitored').agent, stays ? alice : bob)
    }
  })

  test('is let go by the agent’s leg that comes back after a reload, and hears it again', () => {
    const { floor, call } = talking()
    begin(floor, { call: call.id })
    floor.do({ type: 'station.down', agent: alice, leg: `st_${alice}` as LegId, reason: 'closed' })
    assert.equal(told(floor).at(-1), 'st_sam listen null')
    floor.do({ type: 'station.up', agent: alice, leg: 'st_new' as LegId })
    assert.equal(told(floor).at(-1), 'st_sam listen st_new')
    floor.do({ type: 'station.up', agent: sam, leg: 'st_sam2' as LegId })
    assert.equal(told(floor).at(-1), 'st_sam2 listen st_new')
    floor.do({ type: 'station.down', agent: sam, leg: 'st_sam2' as LegId, reason: 'closed' })
    assert.equal(floor.last('call.unmonitored').cause, 'audio_lost')
    floor.do({ type: 'station.up', agent: sam, leg: 'st_sam3' as LegId })
    assert.equal(floor.last('call.monitored').call, call.id)
  })

  test('with a desk phone is rung, and hears when it is picked up; putting it down ends it', () => {
    const { floor, call } = talking({}, { station: 'phone-rung' })
    begin(floor, { call: call.id })
    const { leg, agent } = floor.lastEffect('phone.ring')
    assert.equal(agent, sam)
    assert.deepEqual(told(floor), [])
    floor.do({ type: 'leg.answered', leg })
    assert.deepEqual(told(floor), [`${leg} listen st_${alice}`])
    const gone = { by: 'far', sipStatus: null, q850: 16, cause: 'bye' } as const
    floor.do({ type: 'leg.ended', leg, ...gone })
    assert.equal(floor.last('supervision.ended').cause, 'hung_up')
    assert.ok(!floor.effects.some(effect => effect.type === 'phone.hangUp' && effect.leg === leg))
    assert.equal(floor.state.legs.has(leg), false)
    begin(floor, { call: call.id })
    const again = floor.lastEffect('phone.ring').leg
    floor.do({ type: 'leg.ended', leg: again, ...gone, by: 'system', cause: 'timeout' })
    assert.equal(floor.last('supervision.ended').cause, 'not_answered')
    begin(floor, { call: call.id })
    const third = floor.lastEffect('phone.ring').leg
    floor.do({ type: 'leg.answered', leg: third })
    floor.partyEnds(call)
    assert.equal(floor.lastEffect('phone.hangUp').leg, third)
  })

  test('who was ready takes a break meanwhile, and cannot be ready before it is over', () => {
    const { floor, call } = talking()
    floor.do({ type: 'agent.signOn', agent: sam })
    floor.do({ type: 'agent.ready', agent: sam })
    begin(floor, { call: call.id })
    assert.deepEqual([floor.agent(sam).phase, floor.agent(sam).reason], ['break', 'supervising'])
    assert.equal(floor.do({ type: 'agent.ready', agent: sam }).refusal?.rule, 'supervising')
    floor.do({ type: 'supervisor.stop', by: sam })
    assert.equal(floor.do({ type: 'agent.ready', agent: sam }).refusal, null)
  })

  test('is not ready again by audio that comes back, before the listening has ended', () => {
    const { floor, call } = talking()
    floor.do({ type: 'agent.signOn', agent: sam })
    floor.do({ type: 'agent.ready', agent: sam })
    floor.do({ type: 'station.down', agent: sam, leg: 'st_sam' as LegId, reason: 'reload' })
    assert.equal(floor.agent(sam).reason, 'audio_lost')
    begin(floor, { call: call.id })
    floor.do({ type: 'station.up', agent: sam, leg: 'st_sam2' as LegId })
    assert.deepEqual([floor.agent(sam).phase, floor.agent(sam).reason], ['break', 'supervising'])
  })

  test('takes the call over: the party talks to the supervisor, the agent writes up, and both outcomes are kept', () => {
    const { floor, call } = talking()
    begin(floor, { call: call.id, mode: 'barge' })
    floor.do({ type: 'agent.hold', agent: alice, call: call.id })
    assert.equal(floor.do({ type: 'supervisor.takeOver', by: sam }).refusal, null)
    const { a, b } = floor.lastEffect('media.patch')
    assert.deepEqual([a, b], [call.leg, 'st_sam'])
    assert.ok(floor.effects.some(effect => effect.type === 'media.stopPlay' && effect.leg === call.leg))
    assert.deepEqual([call.agent, call.phase, call.heldBy], [sam, 'talking', null])
    assert.deepEqual([floor.agent(sam).phase, floor.agent(alice).phase], ['talking', 'wrapping'])
    assert.equal(floor.last('call.unmonitored').cause, 'taken_over')
    assert.equal(floor.last('call.transferred').how, 'taken_over')
    assert.equal(told(floor).at(-1), 'st_sam barge null')
    floor.dispose(call, alice, 'done')
    assert.equal(floor.agent(alice).phase, 'ready')
    floor.do({ type: 'agent.hangUp', agent: sam, call: call.id })
    assert.deepEqual([call.phase, floor.agent(sam).phase], ['ended', 'wrapping'])
    floor.dispose(call, sam, 'done', { next: 'break' })
    assert.deepEqual([floor.agent(sam).phase, floor.state.calls.size], ['break', 0])
  })

  test('takes over by desk phone: it stays with the call, and ends with it', () => {
    const { floor, call } = talking({}, { station: 'phone-rung' })
    begin(floor, { call: call.id })
    assert.equal(
      floor.do({ type: 'supervisor.takeOver', by: sam }).refusal?.rule,
      'not_talking',
      'nothing is heard yet',
    )
    const { leg } = floor.lastEffect('phone.ring')
    floor.do({ type: 'leg.answered', leg })
    floor.do({ type: 'supervisor.takeOver', by: sam })
    assert.deepEqual([call.agentLeg, floor.lastEffect('media.patch').b], [leg, leg])
    assert.ok(!floor.effects.some(effect => effect.type === 'phone.hangUp' && effect.leg === leg))
    floor.do({ type: 'leg.ended', leg, by: 'far', sipStatus: null, q850: 16, cause: 'bye' })
    assert.deepEqual([call.phase, floor.agent(sam).phase], ['ended', 'wrapping'])
  })

  test('who is only quality, or hears nothing, takes nothing over', () => {
    const { floor, call } = talking()
    floor.do({ type: 'station.up', agent: quinn, leg: 'st_quinn' as LegId })
    begin(floor, { call: call.id, by: quinn })
    assert.equal(floor.do({ type: 'supervisor.takeOver', by: quinn }).refusal?.rule, 'not_supervisor')
    assert.equal(floor.do({ type: 'supervisor.takeOver', by: sam }).refusal?.rule, 'not_supervising')
  })

  test('twice beside one call: both hear it, and each ends alone', () => {
    const { floor, call } = talking()
    floor.do({ type: 'station.up', agent: quinn, leg: 'st_quinn' as LegId })
    begin(floor, { call: call.id })
    begin(floor, { call: call.id, by: quinn })
    floor.do({ type: 'supervisor.stop', by: sam })
    assert.deepEqual([...floor.state.supervisions.keys()], [quinn])
    assert.equal(floor.last('call.unmonitored').by, sam)
  })
})

describe('what is refused', () => {
  const refusals: [string, (floor: TestFloor) => ReturnType<TestFloor['do']>][] = [
    ['not_supervisor', floor => begin(floor, { call: floor.call.id, by: bob })],
    ['not_supervisor', floor => begin(floor, { call: floor.call.id, by: 'u_olga' as UserId })],
    ['not_supervisor', floor => begin(floor, { call: floor.call.id, by: quinn, mode: 'whisper' })],
    ['agent_unknown', floor => begin(floor, { agent: 'u_nobody' as UserId })],
    ['call_over', floor => begin(floor, { call: 'c_none' as never })],
    ['not_talking', floor => begin(floor, { agent: bob })],
    ['agent_signed_off', floor => begin(floor, { agent: bob, stays: true })],
    ['private_call', floor => begin(floor, { agent: sam, stays: true })],
    ['reason_too_long', floor => begin(floor, { call: floor.call.id, reason: 'x'.repeat(201) })],
    ['not_supervising', floor => floor.do({ type: 'supervisor.stop', by: sam })],
    ['not_supervising', floor => floor.do({ type: 'supervisor.change', by: sam, mode: 'barge' })],
  ]
  for (const [rule, order] of refusals)
    test(`${rule}: ${String(order)
      .replace(/^floor => /, '')
      .slice(0, 90)}`, () => {
      const { floor } = talking()
      const facts = floor.facts.length
      assert.equal(order(floor).refusal?.rule, rule)
      assert.equal(floor.facts.length, facts)
    })

  test('a supervisor’s own call is private, and quality may not raise its voice', () => {
    const { floor, call } = talking()
    const other = 'u_sue' as UserId
    const sue: User = { ...floor.agent(sam).user, id: other, name: 'sue' }
    floor.do({ type: 'records.committed', facts: [{ type: 'user.saved', user: sue }] })
    floor.ready(other)
    assert.equal(begin(floor, { agent: other, stays: true }).refusal?.rule, 'private_call')
    floor.do({ type: 'station.up', agent: quinn, leg: 'st_quinn' as LegId })
    begin(floor, { call: call.id, by: quinn })
    assert.equal(floor.do({ type: 'supervisor.change', by: quinn, mode: 'barge' }).refusal?.rule, 'not_supervisor')
  })

  test('a supervisor’s own call stays private while the supervisor consults the agent who is stayed with', () => {
    const { floor } = talking()
    floor.do({ type: 'station.up', agent: quinn, leg: 'st_quinn' as LegId })
    floor.ready(bob)
    begin(floor, { by: quinn, agent: bob, stays: true })
    floor.ready(sam)
    floor.do({ type: 'agent.dial', agent: sam, number: '13900003333', ...nobody })
    const own = [...floor.state.calls.values()].find(({ agent }) => agent === sam)!
    floor.do({ type: 'leg.answered', leg: own.leg })
    assert.equal(floor.do({ type: 'agent.consult', agent: sam, call: own.id, target: { agent: bob } }).refusal, null)
    assert.equal(floor.agent(bob).phase, 'talking')
    assert.deepEqual(told(floor), [])
    assert.equal(begin(floor, { by: quinn, agent: bob }).refusal?.rule, 'private_call')
  })

  test('a supervisor whose account is switched off, or who becomes an agent, hears no more', () => {
    for (const changes of [{ enabled: false }, { role: 'agent' }] as Partial<User>[]) {
      const { floor, call } = talking()
      begin(floor, { call: call.id })
      const user = { ...floor.agent(sam).user, ...changes }
      floor.do({ type: 'records.committed', facts: [{ type: 'user.saved', user }] })
      assert.equal(floor.last('supervision.ended').cause, 'not_allowed')
      assert.equal(told(floor).at(-1), 'st_sam listen null')
    }
  })
})

test('what agents see of it is a setting', () => {
  const { floor } = talking({ setup: { supervision: { 'supervision.shown.listen': 'true' } } })
  const shown = (): Record<SupervisionMode, boolean> => ({ ...floor.state.supervisionShown })
  assert.deepEqual(shown(), { listen: true, whisper: true, barge: true })
  const save = (key: string, value: string) =>
    floor.do({ type: 'records.committed', facts: [{ type: 'setting.saved', key, value }] })
  save('supervision.shown.whisper', 'false')
  save('supervision.shown.listen', '')
  assert.deepEqual(shown(), { listen: false, whisper: false, barge: true })
})
