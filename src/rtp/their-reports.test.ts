import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TheirReports } from './their-reports.ts'

const block = { lossFraction: 0, lost: 0, jitter: 0, lastReport: 0, delay: 0 }

test('the round trip is that of the example of RFC 3550 figure 2: 6.125 s', () => {
  const theirs = new TheirReports()
  // A = b710:8000, LSR = b705:2000, DLSR = 0005:4000: the figure’s 46864.500 − 46853.125 − 5.250 s
  theirs.note({ ...block, lastReport: 0xb705_2000, delay: 0x0005_4000 }, 0, 0xb710_8000)
  assert.equal(theirs.roundTripSum, 6_125)
})

test('a round trip over the end of the NTP middle is right; one that cannot be is left out', () => {
  const theirs = new TheirReports()
  theirs.note({ ...block, lastReport: 0xffff_ff00, delay: 0x80 }, 0, 0x0000_1000)
  assert.ok(Math.abs(theirs.roundTripSum - (0x1000 + 0x100 - 0x80) / 65.536) < 1e-9)
  theirs.note({ ...block, lastReport: 0x1000, delay: 0x9000 }, 0, 0x2000)
  theirs.note({ ...block, lastReport: 1, delay: 0 }, 0, 0x7000_0000)
  assert.equal(theirs.roundTrips, 1)
})

test('who reports and says nothing of us, or that all is lost, does not hear us', () => {
  const theirs = new TheirReports()
  theirs.note(null, 10, 0)
  theirs.note(null, 20, 0)
  assert.equal(theirs.isDeaf, false, 'we have hardly begun')
  theirs.note(null, 749, 0)
  assert.equal(theirs.isDeaf, false)
  theirs.note(null, 1000, 0)
  assert.equal(theirs.isDeaf, true)
  theirs.note({ ...block, lossFraction: 26, lost: 30, jitter: 80 }, 1200, 0)
  assert.equal(theirs.isDeaf, false)
  assert.deepEqual([theirs.count, theirs.lossSum, theirs.jitterSum, theirs.lost], [1, 26 / 256, 10, 30])
  for (let n = 0; n < 2; n++) theirs.note({ ...block, lossFraction: 255 }, 1400, 0)
  assert.equal(theirs.isDeaf, true)
})

test('a browser says what it sends in reports apart from what it hears: several in a row do not make it deaf', () => {
  const theirs = new TheirReports()
  for (let sent = 250, n = 0; sent < 20_000; sent += 250, n++) {
    theirs.note(n % 3 === 2 ? block : null, sent, 0)
    assert.equal(theirs.isDeaf, false, `${sent} packets`)
  }
  theirs.note(block, 20_000, 0)
  for (const sent of [20_250, 20_500, 20_700]) theirs.note(null, sent, 0)
  assert.equal(theirs.isDeaf, false)
  theirs.note(null, 20_750, 0)
  assert.equal(theirs.isDeaf, true, 'it has not reported of us for fifteen seconds')
  theirs.note(block, 21_000, 0)
  assert.equal(theirs.isDeaf, false)
})
