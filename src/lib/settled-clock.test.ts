import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from './clock.ts'
import { SettledClock } from './settled-clock.ts'

const [hourMs, dayMs] = [3_600_000, 86_400_000]

function aClock() {
  const at = { wall: 1_000 * dayMs, monotonic: 0 }
  const clock: Clock = { now: () => at.wall, monotonic: () => at.monotonic }
  const pass = (ms: number) => {
    at.wall += ms
    at.monotonic += ms
  }
  return { at, clock, pass }
}

test('a clock that was set by hours is believed a day later, one that NTP corrects is all the while', () => {
  const { at, clock, pass } = aClock()
  const settled = new SettledClock(clock, at.wall - hourMs)
  assert.equal(settled.isSettled(), true)
  at.wall += 20 * 60_000
  assert.equal(settled.isSettled(), true)
  at.wall += 6 * 365 * dayMs
  assert.equal(settled.isSettled(), false)
  pass(dayMs - 1)
  assert.equal(settled.isSettled(), false)
  pass(1)
  assert.equal(settled.isSettled(), true)
  at.wall -= 6 * 365 * dayMs
  assert.equal(settled.isSettled(), false, 'put right, it is waited for again')
})

test('a start years after what was written last waits a day; one after a weekend, or the first of all, does not', () => {
  const { at, clock, pass } = aClock()
  const late = new SettledClock(clock, at.wall - 365 * dayMs)
  assert.equal(late.isSettled(), false)
  pass(dayMs)
  assert.equal(late.isSettled(), true)
  assert.equal(new SettledClock(clock, at.wall - 1.9 * dayMs).isSettled(), true)
  assert.equal(new SettledClock(clock, 0).isSettled(), true)
})
