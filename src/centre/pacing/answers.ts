/**
 * What becomes of a call that rings, by its age since it was dialled: answered by a live person, or over without. Two risks compete
 * (Prentice et al. 1978), each learned as outcomes per time at risk; old outcomes are forgotten at the pace at which new ones come.
 */

const binS = 0.5
/** A phone rings two minutes at most (the campaign's limit). */
const ageMaxS = 124
const bins = ageMaxS / binS
/** Outcomes of the belief before the first one: answered often, so that the first minutes are careful. */
const priorCount = 8
const priorAnswered = 0.6

export class AnswerLaw {
  readonly #answered = new Float64Array(bins)
  readonly #over = new Float64Array(bins)
  readonly #withdrawn = new Float64Array(bins)
  readonly #atRisk = new Float64Array(bins + 1)
  /** Share still ringing, and share answered, by age; steps of `binS`. */
  readonly #ringing = new Float64Array(bins + 1)
  readonly #answeredBy = new Float64Array(bins + 1)
  #weight = 1
  #count = 0

  constructor() {
    for (let bin = 0; bin < 60; bin++) {
      this.#answered[bin] = (priorCount * priorAnswered) / 60
      this.#over[bin] = (priorCount * (1 - priorAnswered)) / 60
    }
    this.refresh([])
  }

  get count(): number {
    return this.#count
  }

  /** The chance that a call just dialled is answered. */
  get chance(): number {
    return this.#answeredBy[bins]!
  }

  /** A call was over after ringing for `ms`; about the last `memory` outcomes count. */
  learn(ms: number, answered: boolean, memory: number): void {
    if (answered) this.#answered[binOf(ms)]! += this.#weight
    else this.#over[binOf(ms)]! += this.#weight
    this.#count++
    this.#weight *= 1 + 1 / memory
    if (this.#weight > 1e9) this.#rescale()
  }

  /** We withdrew a call after `ms`: nobody knows what would have come of it, but until then it was not answered. */
  learnWithdrawn(ms: number): void {
    this.#withdrawn[binOf(ms)]! += this.#weight
  }

  /** Works out the law anew, with `agesMs` of the calls that ring now. */
  refresh(agesMs: ArrayLike<number>, count = agesMs.length): void {
    const atRisk = this.#atRisk
    atRisk.fill(0)
    for (let i = 0; i < count; i++) atRisk[binOf(agesMs[i]!)]! += this.#weight
    for (let bin = bins - 1; bin >= 0; bin--)
      atRisk[bin]! += atRisk[bin + 1]! + this.#answered[bin]! + this.#over[bin]! + this.#withdrawn[bin]!
    let ringing = 1
    let answered = 0
    this.#ringing[0] = 1
    this.#answeredBy[0] = 0
    for (let bin = 0; bin < bins; bin++) {
      const risk = atRisk[bin]!
      if (risk > 0) {
        const share = ringing / risk
        answered += share * this.#answered[bin]!
        ringing = Math.max(0, ringing - share * (this.#answered[bin]! + this.#over[bin]!))
      }
      this.#ringing[bin + 1] = ringing
      this.#answeredBy[bin + 1] = answered
    }
  }

  /** The chance that a call which has rung for `ageS` seconds is answered within `withinS` more. */
  answeredWithin(ageS: number, withinS: number): number {
    const alive = at(this.#ringing, ageS)
    if (alive < 1e-9) return 0
    return Math.min(1, (at(this.#answeredBy, ageS + withinS) - at(this.#answeredBy, ageS)) / alive)
  }

  /** `points` ages in seconds, at which equal shares of the answers have come: when a call dialled now may be answered. */
  answerAges(points: number): number[] {
    const ages: number[] = []
    let bin = 0
    for (let point = 0; point < points; point++) {
      const share = ((point + 0.5) / points) * this.chance
      while (bin < bins - 1 && this.#answeredBy[bin + 1]! < share) bin++
      const step = this.#answeredBy[bin + 1]! - this.#answeredBy[bin]!
      ages.push((bin + (step > 0 ? (share - this.#answeredBy[bin]!) / step : 0.5)) * binS)
    }
    return ages
  }

  #rescale(): void {
    for (let bin = 0; bin < bins; bin++) {
      this.#answered[bin]! /= this.#weight
      this.#over[bin]! /= this.#weight
      this.#withdrawn[bin]! /= this.#weight
    }
    this.#weight = 1
  }
}

function binOf(ms: number): number {
  return Math.min(bins - 1, Math.max(0, (ms / 1000 / binS) | 0))
}

function at(curve: Float64Array, s: number): number {
  const x = Math.min(bins, s / binS)
  const whole = Math.min(bins - 1, x | 0)
  const low = curve[whole]!
  return low + (x - whole) * (curve[whole + 1]! - low)
}
