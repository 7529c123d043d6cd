/**
 * What is to be expected of each agent and of each ringing call by its age, as tables that are worked out every few seconds: a look at a
 * floor of 500 agents and 2,000 lines then counts ages and reads a row for each age that occurs.
 */
import type { Ages } from './ages.ts'
import type { AnswerLaw } from './answers.ts'
import type { DurationLaw } from './durations.ts'

/** So long may an answered call wait for an agent (Ofcom, FTC: 2 s). */
export const graceS = 2
/** Instants at which a call dialled now may be answered, each as likely as the others. */
export const points = 6

/** Sums of independent yes-or-no outcomes, by horizon. */
export class Tally {
  readonly mean = new Float64Array(points)
  readonly variance = new Float64Array(points)
  readonly skew = new Float64Array(points)

  start(mean: number): void {
    this.mean.fill(mean)
    this.variance.fill(0)
    this.skew.fill(0)
  }

  /** `count` outcomes that come true with chance `p` by horizon `q`; each makes one agent more (1) or less (-1). */
  add(q: number, p: number, count: number, sign: 1 | -1): void {
    const spread = count * p * (1 - p)
    this.mean[q]! += sign * count * p
    this.variance[q]! += spread
    this.skew[q]! += sign * spread * (1 - 2 * p)
  }
}

export class Prospects {
  /** When a call dialled now would be answered, s. */
  horizons: number[] = []
  /** Chance that a call dialled now has been answered, by horizon. */
  readonly perNew = new Float64Array(points)
  /** A row of each age, worked out when it is first read after a refresh: most ages do not occur. */
  readonly #talkFree = new Float64Array(ageGrid.length * points)
  readonly #wrapFree = new Float64Array(ageGrid.length * points)
  readonly #talkKnown = new Uint8Array(ageGrid.length)
  readonly #wrapKnown = new Uint8Array(ageGrid.length)
  /** Chance that a wrap-up begun in this part of a horizon is over by its end. */
  readonly #wrapped = new Float64Array(points * parts)
  readonly #ended = new Float64Array(parts)
  #talk: DurationLaw | null = null
  #wrap: DurationLaw | null = null
  readonly #answered = new Float64Array(ringBins * points)
  readonly #talking = new Uint32Array(ageGrid.length)
  readonly #wrapping = new Uint32Array(ageGrid.length)
  readonly #ringing = new Uint32Array(ringBins)

  refresh(answers: AnswerLaw, talk: DurationLaw, wrap: DurationLaw): void {
    this.horizons = answers.answerAges(points)
    this.#talk = talk
    this.#wrap = wrap
    this.#talkKnown.fill(0)
    this.#wrapKnown.fill(0)
    for (let q = 0; q < points; q++) {
      const horizon = this.horizons[q]!
      const within = horizon + graceS
      const step = within / parts
      this.perNew[q] = answers.answeredWithin(0, horizon)
      for (let part = 0; part < parts; part++)
        this.#wrapped[q * parts + part] = wrap.endsWithin(0, within - (part + 0.5) * step)
      for (let bin = 0; bin < ringBins; bin++)
        this.#answered[bin * points + q] = answers.answeredWithin((bin + 0.5) * ringBinS, horizon)
    }
  }

  /** Agents who will be free in time, by horizon. The laws are those of the last refresh. */
  addAgents(tally: Tally, talking: Ages, wrapping: Ages): void {
    const talks = count(talking, this.#talking, ageIndex)
    const wraps = count(wrapping, this.#wrapping, ageIndex)
    for (let a = 0; a < ageGrid.length; a++) {
      if (talks[a]! > 0 && this.#talkKnown[a] === 0) this.#fillTalk(a)
      if (wraps[a]! > 0 && this.#wrapKnown[a] === 0) this.#fillWrap(a)
    }
    addByAge(tally, this.#talkFree, talks, 1)
    addByAge(tally, this.#wrapFree, wraps, 1)
  }

  #fillTalk(a: number): void {
    this.#talkKnown[a] = 1
    for (let q = 0; q < points; q++) {
      const step = (this.horizons[q]! + graceS) / parts
      let sum = 0
      let before = 0
      this.#talk?.endsWithinSteps(ageGrid[a]!, step, parts, this.#ended)
      for (let part = 0; part < parts; part++) {
        const ended = this.#ended[part]!
        sum += (ended - before) * this.#wrapped[q * parts + part]!
        before = ended
      }
      this.#talkFree[a * points + q] = sum
    }
  }

  #fillWrap(a: number): void {
    this.#wrapKnown[a] = 1
    for (let q = 0; q < points; q++)
      this.#wrapFree[a * points + q] = this.#wrap?.endsWithin(ageGrid[a]!, this.horizons[q]! + graceS) ?? 0
  }

  /** Answers that come first, by horizon. */
  addRinging(tally: Tally, ringing: Ages): void {
    addByAge(tally, this.#answered, count(ringing, this.#ringing, ringIndex), -1)
  }
}

function count(ages: Ages, counts: Uint32Array, index: (s: number) => number): Uint32Array {
  counts.fill(0)
  for (let i = 0; i < ages.length; i++) counts[index(ages.ms[i]! / 1000)]!++
  return counts
}

function addByAge(tally: Tally, table: Float64Array, counts: Uint32Array, sign: 1 | -1): void {
  for (let at = 0; at < counts.length; at++) {
    const n = counts[at]!
    if (n > 0) for (let q = 0; q < points; q++) tally.add(q, table[at * points + q]!, n, sign)
  }
}

/** Steps in which the end of a talk and then of its wrap-up are put together. */
const parts = 10
/** A phone rings two minutes at most. */
const ringBinS = 0.5
const ringBins = 248
/** Ages in seconds at which the tables of talks and wrap-ups are worked out; an hour and more are one. */
const ageGrid: number[] = []
for (let s = 0; s < 3_600; s += Math.max(1, s * 0.05)) ageGrid.push(s)
const ageOf = new Uint16Array(3_600)
for (let s = 0, a = 0; s < ageOf.length; s++) {
  while (a < ageGrid.length - 1 && Math.abs(ageGrid[a + 1]! - s - 0.5) < Math.abs(ageGrid[a]! - s - 0.5)) a++
  ageOf[s] = a
}

function ageIndex(s: number): number {
  return ageOf[Math.max(0, Math.min(3_599, s | 0))]!
}

function ringIndex(s: number): number {
  return Math.max(0, Math.min(ringBins - 1, (s / ringBinS) | 0))
}
