import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RecordingId } from '../lib/ids.ts'
import { customer, RingReader, RingWriter } from './recording-ring.ts'
import { RingPool } from './ring-pool.ts'
import { octetsOf } from './wire.ts'

const first = 'r1' as RecordingId
const second = 'r2' as RecordingId
const third = 'r3' as RecordingId
const pcma = 8

test('a ring that was taken back is lent again, one that was forgotten is not', () => {
  const pool = new RingPool()
  const [one, two] = [pool.lend(first), pool.lend(second)]
  assert.notEqual(one, two)
  pool.takeBack(first)
  pool.forget(second)
  assert.equal(pool.lend(third), one)
  assert.notEqual(pool.lend(first), two)
  assert.equal(pool.lent, 2)
})

test('a ring taken back twice is lent once', () => {
  const pool = new RingPool()
  pool.lend(first)
  pool.takeBack(first)
  pool.takeBack(first)
  assert.notEqual(pool.lend(second), pool.lend(third))
})

test('nothing of one recording is heard in the next that uses its ring', () => {
  const pool = new RingPool()
  const voice = new Uint8Array(160).fill(0x11)
  const memory = pool.lend(first)
  const into = new Uint8Array(16_000)
  RingWriter.begin(memory, pcma, 0).write(customer, 1, 0, octetsOf(voice), 0, 160, pcma, 0)
  new RingReader(memory, pcma).take(80, into)
  pool.takeBack(first)

  assert.equal(pool.lend(second), memory)
  const writer = RingWriter.begin(memory, pcma, 0)
  const reader = new RingReader(memory, pcma)
  assert.equal(reader.take(160, into), 160)
  assert.ok(into.subarray(0, 320).every(octet => octet === 0xd5))
  writer.write(customer, 1, 160, octetsOf(voice), 0, 160, pcma, 20)
  assert.equal(reader.take(320, into), 160)
  assert.equal(into[0], 0x11)
})
