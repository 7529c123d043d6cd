import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FirstResponses } from './first-responses.ts'

const minute = 60_000

test('a first response is late by what the trunk takes as a rule', () => {
  const quick = new FirstResponses()
  assert.equal(quick.came(3_000, 0), false, 'nothing is known of it yet')
  assert.equal(quick.came(20, 1), false)
  assert.equal(quick.came(999, 2), false)
  assert.equal(quick.came(1_000, 3), true)

  assert.deepEqual([quick.lateMs, new FirstResponses().lateMs], [1_000, null], 'while nothing comes')

  const slow = new FirstResponses() // no 100, and the callee is reached after a second and more
  for (const ms of [1_200, 2_500, 3_500]) assert.equal(slow.came(ms, ms), false, `${ms}`)
  assert.equal(slow.came(3_600, 4_000), true)
})

test('what piles up for minutes is late to the end, and a trunk that has become slower is known as such within ten', () => {
  const firsts = new FirstResponses()
  firsts.came(20, 0)
  for (let at = 1_000; at < 5 * minute; at += 1_000) assert.equal(firsts.came(2_000, at), true)
  for (let at = 5 * minute; at < 10 * minute; at += 1_000) assert.equal(firsts.came(2_000, at), true)
  firsts.came(2_000, 10 * minute)
  assert.equal(firsts.came(2_000, 10 * minute + 1), false)
})
