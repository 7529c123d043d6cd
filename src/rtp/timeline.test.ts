import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Timeline } from './timeline.ts'

type Sent = { sequence: number; timestamp: number; marker: boolean }

function sent(timeline: Timeline): Sent {
  const { sequence, timestamp, marker } = timeline
  return { sequence, timestamp, marker }
}

test('a change of source neither breaks the sequence nor turns back the time', () => {
  const timeline = new Timeline(1, 100, 5000)
  assert.ok(timeline.follow(0xaaaa, 7, 1_000_000, 160, 1000))
  const first = sent(timeline)
  assert.ok(timeline.follow(0xaaaa, 8, 1_000_160, 160, 1020))
  const second = sent(timeline)
  assert.ok(timeline.follow(0xbbbb, 60_000, 17, 160, 1040))
  const third = sent(timeline)
  timeline.speak(160, 1060, true)
  const fourth = sent(timeline)
  assert.deepEqual(
    [first, second, third, fourth].map(s => s.sequence),
    [101, 102, 103, 104],
  )
  assert.deepEqual(
    [second, third, fourth].map(s => s.timestamp - first.timestamp),
    [160, 320, 480],
  )
  assert.deepEqual(
    [first, second, third, fourth].map(s => s.marker),
    [true, false, true, true],
  )
})

test('a pause between two sources is a pause in the timestamps', () => {
  const timeline = new Timeline(1, 0, 0)
  timeline.follow(1, 1, 0, 160, 1000)
  const before = timeline.timestamp
  timeline.follow(2, 1, 0, 160, 4000)
  assert.equal(timeline.timestamp - before, 24_000)
})

test('what the source lost or swapped is lost or swapped for the hearer too', () => {
  const timeline = new Timeline(1, 0, 0)
  const given = [10, 11, 14, 13, 15].map(sequence => {
    assert.ok(timeline.follow(1, sequence, sequence * 160, 160, sequence * 20))
    return timeline.sequence
  })
  assert.deepEqual(given, [1, 2, 5, 4, 6])
})

test('a packet from before the switch is dropped', () => {
  const timeline = new Timeline(1, 0, 0)
  timeline.follow(1, 50, 0, 160, 0)
  timeline.follow(2, 50, 8000, 160, 20)
  assert.equal(timeline.follow(2, 49, 7840, 160, 25), false)
})

test('sequence numbers and timestamps run over their ends, for hours', () => {
  const timeline = new Timeline(1, 65_000, 0xffff_ff00)
  let expected = 65_001
  let last = -1
  for (let i = 0; i < 200_000; i++) {
    assert.ok(timeline.follow(9, (i + 65_500) & 0xffff, (i * 160 + 0xffff_0000) >>> 0, 160, i * 20))
    assert.equal(timeline.sequence, expected++ & 0xffff)
    if (last >= 0) assert.equal((timeline.timestamp - last) >>> 0, 160)
    last = timeline.timestamp
    if (i > 0) assert.equal(timeline.marker, false)
  }
})

test('a source that begins anew under its old name is a new source', () => {
  const timeline = new Timeline(1, 0, 0)
  timeline.follow(1, 10, 1000, 160, 0)
  const before = sent(timeline)
  timeline.follow(1, 40_000, 99_000_000, 160, 20)
  assert.deepEqual(sent(timeline), { sequence: before.sequence + 1, timestamp: before.timestamp + 160, marker: true })
})

test('the packets of one key share a timestamp, and speech goes on after its duration', () => {
  const timeline = new Timeline(1, 0, 0)
  timeline.follow(1, 1, 0, 160, 0)
  timeline.speak(160, 20, true)
  const begun = sent(timeline)
  for (let step = 2; step <= 6; step++) timeline.repeat(step * 160)
  assert.equal(timeline.timestamp, begun.timestamp)
  assert.equal(timeline.sequence, begun.sequence + 5)
  timeline.follow(1, 8, 1120, 160, 140)
  assert.equal(timeline.timestamp, begun.timestamp + 960)
  assert.equal(timeline.sequence, begun.sequence + 6)
})

test('what is not sent takes no number, and time goes on', () => {
  const timeline = new Timeline(1, 100, 0)
  const follow = (sequence: number) => timeline.follow(7, sequence, sequence * 160, 160, sequence * 20)
  follow(10)
  for (const sequence of [11, 13, 12, 14]) {
    follow(sequence)
    timeline.withhold()
  }
  follow(15)
  assert.deepEqual(sent(timeline), { sequence: 102, timestamp: 2400, marker: false })
  assert.equal(follow(12), false, 'nor does what comes late of it')
  timeline.speak(160, 320, true)
  timeline.withhold()
  timeline.carryOn(160, 340)
  timeline.withhold()
  timeline.repeat(320)
  timeline.withhold()
  follow(18)
  assert.deepEqual(sent(timeline), { sequence: 103, timestamp: 3040, marker: true })
})

test('keys of a source of their own take numbers and no time: the voice beside them stays where it was, and each key is one timestamp', () => {
  const timeline = new Timeline(1, 100, 5000)
  const numbers: number[] = []
  const voice: number[] = []
  const keys: number[] = []
  for (let n = 0; n < 50; n++) {
    const at = 1000 + n * 20 + ((n * 7919) % 15) // as packets really come
    assert.ok(timeline.follow(0xaaaa, n, n * 160, 160, at))
    numbers.push(timeline.sequence)
    voice.push(timeline.timestamp)
    if (n < 10 || n >= 30) continue
    assert.ok(timeline.key(0xbbbb, 900 + n, n < 20 ? 77 : 2_000, n === 10 || n === 20, true, at + 3))
    numbers.push(timeline.sequence)
    keys.push(timeline.timestamp)
  }
  assert.deepEqual(
    numbers,
    numbers.map((_, n) => 101 + n),
  )
  assert.deepEqual(
    voice,
    voice.map((_, n) => voice[0]! + n * 160),
  )
  assert.equal(new Set(keys).size, 2)
  for (const [first, n] of [
    [keys[0]!, 10],
    [keys[10]!, 20],
  ] as const)
    assert.ok(Math.abs(first - voice[n]!) < 400, 'as of the voice beside it')
})

test('a number is given once: what comes late or twice of the voice, behind a key or what was not sent, has none any more', () => {
  const timeline = new Timeline(1, 100, 5000)
  for (const n of [0, 1, 3]) assert.ok(timeline.follow(0xaaaa, n, n * 160, 160, n * 20))
  assert.ok(timeline.key(0xbbbb, 9, 77, true, true, 61))
  for (const n of [2, 3]) assert.equal(timeline.follow(0xaaaa, n, n * 160, 160, 62), false, `${n}`)
  assert.ok(timeline.follow(0xaaaa, 4, 640, 160, 80))
  assert.equal(timeline.sequence, 106)
  timeline.withhold()
  assert.equal(timeline.follow(0xaaaa, 4, 640, 160, 81), false)
  assert.ok(timeline.follow(0xaaaa, 5, 800, 160, 100))
  assert.equal(timeline.sequence, 106)
})

test('the rest of a key that began before this stream passed it on is no key of its own', () => {
  const timeline = new Timeline(1, 100, 5000)
  assert.equal(timeline.key(0xbbbb, 9, 77, false, true, 20), false)
  assert.ok(timeline.key(0xbbbb, 10, 900, true, true, 40))
  const at = timeline.timestamp
  const next = new Timeline(1, 0, 0)
  next.restore(timeline.save())
  assert.ok(next.key(0xbbbb, 11, 900, false, true, 60), 'another thread goes on with it')
  assert.equal(next.timestamp, at)
})

test('two keys of a source of their own that come in one go are two', () => {
  const timeline = new Timeline(1, 100, 5000)
  assert.ok(timeline.key(0xbbbb, 9, 77, true, true, 20))
  const first = timeline.timestamp
  assert.ok(timeline.key(0xbbbb, 10, 900, true, true, 20))
  assert.ok(((timeline.timestamp - first) | 0) > 0)
})
