/**
 * Digits as tones in the sound (ITU-T Q.23, Q.24), for trunks whose far end has no telephone events (RFC 4733). Goertzel's filter over windows
 * of 20 ms, every 10 ms. What tells a digit from a voice: both tones are there in the right balance, next to nothing else is, and their
 * phase goes on from window to window as only that frequency's does, which voices do not keep up for 30 ms.
 */
import { amplitudeOf, frameSamples, rateHz } from './sound.ts'

const rowsHz = [697, 770, 852, 941]
const columnsHz = [1209, 1336, 1477, 1633]
const digits = ['123A', '456B', '789C', '*0#D']

const windowSamples = frameSamples
const hopSamples = 80
/** Q.24: what is weaker than this, per tone, is no digit; -36 dBm0 is heard. */
const weakestDbm0 = -39
/** The column may be weaker by 8 dB and stronger by 4 (Q.24 allows administrations 4 to 9; SpanDSP and Bell use these). */
const twist = { columnWeakerDb: 8, columnStrongerDb: 4 }
/** The tone over the next of its group: 8 dB. */
const aboveNext = 10 ** 0.8
/** Of the window's power, the two tones': 15 dB above noise leaves 0.97, a hole in a lost packet's place less. */
const shareMin = 0.83
/** Q.24: 1.5 % off is heard, 3.5 % is not. */
const offMax = 0.02
/** Windows that agree until a digit is one: with 40 ms there are always two, and the third may be its end. */
const agreeMin = 2
/** Windows without it that end a digit: a dropped packet spoils up to five and is no pause, 40 ms spoil six. */
const endMin = 6

export class InBandDigits {
  /** The digit last heard. */
  digit = ''
  readonly #tail = new Float64Array(windowSamples)
  readonly #cosines = [...rowsHz, ...columnsHz].map(hz => 2 * Math.cos((2 * Math.PI * hz) / rateHz))
  readonly #power = new Float64Array(8)
  readonly #phase = new Float64Array(8)
  readonly #phaseBefore = new Float64Array(8)
  #candidate = -1
  #agreed = 0
  #held = -1
  #without = 0

  /** After each frame; true when a digit begins that was not there before. */
  push(frame: Int16Array): boolean {
    let begins = false
    for (let from = 0; from + hopSamples <= frame.length; from += hopSamples) {
      this.#tail.copyWithin(0, hopSamples)
      for (let i = 0; i < hopSamples; i++) this.#tail[windowSamples - hopSamples + i] = frame[from + i]!
      if (this.#decide(this.#window())) begins = true
    }
    return begins
  }

  /** A digit is told once, however long it is pressed. */
  #decide(key: number): boolean {
    if (this.#held >= 0 && key !== this.#held) {
      if (++this.#without >= endMin) this.#held = -1
    } else this.#without = 0
    this.#agreed = key >= 0 && key === this.#candidate ? this.#agreed + 1 : key >= 0 ? 1 : 0
    this.#candidate = key
    if (this.#agreed < agreeMin || key === this.#held) return false
    this.#held = key
    this.#without = 0
    this.digit = digits[key >> 2]![key & 3]!
    return true
  }

  /** The key whose two tones this window is, 0 to 15, or -1. */
  #window(): number {
    const tail = this.#tail
    let energy = 0
    for (let i = 0; i < windowSamples; i++) energy += tail[i]! * tail[i]!
    const power = this.#power
    this.#phaseBefore.set(this.#phase)
    if (energy < weakest * windowSamples) {
      this.#phase.fill(Number.NaN)
      return -1
    }
    for (let tone = 0; tone < 8; tone++) this.#measure(tone)
    const row = strongest(power, 0)
    const column = strongest(power, 4)
    const rowOff = this.#off(row)
    const columnOff = this.#off(column)
    if (!(rowOff <= offMaxOf(row) && columnOff <= offMaxOf(column))) return -1
    const low = power[row]! / seen(rowOff)
    const high = power[column]! / seen(columnOff)
    if (low < weakest || high < weakest) return -1
    if (high < low * weakerMin || high > low * strongerMax) return -1
    if ((low + high) * windowSamples < energy * shareMin) return -1
    if (!isAbove(power, 0, row) || !isAbove(power, 4, column)) return -1
    return row * 4 + (column - 4)
  }

  /** Mean square of the tone of this frequency within the window, and its phase at the window's end. */
  #measure(tone: number): void {
    const tail = this.#tail
    const coefficient = this.#cosines[tone]!
    let last = 0
    let before = 0
    for (let i = 0; i < windowSamples; i++) {
      const next = tail[i]! + coefficient * last - before
      before = last
      last = next
    }
    const re = last - (before * coefficient) / 2
    const im = before * sines[tone]!
    this.#power[tone] = (2 * (re * re + im * im)) / (windowSamples * windowSamples)
    this.#phase[tone] = Math.atan2(im, re)
  }

  /** How far the tone is off, in cycles of 10 ms, from how its phase went on; NaN where there was none before. */
  #off(tone: number): number {
    const went = (this.#phase[tone]! - this.#phaseBefore[tone]!) / (2 * Math.PI) - cyclesOf(tone)
    return Math.abs(went - Math.round(went))
  }
}

function cyclesOf(tone: number): number {
  return ((tone < 4 ? rowsHz[tone]! : columnsHz[tone - 4]!) * hopSamples) / rateHz
}

function offMaxOf(tone: number): number {
  return cyclesOf(tone) * offMax + phaseNoise
}

/** The share of its power that the filter sees of a tone this far off: the square of sin x / x. */
function seen(off: number): number {
  const x = (Math.PI * off * windowSamples) / hopSamples
  return x === 0 ? 1 : (Math.sin(x) / x) ** 2
}

const sines = [...rowsHz, ...columnsHz].map(hz => Math.sin((2 * Math.PI * hz) / rateHz))
const weakest = amplitudeOf(weakestDbm0) ** 2 / 2
const weakerMin = 10 ** (-twist.columnWeakerDb / 10) * 0.9
const strongerMax = 10 ** (twist.columnStrongerDb / 10) * 1.1
/** Of a cycle: what noise 15 dB below does to a phase, and the other tone's leakage. */
const phaseNoise = 0.03

function strongest(power: Float64Array, from: number): number {
  let best = from
  for (let tone = from + 1; tone < from + 4; tone++) if (power[tone]! > power[best]!) best = tone
  return best
}

function isAbove(power: Float64Array, from: number, best: number): boolean {
  for (let tone = from; tone < from + 4; tone++) {
    if (tone !== best && power[tone]! * aboveNext > power[best]!) return false
  }
  return true
}
