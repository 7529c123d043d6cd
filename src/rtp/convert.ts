/** A WAV that somebody sent becomes what is played on the telephone, away from the threads that carry calls. */
import { Worker } from 'node:worker_threads'

/** A-law WAV, 8 kHz mono; or what was found and what is allowed. */
export type Converted =
  | { ok: true; wav: Uint8Array; durationMs: number }
  | { ok: false; found: string; allowed: string }

/** Stereo of 48 kHz for the longest duration, and its headers. */
export const convertBytesMax = 12_000_000
const longestMs = 60_000
const shortestMs = 200
/** A file that takes longer is not a recording. */
const timeoutMs = 30_000
const memoryMb = 256

export async function convertWav(file: Uint8Array, entry: string): Promise<Converted> {
  if (file.length > convertBytesMax)
    return { ok: false, found: `${file.length} bytes`, allowed: `at most ${convertBytesMax} bytes` }
  const worker = new Worker(entry, {
    workerData: { file, longestMs, shortestMs },
    resourceLimits: { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: memoryMb },
  })
  let timer: NodeJS.Timeout | undefined
  try {
    return await new Promise<Converted>(resolve => {
      const bad = (found: string) => resolve({ ok: false, found, allowed: 'a WAV that can be read' })
      timer = setTimeout(() => bad('a file that takes too long to read'), timeoutMs)
      worker.once('message', resolve)
      worker.once('error', error => bad(error.message.slice(0, 200)))
      worker.once('exit', () => bad('a file that could not be read'))
    })
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}
