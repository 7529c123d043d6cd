/**
 * How long something lasts (a talk, a wrap-up), learned while it happens: a life table (Kaplan and Meier 1958) over bins of age, in which
 * what is still going on counts as having lasted so far, and old outcomes are forgotten at the pace at which new ones come.
 */

/** Ages are kept up to an hour; what lasts longer is as at its end. */
const ageMaxS = 3_600
/** Edges of the bins, in seconds: as fine as half a second where most talks end, 8 % of the age further on. */
const edges: readonly number[] = binEdges()
const bins = edges.length - 1
const binOfHalfSecond = binTable()

/** Outcomes that the belief before the first one weighs as much as, per bin. */
const priorWeight = 2

export class DurationLaw {
  readonly #ended = new Float64Array(bins)
  readonly #exposed = new Float64Array(bins)
  readonly #atRisk = new Float64Array(bins + 1)
  readonly #partly = new Float64Array(bins)
  /** Cumulative hazard at each half second of age. */
  readonly #hazard = new Float64Array(ageMaxS * 2 + 1)
  readonly #priorHazard: number
  #weight = 1
  #count = 0

  /** `priorMs`: what is believed before anything has ended; better too long than too short. */
  constructor(priorMs: number) {
    this.#priorHazard = 1000 / priorMs
    this.refresh([])
  }

  /** Outcomes seen, forgotten ones included. */
  get count(): number {
    return this.#count
  }

  /** One has ended after `ms`; about the last `memory` outcomes count. */
  learn(ms: number, memory: number): void {
    const s = Math.min(ms / 1000, ageMaxS - 0.5)
    const last = binOf(s)
    const w = this.#weight
    for (let bin = 0; bin < last; bin++) this.#exposed[bin]! += w * (edges[bin + 1]! - edges[bin]!)
    this.#exposed[last]! += w * (s - edges[last]!)
    this.#ended[last]! += w
    this.#count++
    this.#weight *= 1 + 1 / memory
    if (this.#weight > 1e9) this.#rescale()
  }

  /** Works out the law anew, with `agesMs` of those that are going on now. */
  refresh(agesMs: ArrayLike<number>, count = agesMs.length): void {
    const atRisk = this.#atRisk
    atRisk.fill(0)
    this.#partly.fill(0)
    for (let i = 0; i < count; i++) {
      const s = Math.min(agesMs[i]! / 1000, ageMaxS - 0.5)
      const bin = binOf(s)
      atRisk[bin]!++
      this.#partly[bin]! += s - edges[bin]!
    }
    for (let bin = bins - 1; bin >= 0; bin--) atRisk[bin]! += atRisk[bin + 1]!
    let sum = 0
    let at = 1
    for (let bin = 0; bin < bins; bin++) {
      const width = edges[bin + 1]! - edges[bin]!
      const exposure = this.#exposed[bin]! / this.#weight + atRisk[bin + 1]! * width + this.#partly[bin]!
      const prior = priorWeight / Math.max(1, 1 + this.#count / 20)
      const rate = (this.#ended[bin]! / this.#weight + prior * this.#priorHazard * width) / (exposure + prior * width)
      for (; at <= edges[bin + 1]! * 2; at++) {
        sum += rate / 2
        this.#hazard[at] = sum
      }
    }
  }

  /** The chance that what has lasted `ageS` seconds ends within `withinS` more. */
  endsWithin(ageS: number, withinS: number): number {
    return 1 - Math.exp(this.#hazardAt(ageS) - this.#hazardAt(ageS + withinS))
  }

  /** The same for `steps` times each further on than the last by `stepS`, into `into`. */
  endsWithinSteps(ageS: number, stepS: number, steps: number, into: Float64Array): void {
    const now = this.#hazardAt(ageS)
    for (let step = 0; step < steps; step++) into[step] = 1 - Math.exp(now - this.#hazardAt(ageS + (step + 1) * stepS))
  }

  #hazardAt(s: number): number {
    const at = s * 2
    const whole = at | 0
    if (whole >= ageMaxS * 2) {
      const last = ageMaxS * 2
      return this.#hazard[last]! + (at - last) * (this.#hazard[last]! - this.#hazard[last - 1]!)
    }
    const low = this.#hazard[whole]!
    return low + (at - whole) * (this.#hazard[whole + 1]! - low)
  }

  #rescale(): void {
    for (let bin = 0; bin < bins; bin++) {
      this.#ended[bin]! /= this.#weight
      this.#exposed[bin]! /= this.#weight
    }
    this.#weight = 1
  }
}

function binOf(s: number): number {
  return binOfHalfSecond[(s * 2) | 0]!
}

function binEdges(): number[] {
  const edges = [0]
  for (let s = 0; s < ageMaxS; ) {
    s = Math.min(ageMaxS, Math.round((s + Math.max(1, s * 0.08)) * 2) / 2)
    edges.push(s)
  }
  return edges
}

function binTable(): Uint16Array {
  const table = new Uint16Array(ageMaxS * 2 + 1)
  let bin = 0
  for (let half = 0; half < table.length; half++) {
    if (half / 2 >= edges[bin + 1]! && bin < bins - 1) bin++
    table[half] = bin
  }
  return table
}
