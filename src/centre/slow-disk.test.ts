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

test('while what was said waits to be decided no call starts, and a call whose answer waits does not ring out', () => {
  const floor = new TestFloor()
  floor.leads(number(1), number(2))
  floor.ready(alice)
  const { call } = floor
  const { deadlineAt } = call
  floor.do({ type: 'floor.behind' })
  floor.ready(bob)
  floor.pass(longerThanItRings)
  assert.deepEqual([floor.count('call.dialed'), floor.count('call.ended')], [1, 0])
  floor.do({ type: 'leg.answered', leg: call.leg })
  assert.equal(call.phase, 'talking')
  floor.do({ type: 'floor.caughtUp', afterMs: longerThanItRings })
  assert.equal(floor.count('call.dialed'), 2)
  assert.ok(deadlineAt! < floor.clock.now())
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

test('who waits for an agent has waited, and is told so when it is time', () => {
  const floor = new TestFloor()
  const call = floor.caller()
  assert.equal(call.phase, 'waiting')
  floor.do({ type: 'disk.slow' })
  floor.pass(call.deadlineAt! - floor.clock.now())
  assert.notEqual(call.dismissed, null)
})

test('a customer whom nobody was free for within two seconds is one too many, however slow the disk', () => {
  const floor = new TestFloor({ campaign: { mode: 'predictive', occupancyMax: 1 } })
  floor.ready(alice)
  floor.leads(number(1))
  floor.pass(5_000)
  const { call } = floor
  floor.do({ type: 'agent.break', agent: alice, reason: 'lunch' })
  floor.do({ type: 'disk.slow' })
  floor.do({ type: 'leg.answered', leg: call.leg })
  assert.equal(call.phase, 'waiting')
  floor.pass(2_500)
  assert.equal(floor.count('call.abandoned'), 1)
})

test('nobody is given longer than they have been asked for, and for a second nobody is given anything', () => {
  for (const [afterMs, passedMs, givenMs] of [
    [3_600_000, 10_000, 11_000], // the floor began to wait for the disk a second before
    [2_000, 2_000, 0],
  ] as const) {
    const floor = new TestFloor()
    floor.leads(number(1))
    floor.ready(alice)
    const { call } = floor
    const at = call.deadlineAt!
    floor.do({ type: 'disk.slow' })
    floor.pass(passedMs)
    floor.do({ type: 'disk.caughtUp', afterMs })
    assert.equal(call.deadlineAt, at + givenMs)
  }
})

test('what waited for the disk and for the inbox at once has its time once, and what waited for one after the other for both', () => {
  for (const [behindFromMs, givenMs] of [
    [5_000, 10_000 + 8_000],
    [10_000, 10_000 + 8_000],
    [2_000, 10_000 + 8_000],
  ] as const) {
    const floor = new TestFloor()
    floor.leads(number(1), number(2))
    floor.ready(alice)
    floor.do({ type: 'leg.answered', leg: floor.call.leg })
    floor.partyEnds(floor.call)
    floor.ready(bob)
    const { call } = floor
    floor.do({ type: 'leg.ringing', leg: call.leg })
    floor.pass(12_000) // for longer than they are given
    const wrap = floor.agent(alice)
    assert.deepEqual([wrap.phase, call.phase], ['wrapping', 'ringing'])
    const [until, deadline] = [wrap.until!, call.deadlineAt!]
    floor.do({ type: 'disk.slow' })
    floor.pass(behindFromMs)
    floor.do({ type: 'floor.behind' })
    floor.pass(10_000 - behindFromMs)
    floor.do({ type: 'disk.caughtUp', afterMs: 10_000 })
    floor.pass(8_000)
    floor.do({ type: 'floor.caughtUp', afterMs: 18_000 - behindFromMs })
    assert.deepEqual([wrap.until! - until, call.deadlineAt! - deadline], [givenMs, givenMs])
  }
})

test('an instant that came meanwhile is not forgotten', () => {
  const floor = new TestFloor()
  floor.leads(number(1))
  floor.ready(alice)
  floor.do({ type: 'disk.slow' })
  floor.pass(300_000)
  assert.equal(floor.count('call.ended'), 0)
  floor.do({ type: 'disk.caughtUp', afterMs: 2_000 })
  assert.equal(floor.count('call.ended'), 1)
})
