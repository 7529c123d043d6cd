import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encode } from './g711.ts'
import { loadPrompts, promptIds, synthesisedPrompts } from './prompts.ts'
import { goertzel, loudness, purity, tone } from './tone.ts'
import { readWav, WavError, wavHeader, wavHeaderBytes, writeMono } from './wav.ts'

/** 16-bit PCM with an odd chunk before the data. */
function pcm(rate: number, channels: number, samples: number[]): Buffer {
  const data = Buffer.alloc(samples.length * 2)
  for (const [i, sample] of samples.entries()) data.writeInt16LE(Math.round(sample * 32767), i * 2)
  const head = Buffer.alloc(24 + 8 + 6)
  head.write('fmt ', 0)
  head.writeUInt32LE(16, 4)
  head.writeUInt16LE(1, 8)
  head.writeUInt16LE(channels, 10)
  head.writeUInt32LE(rate, 12)
  head.writeUInt16LE(16, 22)
  head.write('LIST', 24)
  head.writeUInt32LE(5, 28)
  const size = Buffer.alloc(4)
  size.writeUInt32LE(data.length)
  return Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE'), head, Buffer.from('data'), size, data])
}

function sine(hz: number, rate: number, seconds: number): number[] {
  return Array.from({ length: rate * seconds }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / rate))
}

for (const rate of [8000, 11_025, 16_000, 22_050, 44_100, 48_000])
  test(`a tone in a ${rate} Hz file is the same tone at 8 kHz`, () => {
    const samples = readWav(pcm(rate, 1, sine(1000, rate, 0.5)))
    assert.ok(Math.abs(samples.length - 4000) <= 1)
    assert.ok(Math.abs(goertzel(samples.subarray(100, 3900), 1000) - 0.5) < 0.02)
    assert.ok(purity(samples.subarray(100, 3900), 1000) > 0.99)
  })

test('what is above 4 kHz does not fold down into speech', () => {
  const samples = readWav(pcm(48_000, 1, sine(7000, 48_000, 0.5)))
  assert.ok(loudness(samples.subarray(100, 3900)) < 0.01)
})

test('two channels become one', () => {
  const left = sine(1000, 8000, 0.25)
  const samples = readWav(
    pcm(
      8000,
      2,
      left.flatMap(sample => [sample, 0]),
    ),
  )
  assert.ok(Math.abs(goertzel(samples, 1000) - 0.25) < 0.01)
})

for (const codec of ['pcma', 'pcmu'] as const)
  test(`a ${codec} file is read as it was written`, () => {
    const samples = tone({ hz: 440, ms: 100 })
    assert.ok(purity(readWav(writeMono(encode(samples, codec), codec)), 440) > 0.99)
  })

const refused: [string, Uint8Array, RegExp][] = [
  ['text', Buffer.from('not a wav at all'), /not a WAV/],
  ['an empty file', Buffer.alloc(0), /not a WAV/],
  ['a header without data', wavHeader(8, 1, 0).subarray(0, 50), /data chunk is missing/],
  ['three channels', pcm(8000, 3, [0, 0, 0]), /3 channels; 1 or 2 are allowed/],
  ['a rate of 96 kHz', pcm(96_000, 1, [0]), /96000 Hz/],
]
for (const [name, file, words] of refused)
  test(`${name} is refused in words`, () => {
    assert.throws(
      () => readWav(file),
      (error: Error) => error instanceof WavError && words.test(error.message),
    )
  })

test('the header of a recording is as long as it says', () => {
  const header = wavHeader(8, 2, 16_000)
  assert.equal(header.length, wavHeaderBytes)
  assert.equal(header.readUInt32LE(4), wavHeaderBytes - 8 + 16_000)
  assert.equal(header.readUInt32LE(46), 8000, 'fact: frames')
})

test('every prompt can be synthesised, is audible and never loud', () => {
  const prompts = synthesisedPrompts()
  for (const id of promptIds) {
    const peak = prompts[id].reduce((most, sample) => Math.max(most, Math.abs(sample)), 0) / 32767
    assert.ok(peak > 0.05 && peak < 0.3, `${id} ${peak}`)
  }
  assert.ok(purity(prompts.ringback.subarray(0, 8000), 450) > 0.99)
  assert.equal(loudness(prompts.ringback.subarray(8000)), 0)
  assert.equal(prompts.ringback.length, 40_000, '1 s of tone in 5 s')
})

test('a prompt comes from the first folder that has a usable file, and trouble is told in words', async () => {
  const { mkdtempSync, writeFileSync, rmSync } = await import('node:fs')
  const folder = mkdtempSync('/tmp/switchroom-prompts-')
  writeFileSync(`${folder}/ringback.wav`, writeMono(encode(tone({ hz: 440, ms: 500 }), 'pcma'), 'pcma'))
  writeFileSync(`${folder}/connect-beep.wav`, 'rubbish')
  const trouble: string[] = []
  const prompts = loadPrompts([folder, `${folder}/none`], words => trouble.push(words))
  rmSync(folder, { recursive: true })
  assert.ok(purity(prompts['ringback']!, 440) > 0.99)
  assert.equal(prompts['connect-beep']!.length, 960)
  assert.deepEqual(trouble, [`prompt ${folder}/connect-beep.wav: not a WAV file`])
})
