/**
 * Crockett, Torres-Ball and Olender's predictive dialling, written from the abstract of their patent (EP 0 336 770): the number of
 * operators expected to be available at the end of an interval, and the number of calls expected to be completed in it; the calls are weighted, and
 * dialled while they are fewer than the operators. The weight follows the share of unattended calls, and the operators' idle time. Both expectations
 * are read off tables of what has been seen; here these are the product's own (competing risks, life tables), which is more than the text asks for.
 */
import { AnswerLaw } from '../../src/centre/pacing/answers.ts'
import { DurationLaw } from '../../src/centre/pacing/durations.ts'
import type { Floor, Method } from './model.ts'

/** The interval: most answers come within it. */
const intervalS = 10
const refreshMs = 5_000
const reviewMs = 60_000
const memoryMs = 10 * 60_000

export function crockett({ max, everyMs = 0 }: { max: number; everyMs?: number }): Method {
  const answers = new AnswerLaw()
  const talk = new DurationLaw(120_000)
  const wrap = new DurationLaw(30_000)
  let weight = 1.5
  let [reviewedAt, refreshedAt, decidedAt] = [0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let [attended, unattended, lastAt] = [0, 0, 0]

  const review = (now: number) => {
    if (now - reviewedAt < reviewMs || attended + unattended < 20) return
    reviewedAt = now
    const rate = unattended / (attended + unattended)
    weight = Math.max(0.3, Math.min(5, weight * Math.exp(0.1 * Math.max(-1, Math.min(3, rate / (0.9 * max) - 1)))))
  }

  return {
    onEvents: true,
    everyMs: 1_000,
    ended: (ms, answered) => answers.learn(ms, answered, 2_000),
    talked: ms => talk.learn(ms, 1_000),
    wrapped: ms => wrap.learn(ms, 1_000),
    outcome(abandoned, now) {
      const keep = Math.exp((lastAt - now) / memoryMs)
      lastAt = now
      attended = attended * keep + (abandoned ? 0 : 1)
      unattended = unattended * keep + (abandoned ? 1 : 0)
    },
    starts(floor: Floor, now: number): number {
      if (now - decidedAt < everyMs) return 0
      decidedAt = now
      review(now)
      if (answers.count < 60) return floor.idle - floor.waiting - floor.ringing.size // nothing is known yet
      const since = (state: 'talk' | 'wrap') =>
        floor.people.filter(one => one.state === state).map(one => now - one.since)
      const [talking, wrapping, ringing] = [
        since('talk'),
        since('wrap'),
        [...floor.ringing.values()].map(at => now - at),
      ]
      if (now - refreshedAt >= refreshMs) {
        refreshedAt = now
        answers.refresh(ringing)
        talk.refresh(talking)
        wrap.refresh(wrapping)
      }
      let operators = floor.idle - floor.waiting
      // Whoever talks is free once the writing is over too: half of the interval for each.
      const written = wrap.endsWithin(0, intervalS / 2)
      for (const ms of talking) operators += talk.endsWithin(ms / 1000, intervalS) * written
      for (const ms of wrapping) operators += wrap.endsWithin(ms / 1000, intervalS)
      let calls = 0
      for (const ms of ringing) calls += answers.answeredWithin(ms / 1000, intervalS)
      const perCall = answers.answeredWithin(0, intervalS)
      return Math.floor((operators / weight - calls) / Math.max(0.01, perCall))
    },
  }
}
