/**
 * A trunk that is down and of which OPTIONS may never say when it is back, since it has not answered any, answers none any more, or what answers them knows nothing: a single call may
 * try it after a pause, the next after twice that. What is answered brings it up; else one lead in so long finds nobody, and not one after the other.
 */
import type { TrunkFloor } from '../state.ts'

/** From when it fell silent to the first call. */
const firstPauseMs = 60_000
const longestPauseMs = 900_000
/** One that falls silent again sooner has the pause that it had: else a call a minute would give it all leads for half of the time. */
const upLeastMs = 300_000

/** Called by `evolve` when it has changed. */
export function noteTrial(floor: TrunkFloor, at: number): void {
  const { up, why } = floor
  if (up) {
    if (floor.trial !== null) floor.lastTrial = { pauseMs: floor.trial.pauseMs, upAt: at }
    floor.trial = null
    return
  }
  const isTried = why === 'calls_silent' || why === 'options_silent' || why === 'options_refused'
  if (!isTried) floor.trial = null
  else floor.trial ??= after(pauseOf(floor, at), at)
}

/** Called by `evolve` when a call begins on it. */
export function noteTried(floor: TrunkFloor, at: number): void {
  if (floor.trial !== null) floor.trial = after(Math.min(floor.trial.pauseMs * 2, longestPauseMs), at)
}

/** Called by `evolve` when it is saved with another address: how long nobody was found at the last one says nothing of this. */
export function noteMoved(floor: TrunkFloor, at: number): void {
  floor.lastTrial = null
  if (floor.trial !== null) floor.trial = after(firstPauseMs, at)
}

const after = (pauseMs: number, at: number) => ({ at: at + pauseMs, pauseMs })

function pauseOf({ lastTrial }: TrunkFloor, at: number): number {
  return lastTrial !== null && at - lastTrial.upAt < upLeastMs ? lastTrial.pauseMs : firstPauseMs
}
