/**
 * A line's sound as bursts and pauses, each with its length and, where it is a tone, its frequencies. Lengths are taken from the loudness of
 * blocks of 10 ms; frequencies from windows of 64 ms that lie wholly within a burst, so that 40 Hz apart are still two.
 */
import { dbm0, frameSamples, type History, rateHz, silentDbm0 } from './sound.ts'
import { Spectrum } from './spectrum.ts'

const windowSamples = 512
const windowMs = 64
const binHz = rateHz / windowSamples
const blockSamples = 80
const blockMs = 10
/** Weaker is no tone meant for an ear. */
const quietDbm0 = -43
/** Below the loudest of late by this much, a block is a pause: deeper than the beat of 400 and 450 Hz, or a modulation of 25 Hz. */
const pauseDb = 15
/** What was loud is forgotten by 2 dB a second. */
const forgetDb = (2 * blockMs) / 1000
/** A shorter pause is a hole: two lost packets. No tone has one of less than 90 ms. */
const holeMsMax = 50
/** How many bursts and pauses are remembered: two cycles of the longest cadence. */
export const burstsMax = 20

export type Burst = {
  isOn: boolean
  ms: number
  /** It was under way when listening began: its length says nothing. */
  isCut: boolean
  /** 0: no tone, or shorter than a window. The weaker of two tones may be 0 too. */
  hz: number
  otherHz: number
  /** The share of its power that lies in these tones. */
  tonal: number
}

export class Bursts {
  /** Of the newest frame. `share` is that of its one or two strongest frequencies within the power of 64 ms; 0 in a pause. */
  hz = 0
  otherHz = 0
  share = 0
  level = silentDbm0
  /** Frames whose window has a burst's edge in it have `isInner` false. */
  isInner = false
  nowMs = 0
  /** Completed ones; the last is `burst(1)`. What goes on now is `current`. */
  completed = 0
  readonly current: Burst = blank()
  readonly #ring: Burst[] = Array.from({ length: burstsMax }, blank)
  readonly #spectrum = new Spectrum(windowSamples)
  #loudest = silentDbm0
  /** Quiet since, within a burst. */
  #holeMs = 0
  #low = 0
  #lowOther = 0
  #shares = 0
  #windows = 0
  #twos = 0

  constructor() {
    this.current.isCut = true
  }

  /** The `back`-th completed burst or pause, 1 being the newest; undefined when it is forgotten or was never. */
  burst(back: number): Burst | undefined {
    if (back < 1 || back > Math.min(this.completed, burstsMax)) return undefined
    return this.#ring[(this.completed - back) % burstsMax]
  }

  /** `history` has this frame as its newest. */
  push(frame: Int16Array, history: History): void {
    let loudest = silentDbm0
    for (let from = 0; from + blockSamples <= frameSamples; from += blockSamples) {
      const level = levelOf(frame, from)
      if (level > loudest) loudest = level
      this.#block(level)
    }
    this.level = loudest
    this.hz = this.otherHz = this.share = 0
    this.isInner = this.current.isOn && this.current.ms >= windowMs
    if (!this.current.isOn || history.total < windowSamples) return
    this.#look(history)
    if (this.isInner) this.#sum()
  }

  #block(level: number): void {
    this.#loudest = Math.max(level, this.#loudest - forgetDb)
    const { current } = this
    const bound = Math.max(quietDbm0, this.#loudest - pauseDb)
    const isOn = current.isOn ? level > bound - 2 : level > bound
    if (this.nowMs === 0) current.isOn = isOn
    if (current.isOn && !isOn) {
      this.#holeMs += blockMs
      if (this.#holeMs >= holeMsMax) {
        this.#turn(false)
        current.ms = this.#holeMs - blockMs
        this.#holeMs = 0
      }
    } else {
      if (!current.isOn && isOn) this.#turn(true)
      current.ms += this.#holeMs
      this.#holeMs = 0
    }
    if (this.#holeMs === 0) current.ms += blockMs
    this.nowMs += blockMs
  }

  #turn(isOn: boolean): void {
    this.#settle()
    const kept = this.#ring[this.completed % burstsMax]!
    const { current } = this
    kept.isOn = current.isOn
    kept.ms = current.ms
    kept.isCut = current.isCut
    kept.hz = current.hz
    kept.otherHz = current.otherHz
    kept.tonal = current.tonal
    this.completed++
    current.isOn = isOn
    current.isCut = false
    current.ms = current.hz = current.otherHz = current.tonal = 0
    this.#low = this.#lowOther = this.#shares = this.#windows = this.#twos = 0
  }

  /** What the windows of the current burst said together. Two tones are two where most windows saw two. */
  #settle(): void {
    const { current } = this
    if (this.#windows === 0) return
    const areTwo = this.#twos * 2 > this.#windows
    current.tonal = this.#shares / this.#windows
    current.hz = areTwo ? this.#low / this.#twos : this.#low / this.#windows
    current.otherHz = areTwo ? this.#lowOther / this.#twos : 0
  }

  #sum(): void {
    const isTwo = this.otherHz > 0
    if (isTwo && this.#twos === 0) this.#low = 0
    if (isTwo) {
      this.#twos++
      this.#low += Math.min(this.hz, this.otherHz)
      this.#lowOther += Math.max(this.hz, this.otherHz)
    } else if (this.#twos === 0) this.#low += this.hz
    this.#windows++
    this.#shares += this.share
    this.#settle()
  }

  /** The one or two strongest frequencies, and what share of the power is theirs. */
  #look(history: History): void {
    const spectrum = this.#spectrum
    spectrum.measure(history)
    const { power } = spectrum
    const last = windowSamples / 2 - 2
    let total = 0
    let first = 2
    for (let bin = 2; bin <= last; bin++) {
      total += power[bin]!
      if (power[bin]! > power[first]!) first = bin
    }
    if (total <= 0) return
    let second = 0
    for (let bin = 3; bin < last; bin++) {
      if (bin >= first - 1 && bin <= first + 1) continue
      const isPeak = power[bin]! > power[bin - 1]! && power[bin]! >= power[bin + 1]!
      if (isPeak && (second === 0 || power[bin]! > power[second]!)) second = bin
    }
    let tones = 0
    for (let bin = Math.max(2, first - 2); bin <= Math.min(last, first + 2); bin++) tones += power[bin]!
    this.hz = refine(power, first)
    if (second > 0 && power[second]! > power[first]! * 0.06) {
      for (let bin = second - 2; bin <= second + 2; bin++) if (Math.abs(bin - first) > 2) tones += power[bin] ?? 0
      this.otherHz = refine(power, second)
    }
    this.share = tones / total
  }
}

/** Hann's window: the ratio of two neighbours tells where between them the tone lies, to a hertz or two. */
function refine(power: Float64Array, bin: number): number {
  const here = Math.sqrt(power[bin]!)
  const below = Math.sqrt(power[bin - 1] ?? 0)
  const above = Math.sqrt(power[bin + 1] ?? 0)
  const isAbove = above > below
  const ratio = (isAbove ? above : below) / (here || 1)
  const shift = (2 * ratio - 1) / (ratio + 1)
  return (bin + (isAbove ? shift : -shift)) * binHz
}

function levelOf(frame: Int16Array, from: number): number {
  let sum = 0
  for (let i = from; i < from + blockSamples; i++) sum += frame[i]! * frame[i]!
  return dbm0(sum / blockSamples)
}

function blank(): Burst {
  return { isOn: false, ms: 0, isCut: false, hz: 0, otherHz: 0, tonal: 0 }
}
