import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alice, bob, TestFloor } from './testing.ts'

const number = (n: number) => `+86138${String(n).padStart(8, '0')}`
const longerThanItRings = 120_000

test('while the disk is slow no call starts; who has answered finds an agent all the same', () => {
  const floor = new TestFloor()
  floor.leads(number(1), number(2))
  floor.ready(alice)
  const { call } = floor
  floor.do({ type: 'disk.slow' })
  floor.ready(bob)
  floor.pass(5_000)
  assert.equal(floor.count('call.dialed'), 1)
  floor.do({ type: 'leg.answered', leg: call.leg })
  assert.equal(call.phase, 'talking')
  floor.do({ type: 'disk.caughtUp', afterMs: 6_000 })
  assert.equal(floor.count('call.dialed'), 2)
})

test('a call that could not be placed yet does not ring out, and rings as long as any once it is', () => {
  const floor = new TestFloor()
  floor.leads(number(1))
  floor.ready(alice)
  const { call } = floor
  const { startedAt, deadlineAt } = call
  floor.do({ type: 'disk.slow' })
  floor.pass(longerThanItRings)
  assert.equal(floor.count('call.ended'), 0)
  floor.do({ type: 'disk.caughtUp', afterMs: longerThanItRings })
  assert.deepEqual([call.startedAt, call.deadlineAt], [startedAt + longerThanItRings, deadlineAt! + longerThanItRings])
  floor.pass(call.deadlineAt! - floor.clock.now() - 1)
  assert.equal(floor.count('call.ended'), 0)
  floor.pass(1)
  assert.equal(floor.last('call.ended').ending.result, 'NO_ANSWER')
})

test('who writes up has the minute that there is, after the desk was told that the call is over', () => {
  const floor = new TestFloor()
  floor.leads(number(1))
  floor.ready(alice)
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  floor.partyEnds(floor.call)
  floor.do({ type: 'disk.slow' })
  floor.pass(70_000)
  assert.equal(floor.agent(alice).phase, 'wrapping')
  floor.do({ type: 'disk.caughtUp', afterMs: 70_000 })
  floor.pass(59_999)
  assert.equal(floor.agent(alice).phase, 'wrapping')
  floor.pass(1)
  assert.equal(floor.agent(alice).reason, 'wrap_overrun')
})

test('who waits for an agent has waited, and is told so at once', () => {
  const floor = new TestFloor()
  const call = floor.caller()
  assert.equal(call.phase, 'waiting')
  const waits = call.deadlineAt! - floor.clock.now()
  floor.do({ type: 'disk.slow' })
  floor.pass(waits + 1_000)
  assert.equal(call.phase, 'waiting')
  floor.do({ type: 'disk.caughtUp', afterMs: waits + 1_000 })
  assert.notEqual(call.dismissed, null)
})

test('an hour of a disk that takes nothing gives nobody an hour', () => {
  const floor = new TestFloor()
  floor.leads(number(1))
  floor.ready(alice)
  const at = floor.call.deadlineAt!
  floor.do({ type: 'disk.slow' })
  floor.do({ type: 'disk.caughtUp', afterMs: 3_600_000 })
  assert.equal(floor.call.deadlineAt, at + 120_000)
})
