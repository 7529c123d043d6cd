import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Flood } from './flood.ts'
import { Lockout } from './lockout.ts'

const at = (n: number) => `2001:db8:1:2::${n.toString(16)}`

test('who guesses a phone’s password from one IPv6 address after the other is locked out with the network', () => {
  const lockout = new Lockout()
  const locks = Array.from({ length: 5 }, (_, n) => lockout.failed(at(n), ['4001'], 0))
  assert.deepEqual(locks.at(-1), ['4001'])
  assert.ok(lockout.isLocked(at(99), '4001', 1))
  assert.ok(!lockout.isLocked('2001:db8:1:3::1', '4001', 1))
  for (let n = 0; n < 50; n++) lockout.failed(at(n), [`5${n}`], 0)
  assert.ok(lockout.isLocked(at(99), '4002', 1), 'whatever it tries')
})

test('a phone is not silenced by who guesses beside it in its network', () => {
  const lockout = new Lockout()
  lockout.succeeded(at(1), '4001')
  for (let n = 2; n < 60; n++) lockout.failed(at(n), ['4001'], 0)
  assert.ok(!lockout.isLocked(at(1), '4001', 1))
  assert.ok(lockout.isLocked(at(2), '4001', 1))
  for (let n = 0; n < 5; n++) lockout.failed(at(1), ['4001'], 0)
  assert.ok(lockout.isLocked(at(1), '4001', 1), 'its own wrong passwords count')
})

test('IPv4 addresses beside one another count each for itself', () => {
  const lockout = new Lockout()
  for (let n = 0; n < 5; n++) lockout.failed(`10.0.0.${n}`, ['4001'], 0)
  assert.ok(!lockout.isLocked('10.0.0.1', '4001', 1))
})

test('a flood from one IPv6 address after the other has one bucket', () => {
  const flood = new Flood()
  let admitted = 0
  for (let n = 0; n < 3_000; n++) if (flood.admits(at(n), 0)) admitted++
  assert.equal(admitted, 2_000)
  assert.ok(flood.admits('2001:db8:1:3::1', 0))
})
