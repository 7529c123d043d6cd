import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestFloor, trunk } from './testing.ts'

function floorWith(rules: { maxCalls: number; callsPerSecond: number }): TestFloor {
  const floor = new TestFloor({})
  const saved = { ...floor.state.trunks.get(trunk)!.trunk, ...rules }
  floor.do({ type: 'records.committed', facts: [{ type: 'trunk.saved', trunk: saved }] })
  return floor
}
const testIs = (isOver: boolean) => ({ type: 'trunk.test', trunk, isOver }) as const
const ruleOf = (floor: TestFloor) => floor.do(testIs(false)).refusal?.rule ?? null
const turnedAway = (floor: TestFloor) =>
  floor.do({ type: 'leg.offered', leg: 'g_in' as never, trunk, from: '+8613800000001', to: '+861088880000' }).effects

test('a test of a trunk has a line of it while it lasts: nobody else gets the last one, and it gets none of a full trunk', () => {
  const floor = floorWith({ maxCalls: 1, callsPerSecond: 10 })
  assert.equal(ruleOf(floor), null)
  assert.equal(floor.state.trunks.get(trunk)!.tests, 1)
  assert.equal(ruleOf(floor), 'trunk_full')
  floor.do(testIs(true))
  assert.equal(floor.state.trunks.get(trunk)!.tests, 0)
  assert.equal(ruleOf(floor), null)
  floor.do(testIs(true))
  floor.do(testIs(true)) // told twice, it gives back one line
  assert.equal(floor.state.trunks.get(trunk)!.tests, 0)
})

test('a caller finds a trunk full whose last line a test has', () => {
  const floor = floorWith({ maxCalls: 1, callsPerSecond: 10 })
  floor.do(testIs(false))
  const number = { id: 'n_1' as never, number: '+861088880000', target: { queue: 'q_none' as never } }
  floor.do({ type: 'records.committed', facts: [{ type: 'number.saved', number }] })
  const [reject] = turnedAway(floor)
  assert.deepEqual(reject, { type: 'phone.reject', leg: 'g_in', sipStatus: 503 })
  floor.do(testIs(true))
  assert.equal(turnedAway(floor)[0]?.type, 'phone.answer')
})

test('a test counts in the trunk’s rate, and one of a trunk that is down may begin', () => {
  const floor = floorWith({ maxCalls: 5, callsPerSecond: 1 })
  floor.do({ type: 'trunk.down', trunk, reason: 'no answer to OPTIONS' })
  assert.equal(ruleOf(floor), null)
  assert.equal(ruleOf(floor), 'trunk_rate')
  floor.do(testIs(true))
  assert.equal(ruleOf(floor), 'trunk_rate')
})
