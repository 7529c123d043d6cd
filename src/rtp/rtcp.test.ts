import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../lib/random.ts'
import { readUint32 } from './packet.ts'
import { Reception } from './reception.ts'
import { type Report, readCompound, writeReport } from './rtcp.ts'

const report: Report = {
  ssrc: 0x11111111,
  sent: { unixMs: 1_700_000_000_500, timestamp: 16_000, packets: 100, octets: 16_000 },
  received: {
    ssrc: 0x22222222,
    fractionLost: 64,
    lost: 25,
    extendedHighest: 70_000,
    jitter: 12.4,
    lastReport: 0xabcd1234,
    delaySinceLastReport: 65_536,
  },
  name: 'leg_1',
}

test("a sender's report says what RFC 3550 section 6.4.1 wants, and is read again by the peer", () => {
  const bytes = new Uint8Array(200)
  const length = writeReport(bytes, report)
  assert.equal(length % 4, 0)
  assert.deepEqual([bytes[0], bytes[1], bytes[3]], [0x81, 200, 12])
  assert.equal(readUint32(bytes, 8), 1_700_000_000 + 2_208_988_800)
  assert.equal(readUint32(bytes, 12), 0x8000_0000)
  assert.equal(bytes[32], 64)
  assert.equal(readUint32(bytes, 40), 12)
  const heard = readCompound(bytes, length, 0x22222222)
  assert.deepEqual(heard, {
    senderNtpMiddle: (((1_700_000_000 + 2_208_988_800) & 0xffff) * 65_536 + 0x8000) >>> 0,
    block: { lossFraction: 64, lost: 25, jitter: 12, lastReport: 0xabcd1234, delay: 65_536 },
    voip: null,
    bye: false,
  })
})

test('who sent nothing writes a receiver report, and who heard nothing an empty one', () => {
  const bytes = new Uint8Array(200)
  const length = writeReport(bytes, { ...report, sent: null, received: null })
  assert.deepEqual([bytes[0], bytes[1], bytes[3]], [0x80, 201, 1])
  assert.deepEqual(readCompound(bytes, length, 1), { senderNtpMiddle: null, block: null, voip: null, bye: false })
})

test('a compound that does not add up is refused, and no random one throws', () => {
  const bytes = new Uint8Array(200)
  const length = writeReport(bytes, report)
  assert.equal(readCompound(bytes, length - 4, 1), null)
  assert.equal(readCompound(bytes, 6, 1), null)
  const random = seededRandom(3550)
  for (let round = 0; round < 50_000; round++) {
    const mutant = bytes.slice(0, length)
    for (let i = 0; i < 3; i++) mutant[Math.floor(random() * length)] = Math.floor(random() * 256)
    readCompound(mutant, length, 0x22222222)
  }
})

test('loss is what is missing between the first and the highest sequence number, over the wrap too', () => {
  const reception = new Reception()
  for (let i = 0; i < 200; i++) {
    const sequence = (65_400 + i) & 0xffff
    if (i % 10 !== 5) reception.count(1, sequence, i * 160, i * 20, true)
  }
  assert.equal(reception.lost, 20)
  assert.equal(reception.extendedHighest, 65_400 + 199)
  assert.equal(reception.takeFractionLost(), Math.floor((20 * 256) / 200))
  assert.equal(reception.takeFractionLost(), 0)
  reception.count(2, 9, 0, 5000, true)
  assert.equal(reception.lost, 20, 'a new source does not forget what the old one lost')
})

test('jitter is 0 for a steady stream and grows for an unsteady one', () => {
  const steady = new Reception()
  const unsteady = new Reception()
  for (let i = 0; i < 100; i++) {
    steady.count(1, i, i * 160, i * 20, true)
    unsteady.count(1, i, i * 160, i * 20 + (i % 2) * 10, true)
  }
  assert.equal(steady.jitter, 0)
  assert.ok(unsteady.jitter > 75 && unsteady.jitter <= 80)
})

test('an extended report says what the far end measured of us (RFC 3611 section 4.7); of others, or cut short, it says nothing', () => {
  const bytes = new Uint8Array(400)
  const length = writeReport(bytes, { ...report, sent: null, received: null })
  const voip = [
    // version 2, XR, 15 words; its SSRC; a receiver reference time block (4), which is passed over
    ...[0x80, 207, 0, 13, 1, 2, 3, 4, 4, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0],
    // VoIP metrics about 0x22222222: loss 13/256, discarded 26/256, densities, durations, round trip 80 ms, end system 150 ms
    ...[7, 0, 0, 8, 0x22, 0x22, 0x22, 0x22, 13, 26, 0, 0, 0, 0, 0, 0, 0, 80, 0, 150],
    // signal -18 dBm0, noise, echo, Gmin, R 85, external R not known, MOS 4.1, MOS not known, configuration, buffer 60 ms
    ...[0xee, 127, 127, 16, 85, 127, 41, 127, 0, 0, 0, 60, 0, 80, 0, 120],
  ]
  bytes.set(voip, length)
  const heard = readCompound(bytes, length + voip.length, 0x22222222)
  assert.deepEqual(heard?.voip, {
    loss: 13 / 256,
    discarded: 26 / 256,
    roundTripMs: 80,
    endSystemMs: 150,
    bufferMs: 60,
    levelDb: -18,
    rFactor: 85,
    mosListening: 4.1,
    mosConversation: null,
  })
  assert.equal(readCompound(bytes, length + voip.length, 0x33333333)?.voip, null)
  bytes[length + 23] = 200 // the block says that it is longer than the packet
  assert.equal(readCompound(bytes, length + voip.length, 0x22222222)?.voip, null)
})
