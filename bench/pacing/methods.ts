/** Ours and the rivals, each as it is set up for a team of so many agents. */
import { crockett } from './crockett.ts'
import { lookAhead } from './look-ahead.ts'
import type { Method } from './model.ts'
import { adaptiveRatio, ratio } from './ratio.ts'
import { samuelson } from './samuelson.ts'
import { vicidial } from './vicidial.ts'
import { agentWindow } from './window.ts'

export type MethodName = keyof typeof methods
type Make = (agents: number, max: number, hours: number) => Method

/** As often as the house looks at a floor that changes (src/centre/dialler/pacing.ts). */
export function lookMs(agents: number): number {
  return Math.min(500, agents)
}

export const methods = {
  'look-ahead': (agents, max) => lookAhead({ max, everyMs: lookMs(agents) }),
  'progressive 1:1': () => ratio(1),
  'fixed ratio 3': () => ratio(3),
  'adaptive ratio (Cisco)': (_, max) => adaptiveRatio(max),
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
  'Crockett 1988': (agents, max) => crockett({ max, everyMs: lookMs(agents) }),
  'US 5,640,445': (agents, max) => agentWindow({ max, everyMs: lookMs(agents) }),
} satisfies Record<string, Make>

function adaptive(way: 'ADAPT_HARD_LIMIT' | 'ADAPT_TAPERED' | 'ADAPT_AVERAGE'): Make {
  return (_, max, hours) => vicidial({ way, dropMax: max, shiftMs: hours * 3_600_000 })
}
