/**
 * A trunk that takes a call for help, says 100 Trying and nothing more: the next hop has the request, and nobody is being called. It is given up for
 * another one after a while, and the next call for help begins elsewhere.
 */
import type { Call } from '../call-state.ts'
import type { Note } from '../decision.ts'
import type { Fact } from '../facts.ts'
import type { FloorState, TrunkFloor } from '../state.ts'
import { emergencyOf } from '../toll/rules.ts'

/**
 * Of an attempt, from its INVITE to a sign that somebody is being called. Ringing begins within 6 s in 95 of 100 local calls, within 8 s in
 * 95 of 100 long-distance ones (ITU-T E.721, table 2); a mobile gateway takes 8 (FreeSWITCH, `progress_timeout`). A call for help is a local one, and
 * who waits longer in silence hangs up. Each further attempt on the same trunk has twice as long, for one that is slow and not dead.
 */
const progressMs = 10_000
const progressMsMax = 40_000
/** So long after it said nothing a trunk comes behind the others: who needs help dials again within it. */
const silentForMs = 300_000
/** Who hung up sooner says nothing of the trunk. */
const triedForMs = 5_000

/** How long the trunk of this attempt may leave it at a 100, when it has done so in `times` attempts of this call. */
export function helpProgressMs(times: number): number {
  return Math.min(progressMsMax, progressMs * 2 ** times)
}

/** When a call for help got nothing of it, lately; 0: it did not. */
export function helpSilentAt({ helpSilentAt: at }: TrunkFloor, now: number): number {
  return at !== null && now - at < silentForMs ? at : 0
}

/** Called by `evolve` before the change is applied. */
export function noteHelp(state: FloorState, change: Fact | Note, at: number): void {
  const { type } = change
  const isSign = type === 'call.ringing' || type === 'call.early' || type === 'call.answered'
  if (!isSign && type !== 'call.rerouted' && type !== 'call.ended') return
  const call = state.calls.get(change.call)
  if (call === undefined || call.direction !== 'out' || call.phase === 'ended') return
  if (emergencyOf(state.toll.rules, state.zone, call.number) === null) return
  const floor = state.trunks.get(call.trunk)
  if (floor === undefined) return
  if (isSign) floor.helpSilentAt = null
  else if (type === 'call.rerouted' ? isSilence(change.failed.why) : isGivenUp(call, at)) floor.helpSilentAt = at
}

function isSilence(why: Call['tries'][number]['why']): boolean {
  return why === 'no_progress' || why === 'no_response'
}

function isGivenUp(call: Call, at: number): boolean {
  const begunAt = call.tries.at(-1)?.at ?? call.startedAt
  return call.phase === 'dialing' && !call.early && at - begunAt >= triedForMs
}
