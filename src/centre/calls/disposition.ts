/**
 * The outcome of a call, written down by the agent in wrap-up; and what happens when it is not. A call that was passed on has an outcome of each
 * agent who talked to the party. What becomes of the lead goes by who did so last, and not before the call is over; the others' outcomes stand in
 * the record, bar numbers (`dnc`) and owe callbacks.
 */

import type { LeadId } from '../../lib/ids.ts'
import { settle, takeState, wrapDefaultMs } from '../agents/settle.ts'
import type { Call, Written } from '../call-state.ts'
import type { Draft } from '../draft.ts'
import type { DispositionChoice } from '../entities.ts'
import { isContactTime } from '../gate/compliance.ts'
import type { Input } from '../inputs.ts'
import { closePromise } from '../leads/promise.ts'
import { normaliseNumber } from '../numbers/number.ts'
import type { Agent } from '../state.ts'
import { campaignOf, giveBack, releaseByRule } from './give-back.ts'

/** The outcome must be written by then, else the agent is paused and told why. */
export const wrapMaxMs = 60_000
const callbackMaxMs = 90 * 86_400_000
const noteMax = 4_000
const fieldsMax = 50

type Dispose = Extract<Input, { type: 'agent.dispose' }>

export function dispose(d: Draft, input: Dispose): void {
  const agent = d.state.agents.get(input.agent)
  const call = d.state.calls.get(input.call)
  if (agent === undefined || agent.call !== input.call || call === undefined) {
    return d.refuse('not_in_wrap_up', 'The outcome of this call is written down already, or its time is over.')
  }
  if (agent.phase !== 'wrapping') {
    return d.refuse('still_talking', 'The call is not over: end it first, then write down the outcome.')
  }
  const choice = choiceOf(d, call, input.code)
  if (choice === null) return d.refuse('code_unknown', 'Choose one of the outcomes of this campaign.')
  if (input.note.length > noteMax) return d.refuse('note_too_long', `A note has at most ${noteMax} characters.`)
  if (Object.keys(input.fields).length > fieldsMax) return d.refuse('too_many_fields', `At most ${fieldsMax} fields.`)
  if (choice.followUp === 'callback' && !isCallbackTime(d, call, input.callbackAt)) return
  const { code, note, fields, callbackAt, callbackMine } = input
  const { followUp: then } = choice
  const written: Written = { agent: agent.user.id, code, followUp: then, callbackAt, callbackMine }
  const isLast = call.lastAgent === agent.user.id
  const waits = isLast && call.phase !== 'ended' ? { kept: { followUp: then, callbackAt, callbackMine } } : {}
  d.fact({ type: 'call.disposed', call: call.id, agent: agent.user.id, code, note, fields, ...waits })
  if (isLast && call.phase === 'ended') followUp(d, call, written)
  else if (then === 'dnc') barNumber(d, call, code)
  else if (!isLast && then === 'callback') oweCallback(d, call, written, null)
  keepRefusal(d, call, choice)
  settle(d, agent, input.next)
}

/** Wrap-up ran out: outside campaigns it simply ends; with an outcome missing the agent has until the hard limit, then is paused. */
export function wrapUpOver(d: Draft, agent: Agent): void {
  const call = agent.call === null ? undefined : d.state.calls.get(agent.call)
  if (call !== undefined && call.campaign === null) closePromise(d, call, 'kept')
  if (call === undefined || call.campaign === null) return settle(d, agent, agent.before)
  const wrapMs = campaignOf(d, call)?.wrapMs ?? wrapDefaultMs
  const until = agent.phaseSince + Math.max(wrapMs, wrapMaxMs)
  if (d.now < until) {
    const overrun = { agent: agent.user.id, state: 'wrapping', reason: 'overrun', call: call.id, until } as const
    return d.fact({ type: 'agent.stateChanged', ...overrun })
  }
  leaveUnwritten(d, agent, call)
  if (agent.next?.phase === 'signed_off') settle(d, agent, 'break')
  else takeState(d, agent, 'break', 'wrap_overrun')
}

/** The outcome was not written down, and is not waited for any longer. */
export function leaveUnwritten(d: Draft, agent: Agent, call: Call): void {
  if (call.campaign === null) return closePromise(d, call, 'kept')
  const by = { call: call.id, agent: agent.user.id }
  const none = { type: 'call.disposed', ...by, code: 'none', note: '', fields: {} } as const
  if (call.lastAgent !== agent.user.id) d.fact(none)
  else if (call.phase !== 'ended')
    d.fact({ ...none, kept: { followUp: 'none', callbackAt: null, callbackMine: false } })
  else {
    d.fact(none)
    endUnwritten(d, call)
  }
}

/** The call is over, and no agent who talked last has it in hand: what was written meanwhile is done. */
export function endWritten(d: Draft, call: Call): void {
  const { lastAgent, written } = call
  if (lastAgent === null || d.state.agents.get(lastAgent)?.call === call.id) return // the outcome is still to come
  if (written === null || written.followUp === 'none') endUnwritten(d, call)
  else followUp(d, call, written)
}

function endUnwritten(d: Draft, call: Call): void {
  closePromise(d, call, 'kept')
  releaseByRule(d, call, 'ANSWERED')
}

function followUp(d: Draft, call: Call, written: Written): void {
  const { lead } = call
  const then = written.followUp
  if (then === 'none') return
  if (then !== 'retry') closePromise(d, call, 'kept') // else the agent reached someone, and not whom the promise was made to
  const release = (state: 'done' | 'callback' | 'dnc', dueAt: number | null) => {
    if (lead === null) return
    d.fact({ type: 'lead.released', lead: lead.id, campaign: lead.campaign, state, dueAt, reason: written.code })
  }
  switch (then) {
    case 'done':
      return release('done', null)
    case 'retry':
      return giveBack(d, call, 'ANSWERED')
    case 'callback':
      return release('callback', oweCallback(d, call, written, lead?.id ?? null))
    case 'dnc':
      barNumber(d, call, written.code)
      return release('dnc', null)
    default:
      then satisfies never
  }
}

/** Answers when. */
function oweCallback(d: Draft, call: Call, { agent, ...written }: Written, lead: LeadId | null): number {
  const at = Math.max(written.callbackAt ?? d.now, d.now)
  const mine = written.callbackMine ? agent : null
  const number = normaliseNumber(call.number) ?? call.number
  const about = { campaign: call.campaign, lead, queue: call.queue, reason: 'agreed' } as const
  d.fact({ type: 'callback.scheduled', callback: { id: d.id('cb'), at, number, agent: mine, ...about } })
  return at
}

function barNumber(d: Draft, call: Call, reason: string): void {
  const number = normaliseNumber(call.number)
  if (number !== null) d.fact({ type: 'suppression.added', number, reason, until: null })
}

/** A contact person who refuses is never called again, whatever the campaign (GB/T 45251-2025: stop on refusal). */
function keepRefusal(d: Draft, call: Call, choice: DispositionChoice): void {
  const isContact = call.relation === 'CONTACT' || call.relation === 'WORKPLACE'
  if (!isContact || choice.code !== 'refused' || choice.followUp === 'dnc') return
  const number = normaliseNumber(call.number)
  if (number !== null) d.fact({ type: 'suppression.added', number, reason: 'contact_refused', until: null })
}

/** Outside campaigns any plain code will do, and `callback` and `dnc` mean what they say. */
function choiceOf(d: Draft, call: Call, code: string): DispositionChoice | null {
  const known = campaignOf(d, call)?.dispositions.find(choice => choice.code === code)
  if (known !== undefined) return known
  if (call.campaign !== null || !/^[A-Za-z0-9_-]{1,32}$/.test(code)) return null
  const followUp = code === 'callback' || code === 'dnc' ? code : 'done'
  return { code, words: { 'zh-CN': code, en: code }, followUp }
}

function isCallbackTime(d: Draft, call: Call, at: number | null): boolean {
  const number = normaliseNumber(call.number)
  if (at === null || !Number.isFinite(at)) d.refuse('callback_time_missing', 'Choose a time for the callback.')
  else if (at <= d.now) d.refuse('callback_in_past', 'The callback must lie in the future.')
  else if (at > d.now + callbackMaxMs) d.refuse('callback_too_late', 'The callback must lie within 90 days.')
  else if (number === null) d.refuse('number_invalid', 'The caller showed no number that can be called back.')
  else if (!isContactTime(d.state, number, campaignOf(d, call), at)) {
    d.refuse('contact_hours', 'The policy allows no call to this number at that time: choose another.')
  } else return true
  return false
}
