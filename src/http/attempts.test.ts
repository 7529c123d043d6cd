import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../lib/clock.ts'
import { Attempts } from './attempts.ts'

test('who guesses from one IPv6 address after the other of a network is not listened to; the network beside it is', () => {
  const attempts = new Attempts(new VirtualClock(1_000_000))
  for (let n = 0; n < 30; n++) attempts.failed(`name${n}`, `2001:db8:1:2::${n.toString(16)}`)
  assert.equal(attempts.barred('alice', '2001:db8:1:2:3:4:5:6')?.why, 'busy')
  assert.equal(attempts.barred('alice', '2001:db8:1:3::1'), null)
})

test('IPv4 addresses beside one another count each for itself', () => {
  const attempts = new Attempts(new VirtualClock(1_000_000))
  for (let n = 0; n < 30; n++) attempts.failed(`name${n}`, `10.0.0.${n}`)
  assert.equal(attempts.barred('alice', '10.0.0.1'), null)
})
