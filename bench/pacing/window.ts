/**
 * The statistical pacing of US 5,640,445, written from its abstract: each engaged agent weighs as much as the chance to become free within a
 * window; the sum is the number that will. Calls are dialled until the answers expected of those that ring match the free agents and that sum. The
 * window is not the time a call takes to be answered: it is lengthened while too few calls are abandoned, and shortened when too many are.
 */
import { DurationLaw } from '../../src/centre/pacing/durations.ts'
import type { Floor, Method } from './model.ts'

const refreshMs = 5_000
const memoryMs = 10 * 60_000
const reviewMs = 15_000

export function agentWindow({ max, everyMs = 0 }: { max: number; everyMs?: number }): Method {
  const talk = new DurationLaw(120_000)
  const wrap = new DurationLaw(30_000)
  let windowS = 4
  let [reviewedAt, refreshedAt, decidedAt] = [0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let [answered, ended, endedAt] = [2, 4, 0]
  let [heard, abandoned, heardAt] = [0, 0, 0]

  return {
    onEvents: true,
    everyMs: 1_000,
    ended(_, wasAnswered, now) {
      const keep = Math.exp((endedAt - now) / memoryMs)
      endedAt = now
      answered = answered * keep + (wasAnswered ? 1 : 0)
      ended = ended * keep + 1
    },
    talked: ms => talk.learn(ms, 1_000),
    wrapped: ms => wrap.learn(ms, 1_000),
    outcome(wasAbandoned, now) {
      const keep = Math.exp((heardAt - now) / memoryMs)
      heardAt = now
      heard = heard * keep + 1
      abandoned = abandoned * keep + (wasAbandoned ? 1 : 0)
    },
    starts(floor: Floor, now: number): number {
      if (now - decidedAt < everyMs) return 0
      decidedAt = now
      if (ended < 60) return floor.idle - floor.waiting - floor.ringing.size // nothing is known yet
      if (now - reviewedAt >= reviewMs && heard >= 20) {
        reviewedAt = now
        const over = Math.max(-1, Math.min(3, abandoned / heard / (0.9 * max) - 1))
        windowS = Math.max(0.2, Math.min(60, windowS * Math.exp(-0.03 * over)))
      }
      const since = (state: 'talk' | 'wrap') =>
        floor.people.filter(one => one.state === state).map(one => now - one.since)
      const [talking, wrapping] = [since('talk'), since('wrap')]
      if (now - refreshedAt >= refreshMs) {
        refreshedAt = now
        talk.refresh(talking)
        wrap.refresh(wrapping)
      }
      let free = floor.idle - floor.waiting
      const written = wrap.endsWithin(0, windowS / 2)
      for (const ms of talking) free += talk.endsWithin(ms / 1000, windowS) * written
      for (const ms of wrapping) free += wrap.endsWithin(ms / 1000, windowS)
      const chance = answered / ended
      return Math.floor((free - floor.ringing.size * chance) / Math.max(0.02, chance))
    },
  }
}
