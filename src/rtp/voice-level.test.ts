import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encode, payloadTypeOf } from './g711.ts'
import { tone } from './tone.ts'
import { VoiceLevel } from './voice-level.ts'

function heard(level: number, law: 'pcma' | 'pcmu', packets = 400): VoiceLevel {
  const octets = encode(tone({ hz: 440, ms: packets * 20, level }), law)
  const voice = new VoiceLevel()
  for (let n = 0; n < packets; n++) voice.note(n, octets, n * 160, n * 160 + 160, payloadTypeOf[law])
  return voice
}

test('a tone is measured within half a decibel in both laws, from one packet of eight', () => {
  for (const law of ['pcma', 'pcmu'] as const) {
    const voice = heard(0.1, law)
    assert.equal(voice.sampled, 50)
    const dB = 10 * Math.log10(voice.power / (voice.sampled - voice.silent))
    assert.ok(Math.abs(dB - 20 * Math.log10(0.1 / Math.SQRT2)) < 0.5, `${law}: ${dB.toFixed(2)} dB`)
    assert.equal(voice.clipped, 0)
  }
})

test('silence is silence, and an overdriven line is noticed', () => {
  assert.equal(heard(0.001, 'pcma').silent, 50)
  const square = encode(
    Int16Array.from({ length: 160 * 80 }, (_, n) => (n % 16 < 8 ? 32_767 : -32_768)),
    'pcma',
  )
  const voice = new VoiceLevel()
  for (let n = 0; n < 80; n++) voice.note(n, square, n * 160, n * 160 + 160, payloadTypeOf.pcma)
  assert.equal(voice.clipped, 10)
})

test('a test tone whose every fourth sample is zero is heard all the same', () => {
  const voice = new VoiceLevel()
  const octets = encode(tone({ hz: 1000, ms: 20, level: 0.2 }), 'pcma')
  for (let sequence = 0; sequence < 320; sequence++) voice.note(sequence, octets, 0, 160, 8)
  assert.ok(voice.silent <= voice.sampled / 2, `${voice.silent} of ${voice.sampled} are silent`)
  const db = 10 * Math.log10(voice.power / voice.sampled)
  assert.ok(Math.abs(db - 10 * Math.log10(0.2 ** 2 / 2)) < 1, `${db} dBov`)
})
