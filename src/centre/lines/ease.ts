/**
 * A trunk that is up and whose calls get no response at all is asked for more than it, or we, can do: what is not answered is sent again, each call
 * that failed gives way to the next, and soon nothing rings at any rate. So it starts half as many calls a second, and more again: twice as many
 * whenever those that were begun since get a response, up to half of what was too much, from there by and by. Overload is told by what does not come (implicit
 * overload control, RFC 6357), as congestion is in TCP (RFC 5681).
 */
import type { Call } from '../call-state.ts'
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
  /** Calls begun since `at` whose first response came, while none was left without. */
  proved: number
  /** Half of what was too much when it had last done something. */
  half: number
  /** Of the calls begun since `half` was told, some got a response. */
  responds: boolean
}

/** A few calls say nothing: some numbers of some carriers get no response ever. */
const silentLeast = 3
/** Of the calls that came to something, one in so many without a response is too many. */
const oneIn = 4
const countedMs = 4_000
const againAfterMs = 1_000
export const shareLeast = 1 / 32
/** From nothing back to all where little is begun: sooner is too soon for a far end that cannot do all (ease.test.ts). */
const recoversMs = 60_000
/** So many calls that were begun since and got a response show that it can do twice as many. */
const provedLeast = 8

export function noEase(): TrunkEase {
  return { share: 1, at: 0, heard: 0, silent: 0, since: 0, proved: 0, half: 1, responds: true }
}

/** What it may start now, of `callsPerSecond`. */
export function shareNow({ share, at }: TrunkEase, now: number): number {
  return share === 1 ? 1 : Math.min(1, share + Math.max(0, now - at) / recoversMs)
}

/** Called by `evolve` before the change is applied. */
export function noteEase(state: FloorState, change: Fact | Note, at: number): void {
  if (change.type === 'call.rerouted') {
    const { trunk, why } = change.failed
    return why === 'unreachable'
      ? undefined
      : came(state.trunks.get(trunk), state.calls.get(change.call), why === 'refused', at)
  }
  const { type } = change
  if (type !== 'call.ringing' && type !== 'call.early' && type !== 'call.answered' && type !== 'call.ended') return
  const call = state.calls.get(change.call)
  if (call === undefined || call.direction !== 'out' || call.phase === 'ended' || call.answeredAt !== null) return
  if (change.type === 'call.ringing' || change.type === 'call.early')
    return responded(state.trunks.get(call.trunk), call, at)
  if (change.type === 'call.answered') return came(state.trunks.get(call.trunk), call, true, at)
  const { cause, by, sipStatus, q850 } = change.ending
  if (cause === 'cancelled' || cause === 'restarted' || cause === 'bug') return
  const isUnsent = cause === 'trunk_fault' && by === 'carrier' && sipStatus === null
  if (isUnsent) return
  const isSilent = cause === 'trunk_fault' && (by === 'system' || (sipStatus === 408 && q850 === 102))
  came(state.trunks.get(call.trunk), call, !isSilent, at)
}

/** What was in the way is over, as a rule: a machine that was held up for seconds. By doubling it is asked within seconds for half of what it was. */
function responded(floor: TrunkFloor | undefined, call: Call, at: number): void {
  if (floor === undefined || call.phase !== 'dialing' || call.early) return
  const { ease } = floor
  const share = shareNow(ease, at)
  if (share === 1 || begunAt(call) < ease.at) return
  ease.responds = true
  if (share >= ease.half || ++ease.proved < provedLeast) return
  floor.ease = { ...ease, share: Math.min(ease.half, share * 2), at, proved: 0 }
}

/** On the trunk that it is on. */
function begunAt(call: Call): number {
  return call.tries.at(-1)?.at ?? call.startedAt
}

function came(floor: TrunkFloor | undefined, call: Call | undefined, isHeard: boolean, at: number): void {
  if (floor === undefined) return
  const { ease } = floor
  if (at - ease.since >= countedMs || at < ease.since) Object.assign(ease, { heard: 0, silent: 0, since: at })
  if (isHeard) {
    ease.heard++
    return call && responded(floor, call, at)
  }
  // What was begun before is old news since what was begun after it got a response.
  if (ease.responds && call !== undefined && begunAt(call) < ease.at) return
  ease.silent++
  ease.proved = 0
  if (ease.silent < silentLeast || ease.silent * oneIn < ease.heard + ease.silent) return
  if (shareNow(ease, at) < 1 && at - ease.at < againAfterMs) return
  const share = Math.max(shareLeast, shareNow(ease, at) / 2)
  // Where nothing came through in between it is the same fault still, and how much is too much is not known anew.
  const half = ease.responds ? share : ease.half
  floor.ease = { share, at, heard: 0, silent: 0, since: at, proved: 0, half, responds: false }
}
