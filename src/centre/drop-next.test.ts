import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dropNext } from './drop-next.ts'
import { evolve } from './evolve.ts'
import { alice, TestFloor } from './testing.ts'

test('an instant that could not be decided is met no more: its call is named, its agent has a break', () => {
  const floor = new TestFloor({ campaign: { policy: 'LAB-ANY-HOUR' }, setup: { lab: true } })
  floor.ready(alice)
  floor.leads('+8613800000001')
  const { call } = floor
  const drop = () => {
    const now = floor.state.deadlines[0]!.at
    const dropped = dropNext(floor.state, { now, actor: 'system' })!
    for (const change of [...dropped.decision.facts, ...(dropped.decision.notes ?? [])])
      evolve(floor.state, change, now)
    return dropped.call
  }
  assert.equal(dropNext(floor.state, { now: floor.clock.now(), actor: 'system' }), null, 'no instant has come')
  assert.equal(drop(), call.id)
  floor.do({ type: 'leg.answered', leg: call.leg })
  floor.partyEnds(call)
  assert.equal(floor.agent(alice).phase, 'wrapping')
  while (floor.agent(alice).phase === 'wrapping') drop()
  assert.deepEqual([floor.agent(alice).phase, floor.agent(alice).reason], ['break', 'bug'])
})

test('a loose end that could not be tied up is put away', () => {
  const floor = new TestFloor()
  floor.state.loose.push({ of: 'unassigned', call: 'c_1' as never, reason: 'x' })
  const dropped = dropNext(floor.state, { now: floor.clock.now(), actor: 'system' })!
  assert.equal(dropped.call, 'c_1')
  for (const note of dropped.decision.notes ?? []) evolve(floor.state, note, 0)
  assert.equal(floor.state.loose.length, 0)
})
