/**
 * Makes `assets/speech` anew: one small A-law WAV of each fragment of the vocabulary, spoken by espeak-ng (Debian's package, used here as a
 * tool; what it says is not a work of its authors, and is ours). Run when the vocabulary changes: `node scripts/fragments.ts`.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { speechLanguages, vocabulary } from '../src/centre/speech/vocabulary.ts'
import { asset } from '../src/lib/places.ts'
import { encode } from '../src/rtp/g711.ts'
import { readWav, writeMono } from '../src/rtp/wav.ts'

const voices = { 'zh-CN': ['-v', 'cmn-latn-pinyin', '-s', '150'], en: ['-v', 'en-us', '-s', '150'] }
/** Of full scale, at the loudest sample. */
const peakLevel = 0.5
const quiet = 300
/** Kept before and behind what is heard, in samples at 8 kHz: a breath, so that words do not run into each other. */
const breath = 400

for (const language of speechLanguages) {
  const folder = asset(`assets/speech/${language}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(vocabulary(language))) {
    const wav = execFileSync('espeak-ng', [...voices[language], '--stdout', text])
    writeFileSync(`${folder}/${name}.wav`, writeMono(encode(trimmed(readWav(wav)), 'pcma'), 'pcma'))
  }
}

/** Without the silence around it, at one loudness. */
function trimmed(samples: Int16Array): Int16Array {
  const peak = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 1)
  const level = (peakLevel * 32767) / peak
  const from = samples.findIndex(value => Math.abs(value) > quiet)
  const to = samples.findLastIndex(value => Math.abs(value) > quiet)
  return samples.slice(Math.max(0, from - breath), to + breath).map(value => Math.round(value * level))
}
