import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../lib/clock.ts'
import { Attempts } from './attempts.ts'

const at = (n: number) => `2001:db8:1:2::${n.toString(16)}`

test('who guesses from one IPv6 address after the other of a network is not listened to; the network beside it is', () => {
  const attempts = new Attempts(new VirtualClock(1_000_000))
  for (let n = 0; n < 299; n++) assert.ok(attempts.failed(`name${n}`, at(n)).worthNoting)
  assert.equal(attempts.barred('alice', '2001:db8:1:2:3:4:5:6'), null)
  attempts.failed('name299', at(299))
  assert.equal(attempts.barred('alice', '2001:db8:1:2:3:4:5:6')?.why, 'busy')
  assert.equal(attempts.failed('name300', at(300)).worthNoting, false)
  assert.equal(attempts.barred('alice', '2001:db8:1:3::1'), null)
})

test('one machine that guesses does not keep those beside it in its IPv6 network from signing in', () => {
  const attempts = new Attempts(new VirtualClock(1_000_000))
  for (let n = 0; n < 30; n++) attempts.failed(`name${n}`, at(1))
  assert.equal(attempts.barred('alice', at(1))?.why, 'busy')
  assert.equal(attempts.barred('alice', at(2)), null)
})

test('where somebody signed in within two weeks the failures of the network do not count, those from there do', () => {
  const clock = new VirtualClock(1_000_000)
  const attempts = new Attempts(clock)
  attempts.succeeded('alice', at(1))
  const guess = () => {
    for (let n = 0; n < 300; n++) attempts.failed(`name${n}`, at(0x1000 + n))
    attempts.sweep()
  }
  clock.advance(13 * 24 * 3_600_000)
  guess()
  assert.equal(attempts.barred('alice', at(1)), null)
  assert.equal(attempts.barred('bob', at(1))?.why, 'busy', 'who has one account may not guess at others from there')
  assert.equal(attempts.barred('alice', at(2))?.why, 'busy')
  assert.ok(attempts.failed('alice', at(1)).worthNoting, 'and whoever tries hers there is in the audit trail')
  assert.equal(attempts.failed('bob', at(1)).worthNoting, false)
  clock.advance(2 * 24 * 3_600_000)
  guess()
  assert.equal(attempts.barred('alice', at(1))?.why, 'busy')
  attempts.cameFrom('alice', at(1), clock.now())
  assert.equal(attempts.barred('alice', at(1)), null)
  for (let n = 0; n < 30; n++) attempts.failed(`other${n}`, at(1))
  assert.equal(attempts.barred('alice', at(1))?.why, 'busy')
})

test('IPv4 addresses beside one another count each for itself', () => {
  const attempts = new Attempts(new VirtualClock(1_000_000))
  for (let n = 0; n < 30; n++) attempts.failed(`name${n}`, `10.0.0.${n}`)
  assert.equal(attempts.barred('alice', '10.0.0.1'), null)
})
