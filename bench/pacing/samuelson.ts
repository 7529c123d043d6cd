/**
 * Samuelson's call attempt pacing, written from the abstract of his patent (US 4,858,120) and of "Predictive dialing for outbound telephone call
 * centers" (Interfaces 29:5, 1999): the time each service has been in progress is compared with its expected duration (the mean; beyond it the
 * longest that is expected, a deviation more), those with less left than a call takes from the dial to the agent are added to the free agents,
 * callers who wait are subtracted, and calls are dialled to correspond, by the share of dials that become a service. The statistics are updated as
 * calls end. Neither text says how abandonment is fed back; here it moves the number of agents kept in hand, by what is over or under each minute.
 */
import type { Floor, Method } from './model.ts'

const memoryMs = 30 * 60_000

export function samuelson({ max, everyMs = 0 }: { max: number; everyMs?: number }): Method {
  const talk = new Running(120_000)
  const wrap = new Running(30_000)
  const transit = new Running(12_000)
  const answers = new Running(0.6)
  const abandons = new Running(0)
  /** Agents kept in hand, in roots of the agents signed on. */
  let inHand = 0.5
  let reviewedAt = 0
  let decidedAt = Number.NEGATIVE_INFINITY

  const review = (now: number) => {
    if (now - reviewedAt < 60_000 || abandons.weight < 30) return
    reviewedAt = now
    const over = Math.max(-1, Math.min(2, abandons.mean / (0.9 * max) - 1))
    inHand = Math.max(-2, Math.min(4, inHand + 0.05 * over))
  }

  return {
    onEvents: true,
    everyMs: 1_000,
    ended(ms, wasAnswered, now) {
      answers.add(wasAnswered ? 1 : 0, now)
      if (wasAnswered) transit.add(ms, now)
    },
    talked: (ms, now) => talk.add(ms, now),
    wrapped: (ms, now) => wrap.add(ms, now),
    outcome: (wasAbandoned, now) => abandons.add(wasAbandoned ? 1 : 0, now),
    starts(floor: Floor, now: number): number {
      if (now - decidedAt < everyMs) return 0
      decidedAt = now
      review(now)
      let available = floor.idle - floor.waiting
      for (const one of floor.people) {
        if (one.state === 'talk' && talk.left(now - one.since) + wrap.mean <= transit.mean) available++
        else if (one.state === 'wrap' && wrap.left(now - one.since) <= transit.mean) available++
      }
      if (answers.weight < 60) return floor.idle - floor.waiting - floor.ringing.size // nothing is known yet
      const expected = floor.ringing.size * answers.mean
      const wanted = available - inHand * Math.sqrt(floor.present)
      return Math.floor((wanted - expected) / Math.max(0.02, answers.mean))
    },
  }
}

/** Mean and deviation of about the last half hour: by count, a large floor would remember a few seconds. */
class Running {
  #sum: number
  #squares: number
  #at = 0
  weight = 4
  constructor(prior: number) {
    this.#sum = this.weight * prior
    this.#squares = this.weight * 2 * prior * prior
  }
  get mean(): number {
    return this.#sum / this.weight
  }
  add(value: number, now: number): void {
    const keep = Math.exp((this.#at - now) / memoryMs)
    this.#at = now
    this.weight = this.weight * keep + 1
    this.#sum = this.#sum * keep + value
    this.#squares = this.#squares * keep + value * value
  }
  /** What is left of a service that has lasted so long: up to its mean; then up to a deviation more; an outlier is not waited for. */
  left(ms: number): number {
    const { mean } = this
    if (ms < mean) return mean - ms
    const long = mean + Math.sqrt(Math.max(0, this.#squares / this.weight - mean * mean))
    return ms < long ? long - ms : Number.POSITIVE_INFINITY
  }
}
