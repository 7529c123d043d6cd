import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seededRandom } from '../lib/random.ts'
import { encode, payloadTypeOf } from './g711.ts'
import { MixerInput } from './mixer-input.ts'
import { goertzel, loudness, purity, tone } from './tone.ts'

/** Someone who says a tone with a clock of their own, over a network of its own; heard through an input by a clock that is right. */
type Talker = {
  hz?: number
  seconds: number
  /** How much faster than right their clock goes, in millionths. */
  ppm?: number
  frameSamples?: number
  /** ms of delay of packet n, beyond the first. */
  delayMs?(n: number): number
  isLost?(n: number): boolean
  codec?: 'pcma' | 'pcmu'
  phaseMs?: number
}

function heard(talker: Talker): { samples: Int16Array; input: MixerInput } {
  const { hz = 500, seconds, ppm = 0, frameSamples = 160, delayMs = () => 0, isLost = () => false } = talker
  const { codec = 'pcma', phaseMs = 7 } = talker
  const input = new MixerInput(0)
  const octets = encode(tone({ hz, ms: seconds * 1000 + 1000, level: 0.3 }), codec)
  const periodMs = frameSamples / 8 / (1 + ppm / 1e6)
  const packets = Array.from({ length: Math.floor((seconds * 8000) / frameSamples) }, (_, n) => ({
    n,
    atMs: phaseMs + n * periodMs + delayMs(n),
  }))
    .filter(({ n }) => !isLost(n))
    .sort((a, b) => a.atMs - b.atMs)
  const samples = new Int16Array(seconds * 50 * 160)
  let next = 0
  for (let tick = 1; tick <= seconds * 50; tick++) {
    for (; next < packets.length && packets[next]!.atMs <= tick * 20; next++) {
      const { n, atMs } = packets[next]!
      const from = n * frameSamples
      const timestamp = (0xffff_f000 + from) >>> 0
      input.put(7, timestamp, octets, from, from + frameSamples, payloadTypeOf[codec], atMs)
    }
    input.next()
    samples.set(input.frame, (tick - 1) * 160)
  }
  return { samples, input }
}

/** The largest step from one sample to the next: a click is a step that the tone itself does not make. */
function steepest(samples: Int16Array): number {
  let most = 0
  for (let i = 1; i < samples.length; i++) most = Math.max(most, Math.abs(samples[i]! - samples[i - 1]!))
  return most
}
const stepOfTone = (hz: number) => 0.3 * 32767 * 2 * Math.sin((Math.PI * hz) / 8000)

describe('what a member says', () => {
  test('comes out as it was said, 5 to 40 ms later, in both laws', () => {
    for (const codec of ['pcma', 'pcmu'] as const)
      for (let phaseMs = 0; phaseMs < 20; phaseMs++) {
        const { samples, input } = heard({ seconds: 2, codec, phaseMs })
        const began = samples.findIndex(sample => Math.abs(sample) > 200)
        assert.ok(began / 8 <= phaseMs + 25, `phase ${phaseMs}: began at ${began / 8} ms`)
        assert.ok(purity(samples.subarray(8000), 500) > 0.999)
        assert.ok(Math.abs(goertzel(samples.subarray(8000), 500) - 0.3) < 0.005)
        assert.deepEqual(input.figures, { concealed: 0, late: 0, inserted: 0, dropped: 0, restarts: 0 })
      }
  })

  test('does not suffer from packets of 10, 30 or 60 ms', () => {
    for (const frameSamples of [80, 240, 480]) {
      const { samples } = heard({ seconds: 3, frameSamples })
      assert.ok(purity(samples.subarray(16_000), 500) > 0.999, `${frameSamples} samples`)
    }
  })

  test('is made up where a packet is lost, and the tone goes on without a click', () => {
    const random = seededRandom(4)
    const { samples, input } = heard({ seconds: 10, isLost: n => n > 10 && random() < 0.05 })
    assert.ok(input.figures.concealed > 10, `${input.figures.concealed} made up`)
    assert.ok(steepest(samples.subarray(800)) < stepOfTone(500) * 1.5)
    assert.ok(purity(samples.subarray(1600), 500) > 0.95)
  })

  test('fades within 60 ms when the network is gone, and then there is silence, not a buzz', () => {
    const { samples, input } = heard({ seconds: 2, isLost: n => n >= 50 })
    assert.ok(loudness(samples.subarray(7200, 7800)) > 0.1)
    assert.equal(loudness(samples.subarray(9000)), 0)
    assert.ok(input.isSilent)
    assert.equal(input.figures.concealed, 3)
  })

  test('that waits in a network with 60 ms of jitter is heard whole, once the buffer is as deep as that', () => {
    const random = seededRandom(9)
    const { samples, input } = heard({ seconds: 20, delayMs: () => random() * 60 })
    assert.ok(input.figures.inserted >= 2)
    const tail = samples.subarray(-40_000)
    assert.ok(purity(tail, 500) > 0.98, `purity ${purity(tail, 500)}`)
    assert.ok(input.depth <= 5 * 160, `${input.depth} samples wait`)
  })

  test('comes back to a short delay when a burst is over', () => {
    const { input } = heard({ seconds: 20, delayMs: n => (n >= 100 && n < 110 ? 100 : 0) })
    assert.ok(input.figures.inserted >= 4)
    assert.ok(input.figures.dropped >= 4, `${input.figures.dropped} left out`)
    assert.ok(input.depth <= 2 * 160)
  })

  for (const ppm of [200, -200])
    test(`of a clock that is off by ${ppm} ppm does not pile up, does not run dry, and does not click`, () => {
      const { samples, input } = heard({ seconds: 600, ppm })
      const { inserted, dropped, concealed } = input.figures
      // 600 s × 200 ppm is 120 ms: six frames, and what was left over at the ends.
      const [moved, other] = ppm > 0 ? [dropped, inserted] : [inserted, dropped]
      assert.ok(moved >= 5 && moved <= 7, `${moved} frames moved`)
      assert.ok(other <= 1 && concealed <= 8, `${other} the other way, ${concealed} made up`)
      assert.ok(input.depth <= 3 * 160)
      assert.ok(steepest(samples.subarray(800)) < stepOfTone(500) * 1.5)
      const end = purity(samples.subarray(-16_000, -8000), 500)
      assert.ok(end > 0.98, `${end} of a second near the end is the tone`)
    })

  test('out of order finds its place; twice is heard once', () => {
    const { samples, input } = heard({ seconds: 4, delayMs: n => (n > 20 && n % 10 === 0 ? 25 : 0) })
    assert.ok(purity(samples.subarray(16_000), 500) > 0.99)
    assert.equal(input.figures.restarts, 0)
  })

  test('goes on when the far end begins anew: another source, a jump of its clock ahead or back', () => {
    const input = new MixerInput(0)
    const octets = encode(tone({ hz: 500, ms: 4000, level: 0.3 }), 'pcma')
    let loud = 0
    for (let tick = 0; tick < 200; tick++) {
      const shift = [0, 900_000, -400_000, 0][Math.floor(tick / 50)]!
      input.put(tick < 150 ? 1 : 2, (tick * 160 + shift) >>> 0, octets, tick * 160, tick * 160 + 160, 8, tick * 20 + 5)
      input.next()
      if (loudness(input.frame) > 0.1) loud++
    }
    assert.ok(loud >= 195, `${loud} of 200 frames were loud`)
  })

  test('survives any packet: nothing throws, nothing grows', () => {
    const random = seededRandom(77)
    const input = new MixerInput(3)
    const octets = new Uint8Array(2048).map(() => random() * 256)
    for (let n = 0; n < 200_000; n++) {
      const from = Math.floor(random() * 100)
      const length = Math.floor(random() * random() * 1900)
      const near = (n * 160 + Math.floor((random() - 0.5) * 4000)) >>> 0
      const timestamp = random() < 0.9 ? near : Math.floor(random() * 2 ** 32)
      input.put(n % 1000 === 0 ? n : 1, timestamp, octets, from, from + length, random() < 0.5 ? 0 : 8, n * 20)
      if (random() < 0.9) input.next()
      assert.ok(input.depth <= 2560 && input.frame.length === 160)
    }
  })
})
