/**
 * A line: the trunk and the caller ID that a call goes out on. A trunk carries no more calls at once, and starts no more in any one second,
 * than its carrier allows; caller IDs take turns, and only numbers assigned to the trunk are ever shown.
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

/** When the trunk may start its next call: a second after the oldest of its last `callsPerSecond` ones. */
function rateFreeAt(floor: TrunkFloor): number {
  const perSecond = Math.max(1, Math.floor(floor.trunk.callsPerSecond))
  const { recent } = floor
  return recent.length < perSecond ? 0 : recent[recent.length - perSecond]! + 1000
}

/** Keeps the account of a call just started. Only `evolve` calls this. */
export function noteStart(floor: TrunkFloor, at: number): void {
  const perSecond = Math.max(1, Math.floor(floor.trunk.callsPerSecond))
  floor.recent.push(at)
  while (floor.recent.length > perSecond) floor.recent.shift()
  floor.tokensAt = at
  floor.tokens = perSecond - floor.recent.filter(start => start > at - 1000).length
  floor.nextCallerId = (floor.nextCallerId + 1) % Math.max(1, floor.trunk.callerIds.length)
}
