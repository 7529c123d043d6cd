/**
 * A callback is a promise: it stays open until someone was talked to, or until a person closes it. When nobody answers at its minute it is
 * tried again by the campaign's retry rules, counted from the promise on and an agent first; when those are over it stands on the pages,
 * overdue, for a person to dial or to close.
 */

import type { Call } from '../call-state.ts'
import type { CallbackEnd } from '../calls/ends.ts'
import type { Draft } from '../draft.ts'
import type { CallResult } from '../entities.ts'
import type { Input } from '../inputs.ts'

/** Calls by the machine for one promise at most, whatever the retry rules say. */
export const promiseTriesMax = 20
/** A promise is overdue when its minute is over by so much. */
export const promiseOverdueMs = 5 * 60_000
const reasonMax = 200

/** A call that was to keep its promise did not; `nextAt` null: only a person tries again. */
export function noteTried(d: Draft, call: Call, result: CallResult, nextAt: number | null): void {
  if (call.promise === null) return
  d.fact({ type: 'callback.tried', callback: call.promise.callback, call: call.id, result, nextAt })
}

export function closePromise(d: Draft, call: Call, how: CallbackEnd): void {
  if (call.promise !== null) d.fact({ type: 'callback.closed', callback: call.promise.callback, how })
}

/** A person closes it: it was settled in another way. Its lead is over, unless somebody recycles it. */
export function closeByHand(d: Draft, input: Extract<Input, { type: 'callback.close' }>): void {
  const { callback, campaign, lead } = input
  const reason = input.reason.trim().slice(0, reasonMax)
  if (reason === '') return d.refuse('reason_missing', 'Say in a few words why the callback is closed.')
  const inHand = lead !== null && d.state.leadsInHand.has(lead)
  if (inHand || isBeingKept(d, callback)) return d.refuse('lead_in_hand', 'This lead is in a call or preview now.')
  d.fact({ type: 'callback.closed', callback, how: 'cancelled', reason })
  if (lead === null || campaign === null) return
  d.fact({ type: 'lead.released', lead, campaign, state: 'exhausted', dueAt: null, reason: 'callback_closed' })
}

function isBeingKept(d: Draft, callback: string): boolean {
  for (const call of d.state.calls.values()) if (call.promise?.callback === callback) return true
  for (const { rung } of d.state.agents.values()) if (rung?.intent.callback === callback) return true
  return false
}
