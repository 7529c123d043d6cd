/**
 * What makes a piece of sound known again (after Haitsma and Kalker, 2002): 32 bits for each instant, one for each pair of neighbouring bands,
 * saying whether the difference of their energies has grown since 60 ms ago. Loudness, the law of G.711 and a carrier's filters leave most of
 * these bits as they are; other sound shares half of them, as chance does.
 */
import { dbm0, frameSamples, History, rateHz } from './sound.ts'
import { Spectrum } from './spectrum.ts'

/** 128 ms: long enough for pitch to be told apart, short enough that a lost packet spoils but seven instants. */
const windowSamples = 1024
const bandCount = 33
/** Of the telephone's band, the part that every carrier lets through. */
const bandsHz = { from: 300, to: 2600 }
/** What changes is asked over this time. */
const stepMs = 60
/** Quieter windows have no print: what is in them is G.711's own noise. */
const quietDbm0 = -46

/** Bin bounds of the bands, evenly spaced by the logarithm as hearing is. */
const bounds = Uint16Array.from({ length: bandCount + 1 }, (_, i) =>
  Math.round((bandsHz.from * (bandsHz.to / bandsHz.from) ** (i / bandCount) * windowSamples) / rateHz),
)

export class Printer {
  /** Of the newest instant; `isQuiet` where it has none. */
  bits = 0
  isQuiet = true
  readonly #spectrum = new Spectrum(windowSamples)
  /** Band energies of the last instants, one after the other. */
  readonly #energies: Float64Array
  readonly #steps: number
  #count = 0
  #loudUntil = 0

  /** One instant every `hopMs`. */
  constructor(hopMs: number) {
    this.#steps = stepMs / hopMs
    this.#energies = new Float64Array((this.#steps + 1) * bandCount)
  }

  /** One hop later: `history` holds its samples, `level` is the loudness of the hop, dBm0. */
  push(history: History, level: number): void {
    if (level > quietDbm0) this.#loudUntil = history.total + windowSamples / 2
    const slot = this.#count % (this.#steps + 1)
    const before = (this.#count + 1) % (this.#steps + 1)
    this.#count++
    const to = slot * bandCount
    this.isQuiet = history.total > this.#loudUntil || this.#count <= this.#steps || history.total < windowSamples
    if (history.total > this.#loudUntil || history.total < windowSamples) {
      this.#energies.fill(0, to, to + bandCount)
      return
    }
    this.#spectrum.measure(history)
    const { power } = this.#spectrum
    for (let band = 0; band < bandCount; band++) {
      let sum = 0
      const end = Math.max(bounds[band]! + 1, bounds[band + 1]!)
      for (let bin = bounds[band]!; bin < end; bin++) sum += power[bin]!
      this.#energies[to + band] = Math.log(sum + 1)
    }
    this.bits = this.#compare(to, before * bandCount)
  }

  #compare(now: number, then: number): number {
    const energies = this.#energies
    let bits = 0
    for (let band = 0; band < 32; band++) {
      const is = energies[now + band]! - energies[now + band + 1]!
      const was = energies[then + band]! - energies[then + band + 1]!
      bits = (bits << 1) | (is > was ? 1 : 0)
    }
    return bits
  }
}

/** A recording's prints every 5 ms: whoever listens every 20 ms is never further off than 2.5. */
export const libraryHopMs = 5
const hopSamples = (libraryHopMs * rateHz) / 1000

export type Print = { bits: Int32Array /** 1: has a print. */; loud: Uint8Array }

export function printOf(samples: Int16Array): Print {
  const count = Math.floor(samples.length / hopSamples)
  const print = { bits: new Int32Array(count), loud: new Uint8Array(count) }
  const history = new History(windowSamples)
  const printer = new Printer(libraryHopMs)
  for (let i = 0; i < count; i++) {
    const hop = samples.subarray(i * hopSamples, (i + 1) * hopSamples)
    history.push(hop)
    // Loudness by 20 ms, as whoever listens has it.
    printer.push(
      history,
      levelOf(samples.subarray(Math.max(0, (i + 1) * hopSamples - frameSamples), (i + 1) * hopSamples)),
    )
    print.bits[i] = printer.bits
    print.loud[i] = printer.isQuiet ? 0 : 1
  }
  return print
}

export function levelOf(samples: Int16Array): number {
  let sum = 0
  for (let i = 0; i < samples.length; i++) sum += samples[i]! * samples[i]!
  return dbm0(samples.length === 0 ? 0 : sum / samples.length)
}

const ones = Uint8Array.from({ length: 65_536 }, (_, value) => {
  let count = 0
  for (let rest = value; rest > 0; rest &= rest - 1) count++
  return count
})

/** How many of the 32 bits differ. */
export function distance(a: number, b: number): number {
  const x = a ^ b
  return ones[x & 0xffff]! + ones[x >>> 16]!
}
