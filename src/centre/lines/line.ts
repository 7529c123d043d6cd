/**
 * A line: the trunk and the caller ID that a call goes out on. A trunk carries no more calls at once, and starts no more in any time, than its
 * carrier allows; only numbers assigned to the trunk are ever shown. While nothing is known the trunk with the most room comes first and
 * caller IDs take turns; then the better line is taken by its score (lines/score.ts), and a tired caller ID rests (lines/rest.ts).
 */
import type { TrunkId } from '../../lib/ids.ts'
import type { Refusal } from '../entities.ts'
import type { FloorState, TrunkFloor } from '../state.ts'
import { areaOf } from './area.ts'
import { noteUse, shareNow } from './ease.ts'
import { type Candidate, type Choice, choose, pick } from './score.ts'
import { numbersToShow, showsOneOf } from './shown-number.ts'

export type Line =
  | { ok: true; trunk: TrunkId; callerId: string }
  | { ok: false; refusal: Refusal; retryAt: number | null }

/** Trunks, and caller IDs of one, that are weighed against each other for one call; their turn moves on with each call. */
const trunksWeighed = 16
const callerIdsWeighed = 8
/** Caller IDs of the callee's city that are weighed beside those. */
const placesWeighed = 4
/** A trunk that is eased may start more by and by. */
const easedLookMs = 500

/** The best line among the trunks named ([]: any) for a call to `number` (null: to anyone) that shows one of `shows` ([]: any of the trunk's). */
export function pickLine(
  state: FloorState,
  trunks: readonly TrunkId[],
  now: number,
  number: string | null = null,
  shows: readonly string[] = [],
): Line {
  const { usable, refusal, retryAt } = usableTrunks(state, trunks, now, shows)
  if (usable.length === 0) return { ok: false, refusal, retryAt }
  const trunk = usable.length === 1 ? usable[0]! : pick(...trunksFor(state, usable, number, now)).best
  const own = numbersToShow(trunk.trunk, shows)
  const callerId = own.length === 1 ? own[0]! : pick(...callerIdsFor(state, trunk, own, number, now)).best
  return { ok: true, trunk: trunk.trunk.id, callerId }
}

/** The trunks that may take a call now, those that have a number of `shows` before the others, and what stands in the way of the rest. */
export function usableTrunks(
  state: FloorState,
  trunks: readonly TrunkId[],
  now: number,
  shows: readonly string[] = [],
): { usable: TrunkFloor[]; refusal: Refusal; retryAt: number | null } {
  const usable: TrunkFloor[] = []
  let refusal: Refusal = { rule: 'no_trunk', words: 'No trunk is set up for this call.' }
  let retryAt: number | null = null
  for (const id of trunks.length > 0 ? trunks : state.trunks.keys()) {
    const floor = state.trunks.get(id)
    if (floor === undefined) continue
    const obstacle = obstacleOf(floor, now)
    if (obstacle !== null) {
      refusal = obstacle.refusal
      if (obstacle.retryAt !== null) retryAt = Math.min(retryAt ?? obstacle.retryAt, obstacle.retryAt)
    } else usable.push(floor)
  }
  const showing = shows.length === 0 ? usable : usable.filter(({ trunk }) => showsOneOf(trunk, shows))
  return { usable: showing.length > 0 ? showing : usable, refusal, retryAt }
}

/** `usable` has at least one. */
export function chooseTrunk(
  state: FloorState,
  usable: readonly TrunkFloor[],
  number: string | null,
  now: number,
): Choice<TrunkFloor> {
  return choose(...trunksFor(state, usable, number, now))
}

/** The trunk has at least one caller ID. */
export function chooseCallerId(
  state: FloorState,
  floor: TrunkFloor,
  number: string | null,
  now: number,
  shows: readonly string[] = [],
): Choice<string> {
  return choose(...callerIdsFor(state, floor, numbersToShow(floor.trunk, shows), number, now))
}

type Weighing<Of> = Parameters<typeof choose<Of>>

function trunksFor(
  state: FloorState,
  usable: readonly TrunkFloor[],
  number: string | null,
  now: number,
): Weighing<TrunkFloor> {
  const { lines } = state
  const area = number === null ? 0 : areaOf(number, lines.mobiles)
  const weighed = window(usable, lines.dials, trunksWeighed).sort((a, b) => roomOf(b) - roomOf(a))
  const candidates = weighed.map(floor => {
    const { id, minShare = 0, maxShare = 1 } = floor.trunk
    const book = lines.trunks.get(id)
    const place = area !== 0 && (book?.byArea.has(area) ?? false)
    const prefix = number === null ? null : lines.prefix(id, number)
    return { of: floor, lately: book?.lately ?? null, prefix, place, minShare, maxShare }
  })
  return [candidates, lines, lines.rules.placeBonus, now]
}

function callerIdsFor(
  state: FloorState,
  floor: TrunkFloor,
  own: readonly string[],
  number: string | null,
  now: number,
): Weighing<string> {
  const { lines } = state
  const area = number === null ? 0 : areaOf(number, lines.mobiles)
  const { id, callerIdShares = [] } = floor.trunk
  const book = lines.trunks.get(id)
  const ofCity = area === 0 ? [] : (book?.byArea.get(area) ?? [])
  const ofPlace = own === floor.trunk.callerIds ? ofCity : ofCity.filter(each => own.includes(each))
  const candidates = callerIdsToWeigh(state, floor, own, ofPlace, now).map((callerId): Candidate<string> => {
    const shares = callerIdShares.find(each => each.callerId === callerId)
    const lately = book?.callerIds.get(callerId)?.lately ?? null
    const limits = { minShare: shares?.minShare ?? 0, maxShare: shares?.maxShare ?? 1 }
    return { of: callerId, lately, prefix: null, place: ofPlace.includes(callerId), ...limits }
  })
  const chance = { seed: lines.seed ^ 0x5bd1e995, dials: lines.dials }
  return [candidates, chance, lines.rules.placeBonus, now]
}

/** Those whose turn it is, those of the callee's city and those with a share to be held; who rests is left out unless all of them rest. */
function callerIdsToWeigh(
  state: FloorState,
  floor: TrunkFloor,
  callerIds: readonly string[],
  ofPlace: readonly string[],
  now: number,
): string[] {
  const { callerIdShares = [], id } = floor.trunk
  const book = state.lines.trunks.get(id)
  const rested = (callerId: string) => (book?.callerIds.get(callerId)?.restingUntil ?? 0) <= now
  const weighed: string[] = []
  const add = (callerId: string) => {
    if (rested(callerId) && !weighed.includes(callerId)) weighed.push(callerId)
  }
  for (let n = 0; n < callerIds.length && weighed.length < callerIdsWeighed; n++)
    add(callerIds[(floor.nextCallerId + n) % callerIds.length]!)
  for (const callerId of window(ofPlace, floor.nextCallerId, placesWeighed)) add(callerId)
  for (const { callerId } of callerIdShares) if (callerIds.includes(callerId)) add(callerId)
  if (weighed.length > 0) return weighed
  const until = (callerId: string) => book?.callerIds.get(callerId)?.restingUntil ?? 0
  return [callerIds.reduce((first, each) => (until(each) < until(first) ? each : first))]
}

function window<T>(list: readonly T[], turn: number, size: number): T[] {
  if (list.length <= size) return [...list]
  return Array.from({ length: size }, (_, n) => list[(turn + n) % list.length]!)
}

export function roomOf(floor: TrunkFloor): number {
  return floor.trunk.maxCalls - floor.calls - floor.tests
}

/**
 * Whether one more caller may be answered: no more are on the way in than there are lines free. Over UDP anybody may have sent an INVITE until it
 * is acknowledged: a flood of such costs this trunk's callers, and no line of what we dial. If calls of ours took the last lines meanwhile, who
 * acknowledges is on the trunk beyond its `maxCalls`: they are answered already, and we dial again once it carries fewer. What we placed, with tests,
 * is at most `maxCalls`, and so is who came; both together at most twice that, which is reached when as many are on the way in as there are lines
 * and we dial on all of them before those acknowledge. Calls for help pass all of this.
 */
export function takesOffer(floor: TrunkFloor): boolean {
  return floor.offers < roomOf(floor)
}

/** What keeps a trunk from taking a call now; null: nothing. */
export function obstacleOf(floor: TrunkFloor, now: number): { refusal: Refusal; retryAt: number | null } | null {
  const { trunk } = floor
  const no = (rule: string, words: string, retryAt: number | null = null) => ({ refusal: { rule, words }, retryAt })
  if (!trunk.enabled) return no('trunk_disabled', `Trunk ${trunk.name} is switched off.`)
  const triedAt = floor.trial?.at ?? null
  if (!floor.up && (triedAt === null || triedAt > now))
    return no('trunk_down', `Trunk ${trunk.name} is down: ${floor.reason || 'no answer yet'}.`, triedAt)
  if (trunk.callerIds.length === 0) return no('no_caller_id', `Trunk ${trunk.name} has no caller ID: add one.`)
  if (roomOf(floor) <= 0) return no('trunk_full', `Trunk ${trunk.name} carries its ${trunk.maxCalls} calls.`)
  const share = shareNow(floor.ease, now)
  const freeAt = rateFreeAt(floor, share)
  if (freeAt <= now) return null
  if (share === 1) return no('trunk_rate', `Trunk ${trunk.name} starts ${trunk.callsPerSecond} calls a second.`, freeAt)
  const words = `Trunk ${trunk.name} leaves calls without a response and starts ${Math.round(share * 100)} % of its ${trunk.callsPerSecond} calls a second.`
  return no('trunk_eased', words, Math.min(freeAt, now + easedLookMs))
}

/** When the trunk may start its next call: a window after the oldest of its last `starts` ones. */
function rateFreeAt(floor: TrunkFloor, share: number): number {
  const { starts, ms } = windowOf(floor, share)
  const { recent } = floor
  return recent.length < starts ? 0 : recent[recent.length - starts]! + ms
}

/** Keeps the account of a call just started. Only `evolve` calls this. */
export function noteStart(floor: TrunkFloor, at: number): void {
  noteUse(floor, at)
  floor.recent.push(at)
  while (floor.recent.length > windowOf(floor).starts) floor.recent.shift()
  floor.nextCallerId = (floor.nextCallerId + 1) % Math.max(1, floor.trunk.callerIds.length)
}

/** A rate in whole calls: 3/s is 3 starts in any second, 0.2/s one in any 5 s, 2.5/s 3 in any 1.2 s. Whole ms, rounded up: never too soon. */
function windowOf({ trunk }: TrunkFloor, share = 1): { starts: number; ms: number } {
  const perSecond = trunk.callsPerSecond * share
  const starts = Math.ceil(perSecond)
  return { starts, ms: Math.ceil((starts * 1000) / perSecond) }
}
