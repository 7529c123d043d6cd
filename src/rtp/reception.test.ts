import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lateStreakMax, Reception } from './reception.ts'

/** Packets of 20 ms: `[sequence, arrival in ms]`. */
function received(
  packets: readonly [sequence: number, ms: number][],
  ssrc = 1,
  reception = new Reception(),
): Reception {
  for (const [sequence, ms] of packets) reception.count(ssrc, sequence & 0xffff, (sequence * 160) >>> 0, ms, true)
  return reception
}
const steady = (from: number, count: number, start = 0): [number, number][] =>
  Array.from({ length: count }, (_, n) => [from + n, start + n * 20])

test('over the end of the sequence numbers nothing is lost', () => {
  const reception = received(steady(65_500, 200))
  assert.deepEqual([reception.received, reception.lost, reception.missing, reception.reordered], [200, 0, 0, 0])
  assert.equal(reception.extendedHighest, 65_699)
})

test('lost, doubled and overtaken packets are told apart', () => {
  const packets = steady(100, 100)
  packets.splice(50, 5) // five are lost
  packets.splice(20, 0, packets[19]!) // one comes twice, at once
  packets.splice(60, 0, packets[40]!) // one comes again, twenty later
  const [overtaken] = packets.splice(70, 1)
  packets.splice(73, 0, overtaken!)
  const reception = received(packets)
  assert.equal(reception.duplicates, 2)
  assert.equal(reception.reordered, 1)
  assert.equal(reception.missing, 5)
  assert.equal(reception.lost, 3, 'RFC 3550 counts what came twice as received')
})

test('the jitter is that of RFC 3550 appendix A.8, and its mean is kept for a stretch', () => {
  const reception = new Reception()
  let expected = 0
  let transit: number | null = null
  for (let n = 0; n < 500; n++) {
    const ms = n * 20 + ((n * 7919) % 31)
    reception.count(1, n, n * 160, ms, true)
    const now = Math.round(ms * 8) - n * 160
    if (transit !== null) expected += (Math.abs(now - transit) - expected) / 16
    transit = now
  }
  assert.ok(Math.abs(reception.jitter - expected) < 1e-9)
  assert.equal(reception.jitterCount, 499)
  assert.ok(reception.jitterSum / reception.jitterCount > 8)
})

test('a hold is no jitter, however the far end’s clock went on: not in its figures, and not in our reports', () => {
  /** Half a minute, a hold of `holdMs` in which the clock stood still, and half a second; the first word after it is marked or not. */
  const held = (holdMs: number, isMarked: boolean, clockGoesOn = false) => {
    const reception = received(steady(0, 1500))
    for (let n = 1500; n < 1525; n++) {
      const timestamp = n * 160 + (clockGoesOn ? holdMs * 8 : 0)
      reception.count(1, n, timestamp, n * 20 + holdMs, true, isMarked && n === 1500)
    }
    return reception
  }
  for (const [holdMs, isMarked] of [
    [60_000, false],
    [1_000, false],
    [400, true],
  ] as const) {
    const { jitter, jitterSum, late } = held(holdMs, isMarked)
    assert.deepEqual([jitter, jitterSum, late], [0, 0, 0], `${holdMs} ms`)
    assert.equal(held(holdMs, isMarked, true).jitter, 0)
  }
  assert.ok(held(400, false).jitter > 0, 'a packet that comes late in the middle is jitter')
  const ours = received(steady(0, 100))
  ours.beginAnew() // we held, and took it up again
  received(steady(100, 100, 2_300), 1, ours)
  assert.deepEqual([ours.jitter, ours.jitterSum, ours.late], [0, 0, 0])
  const stepped = received(steady(0, 100))
  stepped.count(1, 100, 100 * 160 + 80_000, 2_000, true)
  assert.equal(stepped.jitter, 0, 'a clock that was set is no jitter either')
})

test('what comes more than 60 ms behind the fastest is late; a clock that was set anew, or that drifts, is not', () => {
  const packets = steady(0, 200)
  packets[100]![1] += 80
  packets[101]![1] += 61
  packets[102]![1] += 40
  assert.equal(received(packets).late, 2)
  const stepped = received(steady(0, 50))
  received(steady(50, 50, 50 * 20 + 5_000), 1, stepped)
  assert.equal(stepped.late, 0)
  const drifting = new Reception()
  for (let n = 0; n < 50 * 3600; n++) {
    drifting.count(1, n & 0xffff, (n * 160) >>> 0, n * 20 * (1 + 100e-6), true)
    if (n % 250 === 0) drifting.takeFractionLost()
  }
  assert.equal(drifting.late, 0, 'an hour with a clock 100 millionths slow')
})

test('a way that is longer from now on is late until a buffer has grown, and not for the rest of the call', () => {
  const longer = received(steady(0, 100))
  received(steady(100, 400, 100 * 20 + 100), 1, longer)
  assert.equal(longer.late, lateStreakMax)
  received(steady(500, 100, 500 * 20), 1, longer)
  assert.equal(longer.late, lateStreakMax, 'a shorter one is late for nothing')
  const early = received([[0, 0], ...steady(1, 500, 90)])
  assert.equal(early.late, lateStreakMax, 'nor does one early packet make a call of late ones')
  const spikes = received(steady(0, 300).map(([n, at]) => [n, n % 3 === 2 ? at + 80 : at]))
  assert.equal(spikes.late, 100, 'a buffer grows for none that come now and then')
})

test('a second source from the same address is not heard while the first goes on, and is its new voice when that has ceased', () => {
  const reception = new Reception()
  let heard = 0
  for (let n = 0; n < 100; n++) {
    assert.ok(reception.admits(1, n * 20))
    reception.count(1, n, n * 160, n * 20, true)
    if (n >= 10 && reception.admits(2, n * 20 + 7)) heard++
  }
  assert.deepEqual([heard, reception.rivals, reception.ssrcChanges], [0, 90, 0])
  const heardAt: number[] = []
  for (let n = 0; n < 10; n++) {
    const ms = 2_000 + n * 20
    if (!reception.admits(3, ms)) continue
    heardAt.push(n)
    reception.count(3, 500 + n, n * 160, ms, true)
  }
  assert.equal(heardAt[0], 2, '40 ms of the new voice are not heard')
  assert.equal(heardAt.length, 8)
  assert.equal(reception.ssrcChanges, 1)
  assert.equal(reception.missing, 0)
})
