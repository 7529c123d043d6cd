/**
 * A trunk that is up and whose calls get no response at all is asked for more than it, or we, can do: what is not answered is sent again, each call
 * that failed gives way to the next, and soon nothing rings at any rate. So it starts half as many calls a second, and more again: twice as many
 * whenever those that were begun since get a response, up to half of what was too much, from there by and by. Overload is told by what does not come (implicit
 * overload control, RFC 6357), as congestion is in TCP (RFC 5681); and seconds before that by what is late, since what piles up in a socket is older
 * than anybody waits for before any of it is lost. While the trunk is down nothing shows what it can, and it is asked for no more when it is up again.
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
const unusedLeastMs = 2_000
/** So many times less than half, for the seconds that this takes. */
const drains = 8
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

/**
 * Called as a call begins on it. A rate that was not used shows nothing (RFC 7661): a floor that had to wait a minute, for the law's sake or its disk's,
 * would begin at once with what was too much before.
 */
export function noteUse({ trunk, ease, recent }: TrunkFloor, at: number): void {
  if (ease.share === 1) return
  const everyMs = 1_000 / (trunk.callsPerSecond * ease.share)
  const unusedMs = at - Math.max(ease.at, recent.at(-1) ?? 0) - Math.max(unusedLeastMs, 2 * everyMs)
  if (unusedMs > 0) ease.at += unusedMs
}

/** Called by `evolve` before the change is applied. */
export function noteEase(state: FloorState, change: Fact | Note, at: number): void {
  if (change.type === 'call.rerouted') {
    const { trunk, why } = change.failed
    return why === 'unreachable'
      ? undefined
      : came(state.trunks.get(trunk), state.calls.get(change.call), why === 'no_response' ? 'silent' : 'heard', at)
  }
  if (change.type === 'trunk.stateChanged') return turned(state.trunks.get(change.trunk), change.state, at)
  const { type } = change
  if (
    type !== 'note.respondedLate' &&
    type !== 'call.ringing' &&
    type !== 'call.early' &&
    type !== 'call.answered' &&
    type !== 'call.ended'
  )
    return
  const call = state.calls.get(change.call)
  if (call === undefined || call.direction !== 'out' || call.phase === 'ended' || call.answeredAt !== null) return
  if (change.type === 'call.ringing' || change.type === 'call.early')
    return responded(state.trunks.get(call.trunk), call, at)
  if (change.type === 'note.respondedLate') return late(state.trunks.get(call.trunk), call, at)
  if (change.type === 'call.answered') return came(state.trunks.get(call.trunk), call, 'heard', at)
  const { cause, by, sipStatus, q850 } = change.ending
  if (cause === 'cancelled' || cause === 'restarted' || cause === 'bug') return
  const isUnsent = cause === 'trunk_fault' && by === 'carrier' && sipStatus === null
  if (isUnsent) return
  const isSilent = cause === 'trunk_fault' && (by === 'system' || (sipStatus === 408 && q850 === 102))
  came(state.trunks.get(call.trunk), call, isSilent ? 'silent' : 'heard', at)
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

/** Of the rate of today only what was begun at it tells. That it responds is not said by this: what is late may never come. */
function late(floor: TrunkFloor | undefined, call: Call, at: number): void {
  if (floor === undefined || begunAt(call) < floor.ease.at) return
  came(floor, call, 'late', at)
}

/** It is not asked for what it could not do a minute ago only because it was down for that minute. */
function turned(floor: TrunkFloor | undefined, state: 'up' | 'down', at: number): void {
  if (floor === undefined || floor.ease.share === 1 || floor.up === (state === 'up')) return
  floor.ease = { ...floor.ease, share: floor.up ? shareNow(floor.ease, at) : floor.ease.share, at }
}

/** On the trunk that it is on. */
function begunAt(call: Call): number {
  return call.tries.at(-1)?.at ?? call.startedAt
}

function came(
  floor: TrunkFloor | undefined,
  call: Call | undefined,
  how: 'heard' | 'late' | 'silent',
  at: number,
): void {
  if (floor === undefined) return
  const { ease } = floor
  if (at - ease.since >= countedMs || at < ease.since) Object.assign(ease, { heard: 0, silent: 0, since: at })
  if (how === 'heard') {
    ease.heard++
    return call && responded(floor, call, at)
  }
  // What was begun before is old news since what was begun after it got a response.
  if (ease.responds && call !== undefined && begunAt(call) < ease.at) return
  ease.silent++
  ease.proved = 0
  if (ease.silent < silentLeast || ease.silent * oneIn < ease.heard + ease.silent) return
  if (shareNow(ease, at) < 1 && at - ease.at < againAfterMs) return
  const half = Math.max(shareLeast, shareNow(ease, at) / 2)
  // What has piled up is to be read first: half as many would only keep it so.
  const share = how === 'late' ? Math.max(shareLeast, half / drains) : half
  // Where nothing came through in between it is the same fault still, and how much is too much is not known anew.
  floor.ease = {
    share,
    at,
    heard: 0,
    silent: 0,
    since: at,
    proved: 0,
    half: ease.responds ? half : ease.half,
    responds: false,
  }
}
