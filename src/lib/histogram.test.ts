import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Histogram } from './histogram.ts'

test('values are counted below each bound, and those above the last are not lost', () => {
  const histogram = new Histogram([10, 20, 50])
  for (const value of [1, 10, 11, 49, 1000]) histogram.note(value)
  assert.deepEqual(histogram.cumulative, [2, 3, 4])
  assert.deepEqual([histogram.count, histogram.sum], [5, 1071])
})

test('a quantile is the bound that so many values do not exceed', () => {
  const histogram = new Histogram([10, 20, 50])
  assert.equal(histogram.quantile(0.5), null)
  for (let value = 1; value <= 100; value++) histogram.note(value / 4)
  assert.equal(histogram.quantile(0.4), 10)
  assert.equal(histogram.quantile(0.41), 20)
  histogram.note(51)
  assert.equal(histogram.quantile(1), Number.POSITIVE_INFINITY)
})
