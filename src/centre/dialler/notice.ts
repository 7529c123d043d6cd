/**
 * Robot notice: whoever answers hears a message with the party's own values, presses 1 for a person, 2 to be called no more, 9 to hear it
 * again, and the call ends by itself. The pace is the lines': no agent need be free, and one comes in when 1 is pressed.
 */

import type { Call } from '../call-state.ts'
import { heardOf } from '../calls/after-call.ts'
import { placeForCampaign } from '../calls/dial.ts'
import { endCall } from '../calls/ending.ts'
import { type Hold, hold } from '../campaigns/hold.ts'
import type { Draft } from '../draft.ts'
import type { BufferedLead, Notice } from '../entities.ts'
import { chooseLead, noLeads } from '../leads/lead-choice.ts'
import { pickOnRoute, routeOf } from '../lines/route.ts'
import { normaliseNumber } from '../numbers/number.ts'
import { abandonAsker, dismiss } from '../queues/waiting.ts'
import { ownPrefix, spoken } from '../speech/message.ts'
import type { CampaignFloor } from '../state.ts'
import { dialAgentFirst } from './agent-first.ts'

/** A message that is heard again so often is for a person to explain. */
const repeatsMax = 3
/** Sayings of the message count from 1; this is the phrase with which a call ends. */
const lastSpeech = 0

/** Starts one notice and answers null; or answers what holds the campaign back. */
export function nextNotice(d: Draft, floor: CampaignFloor): Hold | null | 'same' {
  const { campaign } = floor
  const { notice } = campaign
  if (!notice) return hold('notice_missing', 'This campaign has no message: write one on its page.')
  if (floor.lines.size >= notice.maxLines) return null
  if (floor.buffer.length === 0) {
    if (floor.fetching) return floor.held === null ? null : 'same'
    return noLeads(floor, d.now)
  }
  const choice = chooseLead(d, floor)
  if (!('lead' in choice)) return choice.hold
  const first = dialAgentFirst(d, floor, choice)
  if (first !== 'for_anyone') return first
  const message = spoken(notice, choice.lead, d.state.phrases)
  if (!message.ok) {
    giveUp(
      d,
      floor,
      choice.lead,
      `Field ${message.field} cannot be said: found ${message.found}, allowed is ${message.allowed}.`,
    )
    return null
  }
  const line = pickOnRoute(
    d.state,
    routeOf(d.state, { campaign: campaign.id, agent: null }),
    d.now,
    choice.phone.number,
  )
  if (!line.ok) return { ...line.refusal, until: line.retryAt }
  placeForCampaign(d, floor, choice.lead, choice.phone, { verdict: choice.verdict, line })
  return null
}

/** The party is there: the message begins, or begins again. */
export function beginNotice(d: Draft, call: Call): void {
  const notice = noticeOf(d, call)
  const message = notice === null || call.lead === null ? null : spoken(notice, lead(call), d.state.phrases)
  // The message was changed while the phone rang, and does not fit this lead any more.
  if (message === null || !message.ok) return over(d, call)
  const speech = (call.notice?.speech ?? 0) + 1
  const own = message.prompts.filter(prompt => prompt.startsWith(ownPrefix))
  d.fact({ type: 'call.noticeBegan', call: call.id, speech, ...(own.length === 0 ? {} : { own }) })
  d.effect({ type: 'media.say', leg: call.leg, speech, parts: message.prompts })
}

/** The message, or the last words of a dismissal, has been said. */
export function noticePlayed(d: Draft, call: Call, speech: number): void {
  if (call.notice === null) return
  if (call.dismissed !== null && speech === lastSpeech) return endDismissed(d, call)
  if (call.phase === 'notice' && call.notice.speech === speech) d.fact({ type: 'call.noticeSaid', call: call.id })
}

/** A key of the party while the notice is said, or in the pause behind it. Other keys mean nothing. */
export function noticeKey(d: Draft, call: Call, digit: string): void {
  if (digit === '9' && call.notice !== null && call.notice.speech <= repeatsMax) return beginNotice(d, call)
  if (digit === '1') return askForAgent(d, call)
  if (digit === '2') return callNoMore(d, call)
}

/** Nobody pressed a key in time, or the message never came to its end. */
export function noticeDue(d: Draft, call: Call): void {
  over(d, call)
}

/**
 * Waited long enough for an agent: an apology, and a callback (which the end of the call schedules). Whoever was promised a person and found
 * none was abandoned, as after any call that was dialled ahead of agents.
 */
export function noAgentCame(d: Draft, call: Call): void {
  abandonAsker(d, call)
  sayLast(d, call, 'overflow', 'no-agent')
}

function askForAgent(d: Draft, call: Call): void {
  const notice = noticeOf(d, call)
  const floor = call.campaign === null ? undefined : d.state.campaigns.get(call.campaign)
  heard(d, call, '1')
  if (notice === null || floor === undefined || floor.signedOn === 0) return noAgentCame(d, call)
  d.fact({ type: 'call.agentAsked', call: call.id, until: d.now + notice.waitMs })
  d.effect({ type: 'media.play', leg: call.leg, prompt: 'comfort-music', loop: true })
}

function callNoMore(d: Draft, call: Call): void {
  heard(d, call, '2')
  const number = normaliseNumber(call.number)
  if (number !== null) d.fact({ type: 'suppression.added', number, reason: 'notice_key_2', until: null })
  sayLast(d, call, 'notice_over', 'not-called-again')
}

function heard(d: Draft, call: Call, digit: '1' | '2'): void {
  d.fact({ type: 'call.noticeHeard', call: call.id, ...heardOf(call, d.now), digit })
}

/** A phrase, after which the call ends; if the media say nothing about its end, the farewell's own limit ends it. */
function sayLast(
  d: Draft,
  call: Call,
  cause: 'overflow' | 'notice_over',
  phrase: 'no-agent' | 'not-called-again',
): void {
  const language = noticeOf(d, call)?.language ?? 'zh-CN'
  dismiss(d, call, cause, null)
  d.effect({ type: 'media.say', leg: call.leg, speech: lastSpeech, parts: [`${language}/${phrase}`] })
}

function endDismissed(d: Draft, call: Call): void {
  const cause = call.dismissed ?? 'notice_over'
  endCall(d, call, { by: 'system', cause, result: 'ANSWERED', sipStatus: null, q850: null })
}

function over(d: Draft, call: Call): void {
  endCall(d, call, { by: 'system', cause: 'notice_over', result: 'ANSWERED', sipStatus: null, q850: null })
}

function noticeOf(d: Draft, call: Call): Notice | null {
  return (call.campaign === null ? null : d.state.campaigns.get(call.campaign)?.campaign.notice) ?? null
}

function lead(call: Call): { ref: string; fields: Record<string, string> } {
  return call.lead ?? { ref: '', fields: {} }
}

/** A lead without a value that the message needs is told why, and never called by a robot. */
function giveUp(d: Draft, floor: CampaignFloor, { id, phones }: BufferedLead, words: string): void {
  const { id: campaign } = floor.campaign
  const refusal = { rule: 'notice_unspeakable', words }
  d.fact({ type: 'call.refused', campaign, lead: id, agent: null, number: phones[0]?.number ?? '', refusal })
  d.fact({ type: 'lead.released', lead: id, campaign, state: 'exhausted', dueAt: null, reason: refusal.rule })
}
