/**
 * Which numbers of ours a call may show on a trunk. The carrier has assigned numbers to the trunk, and no other is ever shown there. A campaign
 * or queue names those of them that are for its calls; on a trunk that has none of these, as after an overflow, the trunk's first number is
 * shown: it is assigned too, and is no other campaign's by chance.
 */
import type { Trunk } from '../entities.ts'

/** Numbers of one campaign or queue. */
export const shownNumbersMax = 100

/** `shows` []: all of the trunk's. Not empty unless the trunk has no number at all. */
export function numbersToShow({ callerIds }: Pick<Trunk, 'callerIds'>, shows: readonly string[]): readonly string[] {
  if (shows.length === 0) return callerIds
  const own = ownNumbers(callerIds)
  const both = shows.filter(number => own.has(number))
  return both.length > 0 ? both : callerIds.slice(0, 1)
}

export function showsOneOf({ callerIds }: Pick<Trunk, 'callerIds'>, shows: readonly string[]): boolean {
  const own = ownNumbers(callerIds)
  return shows.some(number => own.has(number))
}

/** A trunk may have a thousand numbers, and is asked at each dial: its list is looked into once, for as long as it is that list. */
const known = new WeakMap<readonly string[], ReadonlySet<string>>()

function ownNumbers(callerIds: readonly string[]): ReadonlySet<string> {
  let own = known.get(callerIds)
  if (own === undefined) known.set(callerIds, (own = new Set(callerIds)))
  return own
}
