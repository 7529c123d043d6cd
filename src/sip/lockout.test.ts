import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lockout } from './lockout.ts'

const at = (n: number) => `2001:db8:1:2::${n.toString(16)}`

test('who guesses from one IPv6 address after the other is bounded with the network: whoever is a stranger there is refused', () => {
  const lockout = new Lockout()
  lockout.succeeded(at(0xfff), '4009')
  const failed = (n: number) => lockout.failed(at(n), [`6${n}`], 0)
  const locks = Array.from({ length: 50 }, (_, n) => failed(n))
  assert.deepEqual(locks.at(-1), ['649'])
  for (let n = 50; n < 109; n++) assert.deepEqual(failed(n), [], 'told once')
  assert.ok(!lockout.isLocked(at(0x99), '4001', 0), 'whoever knows the password may prove it')
  failed(109)
  assert.ok(lockout.isLocked(at(0x99), '4001', 0))
  assert.ok(!lockout.isLocked(at(0x99), '4001', 1_000), 'one wrong password a second')
  assert.ok(!lockout.isLocked('2001:db8:1:3::1', '4001', 0))
  for (let n = 0; n < 200; n++) lockout.failed(at(n), [`5${n}`], 2_000)
  assert.ok(lockout.isLocked(at(0x999), '4002', 2_000), 'whatever it tries')
  assert.ok(!lockout.isLocked(at(0xfff), '4009', 2_000), 'but not a phone where it proved itself')
})

test('who guesses from one IPv6 address is locked out there, and the phones beside it are not, though none has proved itself', () => {
  const lockout = new Lockout()
  for (let n = 0; n < 1_000 && !lockout.isLocked(at(1), `4${n}`, 0); n++) lockout.failed(at(1), [`4${n}`], 0)
  assert.ok(lockout.isLocked(at(1), '4999', 1))
  for (let n = 0; n < 500; n++) assert.ok(!lockout.isLocked(at(2 + n), `4${n}`, 1))
  for (let n = 0; n < 5; n++) lockout.failed(at(2), ['4001'], 1)
  assert.ok(lockout.isLocked(at(2), '4001', 2), 'wrong passwords count on')
  assert.ok(!lockout.isLocked(at(3), '4001', 2))
})

test('guesses from a network that is locked lock its extension everywhere but where its phone is, and tell so', () => {
  const lockout = new Lockout()
  lockout.succeeded('10.0.0.2', '4001')
  const told = Array.from({ length: 25 }, (_, n) => lockout.failed(at(n), ['4001'], 0).length)
  assert.ok(lockout.isLocked('10.0.0.1', '4001', 1))
  assert.ok(!lockout.isLocked('10.0.0.2', '4001', 1))
  assert.deepEqual([told.at(4), told.at(23), told.at(24)], [1, 0, 1], 'of the network, and of them all')
  assert.ok(!lockout.isLocked('10.0.0.1', '4002', 1), 'no other extension')
})

test('a phone is not silenced by who guesses beside it in its network', () => {
  const lockout = new Lockout()
  lockout.succeeded(at(1), '4001')
  for (let n = 2; n < 100; n++) lockout.failed(at(n), ['4001'], 0)
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
