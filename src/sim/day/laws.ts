/** What chance decides about a call and an agent, by the laws of a scenario. Durations in whole ms, instants in seconds of the day. */
import type { Random } from '../../lib/random.ts'
import { logNormal, pickWeighted } from '../distribution.ts'
import type { Scenario } from './scenario.ts'

/** Nobody answers before the telephone has rung for a second, or in the last moment of the ring limit. */
const answeredRingMinMs = 1000
const beforeLimitMs = 100
const drawsMax = 50

export type Fate = { answers: true; ringMs: number } | { answers: false; ringMs: number; ringsOut: boolean }

export class Laws {
  readonly #scenario: Scenario
  readonly #random: Random
  readonly #steps: { atS: number; value: number }[]
  readonly #talkSteps: { atS: number; factor: number }[]
  readonly #waves: Float64Array

  constructor(scenario: Scenario, random: Random) {
    this.#scenario = scenario
    this.#random = random
    this.#steps = scenario.answerProbabilitySteps.toSorted((a, b) => a.atS - b.atS)
    this.#talkSteps = scenario.talkSteps.toSorted((a, b) => a.atS - b.atS)
    const { answerWaves, hours } = scenario
    const waves = answerWaves === undefined ? 0 : Math.ceil((hours * 3600) / answerWaves.periodS) + 1
    this.#waves = Float64Array.from({ length: waves }, () => logNormal(1, answerWaves!.cv, random))
  }

  /** What becomes of the `nth` lead (from 0) that is dialled at `atS`. */
  fate(atS: number, nth: number): Fate {
    const { answeredRingMs, unanswered, ringMs } = this.#scenario
    if (this.#random() < this.answerProbability(atS, nth)) {
      const most = Math.max(answeredRingMinMs, ringMs - beforeLimitMs)
      const ring = within(
        () => logNormal(answeredRingMs.mean, answeredRingMs.cv, this.#random),
        answeredRingMinMs,
        most,
      )
      return { answers: true, ringMs: Math.round(ring) }
    }
    const part = pickWeighted(unanswered, this.#random)
    if ('ringOut' in part) return { answers: false, ringMs, ringsOut: true }
    const ring = Math.round(logNormal(part.mean, part.cv, this.#random))
    return { answers: false, ringMs: Math.min(ring, ringMs), ringsOut: ring >= ringMs }
  }

  answerProbability(atS: number, nth: number): number {
    let p = this.#scenario.answerProbability
    for (const step of this.#steps) if (step.atS <= atS) p = step.value
    p = Math.min(1, p * this.#quality(nth))
    const { answerWaves } = this.#scenario
    if (answerWaves === undefined || p >= 1) return p
    const odds = (p / (1 - p)) * (this.#waves[Math.floor(atS / answerWaves.periodS)] ?? 1)
    return odds / (1 + odds)
  }

  talkMs(atS: number): number {
    const part = pickWeighted(this.#scenario.talkMs, this.#random)
    let factor = 1
    for (const step of this.#talkSteps) if (step.atS <= atS) factor = step.factor
    return Math.round(factor * logNormal(part.mean, part.cv, this.#random))
  }

  wrapMs(): number {
    return Math.round(logNormal(this.#scenario.wrapMs.mean, this.#scenario.wrapMs.cv, this.#random))
  }

  lookMs(): number {
    return Math.round(logNormal(this.#scenario.lookMs.mean, this.#scenario.lookMs.cv, this.#random))
  }

  /** How long a customer who was answered waits. */
  patienceMs({ mean, cv }: { mean: number; cv: number }): number {
    return Math.round(logNormal(mean, cv, this.#random))
  }

  #quality(nth: number): number {
    const { listQuality } = this.#scenario
    let end = 0
    for (const list of listQuality) {
      end += list.leads
      if (nth < end) return list.factor
    }
    return listQuality.at(-1)?.factor ?? 1
  }
}

/** A draw that lies within the bounds: drawn again when it does not, and put at the nearer bound when the law hardly ever does. */
function within(draw: () => number, least: number, most: number): number {
  let value = draw()
  for (let n = 1; n < drawsMax && (value < least || value > most); n++) value = draw()
  return Math.min(Math.max(value, least), most)
}
