import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  alawFromUlaw,
  decode,
  decodeAlaw,
  decodeUlaw,
  encode,
  encodeAlaw,
  encodeUlaw,
  transcode,
  ulawFromAlaw,
} from './g711.ts'
import { goertzel, purity, tone } from './tone.ts'

/** From the tables of ITU-T G.191's reference implementation. */
const known = [
  { law: 'A', octet: 0xd5, sample: 8 },
  { law: 'A', octet: 0x55, sample: -8 },
  { law: 'A', octet: 0xaa, sample: 32256 },
  { law: 'A', octet: 0x2a, sample: -32256 },
  { law: 'A', octet: 0x80, sample: 5504 },
  { law: 'µ', octet: 0xff, sample: 0 },
  { law: 'µ', octet: 0x80, sample: 32124 },
  { law: 'µ', octet: 0x00, sample: -32124 },
  { law: 'µ', octet: 0xf0, sample: 120 },
]

for (const { law, octet, sample } of known)
  test(`the ${law}-law octet ${octet.toString(16)} is ${sample}`, () => {
    assert.equal((law === 'A' ? decodeAlaw : decodeUlaw)(octet), sample)
  })

test('every A-law octet survives being decoded and encoded again', () => {
  for (let octet = 0; octet < 256; octet++) assert.equal(encodeAlaw(decodeAlaw(octet)), octet)
})

test('every µ-law octet but the second zero survives being decoded and encoded again', () => {
  for (let octet = 0; octet < 256; octet++) if (octet !== 0x7f) assert.equal(encodeUlaw(decodeUlaw(octet)), octet)
})

test('no sample is encoded further from itself than half a step of its segment', () => {
  for (let sample = -32768; sample <= 32767; sample++) {
    const bound = Math.max(16, Math.abs(sample) / 16)
    const clipped = Math.max(-32635, Math.min(32635, sample))
    assert.ok(
      Math.abs(decodeAlaw(encodeAlaw(sample)) - sample) <= Math.max(bound, Math.abs(sample) - 32256),
      `A ${sample}`,
    )
    assert.ok(Math.abs(decodeUlaw(encodeUlaw(sample)) - clipped) <= bound + 4, `µ ${sample}`)
  }
})

test('a tone carried from A-law to µ-law and back is still that tone', () => {
  const octets = encode(tone({ hz: 1000, ms: 200, level: 0.5 }), 'pcma')
  for (let i = 0; i < octets.length; i++) octets[i] = alawFromUlaw[ulawFromAlaw[octets[i]!]!]!
  const samples = decode(octets, 'pcma')
  assert.ok(Math.abs(goertzel(samples, 1000) - 0.5) < 0.01)
  assert.ok(purity(samples, 1000) > 0.99)
})

test('transcoding touches only the octets it was given', () => {
  const bytes = Uint8Array.of(0xd5, 0xd5, 0xd5, 0xd5)
  transcode(bytes, 1, 3, 0)
  assert.deepEqual([...bytes], [0xd5, ulawFromAlaw[0xd5], ulawFromAlaw[0xd5], 0xd5])
})
