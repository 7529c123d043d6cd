/**
 * Samuelson's call attempt pacing, written from the abstract of his patent (US 4,858,120) and from "Predictive dialing for outbound telephone call
 * centers" (Interfaces 29:5, 1999): the time each agent has been busy is compared with what a service lasts, the agents expected to be
 * free by the time a call dialled now would be answered are added to the free ones, and calls are started while the answers expected from those that
 * ring are fewer. Means and deviations are updated as calls end; how much is kept in hand follows the share of calls abandoned.
 */
import type { Floor, Method } from './model.ts'

export function samuelson({ max, everyMs = 0 }: { max: number; everyMs?: number }): Method {
  const talk = new Running(120_000)
  const wrap = new Running(30_000)
  const transit = new Running(12_000)
  const answers = new Running(0.6)
  /** Agents kept in hand, in roots of the agents signed on. */
  let inHand = 1
  let reviewedAt = 0
  let decidedAt = Number.NEGATIVE_INFINITY
  let [answered, abandoned] = [0, 0]

  const review = (now: number) => {
    if (now - reviewedAt < 60_000 || answered < 20) return
    reviewedAt = now
    const rate = abandoned / answered
    inHand = Math.max(0, Math.min(4, inHand + (rate > max ? 0.2 : rate < max / 2 ? -0.05 : 0)))
    answered *= 0.95
    abandoned *= 0.95
  }

  return {
    onEvents: true,
    everyMs: 1_000,
    ended(ms, wasAnswered) {
      answers.add(wasAnswered ? 1 : 0)
      if (wasAnswered) transit.add(ms)
    },
    talked: ms => talk.add(ms),
    wrapped: ms => wrap.add(ms),
    outcome(wasAbandoned) {
      answered++
      if (wasAbandoned) abandoned++
    },
    starts(floor: Floor, now: number): number {
      if (now - decidedAt < everyMs) return 0
      decidedAt = now
      review(now)
      let available = floor.idle - floor.waiting
      for (const one of floor.people) {
        if (one.state === 'talk' && talk.left(now - one.since) + wrap.mean <= transit.mean) available++
        else if (one.state === 'wrap' && wrap.left(now - one.since) <= transit.mean) available++
      }
      if (answers.count < 200) return floor.idle - floor.waiting - floor.ringing.size // nothing is known yet
      const expected = floor.ringing.size * answers.mean
      const wanted = available - inHand * Math.sqrt(floor.present)
      return Math.floor((wanted - expected) / Math.max(0.02, answers.mean))
    },
  }
}

/** Mean and deviation of about the last 500. */
class Running {
  mean: number
  #square: number
  count = 4
  constructor(prior: number) {
    this.mean = prior
    this.#square = 2 * prior * prior
  }
  add(value: number): void {
    this.count = Math.min(500, this.count + 1)
    this.mean += (value - this.mean) / this.count
    this.#square += (value * value - this.#square) / this.count
  }
  /** What is left of a service that has lasted so long: up to its mean; then up to a deviation more; an outlier is not waited for. */
  left(ms: number): number {
    if (ms < this.mean) return this.mean - ms
    const long = this.mean + Math.sqrt(Math.max(0, this.#square - this.mean * this.mean))
    return ms < long ? long - ms : Number.POSITIVE_INFINITY
  }
}
