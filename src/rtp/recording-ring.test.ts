import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agent, customer, RingReader, RingWriter, ringFrames, ringMemory } from './recording-ring.ts'
import { octetsOf } from './wire.ts'

function ring(startMs = 0) {
  const memory = ringMemory()
  const writer = RingWriter.begin(memory, 8, startMs)
  const reader = new RingReader(memory, 8)
  const into = new Uint8Array(ringFrames * 2)
  return {
    writer,
    put(channel: 0 | 1, octet: number, timestamp: number, nowMs: number, ssrc = 1, payloadType = 8) {
      const bytes = new Uint8Array(172).fill(octet, 12)
      writer.write(channel, ssrc, timestamp, octetsOf(bytes), 12, 172, payloadType, nowMs)
      return bytes
    },
    take(untilFrame: number) {
      const count = reader.take(untilFrame, into)
      return { count, at: (frame: number, channel: 0 | 1) => into[frame * 2 + channel] }
    },
  }
}

test('both channels lie where their packets arrived, and silence lies elsewhere', () => {
  const { put, take } = ring()
  put(customer, 1, 7000, 20)
  put(customer, 2, 7160, 40)
  put(agent, 3, 99, 100, 2)
  const { count, at } = take(8000)
  assert.equal(count, 8000)
  assert.deepEqual(
    [159, 160, 319, 320, 479, 480].map(frame => at(frame, customer)),
    [0xd5, 1, 1, 2, 2, 0xd5],
  )
  assert.deepEqual(
    [799, 800, 959, 960].map(frame => at(frame, agent)),
    [0xd5, 3, 3, 0xd5],
  )
})

test('a stream begins at the word before its arrival, half a millisecond at most', () => {
  const { put, take } = ring()
  put(customer, 1, 7000, 20.9)
  const { at } = take(8000)
  assert.deepEqual(
    [163, 164, 323, 324].map(frame => at(frame, customer)),
    [0xd5, 1, 1, 0xd5],
  )
})

test('jitter and reordering are undone by the timestamps', () => {
  const { put, take } = ring()
  put(customer, 1, 0, 20)
  put(customer, 3, 320, 61)
  put(customer, 2, 160, 75)
  const { at } = take(8000)
  assert.deepEqual(
    [160, 320, 480].map(frame => at(frame, customer)),
    [1, 2, 3],
  )
})

test('another source, or one that begins anew, is placed by its arrival', () => {
  const { put, take } = ring()
  put(customer, 1, 0, 20, 1)
  put(customer, 2, 4_000_000_000, 40, 9)
  put(customer, 3, 5, 60, 9)
  const { at } = take(8000)
  assert.deepEqual(
    [160, 320, 480].map(frame => at(frame, customer)),
    [1, 2, 3],
  )
})

test('another writer goes on where the first one stood: what it brings late lies where its timestamp says', () => {
  const memory = ringMemory()
  const packet = (octet: number) => new Uint8Array(160).fill(octet)
  RingWriter.begin(memory, 8, 0).write(customer, 1, 0, octetsOf(packet(1)), 0, 160, 8, 20)
  new RingWriter(memory, 8, 0).write(customer, 1, 320, octetsOf(packet(2)), 0, 160, 8, 95)
  const into = new Uint8Array(ringFrames * 2)
  new RingReader(memory, 8).take(8000, into)
  const at = (frame: number) => into[frame * 2 + customer]
  assert.deepEqual([160, 319, 320, 480, 639, 640].map(at), [1, 1, 0xd5, 2, 2, 0xd5])
})

test('what comes all at once after a stall lies where it was said, as far as its place is not taken yet, and so does what comes behind it', () => {
  const { put, take } = ring()
  for (let n = 1; n <= 50; n++) put(customer, n, n * 160, n * 20)
  take(1100 * 8)
  for (let n = 51; n <= 75; n++) put(customer, n, n * 160, 1500)
  for (let n = 76; n <= 100; n++) put(customer, n, n * 160, n * 20)
  const { at } = take(2020 * 8)
  for (let n = 61; n <= 100; n++) assert.equal(at((n * 20 - 1100) * 8 + 80, customer), n, `packet ${n}`)
})

test('a sender whose clock stood still while it held is placed by its arrival at once', () => {
  const { put, take } = ring()
  for (let n = 1; n <= 10; n++) put(customer, n, n * 160, n * 20)
  for (let n = 11; n <= 20; n++) put(customer, n, n * 160, 2000 + n * 20)
  const { at } = take(20_000)
  for (let n = 11; n <= 20; n++) assert.equal(at((2000 + n * 20) * 8 + 80, customer), n, `packet ${n}`)
})

test('a thread that takes the leg from a dead one jumps ahead in its timestamps: its sound lies where it was sent', () => {
  const memory = ringMemory()
  const packet = (octet: number) => new Uint8Array(160).fill(octet)
  RingWriter.begin(memory, 8, 0).write(agent, 1, 0, octetsOf(packet(1)), 0, 160, 8, 22)
  const next = new RingWriter(memory, 8, 0)
  next.anchorAgentAnew()
  next.write(agent, 1, 160 + 800 - 20, octetsOf(packet(2)), 0, 160, 8, 40)
  const into = new Uint8Array(ringFrames * 2)
  new RingReader(memory, 8).take(8000, into)
  const at = (frame: number) => into[frame * 2 + agent]
  assert.deepEqual([176, 319, 320, 479, 480].map(at), [1, 1, 2, 2, 0xd5])
})

test('what arrives after its place was written is left out, and cannot disturb the next lap', () => {
  const { put, take } = ring()
  put(customer, 1, 0, 20)
  take(4000)
  put(customer, 9, 160, 40)
  const { count, at } = take(ringFrames + 4000)
  assert.equal(count, ringFrames)
  for (let frame = 0; frame < ringFrames; frame++) assert.equal(at(frame, customer), 0xd5)
})

test('sound runs over the end of the ring for laps', () => {
  const { put, take } = ring()
  for (let i = 1; i <= 1500; i++) {
    put(agent, i & 0x7f, i * 160, i * 20)
    if (i % 20 !== 0) continue
    const { count, at } = take(i * 160)
    assert.equal(count, 3200)
    if (i === 20) continue
    for (let k = 0; k < 20; k++) assert.equal(at(k * 160 + 80, agent), (i - 20 + k) & 0x7f, `packet ${i - 20 + k}`)
  }
})

test('a stalled disk loses what the ring cannot hold, never what it holds', () => {
  const { put, take } = ring()
  for (let i = 1; i <= 500; i++) put(customer, 1, i * 160, i * 20)
  const { count, at } = take(80_000)
  assert.equal(count, ringFrames)
  assert.equal(at(ringFrames - 200, customer), 1)
  assert.equal(take(80_000).at(100, customer), 0xd5)
})

test('the other law is translated for the ring and left alone for the relay', () => {
  const { put, take } = ring()
  const bytes = put(customer, 0xff, 0, 20, 1, 0)
  assert.equal(bytes[50], 0xff)
  assert.equal(take(8000).at(200, customer), 0xd5)
})

test('wherever packets and flushes begin and end, every octet comes out once at its place and in its channel', () => {
  const { put, take } = ring()
  const written = [new Map<number, number>(), new Map<number, number>()]
  let taken = 0
  for (let i = 1; i <= 900; i++) {
    const nowMs = i * 20
    for (const channel of [customer, agent] as const) {
      // A stream begins at a whole word, and its sender may leave out three samples.
      const frame = nowMs * 8 + (channel === customer || i === 1 ? 0 : 3)
      const octet = (i * 7 + channel) & 0x7f
      put(channel, octet, frame + channel, nowMs + channel * 0.375, 1 + channel)
      for (let k = 0; k < 160; k++) written[channel]!.set(frame + k, octet)
    }
    if (i % 23 !== 0) continue
    const until = nowMs * 8 - (i % 5)
    const { count, at } = take(until)
    assert.equal(count, until - taken)
    for (let k = 0; k < count; k++)
      for (const channel of [customer, agent] as const) {
        const expected = written[channel]!.get(taken + k) ?? 0xd5
        if (at(k, channel) !== expected) assert.equal(at(k, channel), expected, `frame ${taken + k} of ${channel}`)
      }
    taken = until
  }
})
