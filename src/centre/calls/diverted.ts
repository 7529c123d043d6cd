/** Who sent a call on to us before it came here, as its carrier says. A word of the carrier's: nothing is decided by it. */
import { numberKey } from '../numbers/number.ts'

/** RFC 5806. */
export const diversionReasons = [
  'unconditional',
  'user-busy',
  'no-answer',
  'unavailable',
  'time-of-day',
  'do-not-disturb',
  'deflection',
  'follow-me',
  'out-of-service',
  'away',
  'unknown',
] as const
/** `number`: who sent it on last; null: withheld, or not known. */
export type Diverted = { number: string | null; reason: (typeof diversionReasons)[number] }

/** With the number in the form of all numbers here; undefined: by the number that was dialled, which is no other. */
export function divertedTo(dialled: string, { number, reason }: Diverted): Diverted | undefined {
  const by = (number !== null && numberKey(number)) || null
  return by === numberKey(dialled) ? undefined : { number: by, reason }
}
