import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lookUsAt } from './libc-wire.ts'

test('a look waits for eight datagrams, and for 250 to 500 µs', () => {
  assert.deepEqual(
    [0, 4_000, 16_000, 20_000, 32_000, 100_000].map(aSecond => lookUsAt(aSecond)),
    [500, 500, 500, 400, 250, 250],
  )
})
