/** Callers of a trunk who are turned away and stand in the list as missed calls: a flood of them may not fill the journal, for good. */
import type { Ending } from '../entities.ts'
import type { TrunkFloor } from '../state.ts'

/** More in any minute than somebody calls back in it; those beyond are counted (`callers.turnedAway`). */
const missedMost = 30
/** Of these, callers whom nothing proves: a forger takes no more places from whoever is surely there. */
const unprovedMost = 10
const withinMs = 60_000

/** Whether one more is kept by itself. */
export function mayMiss({ missed }: TrunkFloor, now: number, isProved: boolean): boolean {
  const lately = missed.reduce((n, at) => n + Number(at > now - withinMs), 0)
  return lately < (isProved ? missedMost : unprovedMost)
}

/** How such a call ends: nobody of ours, and no line or recording, was there for it. */
export const isMissed = ({ by, result }: Ending) => by === 'system' && result === 'CONGESTION'

/** Only `evolve` calls this. */
export function noteMissed({ missed }: TrunkFloor, at: number): void {
  missed.push(at)
  while (missed.length > missedMost) missed.shift()
}
