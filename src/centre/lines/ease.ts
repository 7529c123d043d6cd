/**
 * A trunk that is up and whose calls get no response at all is asked for more than it, or we, can do: what is not answered is sent again, each call
 * that failed gives way to the next, and soon nothing rings at any rate. So it starts half as many calls a second, and more again by and by: overload
 * is told by what does not come (implicit overload control, RFC 6357), as congestion is in TCP.
 */
import type { Note } from '../decision.ts'
import type { Fact } from '../facts.ts'
import type { FloorState, TrunkFloor } from '../state.ts'

export type TrunkEase = {
  /** Of `callsPerSecond`, above 0 and at most 1, as of `at` (Unix ms). */
  share: number
  at: number
  /** Calls since `since` that got some response, and those that got none. */
  heard: number
  silent: number
  since: number
}

/** A few calls say nothing: some numbers of some carriers get no response ever. */
const silentLeast = 3
/** Of the calls that came to something, one in so many without a response is too many. */
const oneIn = 4
const countedMs = 4_000
const againAfterMs = 1_000
export const shareLeast = 1 / 32
/** From nothing back to all: sooner is too soon for a far end that cannot do all (ease.test.ts). */
const recoversMs = 60_000

export function noEase(): TrunkEase {
  return { share: 1, at: 0, heard: 0, silent: 0, since: 0 }
}

/** What it may start now, of `callsPerSecond`. */
export function shareNow({ share, at }: TrunkEase, now: number): number {
  return share === 1 ? 1 : Math.min(1, share + Math.max(0, now - at) / recoversMs)
}

/** Called by `evolve` before the change is applied. */
export function noteEase(state: FloorState, change: Fact | Note, at: number): void {
  if (change.type === 'call.rerouted') {
    const { trunk, why } = change.failed
    return why === 'unreachable' ? undefined : came(state.trunks.get(trunk), why === 'refused', at)
  }
  if (change.type !== 'call.answered' && change.type !== 'call.ended') return
  const call = state.calls.get(change.call)
  if (call === undefined || call.direction !== 'out' || call.phase === 'ended' || call.answeredAt !== null) return
  if (change.type === 'call.answered') return came(state.trunks.get(call.trunk), true, at)
  const { cause, by, sipStatus, q850 } = change.ending
  if (cause === 'cancelled' || cause === 'restarted' || cause === 'bug') return
  const isUnsent = cause === 'trunk_fault' && by === 'carrier' && sipStatus === null
  if (isUnsent) return
  const isSilent = cause === 'trunk_fault' && (by === 'system' || (sipStatus === 408 && q850 === 102))
  came(state.trunks.get(call.trunk), !isSilent, at)
}

function came(floor: TrunkFloor | undefined, isHeard: boolean, at: number): void {
  if (floor === undefined) return
  const { ease } = floor
  if (at - ease.since >= countedMs || at < ease.since) Object.assign(ease, { heard: 0, silent: 0, since: at })
  if (isHeard) {
    ease.heard++
    return
  }
  ease.silent++
  if (ease.silent < silentLeast || ease.silent * oneIn < ease.heard + ease.silent) return
  if (shareNow(ease, at) < 1 && at - ease.at < againAfterMs) return
  floor.ease = {
    ...{ share: Math.max(shareLeast, shareNow(ease, at) / 2), at },
    ...{ heard: 0, silent: 0, since: at },
  }
}
