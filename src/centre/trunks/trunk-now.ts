/** What a trunk is doing now, for pages, the API and metrics; and the last thing that went wrong on it, in words. */
import type { Note } from '../decision.ts'
import type { TrunkTry } from '../entities.ts'
import type { Fact } from '../facts.ts'
import { shareNow } from '../lines/ease.ts'
import type { FloorState, TrunkFloor } from '../state.ts'
import { isFault, type Trouble } from './trunk-trouble.ts'

export type TrunkFault = Trouble & { at: number }

export type TrunkNow = {
  up: boolean
  reason: string
  calls: number
  /** Lines that tests of it have now: of `maxCalls`, and no calls. */
  tests: number
  maxCalls: number
  /** Calls started within the last second, and how many it may start in one. */
  startedLastSecond: number
  callsPerSecond: number
  /** Of these, what it is asked for now: less while it leaves calls without a response. */
  startsPerSecond: number
  fault: TrunkFault | null
}

export function trunkNow(floor: TrunkFloor, now: number): TrunkNow {
  const { trunk, up, reason, calls, tests, recent, fault } = floor
  const startedLastSecond = recent.reduce((n, at) => n + Number(at > now - 1_000), 0)
  const { maxCalls, callsPerSecond } = trunk
  const startsPerSecond = callsPerSecond * shareNow(floor.ease, now)
  return { up, reason, calls, tests, maxCalls, startedLastSecond, callsPerSecond, startsPerSecond, fault }
}

/** Called by `evolve` before the change is applied. A fault stays until the next: it says since when nothing went wrong. */
export function noteFaults(state: FloorState, change: Fact | Note, at: number): void {
  if (change.type === 'trunk.stateChanged') {
    const why = change.why ?? 'other'
    if (change.state === 'down' && isFault(why)) keep(state, change.trunk, { at, why, words: change.reason })
    return
  }
  if (change.type === 'call.rerouted') return keep(state, change.failed.trunk, { at, ...troubleOf(change.failed) })
  if (change.type !== 'call.ended' || change.ending.cause !== 'trunk_fault') return
  const call = state.calls.get(change.call)
  if (call === undefined || call.phase === 'ended') return
  const { sipStatus, q850, text } = change.ending
  const isSilent = sipStatus === 408 && q850 === 102
  const said = isSilent ? 'no_response' : sipStatus === 100 ? 'no_progress' : 'refused'
  const why = sipStatus === null ? 'unreachable' : said
  keep(state, call.trunk, { at, ...troubleOf({ why, sipStatus, q850 }, text) })
}

function keep(state: FloorState, trunk: TrunkFloor['trunk']['id'], fault: TrunkFault): void {
  const floor = state.trunks.get(trunk)
  if (floor !== undefined) floor.fault = fault
}

function troubleOf({ why, sipStatus, q850 }: Omit<TrunkTry, 'trunk' | 'at'>, text?: string): Trouble {
  if (why === 'no_response') return { why: 'call_silent', words: 'no response to a call' }
  if (why === 'no_progress') return { why: 'call_stuck', words: 'a call got no further than 100 Trying' }
  if (why === 'unreachable') return { why: 'call_unsent', words: 'a call could not be sent' }
  const cause = q850 === null ? '' : `, Q.850 ${q850}`
  const said = text === undefined ? '' : ` “${text}”`
  return { why: 'call_refused', words: `a call was refused: SIP ${sipStatus ?? '?'}${cause}${said}` }
}
