/** Ours and the rivals, each as it is set up for a team of so many agents. */
import { lookAhead } from './look-ahead.ts'
import type { Method } from './model.ts'
import { ratio } from './ratio.ts'
import { samuelson } from './samuelson.ts'
import { vicidial } from './vicidial.ts'

export type MethodName = keyof typeof methods
type Make = (agents: number, max: number, hours: number) => Method

/** Large floors are looked at four times a second; the house looks at 500 agents twice a second (src/centre/pacing.ts). */
export function lookMs(agents: number): number {
  return agents >= 50 ? 250 : 0
}

export const methods = {
  'look-ahead': (agents, max) => lookAhead({ max, everyMs: lookMs(agents) }),
  'progressive 1:1': () => ratio(1),
  'fixed ratio 3': () => ratio(3),
  'VICIdial ADAPT_HARD_LIMIT': adaptive('ADAPT_HARD_LIMIT'),
  'VICIdial ADAPT_TAPERED': adaptive('ADAPT_TAPERED'),
  'VICIdial ADAPT_AVERAGE': adaptive('ADAPT_AVERAGE'),
  'VICIdial, difference target 10 %': (_, max, hours) =>
    vicidial({
      way: 'ADAPT_TAPERED',
      dropMax: max,
      shiftMs: hours * 3_600_000,
      differenceTarget: 0.1,
      levelMax: 10,
    }),
  'Samuelson 1999': (agents, max) => samuelson({ max, everyMs: lookMs(agents) }),
} satisfies Record<string, Make>

function adaptive(way: 'ADAPT_HARD_LIMIT' | 'ADAPT_TAPERED' | 'ADAPT_AVERAGE'): Make {
  return (_, max, hours) => vicidial({ way, dropMax: max, shiftMs: hours * 3_600_000 })
}
