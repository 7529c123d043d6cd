import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../src/lib/random.ts'
import { grows, growthOf, isUnsure } from './growth.ts'

const minutes = (count: number, value: (minute: number) => number) =>
  Array.from({ length: count }, (_, minute) => ({ hours: minute / 60, value: value(minute) }))

test('a leak of 30 MB an hour is found under 10 MB of noise within an hour', () => {
  const random = seededRandom(1)
  const growth = growthOf(minutes(60, minute => 200 + minute / 2 + 10 * (random() - 0.5)))!
  assert.ok(Math.abs(growth.perHour - 30) < 5, String(growth.perHour))
  assert.equal(grows(growth, 10), true)
})

test('noise alone is no growth, and a short noisy run says that it is unsure', () => {
  const noisy = (count: number) => growthOf(minutes(count, minute => 200 + (minute % 2 === 0 ? 10 : -10)))!
  assert.equal(grows(noisy(60), 10), false)
  assert.equal(isUnsure(noisy(60), 20), false)
  assert.equal(isUnsure(noisy(9), 20), true)
})

test('a slow but certain growth below the bound is allowed, and a figure that shrinks never grows', () => {
  const slow = growthOf(minutes(30, minute => 100 + minute / 60))!
  assert.equal(grows(slow, 5), false)
  assert.equal(isUnsure(slow, 5), false)
  assert.equal(grows(growthOf(minutes(30, minute => 100 - minute))!, 5), false)
})

test('too few points have no slope', () => {
  assert.equal(growthOf(minutes(7, minute => minute)), null)
})
