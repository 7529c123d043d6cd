/** The agents of a simulated day: when each is there, on a break, or gone. What they are asked to do they do through their desks. */
import type { UserId } from '../../lib/ids.ts'
import type { Random } from '../../lib/random.ts'
import type { Scenario } from './scenario.ts'
import { agentId } from './setup.ts'

export type Errand =
  | { atS: number; agent: UserId; does: 'sign on' | 'sign off' | 'announce break' | 'come back' }
  /** Nothing is said: who is free goes at once, who is not goes after the call in hand. */
  | { atS: number; agent: UserId; does: 'slip away' }

/** All comings and goings of the day, in no particular order. */
export function errandsOf(scenario: Scenario, random: Random): Errand[] {
  const { agents, hours, breaks } = scenario
  const dayS = hours * 3600
  const errands: Errand[] = []
  const shifts = scenario.shifts.length > 0 ? scenario.shifts : [{ fromS: 0, toS: dayS, share: 1 }]
  let first = 0
  let sum = 0
  for (const { fromS, toS, share } of shifts) {
    sum += share
    const end = Math.min(agents, Math.round(agents * sum))
    for (; first < end; first++) {
      errands.push({ atS: fromS, agent: agentId(first), does: 'sign on' })
      if (toS < dayS) errands.push({ atS: toS, agent: agentId(first), does: 'sign off' })
    }
  }
  for (const { fromS, toS, share, announced } of breaks) {
    for (const n of some(agents, Math.round(agents * share), random)) {
      errands.push({ atS: fromS, agent: agentId(n), does: announced ? 'announce break' : 'slip away' })
      errands.push({ atS: toS, agent: agentId(n), does: 'come back' })
    }
  }
  return errands
}

/** `count` of the numbers below `of`, by lot. */
function some(of: number, count: number, random: Random): number[] {
  const all = Array.from({ length: of }, (_, n) => n)
  for (let n = 0; n < count; n++) {
    const other = n + Math.floor(random() * (of - n))
    const one = all[n]!
    all[n] = all[other]!
    all[other] = one
  }
  return all.slice(0, count)
}
