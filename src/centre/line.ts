/**
 * A line: the trunk and the caller ID that a call goes out on. A trunk carries no more calls at once, and starts no more in any time, than its
 * carrier allows; caller IDs take turns, and only numbers assigned to the trunk are ever shown.
 */
import type { TrunkId } from '../lib/ids.ts'
import type { Refusal } from './entities.ts'
import type { FloorState, TrunkFloor } from './state.ts'

export type Line =
  | { ok: true; trunk: TrunkId; callerId: string }
  | { ok: false; refusal: Refusal; retryAt: number | null }

/** The trunk with the most room among those named ([]: any), first named wins a tie. */
export function pickLine(state: FloorState, trunks: readonly TrunkId[], now: number): Line {
  let best: TrunkFloor | null = null
  let refusal: Refusal = { rule: 'no_trunk', words: 'No trunk is set up for this call.' }
  let retryAt: number | null = null
  for (const id of trunks.length > 0 ? trunks : state.trunks.keys()) {
    const floor = state.trunks.get(id)
    if (floor === undefined) continue
    const obstacle = obstacleOf(floor, now)
    if (obstacle !== null) {
      refusal = obstacle.refusal
      if (obstacle.retryAt !== null) retryAt = Math.min(retryAt ?? obstacle.retryAt, obstacle.retryAt)
    } else if (best === null || roomOf(floor) > roomOf(best)) best = floor
  }
  if (best === null) return { ok: false, refusal, retryAt }
  const { callerIds } = best.trunk
  return { ok: true, trunk: best.trunk.id, callerId: callerIds[best.nextCallerId % callerIds.length]! }
}

function roomOf(floor: TrunkFloor): number {
  return floor.trunk.maxCalls - floor.calls
}

function obstacleOf(floor: TrunkFloor, now: number): { refusal: Refusal; retryAt: number | null } | null {
  const { trunk } = floor
  const no = (rule: string, words: string, retryAt: number | null = null) => ({ refusal: { rule, words }, retryAt })
  if (!trunk.enabled) return no('trunk_disabled', `Trunk ${trunk.name} is switched off.`)
  if (!floor.up) return no('trunk_down', `Trunk ${trunk.name} is down: ${floor.reason || 'no answer yet'}.`)
  if (trunk.callerIds.length === 0) return no('no_caller_id', `Trunk ${trunk.name} has no caller ID: add one.`)
  if (roomOf(floor) <= 0) return no('trunk_full', `Trunk ${trunk.name} carries its ${trunk.maxCalls} calls.`)
  const freeAt = rateFreeAt(floor)
  if (freeAt > now)
    return no('trunk_rate', `Trunk ${trunk.name} starts ${trunk.callsPerSecond} calls a second.`, freeAt)
  return null
}

/** When the trunk may start its next call: a window after the oldest of its last `starts` ones. */
function rateFreeAt(floor: TrunkFloor): number {
  const { starts, ms } = windowOf(floor)
  const { recent } = floor
  return recent.length < starts ? 0 : recent[recent.length - starts]! + ms
}

/** Keeps the account of a call just started. Only `evolve` calls this. */
export function noteStart(floor: TrunkFloor, at: number): void {
  const { starts, ms } = windowOf(floor)
  floor.recent.push(at)
  while (floor.recent.length > starts) floor.recent.shift()
  floor.tokensAt = at
  floor.tokens = starts - floor.recent.filter(start => start > at - ms).length
  floor.nextCallerId = (floor.nextCallerId + 1) % Math.max(1, floor.trunk.callerIds.length)
}

/** A rate in whole calls: 3/s is 3 starts in any second, 0.2/s one in any 5 s, 2.5/s 3 in any 1.2 s. Whole ms, rounded up: never too soon. */
function windowOf({ trunk }: TrunkFloor): { starts: number; ms: number } {
  const starts = Math.ceil(trunk.callsPerSecond)
  return { starts, ms: Math.ceil((starts * 1000) / trunk.callsPerSecond) }
}
