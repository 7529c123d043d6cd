import assert from 'node:assert/strict'
import { test } from 'node:test'
import { workerFile } from '../lib/places.ts'
import { convertBytesMax, convertWav } from './convert.ts'
import { wavOf } from './fixtures/wav-of.ts'
import { goertzel } from './tone.ts'
import { readWav } from './wav.ts'

const convert = (file: Uint8Array) => convertWav(file, workerFile('rtp/convert-worker'))

for (const [rate, channels] of [
  [8_000, 1],
  [16_000, 2],
  [44_100, 2],
  [48_000, 1],
] as const)
  test(`a recording of ${rate} Hz with ${channels} channel(s) becomes 8 kHz A-law with the same tone`, async () => {
    const made = await convert(wavOf({ rate, channels, hz: 800, ms: 700 }))
    assert.ok(made.ok, JSON.stringify(made))
    assert.ok(Math.abs(made.durationMs - 700) <= 2)
    const samples = readWav(made.wav)
    assert.ok(Math.abs(goertzel(samples.subarray(200, 5_000), 800) - 0.5) < 0.03)
  })

test('what is no recording is refused in words, and a hostile file takes nothing with it', async () => {
  const good = Buffer.from(wavOf({ rate: 8_000, channels: 1, hz: 800, ms: 500 }))
  const changed = (at: number, value: number, bytes: 2 | 4 = 2) => {
    const copy = Buffer.from(good)
    if (bytes === 2) copy.writeUInt16LE(value, at)
    else copy.writeUInt32LE(value, at)
    return copy
  }
  const refusals: [Uint8Array, RegExp][] = [
    [Buffer.from('ID3\x03\0\0\0 this is an MP3'), /not a WAV/],
    [new Uint8Array(0), /not a WAV/],
    [good.subarray(0, 30), /data chunk is missing|too short/],
    [changed(22, 3), /3 channels/],
    [changed(22, 0), /0 channels/],
    [changed(24, 96_000, 4), /96000 Hz/],
    [changed(24, 0, 4), /0 Hz/],
    [changed(34, 24), /24 bits/],
    [changed(20, 85), /format 85/],
    [Buffer.concat([good.subarray(0, 36), Buffer.alloc(400_000)]), /data chunk is missing/],
    [wavOf({ rate: 8_000, channels: 1, hz: 800, ms: 100 }), /0\.1 s/],
    [wavOf({ rate: 8_000, channels: 1, hz: 800, ms: 61_000 }), /61\.0 s/],
    [new Uint8Array(convertBytesMax + 1), /bytes/],
  ]
  for (const [file, found] of refusals) {
    const made = await convert(file)
    assert.ok(!made.ok, String(found))
    assert.match(made.found, found)
    assert.ok(made.allowed.length > 0)
  }
  const lying = await convert(changed(40, 0xffff_fff0, 4)) // more data than there is: what is there counts
  assert.ok(lying.ok && Math.abs(lying.durationMs - 500) <= 2)
})
