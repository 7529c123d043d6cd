/** Reads one WAV of a stranger and answers it as 8 kHz A-law: in a thread of its own, since to resample a minute takes a second of CPU. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Converted } from './convert.ts'
import { encode } from './g711.ts'
import { sampleRateHz } from './tone.ts'
import { readWav, WavError, writeMono } from './wav.ts'

const { file, longestMs, shortestMs } = workerData as { file: Uint8Array; longestMs: number; shortestMs: number }

function convert(): Converted {
  try {
    const samples = readWav(file)
    const durationMs = Math.round((samples.length * 1000) / sampleRateHz)
    const found = `${(durationMs / 1000).toFixed(1)} s`
    if (durationMs < shortestMs || durationMs > longestMs)
      return { ok: false, found, allowed: `${shortestMs / 1000} to ${longestMs / 1000} s of sound` }
    return { ok: true, wav: writeMono(encode(samples, 'pcma'), 'pcma'), durationMs }
  } catch (error) {
    if (error instanceof WavError)
      return { ok: false, found: error.message, allowed: 'a WAV of 16-bit PCM, A-law or µ-law' }
    throw error
  }
}

parentPort?.postMessage(convert())
