/**
 * Keeps abandonment at its limit over the day: a risk threshold that moves with every live answer, log θ += η (α − 1{abandoned}), which is
 * exact integral control of the rate (stochastic approximation, Robbins and Monro 1951). α is the limit corrected by the day's account: what
 * is over is worked off within minutes, what was saved is spent over about an hour; where a policy looks back over more days, the tighter of day
 * and window counts. A quarter of an hour that fills up lowers the threshold at once, by as much as the rate has to fall (quarter.ts).
 */
import { QuarterHour } from './quarter.ts'

const spendMs = 60 * 60_000
const repayMs = 15 * 60_000
const rateMs = 10 * 60_000
/** A floor of 500 agents at a limit of 1 % needs less than 0.0005: bounded there, it abandoned 1.25 % all day. */
const thetaMin = 0.00001
const thetaMax = 0.3
/** Aims a little below the limit, and is some calls ahead of it from the first one on, so that chance carries neither an hour nor a day over it. */
const aimShare = 0.985
const aheadCalls = 2
const aheadDeviations = 0.5
const gain = 0.12
/** The first abandoned calls count for more: nobody knows yet how far the risk that is computed is from what happens. */
const firstGain = 0.5
const firstCalls = 5
/** Neither a day nor a quarter of an hour beyond its limit stops anybody: the threshold keeps this share of itself. */
const dayShareMin = 0.1
const quarterShareMin = 0.05
/** Live answers on which a deviation is worked off at least. */
const answersLeast = 20

/** A window of several days: its own limit, and what its days before today hold. */
export type AbandonWindow = { max: number; answered: number; abandoned: number }

export class AbandonAccount {
  /** Held to as well as the day. */
  windows: readonly AbandonWindow[] = []
  /** The threshold that has been found to keep the limit. */
  theta: number
  answered = 0
  abandoned = 0
  #max: number
  readonly #quarter = new QuarterHour()
  /** Live answers a millisecond, of late, and how much of that is known. */
  #rate = 0
  #known = 0
  #lastAt: number | null = null
  #falls = 0

  constructor(max: number) {
    this.#max = max
    this.theta = Math.max(thetaMin, max)
  }

  get max(): number {
    return this.#max
  }

  set max(max: number) {
    this.theta = Math.max(thetaMin, Math.min(thetaMax, this.theta * (max / Math.max(1e-4, this.#max))))
    this.#max = max
  }

  /** The threshold now: what has been found, less what the day's account and the quarter of an hour ask for. */
  thetaAt(now: number): number {
    return this.theta * this.#shareAt(now)
  }

  /** A live-answered call found an agent in time, or not. */
  note(abandoned: boolean, now: number): void {
    this.#noteRate(now)
    this.answered++
    if (abandoned) this.abandoned++
    // A threshold that is held down lets less through, and is not found too low for that.
    const share = this.#shareAt(now)
    const alpha = this.#alpha(this.#saved(this.#aim))
    const step = this.#aim * (alpha > 1 ? alpha * share : Math.min(alpha, share)) - (abandoned ? 1 : 0)
    const eta = abandoned ? Math.max(gain, firstGain / (1 + this.#falls++ / firstCalls)) : gain
    this.theta = Math.max(thetaMin, Math.min(thetaMax, this.theta * Math.exp(eta * step)))
    this.#quarter.note(abandoned, now)
  }

  /** Abandoned calls that the day and each window have room for; below none: so many are too many. */
  #saved(aim: number): number {
    let saved = aim * this.answered - this.abandoned
    for (const { max, answered, abandoned } of this.windows)
      saved = Math.min(saved, max * aimShare * (answered + this.answered) - (abandoned + this.abandoned))
    return saved
  }

  /** After a restart: what the day holds already. */
  resume(answered: number, abandoned: number): void {
    this.answered = answered
    this.abandoned = abandoned
  }

  /** The clock was set: what was of late still is. */
  shift(byMs: number): void {
    if (this.#lastAt !== null) this.#lastAt += byMs
    this.#quarter.shift(byMs)
  }

  /** A new day: the account starts anew, what was learned stays. */
  newDay(): void {
    this.answered = 0
    this.abandoned = 0
  }

  get #aim(): number {
    return Math.max(1e-6, this.#max * aimShare)
  }

  get #perMs(): number {
    return this.#known === 0 ? 0 : this.#rate / this.#known
  }

  /** What an account with so many calls saved allows, as a share of the aim. */
  #alpha(calls: number): number {
    const aim = this.#aim
    const toRepay = Math.max(answersLeast, this.#perMs * repayMs)
    const kept = aheadCalls + aheadDeviations * Math.sqrt(aim * toRepay)
    const saved = calls - kept
    const ahead = saved > 0 ? Math.max(answersLeast, this.#perMs * spendMs) : toRepay
    return Math.max(dayShareMin, Math.min(2, 1 + saved / ahead / aim))
  }

  #noteRate(now: number): void {
    const sinceMs = this.#lastAt === null ? 10_000 : Math.max(1, now - this.#lastAt)
    this.#lastAt = now
    const keep = Math.exp(-sinceMs / rateMs)
    this.#rate = this.#rate * keep + (1 - keep) / sinceMs
    this.#known = this.#known * keep + (1 - keep)
  }

  #shareAt(now: number): number {
    const ofQuarter = this.#quarter.allowed(now, this.#perMs, this.#max) / this.#aim
    const ofDay = this.#alpha(this.#aim * this.answered - this.abandoned)
    return Math.min(1, ofDay, Math.max(quarterShareMin, ofQuarter))
  }
}
