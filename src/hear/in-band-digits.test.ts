import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../lib/random.ts'
import { decode, encode } from '../rtp/g711.ts'
import { sequence, silence } from '../rtp/tone.ts'
import { InBandDigits } from './in-band-digits.ts'
import { amplitudeOf, frameSamples } from './sound.ts'
import { hasEspeak, spoken, voices } from './testing/speech.ts'

const keys = '123A456B789C*0#D'
const rows = [697, 770, 852, 941]
const columns = [1209, 1336, 1477, 1633]

test('each key is heard once, of 40 ms with pauses of 40 ms, wherever the frames cut it', () => {
  for (let shift = 0; shift < frameSamples; shift += 23) {
    const pieces = [...keys].flatMap(key => [press(key, { ms: 40 }), silence(40)])
    const sound = sequence(silence(100), new Int16Array(shift), ...pieces)
    for (const law of ['pcma', 'pcmu'] as const)
      assert.equal(heard(decode(encode(sound, law), law)), keys, `shifted by ${shift} samples, ${law}`)
  }
})

test('a key pressed twice is two digits, a key held for 3 s is one, and a lost packet does not make two of it', () => {
  assert.equal(heard(sequence(press('5', { ms: 60 }), silence(60), press('5', { ms: 60 }))), '55')
  const long = press('8', { ms: 3000 })
  assert.equal(heard(long), '8')
  long.fill(0, 8000, 8160)
  assert.equal(heard(long), '8')
})

test('from 0 to -36 dBm0 a key is heard, and much below it is not', () => {
  for (const level of [-3, -10, -20, -30, -36]) assert.equal(heard(press('7', { ms: 50, level })), '7', `${level} dBm0`)
  assert.equal(heard(press('7', { ms: 50, level: -46 })), '')
})

test('twist is allowed as far as Q.24 says', () => {
  for (const [twistDb, meant] of [
    [4, '6'],
    [-8, '6'],
    [7, ''],
    [-12, ''],
  ] as const)
    assert.equal(heard(press('6', { ms: 60, level: -14, twistDb })), meant, `column ${twistDb} dB over row`)
})

test('a frequency may be off by 1.5 %, and by 3.5 % it is another', () => {
  for (const key of keys) {
    for (const off of [-0.015, 0.015])
      assert.equal(heard(press(key, { ms: 60, off })), key, `${key} off by ${off * 100} %`)
    for (const off of [-0.035, 0.035])
      assert.equal(heard(press(key, { ms: 60, off })), '', `${key} off by ${off * 100} %`)
  }
})

test('noise 15 dB below does not hide a key, a single tone is none, and 20 ms are too short', () => {
  const random = seededRandom(11)
  let found = 0
  for (let i = 0; i < 160; i++) {
    const key = keys[i % 16]!
    const sound = sequence(silence(60), press(key, { ms: 60, level: -15 }), silence(60))
    const noise = amplitudeOf(-12 - 15) * Math.sqrt(1.5) // uniform noise has a third of its peak's square
    for (let s = 0; s < sound.length; s++) sound[s] = sound[s]! + (2 * random() - 1) * noise
    if (heard(sound) === key) found++
  }
  assert.ok(found >= 158, `${found} of 160`)
  assert.equal(heard(sequence(silence(50), tone([941], 300), silence(50), tone([1336], 300))), '')
  assert.equal(heard(sequence(silence(55), press('1', { ms: 18 }), silence(55))), '')
})

test('three minutes of speech in several voices and languages press no key', { skip: !hasEspeak() }, () => {
  let seconds = 0
  let pressed = ''
  for (const voice of voices) {
    const sound = spoken(voice, Math.round(seconds), 20)
    seconds += sound.length / 8000
    pressed += heard(sound)
  }
  assert.ok(seconds > 180, `${seconds} s of speech`)
  assert.equal(pressed, '')
})

function press(
  key: string,
  { ms, level = -12, twistDb = 0, off = 0 }: { ms: number; level?: number; twistDb?: number; off?: number },
): Int16Array {
  const at = keys.indexOf(key)
  const row = amplitudeOf(level)
  return tone([rows[at >> 2]! * (1 + off), columns[at & 3]! * (1 + off)], ms, [row, row * 10 ** (twistDb / 20)])
}

function tone(hz: number[], ms: number, amplitudes = hz.map(() => 4000)): Int16Array {
  return Int16Array.from({ length: 8 * ms }, (_, i) =>
    Math.round(hz.reduce((sum, f, at) => sum + amplitudes[at]! * Math.sin((2 * Math.PI * f * i) / 8000), 0)),
  )
}

function heard(sound: Int16Array): string {
  const digits = new InBandDigits()
  let text = ''
  const padded = sequence(sound, silence(100))
  for (let at = 0; at + frameSamples <= padded.length; at += frameSamples)
    if (digits.push(padded.subarray(at, at + frameSamples))) text += digits.digit
  return text
}
