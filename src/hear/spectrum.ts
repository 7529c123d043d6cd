/**
 * The power spectrum of the newest samples: a real FFT of radix 2 by one of half the length, every table and buffer made once. A window of 512
 * takes about 5 µs, of 1,024 about 11 µs (`npm run bench:hear`).
 */
import type { History } from './sound.ts'

export class Spectrum {
  readonly size: number
  /** Power by bin, 0 to size / 2; a sine of amplitude A whose frequency is a bin's gives A² / 4 there. */
  readonly power: Float64Array
  readonly #half: number
  readonly #window: Float64Array
  readonly #real: Float64Array
  readonly #imaginary: Float64Array
  readonly #cosine: Float64Array
  readonly #sine: Float64Array
  readonly #reversed: Uint16Array
  readonly #scale: number

  /** `size` is a power of two, 16 to 65,536. The window is Hann's. */
  constructor(size: number) {
    const half = size / 2
    this.size = size
    this.power = new Float64Array(half + 1)
    this.#half = half
    this.#window = Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size))
    this.#real = new Float64Array(half)
    this.#imaginary = new Float64Array(half)
    this.#cosine = Float64Array.from({ length: half }, (_, i) => Math.cos((2 * Math.PI * i) / size))
    this.#sine = Float64Array.from({ length: half }, (_, i) => Math.sin((2 * Math.PI * i) / size))
    const bits = Math.log2(half)
    this.#reversed = Uint16Array.from({ length: half }, (_, i) => {
      let reversed = 0
      for (let bit = 0; bit < bits; bit++) if (i & (1 << bit)) reversed |= 1 << (bits - 1 - bit)
      return reversed
    })
    // Hann's window takes half of the amplitude, a real sine stands half in the negative frequencies.
    this.#scale = (2 / size) ** 2
  }

  /** Of the newest `size` samples of `history`, which holds at least as many. */
  measure(history: History): void {
    const { samples, mask, total } = history
    const real = this.#real
    const imaginary = this.#imaginary
    const window = this.#window
    const reversed = this.#reversed
    const from = total - this.size
    for (let i = 0; i < this.#half; i++) {
      const to = reversed[i]!
      real[to] = samples[(from + 2 * i) & mask]! * window[2 * i]!
      imaginary[to] = samples[(from + 2 * i + 1) & mask]! * window[2 * i + 1]!
    }
    this.#transform()
    this.#unfold()
  }

  /** In place, on what lies in bit-reversed order. The tables are of `size`, so a turn of half the length takes every second entry. */
  #transform(): void {
    const half = this.#half
    const real = this.#real
    const imaginary = this.#imaginary
    const cosine = this.#cosine
    const sine = this.#sine
    for (let span = 1; span < half; span <<= 1) {
      const step = half / span
      for (let start = 0; start < half; start += span << 1) {
        for (let k = 0, turn = 0; k < span; k++, turn += step) {
          const a = start + k
          const b = a + span
          const c = cosine[turn]!
          const s = sine[turn]!
          const re = real[b]! * c + imaginary[b]! * s
          const im = imaginary[b]! * c - real[b]! * s
          real[b] = real[a]! - re
          imaginary[b] = imaginary[a]! - im
          real[a] = real[a]! + re
          imaginary[a] = imaginary[a]! + im
        }
      }
    }
  }

  /** The spectrum of the real samples out of that of even + i · odd. */
  #unfold(): void {
    const half = this.#half
    const real = this.#real
    const imaginary = this.#imaginary
    const { power } = this
    const scale = this.#scale
    power[0] = (real[0]! + imaginary[0]!) ** 2 * scale
    power[half] = (real[0]! - imaginary[0]!) ** 2 * scale
    for (let k = 1; k < half; k++) {
      const m = half - k
      const evenRe = 0.5 * (real[k]! + real[m]!)
      const evenIm = 0.5 * (imaginary[k]! - imaginary[m]!)
      const oddRe = 0.5 * (imaginary[k]! + imaginary[m]!)
      const oddIm = 0.5 * (real[m]! - real[k]!)
      const c = this.#cosine[k]!
      const s = this.#sine[k]!
      const re = evenRe + oddRe * c + oddIm * s
      const im = evenIm + oddIm * c - oddRe * s
      power[k] = (re * re + im * im) * scale
    }
  }
}
