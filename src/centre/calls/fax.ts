/**
 * A fax on the line, heard by the ear in the first seconds after the answer. What is heard is kept and told whoever has the call; nobody is hung
 * up on for it, unless the campaign ends what is certainly a machine. A call that no agent talked on has no better result than this one.
 */
import type { Call } from '../call-state.ts'
import type { Draft } from '../draft.ts'
import { endCall } from './ending.ts'
import { campaignOf } from './give-back.ts'

/** ITU-T T.30 and V.8: what answers with 2100 Hz (`ansam`: its phase is turned), and a fax that calls, 1100 Hz. */
export const faxSignals = ['ced', 'ansam', 'cng'] as const
/** `afterMs`: since the answer. */
export type Fax = { signal: (typeof faxSignals)[number]; confidence: number; afterMs: number }

export function faxHeard(d: Draft, call: Call, heard: { signal: string; confidence: number; afterMs: number }): void {
  const signal = faxSignals.find(each => each === heard.signal)
  if (signal === undefined || call.fax !== undefined) return
  d.fact({ type: 'call.faxHeard', call: call.id, signal, confidence: heard.confidence, afterMs: heard.afterMs })
  // Not judged yet: the judgement comes with the same sound, and ends the call by the same rule.
  const { machines = 'off' } = campaignOf(d, call) ?? {}
  if (call.judged && (machines === 'end' || machines === 'end_likely') && mayEndUnasked(call))
    endAsMachine(d, call, 'system', 'FAX')
}

/** Whom an agent who did not dial is to be matched with. */
export function isLive(call: Call): boolean {
  return call.mode === 'predictive' || call.mode === 'progressive'
}

/**
 * Nobody placed the call themselves, nor did anything with it by now: who holds it, consults or passes it on has met whoever is there. In two hands
 * it is also where who passed it on writes up yet.
 */
export function mayEndUnasked(call: Call): boolean {
  const isActedOn =
    call.heldBy !== null ||
    call.consult !== null ||
    call.passed !== null ||
    call.hands > 1 ||
    call.slot !== null ||
    call.phase === 'passing' ||
    call.phase === 'away'
  return isLive(call) && call.dismissed === null && !isActedOn
}

export function endAsMachine(d: Draft, call: Call, by: 'system' | 'agent', result: 'VOICEMAIL' | 'FAX'): void {
  endCall(d, call, { by, cause: 'machine', result, sipStatus: null, q850: 16 })
}
