/**
 * Mixing in linear samples: what one or several listeners hear, as the sum of what some members say. Those who hear the same share one sum and
 * one frame of octets in each law, so a listener more costs a copy and a packet. Sums are exact (int32); a sum that would not fit is turned
 * down for as long as that lasts, and what exceeds within one frame is bent, not cut, by the table that makes octets of it.
 */
import { encodeAlaw, encodeUlaw, payloadTypeOf, silenceOf } from './g711.ts'
import type { MixerInput } from './mixer-input.ts'
import { frameSamples } from './pacer.ts'

/** A sum whose peak is above is turned down to it; what still exceeds while that begins is bent. */
const limit = 28_000
/** How much of a reduction is left 20 ms later: back to full volume within about half a second. */
const release = 0.9

/** Octets of sums: index `(sum >> 3) + half`, four times full scale either way. 32 kB a law. */
const half = 16_384
type Tables = { pcma: Uint8Array; pcmu: Uint8Array }
/** For one voice, which comes out octet for octet as it went in, and for several. */
const straight: Tables = { pcma: encodeTable(encodeAlaw, itself), pcmu: encodeTable(encodeUlaw, itself) }
const soft: Tables = { pcma: encodeTable(encodeAlaw, bent), pcmu: encodeTable(encodeUlaw, bent) }

export class Mix {
  readonly inputs: readonly MixerInput[]
  isSilent = true
  readonly #sum = new Int32Array(frameSamples)
  /** Of which two the sum is (all and what is taken from it, or two voices) while it has not been added up; see `octets`. */
  #all: Int32Array | null = null
  #one: Int16Array | null = null
  #other: Int16Array | null = null
  /** More than one voice is in it, or volume is being taken back. */
  #isSum = false
  readonly #octets = { pcma: new Uint8Array(frameSamples), pcmu: new Uint8Array(frameSamples) }
  readonly #encodedAt = { pcma: 0, pcmu: 0 }
  /** What the sum is multiplied by so that it fits; 1: nothing. */
  #gain = 1
  /** The tick that `sum` is of. */
  #tick = 0

  constructor(inputs: readonly MixerInput[]) {
    this.inputs = inputs
  }

  /** Adds up; no effect when it was done in this tick already. `total`: the sum of all inputs of the room, and how many there are. */
  mix(tick: number, total: Total | null): void {
    if (this.#tick === tick) return
    this.#tick = tick
    this.#all = this.#one = this.#other = null
    if (total !== null && total.inputs.length - this.inputs.length < this.inputs.length - 1) this.#takeAway(total, tick)
    else this.#addUp()
    if (this.#gain < 1) this.#settle()
    else if (this.#isSum && this.#other === null) this.#fit()
  }

  /** This tick's samples, after `mix`; no louder than `limit` but within the frame in which that begins. */
  get sum(): Int32Array {
    if (this.#other !== null) this.#settle()
    return this.#sum
  }

  /** What all say but those whom nobody hears here. */
  #takeAway(total: Total, tick: number): void {
    const all = total.of(tick)
    this.isSilent = total.isSilent
    this.#isSum = true
    for (let n = 0; n < total.inputs.length; n++) {
      const input = total.inputs[n]!
      if (input.isSilent || this.inputs.includes(input)) continue
      if (this.#all === null) {
        this.#all = all
        this.#other = input.frame
        continue
      }
      if (this.#other !== null) difference(all, this.#other, this.#sum)
      this.#other = null
      subtract(this.#sum, input.frame)
    }
    if (this.#all === null) this.#sum.set(all)
  }

  #addUp(): void {
    const { inputs } = this
    const sum = this.#sum
    let voices = 0
    for (let n = 0; n < inputs.length; n++) {
      const input = inputs[n]!
      if (input.isSilent) continue
      voices++
      if (voices === 1) this.#one = input.frame
      else if (voices === 2) this.#other = input.frame
      else {
        if (voices === 3) addUp(this.#one!, this.#other!, sum)
        this.#other = null
        add(sum, input.frame)
      }
    }
    this.isSilent = voices === 0
    this.#isSum = voices > 1
    if (voices === 0) sum.fill(0)
    else if (voices === 1) copy(this.#one!, sum)
  }

  /** Adds up what was left for later, and makes it fit. */
  #settle(): void {
    if (this.#other !== null) {
      if (this.#all !== null) difference(this.#all, this.#other, this.#sum)
      else addUp(this.#one!, this.#other, this.#sum)
    }
    this.#other = null
    this.#fit()
  }

  /** The frame of this tick in the law of `payloadType`: holds until the next. */
  octets(payloadType: number): Uint8Array {
    const law = payloadType === payloadTypeOf.pcma ? 'pcma' : 'pcmu'
    const octets = this.#octets[law]
    if (this.#encodedAt[law] === this.#tick) return octets
    this.#encodedAt[law] = this.#tick
    if (this.isSilent) octets.fill(silenceOf[law])
    else if (this.#other === null || !this.#encodePair(law, octets)) encodeSum(this.sum, law, octets, !this.#isSum)
    return octets
  }

  /** Adds, looks how loud it is and makes octets of it in one go, which is the usual case; false: it is too loud for that. */
  #encodePair(law: 'pcma' | 'pcmu', octets: Uint8Array): boolean {
    const other = this.#other!
    const peak =
      this.#all === null
        ? encodeBoth(this.#one!, other, soft[law], octets)
        : encodeLess(this.#all, other, soft[law], octets)
    return peak < limit
  }

  /** Loud talkers together are turned down at once and come back slowly: no edge is cut off. */
  #fit(): void {
    const sum = this.#sum
    const before = this.#gain
    const peak = peakOf(sum)
    if (before === 1 && peak <= limit) return
    const relaxed = before < 1 ? 1 - (1 - before) * release : 1
    const needed = peak * relaxed > limit ? limit / peak : relaxed
    this.#gain = needed > 0.999 ? 1 : needed
    if (before === 1 && this.#gain === 1) return
    const step = (this.#gain - before) / frameSamples
    const gain = this.#gain
    // Turning down is done within 5 ms, coming back takes all of the frame.
    const slope = step < 0 ? step * 4 : step
    for (let i = 0; i < frameSamples; i++) {
      const moved = before + slope * (i + 1)
      sum[i] = sum[i]! * (slope < 0 ? Math.max(gain, moved) : Math.min(gain, moved))
    }
  }
}

/** The sum of all that is said in a room, for those who hear nearly all of it. */
export class Total {
  readonly inputs: readonly MixerInput[]
  readonly #sum = new Int32Array(frameSamples)
  #tick = 0
  isSilent = true

  constructor(inputs: readonly MixerInput[]) {
    this.inputs = inputs
  }

  of(tick: number): Int32Array {
    if (this.#tick === tick) return this.#sum
    this.#tick = tick
    this.#sum.fill(0)
    this.isSilent = true
    for (const input of this.inputs) {
      if (input.isSilent) continue
      add(this.#sum, input.frame)
      this.isSilent = false
    }
    return this.#sum
  }
}

/** From what was heard to what will be heard, within one frame: what both have in common goes on as if nothing were. */
export function crossfade(from: Int32Array, to: Int32Array, into: Int32Array): void {
  for (let i = 0; i < frameSamples; i++) {
    const share = (i + 1) / frameSamples
    into[i] = from[i]! * (1 - share) + to[i]! * share
  }
}

/** Sums as octets, in place of `into[0, 160)`; `isOneVoice`: nothing needs to be bent. */
export function encodeSum(sum: Int32Array, law: 'pcma' | 'pcmu', into: Uint8Array, isOneVoice = false): void {
  const table = (isOneVoice ? straight : soft)[law]
  for (let i = 0; i < frameSamples; i++) {
    const index = (sum[i]! >> 3) + half
    into[i] = table[index < 0 ? 0 : index >= 2 * half ? 2 * half - 1 : index]!
  }
}

/** What both say, as octets; answers the peak. */
function encodeBoth(one: Int16Array, other: Int16Array, table: Uint8Array, into: Uint8Array): number {
  let most = 0
  for (let i = 0; i < frameSamples; i++) {
    const sum = one[i]! + other[i]!
    const magnitude = sum ^ (sum >> 31)
    if (magnitude > most) most = magnitude
    into[i] = table[(sum >> 3) + half]! // two voices are always within the table
  }
  return most
}

/** What all say but one, as octets; answers the peak. */
function encodeLess(all: Int32Array, one: Int16Array, table: Uint8Array, into: Uint8Array): number {
  let most = 0
  for (let i = 0; i < frameSamples; i++) {
    const sum = all[i]! - one[i]!
    const magnitude = sum ^ (sum >> 31)
    if (magnitude > most) most = magnitude
    into[i] = table[((sum >> 3) + half) & (2 * half - 1)]! // what is outside is too loud, and made anew
  }
  return most
}

/** `set` between kinds of arrays is slower than this. */
function copy(one: Int16Array, sum: Int32Array): void {
  for (let i = 0; i < frameSamples; i++) sum[i] = one[i]!
}

function difference(all: Int32Array, one: Int16Array, sum: Int32Array): void {
  for (let i = 0; i < frameSamples; i++) sum[i] = all[i]! - one[i]!
}

function addUp(one: Int16Array, other: Int16Array, sum: Int32Array): void {
  for (let i = 0; i < frameSamples; i++) sum[i] = one[i]! + other[i]!
}

function add(sum: Int32Array, frame: Int16Array): void {
  for (let i = 0; i < frameSamples; i++) sum[i] = sum[i]! + frame[i]!
}

function subtract(sum: Int32Array, frame: Int16Array): void {
  for (let i = 0; i < frameSamples; i++) sum[i] = sum[i]! - frame[i]!
}

function peakOf(sum: Int32Array): number {
  let most = 0
  for (let i = 0; i < frameSamples; i++) {
    const magnitude = Math.abs(sum[i]!)
    if (magnitude > most) most = magnitude
  }
  return most
}

function encodeTable(encode: (sample: number) => number, shape: (sum: number) => number): Uint8Array {
  return Uint8Array.from({ length: 2 * half }, (_, index) => encode(shape((index - half) << 3)))
}

function itself(sum: number): number {
  return Math.max(-32_768, Math.min(32_767, sum))
}

/** Straight up to the limit, then ever flatter towards full scale. */
function bent(sum: number): number {
  const magnitude = Math.abs(sum)
  if (magnitude <= limit) return sum
  const over = (magnitude - limit) / (32_767 - limit)
  const bentMagnitude = Math.round(limit + (32_767 - limit) * Math.tanh(over))
  return sum < 0 ? -bentMagnitude : bentMagnitude
}
