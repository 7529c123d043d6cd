import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LegId, TeamId, UserId } from '../../lib/ids.ts'
import type { User } from '../entities.ts'
import type { Input } from '../inputs.ts'
import { alice, bob, sam, setupOf, TestFloor } from '../testing.ts'

const sue = 'u_sue' as UserId
const quinn = 'u_quinn' as UserId

/** Alice talks to a caller; sam and sue are supervisors, quinn is of quality. */
function talking() {
  const { users } = setupOf({})
  const supervisor = users.find(({ id }) => id === sam)!
  const others: User[] = [
    { ...supervisor, id: sue, name: 'sue' },
    { ...supervisor, id: quinn, name: 'quinn', role: 'quality' },
  ]
  const floor = new TestFloor({ setup: { users: [...users, ...others] } })
  floor.ready(alice)
  const call = floor.caller()
  floor.do({ type: 'station.up', agent: sam, leg: 'st_sam' as LegId })
  return { floor, call }
}

function ask(
  { floor, call }: ReturnType<typeof talking>,
  changes: Partial<Extract<Input, { type: 'agent.appeal' }>> = {},
) {
  return floor.do({ type: 'agent.appeal', agent: alice, call: call.id, reason: '', ...changes })
}

describe('an agent who asks for help', () => {
  test('is seen with why; a supervisor comes, and says that it is done; the journal has who, when and how long', () => {
    const stage = talking()
    const { floor, call } = stage
    ask(stage, { reason: ' wants a waiver ' })
    const askedAt = floor.clock.now()
    assert.deepEqual(floor.state.appeals.get(call.id), {
      agent: alice,
      reason: 'wants a waiver',
      askedAt,
      takenBy: null,
    })
    floor.pass(12_000)
    floor.do({ type: 'supervisor.takeAppeal', by: sam, call: call.id, from: null })
    assert.deepEqual(floor.last('call.appealTaken'), {
      type: 'call.appealTaken',
      call: call.id,
      by: sam,
      waitedMs: 12_000,
    })
    floor.pass(30_000)
    floor.do({ type: 'supervisor.closeAppeal', by: sam, call: call.id })
    const ended = { type: 'call.appealEnded', call: call.id, how: 'done', by: sam, lastedMs: 42_000 }
    assert.deepEqual(floor.last('call.appealEnded'), ended)
    assert.equal(floor.state.appeals.size, 0)
    assert.equal(ask(stage).refusal, null, 'and may ask again')
  })

  test('takes it back, once', () => {
    const stage = talking()
    const { floor, call } = stage
    ask(stage)
    assert.equal(ask(stage).refusal?.rule, 'appealed')
    floor.do({ type: 'agent.withdrawAppeal', agent: alice, call: call.id })
    assert.deepEqual([floor.last('call.appealEnded').how, floor.state.appeals.size], ['withdrawn', 0])
    const again = floor.do({ type: 'agent.withdrawAppeal', agent: alice, call: call.id })
    assert.equal(again.refusal?.rule, 'appeal_none')
  })

  test('of two who come one is told that the other does; a colleague may take it from there', () => {
    const stage = talking()
    const { floor, call } = stage
    ask(stage)
    floor.do({ type: 'supervisor.takeAppeal', by: sam, call: call.id, from: null })
    const late = floor.do({ type: 'supervisor.takeAppeal', by: sue, call: call.id, from: null })
    assert.equal(late.refusal?.rule, 'appeal_taken')
    floor.do({ type: 'supervisor.takeAppeal', by: sue, call: call.id, from: sam })
    assert.equal(floor.state.appeals.get(call.id)?.takenBy, sue)
  })

  test('is helped by whoever begins to speak on the call; who only listens has not come', () => {
    const stage = talking()
    const { floor, call } = stage
    ask(stage)
    const begin = { by: sam, call: call.id, agent: null, mode: 'listen', stays: false, reason: 'support' } as const
    floor.do({ type: 'supervisor.begin', ...begin })
    assert.equal(floor.state.appeals.get(call.id)?.takenBy, null)
    floor.do({ type: 'supervisor.change', by: sam, mode: 'whisper' })
    assert.equal(floor.state.appeals.get(call.id)?.takenBy, sam)
    floor.do({ type: 'supervisor.takeOver', by: sam })
    assert.equal(floor.last('call.transferred').how, 'taken_over')
    assert.deepEqual([floor.last('call.appealEnded').how, floor.state.appeals.size], ['passed_on', 0])
  })

  test('has nobody with them while a desk phone only rings for it; who picks it up has come, who puts it down has not', () => {
    const stage = talking()
    const { floor, call } = stage
    floor.do({ type: 'station.down', agent: sam, leg: 'st_sam' as LegId, reason: '' })
    const { user } = floor.state.agents.get(sam)!
    const desk = { ...user, station: 'phone-rung' as const, extension: '1099' }
    floor.do({ type: 'records.committed', facts: [{ type: 'user.saved', user: desk }] })
    ask(stage)
    const begin = { by: sam, call: call.id, agent: null, mode: 'whisper', stays: false, reason: 'support' } as const
    const takenBy = () => floor.state.appeals.get(call.id)?.takenBy
    floor.do({ type: 'supervisor.begin', ...begin })
    const first = floor.lastEffect('phone.ring').leg
    floor.do({ type: 'supervisor.change', by: sam, mode: 'barge' })
    assert.equal(takenBy(), null)
    floor.do({
      type: 'leg.ended',
      leg: first,
      by: 'far',
      sipStatus: 603,
      q850: 21,
      cause: 'rejected',
      heard: 'nothing',
    })
    assert.equal(takenBy(), null)
    floor.do({ type: 'supervisor.begin', ...begin })
    floor.do({ type: 'leg.answered', leg: floor.lastEffect('phone.ring').leg })
    assert.equal(takenBy(), sam)
  })

  test('has come to whoever takes the call over before anybody said so', () => {
    const stage = talking()
    const { floor, call } = stage
    const begin = { by: sam, call: call.id, agent: null, mode: 'listen', stays: false, reason: 'support' } as const
    floor.do({ type: 'supervisor.begin', ...begin })
    ask(stage)
    floor.do({ type: 'supervisor.takeOver', by: sam })
    assert.equal(floor.last('call.appealTaken').by, sam)
  })

  test('asks no more once the call is over, or in other hands', () => {
    const over = talking()
    ask(over)
    over.floor.partyEnds(over.call)
    assert.deepEqual([over.floor.state.appeals.size, over.floor.count('call.appealEnded')], [0, 0])

    const passed = talking()
    ask(passed)
    passed.floor.ready(bob)
    passed.floor.do({ type: 'agent.transfer', agent: alice, call: passed.call.id, target: { agent: bob } })
    assert.deepEqual([passed.floor.last('call.appealEnded').how, passed.floor.state.appeals.size], ['passed_on', 0])
  })

  test('is asked for by the agent of the call alone, while it is talked on, and taken by supervisors of the team', () => {
    const stage = talking()
    const { floor, call } = stage
    floor.ready(bob)
    assert.equal(ask(stage, { agent: bob }).refusal?.rule, 'not_talking')
    assert.equal(ask(stage, { reason: 'x'.repeat(101) }).refusal?.rule, 'appeal_too_long')
    for (const reason of ['\u0000', 'a waiver\u202e', 'x\u001b[2J'])
      assert.equal(ask(stage, { reason }).refusal?.rule, 'appeal_unseen')
    ask(stage)
    const take = (by: UserId) =>
      floor.do({ type: 'supervisor.takeAppeal', by, call: call.id, from: null }).refusal?.rule
    assert.deepEqual([take(quinn), take(bob)], ['appeal_not_supervisor', 'appeal_not_supervisor'])
    const team = { id: 'te_1' as TeamId, name: 'others', members: [bob], leaders: [sue] }
    floor.do({ type: 'records.committed', facts: [{ type: 'team.saved', team } as never] })
    assert.equal(take(sue), 'other_team')
    assert.equal(floor.do({ type: 'supervisor.closeAppeal', by: sue, call: call.id }).refusal?.rule, 'other_team')
    floor.partyEnds(call)
    assert.equal(ask(stage).refusal?.rule, 'not_talking', 'nor while it is written up')
  })

  test('asked so long ago as was said, when the clock is set meanwhile', () => {
    const stage = talking()
    const { floor, call } = stage
    ask(stage)
    floor.pass(5_000)
    floor.clock.set(floor.clock.now() + 3_600_000)
    floor.do({ type: 'clock.stepped', byMs: 3_600_000 })
    floor.do({ type: 'supervisor.takeAppeal', by: sam, call: call.id, from: null })
    assert.equal(floor.last('call.appealTaken').waitedMs, 5_000)
  })
})
