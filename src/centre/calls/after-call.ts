/** Leads whose next turn is not a matter of retry rules: who heard a notice, and who is owed a call by an agent. */

import type { Call } from '../call-state.ts'
import type { Draft } from '../draft.ts'
import type { Callback, EndCause, LeadState } from '../entities.ts'
import { noteTried } from '../leads/promise.ts'
import { normaliseNumber } from '../numbers/number.ts'

/** 72 hours after an abandoned call (Ofcom), unless an agent is guaranteed. */
export const abandonedRestMs = 72 * 3_600_000
/** With an agent guaranteed: soon, but not while the phone is being put down. */
export const abandonedCallbackMs = 10 * 60_000

/** When someone whom we abandoned is called again, by the campaign's rule. */
export function abandonedDueAt(d: Draft, call: Call): number {
  const rule = call.campaign === null ? 'rest' : (d.state.campaigns.get(call.campaign)?.campaign.abandoned ?? 'rest')
  return d.now + (rule === 'callback' ? abandonedCallbackMs : abandonedRestMs)
}

/** Gives the lead back when the call says what is next; false: the retry rules decide. */
export function releaseOwed(d: Draft, call: Call, cause: EndCause): boolean {
  const next = nextOf(d, call, cause)
  if (next === null || call.lead === null) return false
  // Whoever asked a robot for a person, and did not get to talk to one, is called back by one.
  if (next.reason === 'notice_key_1') callBack(d, call, 'overflow', { campaign: call.campaign, lead: call.lead.id })
  if (next.state === 'callback') noteTried(d, call, 'ABANDONED', next.dueAt)
  const { id: lead, campaign } = call.lead
  d.fact({ type: 'lead.released', lead, campaign, ...next })
  return true
}

function nextOf(
  d: Draft,
  call: Call,
  cause: EndCause,
): { state: LeadState; dueAt: number | null; reason: string } | null {
  if (call.direction === 'in' || call.answeredAt === null) return null
  if (call.notice?.digit === '2') return { state: 'dnc', dueAt: null, reason: 'notice_key_2' }
  if (call.notice?.digit === '1') return { state: 'callback', dueAt: d.now, reason: 'notice_key_1' }
  if (call.notice?.whole) return { state: 'done', dueAt: null, reason: 'notice_heard' }
  if (call.dismissed === 'abandoned' || cause === 'abandoned')
    return { state: 'callback', dueAt: abandonedDueAt(d, call), reason: 'ABANDONED' }
  return null
}

/** Notes that someone must be called back; without a number that can be dialled there is nothing to note. */
export function callBack(d: Draft, call: Call, reason: Callback['reason'], about: Partial<Callback>): void {
  const number = normaliseNumber(call.number)
  if (number === null) return
  const nobody = { agent: null, campaign: null, lead: null, queue: call.queue, at: d.now }
  d.fact({ type: 'callback.scheduled', callback: { id: d.id('cb'), number, reason, ...nobody, ...about } })
}

/** How far the notice of this call was heard by now, for the record of it. */
export function heardOf({ notice }: Call, now: number): { heardMs: number; whole: boolean } {
  if (notice === null) return { heardMs: 0, whole: false }
  const runMs = notice.begunAt === null ? 0 : now - notice.begunAt
  return { heardMs: Math.max(notice.heardMs, runMs), whole: notice.whole }
}
