/**
 * A trunk that is down and of which no OPTIONS will say when it is back, since it has never answered any: a single call may try it after a pause,
 * the next after twice that. What is answered brings it up; else one lead in so long finds nobody, and not one after the other.
 */
import type { TrunkFloor } from '../state.ts'
import { placeOf } from './trunk-connection.ts'

/** From when it fell silent to the first call. */
const firstPauseMs = 60_000
const longestPauseMs = 900_000

/** Called by `evolve` when it has changed. */
export function noteTrial(floor: TrunkFloor, at: number): void {
  const { up, why, answersAt, trunk } = floor
  const isTried = why === 'calls_silent' || (why === 'options_refused' && answersAt !== placeOf(trunk))
  if (up || !isTried) floor.trial = null
  else floor.trial ??= { at: at + firstPauseMs, pauseMs: firstPauseMs * 2 }
}

/** Called by `evolve` when a call begins on it. */
export function noteTried(floor: TrunkFloor, at: number): void {
  if (floor.trial === null) return
  const { pauseMs } = floor.trial
  floor.trial = { at: at + pauseMs, pauseMs: Math.min(pauseMs * 2, longestPauseMs) }
}
