/** WAV files: what prompts may be made of, and the header of a recording. */
import type { MediaCodec } from './bay.ts'
import { decode, payloadTypeOf } from './g711.ts'
import { sampleRateHz } from './tone.ts'

export class WavError extends Error {
  override name = 'WavError'
}

const formatPcm = 1
const formatAlaw = 6
const formatUlaw = 7
const formatExtensible = 0xfffe

/**
 * Any mono or stereo WAV of 16-bit PCM, A-law or µ-law at 8 to 48 kHz, as 8 kHz mono samples. Throws WavError with what was found and what
 * is allowed.
 */
export function readWav(file: Uint8Array): Int16Array {
  const { format, channels, rate, bits, data } = parseWav(file)
  if (channels !== 1 && channels !== 2) throw new WavError(`${channels} channels; 1 or 2 are allowed`)
  if (rate < 8000 || rate > 48_000) throw new WavError(`${rate} Hz; 8000 to 48000 are allowed`)
  const samples = samplesOf(format, bits, data)
  return resample(channels === 2 ? mixDown(samples) : samples, rate)
}

/** Both channels of a stereo recording, at 8 kHz: `[customer, agent]`. */
export function readStereo(file: Uint8Array): [Int16Array, Int16Array] {
  const { format, channels, bits, data } = parseWav(file)
  if (channels !== 2) throw new WavError(`${channels} channels; a recording has 2`)
  const samples = samplesOf(format, bits, data)
  const channel = (which: number) => Int16Array.from({ length: samples.length >> 1 }, (_, i) => samples[i * 2 + which]!)
  return [channel(0), channel(1)]
}

/** A mono file at 8 kHz in A-law or µ-law, e.g. for `assets/prompts`. */
export function writeMono(octets: Uint8Array, codec: MediaCodec): Uint8Array {
  const file = new Uint8Array(wavHeaderBytes + octets.length)
  file.set(wavHeader(payloadTypeOf[codec], 1, octets.length))
  file.set(octets, wavHeaderBytes)
  return file
}

export const wavHeaderBytes = 58

/** RIFF, `fmt ` with an empty extension, `fact` (which formats but PCM must have), `data`. `dataBytes` is below 4 GB: 74 h of recording. */
export function wavHeader(payloadType: number, channels: number, dataBytes: number): Buffer {
  const header = Buffer.alloc(wavHeaderBytes)
  header.write('RIFF', 0, 'latin1')
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(18, 16)
  header.writeUInt16LE(payloadType === payloadTypeOf.pcma ? formatAlaw : formatUlaw, 20)
  header.writeUInt16LE(channels, 22)
  header.writeUInt32LE(sampleRateHz, 24)
  header.writeUInt32LE(sampleRateHz * channels, 28)
  header.writeUInt16LE(channels, 32)
  header.writeUInt16LE(8, 34)
  header.writeUInt16LE(0, 36)
  header.write('fact', 38, 'latin1')
  header.writeUInt32LE(4, 42)
  header.write('data', 50, 'latin1')
  setWavSize(header, channels, dataBytes)
  return header
}

/** Of a header of `wavHeader`: what changes as the file grows. */
export function setWavSize(header: Buffer, channels: number, dataBytes: number): void {
  header.writeUInt32LE(wavHeaderBytes - 8 + dataBytes, 4)
  header.writeUInt32LE(dataBytes / channels, 46)
  header.writeUInt32LE(dataBytes, 54)
}

type Parsed = { format: number; channels: number; rate: number; bits: number; data: Buffer }

function parseWav(file: Uint8Array): Parsed {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  if (bytes.length < 12 || bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE')
    throw new WavError('not a WAV file')
  let format: Omit<Parsed, 'data'> | null = null
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = bytes.toString('latin1', at, at + 4)
    const size = bytes.readUInt32LE(at + 4)
    const body = bytes.subarray(at + 8, Math.min(bytes.length, at + 8 + size))
    if (name === 'fmt ') format = formatOf(body)
    if (name === 'data') {
      if (format === null) throw new WavError('the data come before the format')
      return { ...format, data: body }
    }
    at += 8 + size + (size & 1)
  }
  throw new WavError('no sound in it: the data chunk is missing')
}

function formatOf(body: Buffer): Omit<Parsed, 'data'> {
  if (body.length < 16) throw new WavError('the format chunk is too short')
  const tag = body.readUInt16LE(0)
  const format = tag === formatExtensible && body.length >= 26 ? body.readUInt16LE(24) : tag
  return { format, channels: body.readUInt16LE(2), rate: body.readUInt32LE(4), bits: body.readUInt16LE(14) }
}

function samplesOf(format: number, bits: number, data: Buffer): Int16Array {
  if (format === formatAlaw && bits === 8) return decode(data, 'pcma')
  if (format === formatUlaw && bits === 8) return decode(data, 'pcmu')
  if (format === formatPcm && bits === 16)
    return Int16Array.from({ length: data.length >> 1 }, (_, i) => data.readInt16LE(i * 2))
  throw new WavError(`format ${format} with ${bits} bits; 16-bit PCM, A-law and µ-law are allowed`)
}

function mixDown(samples: Int16Array): Int16Array {
  return Int16Array.from({ length: samples.length >> 1 }, (_, i) => (samples[i * 2]! + samples[i * 2 + 1]!) >> 1)
}

/** To 8 kHz with a windowed sinc, whose cut-off at 3.6 kHz keeps what is above from folding down into speech. */
function resample(samples: Int16Array, rate: number): Int16Array {
  if (rate === sampleRateHz) return samples
  const step = rate / sampleRateHz
  const cutoff = 3600 / rate
  const reach = Math.ceil(12 * step)
  const output = new Int16Array(Math.floor(samples.length / step))
  for (let i = 0; i < output.length; i++) {
    const centre = i * step
    let sum = 0
    for (let at = Math.max(0, Math.ceil(centre - reach)); at <= Math.min(samples.length - 1, centre + reach); at++) {
      const x = at - centre
      const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / (reach + 1))
      const kernel = x === 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * x) / (Math.PI * x)
      sum += samples[at]! * kernel * window
    }
    output[i] = Math.max(-32768, Math.min(32767, Math.round(sum)))
  }
  return output
}
