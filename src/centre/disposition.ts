/** The outcome of a call, written down by the agent in wrap-up; and what happens when it is not. */

import { isContactTime } from './compliance.ts'
import type { Draft } from './draft.ts'
import { wrapDefaultMs } from './ending.ts'
import type { DispositionChoice } from './entities.ts'
import { campaignOf, giveBack, releaseByRule } from './give-back.ts'
import type { Input } from './inputs.ts'
import { normaliseNumber } from './number.ts'
import { closePromise } from './promise.ts'
import { settle, takeState } from './settle.ts'
import type { Agent, Call } from './state.ts'

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
  if (call.phase !== 'ended') {
    return d.refuse('still_talking', 'The call is not over: end it first, then write down the outcome.')
  }
  const choice = choiceOf(d, call, input.code)
  if (choice === null) return d.refuse('code_unknown', 'Choose one of the outcomes of this campaign.')
  if (input.note.length > noteMax) return d.refuse('note_too_long', `A note has at most ${noteMax} characters.`)
  if (Object.keys(input.fields).length > fieldsMax) return d.refuse('too_many_fields', `At most ${fieldsMax} fields.`)
  if (choice.followUp === 'callback' && !isCallbackTime(d, call, input.callbackAt)) return
  const { code, note, fields } = input
  d.fact({ type: 'call.disposed', call: call.id, agent: agent.user.id, code, note, fields })
  followUp(d, call, agent, choice, input)
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
  if (call.campaign !== null) {
    d.fact({ type: 'call.disposed', call: call.id, agent: agent.user.id, code: 'none', note: '', fields: {} })
    releaseByRule(d, call, 'ANSWERED')
  }
  closePromise(d, call, 'kept')
}

function followUp(d: Draft, call: Call, agent: Agent, choice: DispositionChoice, input: Dispose): void {
  const { lead } = call
  if (choice.followUp !== 'retry') closePromise(d, call, 'kept') // else the agent reached someone, and not whom the promise was made to
  const release = (state: 'done' | 'callback' | 'dnc', dueAt: number | null) => {
    if (lead === null) return
    d.fact({ type: 'lead.released', lead: lead.id, campaign: lead.campaign, state, dueAt, reason: choice.code })
  }
  switch (choice.followUp) {
    case 'done':
      return release('done', null)
    case 'retry':
      return giveBack(d, call, 'ANSWERED')
    case 'callback': {
      const at = input.callbackAt ?? d.now
      const mine = input.callbackMine ? agent.user.id : null
      const number = normaliseNumber(call.number) ?? call.number
      const about = { campaign: call.campaign, lead: lead?.id ?? null, queue: call.queue, reason: 'agreed' } as const
      d.fact({ type: 'callback.scheduled', callback: { id: d.id('cb'), at, number, agent: mine, ...about } })
      return release('callback', at)
    }
    case 'dnc': {
      const number = normaliseNumber(call.number)
      if (number !== null) d.fact({ type: 'suppression.added', number, reason: choice.code, until: null })
      return release('dnc', null)
    }
    default:
      choice.followUp satisfies never
  }
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
