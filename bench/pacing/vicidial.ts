/**
 * VICIdial's adaptive dial methods, written from what its manual and its overview of predictive dialling say (download.vicidial.com,
 * docs/PREDICTIVE.txt; the manager's help on `dial_method`), not from its source. Lines are dialled every 2.5 s up to dial level × agents signed on.
 * Once a second the difference between agents who are ready and calls that wait is noted; every 15 s the dial level moves by the mean of
 * that difference, less its target, as a share of the agents; once a minute the share of calls dropped over the day is worked out and holds the level back.
 */
import type { Floor, Method } from './model.ts'

export type VicidialOptions = {
  /** What being over the limit does: level 1 at once; less so in the first half of the shift; or a level lower in proportion. */
  way: 'ADAPT_HARD_LIMIT' | 'ADAPT_TAPERED' | 'ADAPT_AVERAGE'
  dropMax: number
  shiftMs: number
  /** Ready agents less waiting calls to be aimed at, as a share of the agents; its default is none. */
  differenceTarget?: number
  /** The manual's default is 3. */
  levelMax?: number
}

const sampleMs = 1_000
const adaptMs = 15_000
const dropsMs = 60_000
const dialMs = 2_500

export function vicidial({ way, dropMax, shiftMs, differenceTarget = 0, levelMax = 3 }: VicidialOptions): Method {
  let level = 1
  let difference = 0
  let samples = 0
  let [sampledAt, adaptedAt, dropsAt, dialledAt] = [0, 0, 0, Number.NEGATIVE_INFINITY]
  let [answered, dropped, dropRate] = [0, 0, 0]

  const adapt = (agents: number, now: number) => {
    const share = difference / Math.max(1, samples) / Math.max(1, agents) - differenceTarget
    difference = 0
    samples = 0
    level = Math.max(1, Math.min(levelMax, level * (1 + share)))
    if (dropRate <= dropMax) return
    if (way === 'ADAPT_HARD_LIMIT') level = 1
    else if (way === 'ADAPT_AVERAGE') level = Math.max(1, level * (dropMax / dropRate))
    else level = 1 + (level - 1) * (1 - Math.min(1, (2 * now) / shiftMs))
  }

  return {
    onEvents: false,
    everyMs: 500,
    outcome(abandoned) {
      answered++
      if (abandoned) dropped++
    },
    starts(floor: Floor, now: number): number {
      if (now - sampledAt >= sampleMs) {
        sampledAt = now
        difference += floor.idle - floor.waiting
        samples++
      }
      if (now - dropsAt >= dropsMs) {
        dropsAt = now
        dropRate = dropped / Math.max(1, answered)
      }
      if (now - adaptedAt >= adaptMs) {
        adaptedAt = now
        adapt(floor.present, now)
      }
      if (now - dialledAt < dialMs) return 0
      dialledAt = now
      let talking = 0
      for (const one of floor.people) if (one.state === 'talk') talking++
      return Math.round(level * floor.present) - floor.ringing.size - floor.waiting - talking
    },
  }
}
