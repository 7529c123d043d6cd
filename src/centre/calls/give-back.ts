/** How a lead goes back after a call that reached nobody, or that is to be made again: by the retry rules, or as what it was promised. */

import type { Call } from '../call-state.ts'
import type { Draft } from '../draft.ts'
import type { BufferedLead, CallResult, Campaign } from '../entities.ts'
import { closePromise, noteTried, promiseTriesMax } from '../leads/promise.ts'
import { type Back, retryAfter } from '../leads/retry.ts'

/** The attempt came to `result`: whoever is owed a callback stays owed it, other leads have their rules. */
export function giveBack(d: Draft, call: Call, result: CallResult): void {
  const { promise, lead } = call
  if (promise === null) return releaseByRule(d, call, result)
  const back = ruled(d, call, result, promise.tries)
  const nextAt = lead !== null && back.state === 'ready' && promise.tries < promiseTriesMax ? back.dueAt : null
  noteTried(d, call, result, nextAt)
  if (lead === null) return
  if (nextAt === null && promise.reason === 'abandoned') {
    closePromise(d, call, 'given_up') // nobody agreed on this call: it is a lead as others are
    return releaseByRule(d, call, result)
  }
  const { id, campaign } = lead
  const { next, bad } = back
  const numbers = bad === undefined ? { next } : { next, bad }
  const released = { type: 'lead.released', lead: id, campaign, ...numbers } as const
  if (nextAt !== null) d.fact({ ...released, state: 'callback', dueAt: nextAt, reason: result })
  else d.fact({ ...released, state: 'exhausted', dueAt: null, reason: 'callback_unanswered' })
}

/** Gives the lead of an attempt back: by the campaign's retry rules for what the attempt came to. */
export function releaseByRule(d: Draft, call: Call, result: CallResult): void {
  const { lead } = call
  if (lead === null) return
  const back = ruled(d, call, result, attemptsOf(call))
  d.fact({ type: 'lead.released', lead: lead.id, campaign: lead.campaign, ...back, reason: result })
}

/** Attempts of this call's lead, this one included. */
export function attemptsOf(call: Call): number {
  const before = call.lead !== null && 'attempts' in call.lead ? Number(call.lead.attempts) : 0
  return before + 1
}

export function campaignOf(d: Draft, call: Call): Campaign | null {
  return call.campaign === null ? null : (d.state.campaigns.get(call.campaign)?.campaign ?? null)
}

function ruled(d: Draft, call: Call, result: CallResult, attempts: number): Back {
  const { lead, number } = call
  const campaign = campaignOf(d, call)
  if (lead === null || campaign === null) return { state: 'ready', dueAt: d.now, next: null }
  const { bad, faxes } = lead as Partial<BufferedLead>
  return retryAfter(campaign, { attempts, phones: lead.phones, bad, faxes }, { result, number }, d.now)
}
