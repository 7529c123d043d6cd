/**
 * Keeps abandonment at its limit over the day: a risk threshold that moves with every live answer, log θ += η (α − 1{abandoned}), which is
 * exact integral control of the rate (stochastic approximation, Robbins and Monro 1951). α is the limit corrected by the day's account: what
 * is over is worked off within minutes, what was saved is spent over about an hour. Where a policy looks back over more days, the tighter of day
 * and window counts.
 */

const spendMs = 60 * 60_000
const repayMs = 15 * 60_000
/** A floor of 500 agents at a limit of 1 % needs less than 0.0005: bounded there, it abandoned 1.25 % all day. */
const thetaMin = 0.00001
const thetaMax = 0.3
/** Aims a little below the limit, so that chance at the end of a day does not carry it over. */
const aimShare = 0.965

/** A window of several days: its own limit, and what its days before today hold. */
export type AbandonWindow = { max: number; answered: number; abandoned: number }

export class AbandonAccount {
  /** Held to as well as the day. */
  windows: readonly AbandonWindow[] = []
  theta: number
  answered = 0
  abandoned = 0
  #max: number
  /** Live answers a millisecond, of late. */
  #rate = 0
  #lastAt: number | null = null

  constructor(max: number) {
    this.#max = max
    this.theta = startTheta(max)
  }

  get max(): number {
    return this.#max
  }

  set max(max: number) {
    this.theta = Math.max(thetaMin, Math.min(thetaMax, this.theta * (max / Math.max(1e-4, this.#max))))
    this.#max = max
  }

  /** A live-answered call found an agent in time, or not. */
  note(abandoned: boolean, now: number): void {
    const sinceMs = this.#lastAt === null ? 10_000 : Math.max(1, now - this.#lastAt)
    this.#lastAt = now
    const keep = Math.exp(-sinceMs / 600_000)
    this.#rate = this.#rate * keep + (1 - keep) / sinceMs
    this.answered++
    if (abandoned) this.abandoned++
    const aim = this.#max * aimShare
    const saved = this.#saved(aim)
    const overMs = saved > 0 ? spendMs : repayMs
    const ahead = Math.max(20, this.#rate * overMs)
    const alpha = Math.max(0, Math.min(2 * aim, aim + saved / ahead))
    const step = alpha - (abandoned ? 1 : 0)
    this.theta = Math.max(thetaMin, Math.min(thetaMax, this.theta * Math.exp(0.12 * step)))
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
  }

  /** A new day: the account starts anew, what was learned stays. */
  newDay(): void {
    this.answered = 0
    this.abandoned = 0
  }
}

function startTheta(max: number): number {
  return Math.max(thetaMin, max)
}
