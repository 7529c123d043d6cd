/** Tones and their detection, on 16-bit linear samples at 8 kHz. Pure: for prompts, in-band digits, and the proof that audio passed. */
export const sampleRateHz = 8000

export type ToneSpec = {
  /** Summed; each at `level`. */
  hz: number | number[]
  ms: number
  /** Amplitude of each frequency, 0..1 of full scale. */
  level?: number
  /** Linear rise and fall, so that no click is heard. */
  fadeMs?: number
}

/** A tone as linear samples. */
export function tone({ hz, ms, level = 0.25, fadeMs = 0 }: ToneSpec): Int16Array {
  const samples = new Int16Array(Math.round((ms * sampleRateHz) / 1000))
  const fade = Math.round((fadeMs * sampleRateHz) / 1000)
  const frequencies = Array.isArray(hz) ? hz : [hz]
  for (let i = 0; i < samples.length; i++) {
    let sum = 0
    for (const f of frequencies) sum += Math.sin((2 * Math.PI * f * i) / sampleRateHz)
    const envelope = fade === 0 ? 1 : Math.min(1, i / fade, (samples.length - 1 - i) / fade)
    samples[i] = clip(sum * level * envelope * 32767)
  }
  return samples
}

export function silence(ms: number): Int16Array {
  return new Int16Array(Math.round((ms * sampleRateHz) / 1000))
}

/** Pieces one after the other. */
export function sequence(...pieces: Int16Array[]): Int16Array {
  const all = new Int16Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}

/** Goertzel: the amplitude of `hz` within the samples, 0..1 of full scale (a full-scale sine gives 1). */
export function goertzel(samples: Int16Array, hz: number): number {
  if (samples.length === 0) return 0
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / sampleRateHz)
  let previous = 0
  let beforePrevious = 0
  for (const sample of samples) {
    const next = sample / 32767 + coefficient * previous - beforePrevious
    beforePrevious = previous
    previous = next
  }
  const power = previous ** 2 + beforePrevious ** 2 - coefficient * previous * beforePrevious
  return (2 * Math.sqrt(Math.max(0, power))) / samples.length
}

/** Root mean square, 0..1 of full scale. */
export function loudness(samples: Int16Array): number {
  if (samples.length === 0) return 0
  let sum = 0
  for (const sample of samples) sum += (sample / 32767) ** 2
  return Math.sqrt(sum / samples.length)
}

/** The share of the signal's power that is this one frequency, 0..1: 1 is a pure tone, 0 silence or something else. */
export function purity(samples: Int16Array, hz: number): number {
  const rms = loudness(samples)
  if (rms < 1e-4) return 0
  return Math.min(1, goertzel(samples, hz) ** 2 / 2 / rms ** 2)
}

function clip(value: number): number {
  return Math.max(-32768, Math.min(32767, Math.round(value)))
}
