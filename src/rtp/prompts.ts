/**
 * The sounds the house plays by itself. Each may be replaced by a file `ID.wav` (see `wav.ts` for what is taken); what no file gives is
 * synthesised here, so that there is always something to play. All are samples at 8 kHz.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sequence, silence, tone } from './tone.ts'
import { readWav, WavError } from './wav.ts'

export const promptIds = [
  'comfort-music',
  'all-agents-busy',
  'abandoned-apology',
  'we-call-back',
  'ringback',
  'connect-beep',
] as const

/** 5 minutes of 16-bit 48 kHz stereo. */
const fileBytesMax = 60_000_000

/**
 * Looks for each prompt in the folders, first come first served (the administrator's before the shipped), then synthesises. `onTrouble` hears
 * of files that cannot be used, in words; the next source is taken then.
 */
export function loadPrompts(folders: string[], onTrouble: (words: string) => void): Record<string, Int16Array> {
  const built = synthesisedPrompts()
  return Object.fromEntries(promptIds.map(id => [id, loadPrompt(id, folders, onTrouble) ?? built[id]!]))
}

function loadPrompt(id: string, folders: string[], onTrouble: (words: string) => void): Int16Array | null {
  for (const folder of folders) {
    const file = join(folder, `${id}.wav`)
    try {
      const bytes = readFileSync(file)
      if (bytes.length > fileBytesMax) throw new WavError(`${bytes.length} bytes; at most ${fileBytesMax} are allowed`)
      return readWav(bytes)
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT') onTrouble(`prompt ${file}: ${message}`)
    }
  }
  return null
}

/** Sounds that come as files only, by name: `zh-CN/yuan` is `zh-CN/yuan.wav` in the folder. One that cannot be read is told, and left out. */
export function loadFragments(
  folders: string[],
  names: readonly string[],
  onTrouble: (words: string) => void,
): Record<string, Int16Array> {
  const found: Record<string, Int16Array> = {}
  for (const name of names) {
    const samples = loadPrompt(name, folders, onTrouble)
    if (samples === null) onTrouble(`the fragment ${name} is missing in ${folders.join(' and ')}`)
    else found[name] = samples
  }
  return found
}

/** All prompts without any file: music and tones; the spoken ones become short patterns that callers know from the telephone. */
export function synthesisedPrompts(): Record<(typeof promptIds)[number], Int16Array> {
  return {
    'comfort-music': comfortMusic(),
    'all-agents-busy': pattern([523, 659, 784]),
    'abandoned-apology': pattern([784, 659, 523]),
    'we-call-back': pattern([659, 784, 659]),
    ringback: ringback(),
    'connect-beep': tone({ hz: 880, ms: 120, level: 0.12, fadeMs: 15 }),
  }
}

/** China's ring-back tone: 450 Hz, 1 s on, 4 s off (GB/T 3380). */
export function ringback(): Int16Array {
  return sequence(tone({ hz: 450, ms: 1000, level: 0.15, fadeMs: 5 }), silence(4000))
}

function pattern(notes: number[]): Int16Array {
  return sequence(...notes.flatMap(hz => [tone({ hz, ms: 220, level: 0.12, fadeMs: 25 }), silence(40)]), silence(400))
}

/** Hz of the notes of four quiet chords (C, A minor, F, G with a seventh), each broken into eight. */
const chords = [
  [261.6, 329.6, 392.0, 493.9],
  [220.0, 261.6, 329.6, 392.0],
  [174.6, 220.0, 261.6, 329.6],
  [196.0, 246.9, 293.7, 349.2],
]
const order = [0, 1, 2, 3, 2, 3, 1, 2]
const noteSamples = 4000
const decaySamples = 6400

/** 16 s that join at the ends: plucked notes at a low level, each ringing into the next. */
function comfortMusic(): Int16Array {
  const notes = chords.flatMap(chord => order.map(at => chord[at]!))
  const mix = new Float64Array(notes.length * noteSamples)
  notes.forEach((hz, n) => {
    for (let i = 0; i < decaySamples * 3; i++) {
      const envelope = Math.min(1, i / 80) * Math.exp(-i / decaySamples)
      const phase = (2 * Math.PI * hz * i) / 8000
      const sound = Math.sin(phase) + 0.3 * Math.sin(2 * phase) + 0.1 * Math.sin(3 * phase)
      mix[(n * noteSamples + i) % mix.length]! += sound * envelope
    }
  })
  const peak = mix.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return Int16Array.from(mix, value => Math.round((value / peak) * 0.18 * 32767))
}
