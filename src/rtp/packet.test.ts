import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../lib/random.ts'
import { isRtcp, PacketView, readPacket, writeHeader } from './packet.ts'

test('what was written is read again', () => {
  const bytes = new Uint8Array(172)
  writeHeader(bytes, 8, true, 65_535, 0xfffffff0, 0xdeadbeef)
  const view = new PacketView()
  assert.ok(readPacket(bytes, 172, view))
  assert.deepEqual(
    { ...view },
    {
      payloadType: 8,
      marker: true,
      sequence: 65_535,
      timestamp: 0xfffffff0 | 0,
      ssrc: 0xdeadbeef | 0,
      payloadAt: 12,
      payloadEnd: 172,
    },
  )
})

test('contributing sources, an extension and padding are stepped over', () => {
  // Version 2, padding, extension, 2 CSRC; extension of one word; payload AA BB; padding of 3.
  const bytes = Uint8Array.from([
    ...[0xb2, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3],
    ...[0, 0, 0, 4, 0, 0, 0, 5],
    ...[0xbe, 0xde, 0, 1, 9, 9, 9, 9],
    ...[0xaa, 0xbb],
    ...[0, 0, 3],
  ])
  const view = new PacketView()
  assert.ok(readPacket(bytes, bytes.length, view))
  assert.deepEqual([...bytes.subarray(view.payloadAt, view.payloadEnd)], [0xaa, 0xbb])
})

const malformed: [string, number[]][] = [
  ['is too short', [0x80, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0]],
  ['has version 1', [0x40, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3]],
  ['claims 15 sources it does not have', [0x8f, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 1]],
  ['claims an extension it does not have', [0x90, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3]],
  ['has an extension longer than itself', [0x90, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 255, 255]],
  ['has more padding than payload', [0xa0, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 200]],
  ['has padding of nothing', [0xa0, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0]],
]
for (const [name, octets] of malformed)
  test(`a packet that ${name} is refused`, () => {
    assert.equal(readPacket(Uint8Array.from(octets), octets.length, new PacketView()), false)
  })

test('no random datagram is read beyond its end', () => {
  const random = seededRandom(4733)
  const view = new PacketView()
  for (let round = 0; round < 100_000; round++) {
    const bytes = Uint8Array.from({ length: Math.floor(random() * 40) }, () => Math.floor(random() * 256))
    if (bytes.length > 0) bytes[0] = (bytes[0]! & 0x3f) | 0x80
    if (!readPacket(bytes, bytes.length, view)) continue
    assert.ok(view.payloadAt >= 12 && view.payloadAt <= view.payloadEnd && view.payloadEnd <= bytes.length)
  }
})

test('RTCP on a shared port is told from RTP by its second octet', () => {
  const packet = new Uint8Array(8)
  packet[0] = 0x80
  for (const [second, expected] of [
    [200, true],
    [201, true],
    [192, true],
    [223, true],
    [8, false],
    [136, false],
    [191, false],
    [224, false],
  ] as const) {
    packet[1] = second
    assert.equal(isRtcp(packet, 8), expected, String(second))
  }
})
