/**
 * How loud a leg speaks, and how much of the time it is silent: of every eighth packet every fourth sample is looked up, which costs five table
 * look-ups a packet and is within a decibel after a second. G.711 codes of the largest magnitude are what an overdriven line sends.
 */
import { decode, payloadTypeOf } from './g711.ts'

/** Below -50 dBov (ITU-T P.56 speaks of a margin below speech): nobody talks. */
const silenceBelow = 10 ** -5
const everyPacket = 7
const everySample = 4

const squares = { pcma: squaresOf('pcma'), pcmu: squaresOf('pcmu') }
/** Of full scale: the uppermost steps of both laws. */
const clippedFrom = 0.95 ** 2

export type SavedVoice = { sampled: number; silent: number; power: number; clipped: number }

export class VoiceLevel {
  sampled = 0
  silent = 0
  /** Sum of the mean squares of frames that are not silent; full scale is 1. */
  power = 0
  /** Frames of which more than a tenth is at the end of the scale. */
  clipped = 0

  save(): SavedVoice {
    const { sampled, silent, power, clipped } = this
    return { sampled, silent, power, clipped }
  }

  restore(saved: SavedVoice): void {
    Object.assign(this, saved)
  }

  /** Cheap when it is not this packet's turn. */
  note(sequence: number, bytes: Uint8Array, from: number, to: number, payloadType: number): void {
    if ((sequence & everyPacket) !== 0) return
    const table = payloadType === payloadTypeOf.pcma ? squares.pcma : squares.pcmu
    let sum = 0
    let high = 0
    let count = 0
    // Each time another of the four: of 1000 and 2000 Hz, which test sets send, the same ones would always be zero.
    for (let at = from + ((sequence >> 3) & (everySample - 1)); at < to; at += everySample) {
      const square = table[bytes[at]!]!
      sum += square
      if (square >= clippedFrom) high++
      count++
    }
    if (count === 0) return
    this.sampled++
    const mean = sum / count
    if (mean < silenceBelow) this.silent++
    else this.power += mean
    if (high * 10 > count) this.clipped++
  }
}

function squaresOf(law: 'pcma' | 'pcmu'): Float32Array {
  const samples = decode(
    Uint8Array.from({ length: 256 }, (_, code) => code),
    law,
  )
  return Float32Array.from(samples, sample => (sample / 32_768) ** 2)
}
