/** ITU-T G.711: A-law and µ-law octets, 16-bit linear samples, and between the two laws by table. */
import type { MediaCodec } from './bay.ts'

/** RFC 3551 section 6: the static payload types. */
export const payloadTypeOf: Record<MediaCodec, number> = { pcmu: 0, pcma: 8 }

/** The octet that is no sound. */
export const silenceOf: Record<MediaCodec, number> = { pcmu: 0xff, pcma: 0xd5 }

export function decodeAlaw(octet: number): number {
  const a = octet ^ 0x55
  const exponent = (a >> 4) & 7
  const magnitude = exponent === 0 ? ((a & 15) << 4) + 8 : (((a & 15) << 4) + 0x108) << (exponent - 1)
  return a & 0x80 ? magnitude : -magnitude
}

export function encodeAlaw(sample: number): number {
  const positive = sample >= 0
  const magnitude = Math.min(32767, positive ? sample : -sample - 1)
  const exponent = magnitude < 256 ? 0 : 24 - Math.clz32(magnitude)
  const mantissa = (exponent === 0 ? magnitude >> 4 : magnitude >> (exponent + 3)) & 15
  return ((positive ? 0x80 : 0) | (exponent << 4) | mantissa) ^ 0x55
}

export function decodeUlaw(octet: number): number {
  const u = ~octet & 0xff
  const magnitude = ((((u & 15) << 3) + 0x84) << ((u >> 4) & 7)) - 0x84
  return u & 0x80 ? -magnitude : magnitude
}

export function encodeUlaw(sample: number): number {
  const magnitude = Math.min(32635, Math.abs(sample)) + 0x84
  const exponent = 24 - Math.clz32(magnitude)
  const octet = (sample < 0 ? 0x80 : 0) | (exponent << 4) | ((magnitude >> (exponent + 3)) & 15)
  return ~octet & 0xff
}

/** One octet of the one law as the nearest of the other. */
export const ulawFromAlaw: Uint8Array = Uint8Array.from({ length: 256 }, (_, octet) => encodeUlaw(decodeAlaw(octet)))
export const alawFromUlaw: Uint8Array = Uint8Array.from({ length: 256 }, (_, octet) => encodeAlaw(decodeUlaw(octet)))

const linearFromAlaw = Int16Array.from({ length: 256 }, (_, octet) => decodeAlaw(octet))
const linearFromUlaw = Int16Array.from({ length: 256 }, (_, octet) => decodeUlaw(octet))

/** Linear samples by octet, in the law of this payload type. */
export function linearTable(payloadType: number): Int16Array {
  return payloadType === payloadTypeOf.pcma ? linearFromAlaw : linearFromUlaw
}

/** What each octet of the other law becomes in the law of this payload type. */
export function lawTable(targetPayloadType: number): Uint8Array {
  return targetPayloadType === payloadTypeOf.pcma ? alawFromUlaw : ulawFromAlaw
}

/** In place: `bytes[from, to)` from the law of one payload type to that of the other. */
export function transcode(bytes: Uint8Array, from: number, to: number, targetPayloadType: number): void {
  const table = lawTable(targetPayloadType)
  for (let i = from; i < to; i++) bytes[i] = table[bytes[i]!]!
}

/** Samples as octets. */
export function encode(samples: Int16Array, codec: MediaCodec): Uint8Array {
  const octets = new Uint8Array(samples.length)
  const law = codec === 'pcma' ? encodeAlaw : encodeUlaw
  for (let i = 0; i < samples.length; i++) octets[i] = law(samples[i]!)
  return octets
}

/** Octets as samples. */
export function decode(octets: Uint8Array, codec: MediaCodec): Int16Array {
  const samples = new Int16Array(octets.length)
  const table = codec === 'pcma' ? linearFromAlaw : linearFromUlaw
  for (let i = 0; i < octets.length; i++) samples[i] = table[octets[i]!]!
  return samples
}
