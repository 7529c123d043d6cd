/** What every ear here is fed with: 16-bit linear samples at 8 kHz, in frames of 20 ms; and how loud they are. */
export const rateHz = 8000
export const frameSamples = 160
export const frameMs = 20
export const samplesPerMs = 8

/** ITU-T G.711 section 5: a full-scale sine is +3.14 dBm0 in A-law (+3.17 in µ-law). */
const fullScaleDbm0 = 3.14
/** Mean square of a full-scale sine. */
const fullScalePower = 32767 ** 2 / 2
/** What silence is said to be: -90 dBm0, far below G.711's own noise. */
export const silentDbm0 = -90

/** Mean square of samples → dBm0. */
export function dbm0(meanSquare: number): number {
  const level = 10 * Math.log10(meanSquare / fullScalePower) + fullScaleDbm0
  return level > silentDbm0 ? level : silentDbm0
}

/** Amplitude of a sine at this level, in samples. */
export function amplitudeOf(level: number): number {
  return 32767 * 10 ** ((level - fullScaleDbm0) / 20)
}

/** The last `size` samples, whatever the frames they came in: `size` is a power of two. */
export class History {
  readonly samples: Float64Array
  readonly mask: number
  /** Samples pushed since the start; the next goes to `total & mask`. */
  total = 0

  constructor(size: number) {
    this.samples = new Float64Array(size)
    this.mask = size - 1
  }

  push(frame: Int16Array): void {
    const { samples, mask } = this
    let at = this.total
    for (let i = 0; i < frame.length; i++) samples[at++ & mask] = frame[i]!
    this.total = at
  }
}
