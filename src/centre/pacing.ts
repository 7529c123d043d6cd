/**
 * When the next call starts. Progressive: one line for each free agent of the campaign, no more (predictive paces the same until its own
 * controller is here); preview: an offer to each free agent; manual: agents dial. What holds a campaign back is kept in words for the page.
 */

import { type GateRefusal, mayContact } from './compliance.ts'
import type { Decision, Moment } from './decision.ts'
import { placeForCampaign, type Way } from './dial.ts'
import { Draft } from './draft.ts'
import { endCall } from './ending.ts'
import type { BufferedLead, LeadPhone, Refusal } from './entities.ts'
import { candidatePhones } from './lead.ts'
import { pickLine } from './line.ts'
import { offerPreview } from './preview.ts'
import type { Agent, CampaignFloor, FloorState } from './state.ts'

/** Leads looked at in one step at most; the rest waits for the next. */
const lookMax = 64
const fetchTimeoutMs = 30_000
/** A promised callback whose agent is away goes to anyone after this long. */
const promisedGraceMs = 15 * 60_000
/** A line whose agent is gone may be withdrawn after the least ring time. */
const withdrawAfterMs = 15_000

/** The next step of one campaign; null when it has nothing to do now. */
export function pace(state: FloorState, floor: CampaignFloor, moment: Moment): Decision | null {
  const d = new Draft(state, moment)
  if (floor.uncovered.size > 0) withdrawUncovered(d, floor)
  if (!d.isEmpty) return d.decision()
  if (floor.heldUntil !== null && floor.heldUntil > d.now) return null
  fetchLeads(d, floor)
  if (!d.isEmpty) return d.decision()
  const held = nextStart(d, floor)
  if (!d.isEmpty) {
    if (held === null && floor.held !== null) keep(d, floor, null)
    return d.decision()
  }
  if (held === 'same' || sameHold(floor, held)) return null
  keep(d, floor, held)
  return d.decision()
}

type Hold = Refusal & { until?: number | null }

/** Starts one call or offer, and answers null; or answers what holds the campaign back. */
function nextStart(d: Draft, floor: CampaignFloor): Hold | null | 'same' {
  const { campaign } = floor
  if (campaign.state !== 'running') return hold(campaign.state, `The campaign is ${campaign.state}.`)
  if (campaign.mode === 'manual') return hold('manual_mode', 'Agents dial by hand in this campaign.')
  if (campaign.mode === 'notice') return hold('mode_not_available', 'Automatic notices are not available yet.')
  if (floor.signedOn === 0) return hold('nobody_signed_on', 'No agent of this campaign is signed on.')
  if (floor.free.size === 0) {
    if (floor.lines.size > 0) return null
    return hold('no_free_agent', 'Every agent is on a call, in wrap-up or on a break.')
  }
  if (floor.buffer.length === 0) {
    if (floor.fetching) return floor.held === null ? null : 'same'
    return hold('no_leads', 'No lead is due now.')
  }
  const choice = chooseLead(d, floor)
  if (!('lead' in choice)) return choice.hold
  const agent = freeAgentFor(d.state, floor, choice.lead)
  if (agent === null) return hold('no_free_agent', 'Every agent is on a call, in wrap-up or on a break.')
  const line = pickLine(d.state, campaign.trunks, d.now)
  if (!line.ok) return { ...line.refusal, until: line.retryAt }
  if (campaign.mode === 'preview') offerPreview(d, floor, agent, choice.lead)
  else placeForCampaign(d, floor, choice.lead, choice.phone, { verdict: choice.verdict, line })
  return null
}

type Choice = { lead: BufferedLead; phone: LeadPhone; verdict: Way['verdict'] } | { hold: Hold | null }

/** The first lead that the gate lets through. Leads that it will never let through are given back on the way. */
function chooseLead(d: Draft, floor: CampaignFloor): Choice {
  let wait: Hold | null = null
  const closed: { lead: BufferedLead; retryAt: number }[] = []
  for (const lead of floor.buffer.slice(0, lookMax)) {
    if (!isForSomeoneFree(d, floor, lead)) continue
    const asked = askGate(d, floor, lead)
    if ('verdict' in asked) {
      if (closed.length > 0) giveBackClosed(d, floor, closed)
      return { lead, ...asked }
    }
    const { rule, words, retryAt } = asked.refusal
    if (rule === 'number_in_call') continue
    if (retryAt !== null) {
      wait ??= { rule, words, until: retryAt }
      if (floor.bufferZones.size === 1) return { hold: wait } // one country, one clock: all others are closed too
      closed.push({ lead, retryAt })
    } else if (rule.startsWith('policy_')) return { hold: { rule, words } }
    else {
      giveUp(d, floor, lead, { rule, words })
      return { hold: null }
    }
  }
  if (closed.length > 0 && floor.buffer.length > closed.length) {
    giveBackClosed(d, floor, closed)
    return { hold: null }
  }
  return { hold: wait ?? hold('no_leads', 'No lead is due now.') }
}

function askGate(
  d: Draft,
  floor: CampaignFloor,
  lead: BufferedLead,
): { phone: LeadPhone; verdict: Way['verdict'] } | { refusal: GateRefusal } {
  const { id: campaign, mode } = floor.campaign
  let refusal: GateRefusal | null = null
  for (const phone of candidatePhones(lead)) {
    const gate = mayContact(d.state, { ...phone, campaign, mode }, d.now)
    if (gate.ok) return { phone, verdict: gate.verdict }
    // A number that opens later is better news than one that never does.
    if (refusal === null || (refusal.retryAt === null && gate.refusal.retryAt !== null)) refusal = gate.refusal
  }
  return { refusal: refusal ?? { rule: 'number_invalid', words: 'The lead has no number.', retryAt: null } }
}

function giveUp(d: Draft, floor: CampaignFloor, lead: BufferedLead, refusal: Refusal): void {
  const { id: campaign } = floor.campaign
  const number = lead.phones[0]?.number ?? ''
  d.fact({ type: 'call.refused', campaign, lead: lead.id, agent: null, number, refusal })
  const state = refusal.rule === 'do_not_call' ? 'dnc' : 'exhausted'
  d.fact({ type: 'lead.released', lead: lead.id, campaign, state, dueAt: null, reason: refusal.rule })
}

/** Leads where it is night make room in the buffer for those where it is day. */
function giveBackClosed(d: Draft, floor: CampaignFloor, closed: { lead: BufferedLead; retryAt: number }[]): void {
  const { id: campaign } = floor.campaign
  for (const { lead, retryAt } of closed) {
    const back = { lead: lead.id, campaign, state: 'ready', dueAt: retryAt, reason: 'contact_hours' } as const
    d.fact({ type: 'lead.released', ...back })
  }
}

/** Asks the store in time, so that the buffer holds about two minutes of calls (VICIdial's auto hopper: agents × 60 / ring time × 1.2). */
function fetchLeads(d: Draft, floor: CampaignFloor): void {
  const { campaign } = floor
  if (campaign.state !== 'running' || campaign.mode === 'manual' || campaign.mode === 'notice') return
  if (floor.signedOn === 0 || d.now < floor.nextFetchAt) return
  if (floor.fetching && d.now < floor.fetchAskedAt + fetchTimeoutMs) return
  const target = Math.max(20, Math.ceil(floor.signedOn * (60_000 / campaign.ringMs) * 1.2) * 2)
  if (floor.buffer.length > target / 2) return
  d.note({ type: 'note.leadsFetching', campaign: campaign.id })
  d.effect({ type: 'leads.fetch', campaign: campaign.id, want: target })
}

/** A line rings and its agent is gone (a break, a caller served first): after the least ring time it is withdrawn, before it can abandon. */
function withdrawUncovered(d: Draft, floor: CampaignFloor): void {
  for (const id of floor.uncovered) {
    const call = d.state.calls.get(id)
    if (call === undefined || call.answeredAt !== null || call.startedAt + withdrawAfterMs > d.now) continue
    return endCall(d, call, { by: 'system', cause: 'cancelled', result: 'CANCELLED', sipStatus: null, q850: null })
  }
}

function isForSomeoneFree(d: Draft, floor: CampaignFloor, lead: BufferedLead): boolean {
  if (lead.callbackAgent === null || floor.free.has(lead.callbackAgent)) return true
  return d.now >= lead.dueAt + promisedGraceMs
}

function freeAgentFor(state: FloorState, floor: CampaignFloor, lead: BufferedLead): Agent | null {
  const first = floor.free.values().next()
  const id = lead.callbackAgent !== null && floor.free.has(lead.callbackAgent) ? lead.callbackAgent : first.value
  return id === undefined ? null : (state.agents.get(id) ?? null)
}

function hold(rule: string, words: string): Hold {
  return { rule, words }
}

function sameHold(floor: CampaignFloor, held: Hold | null): boolean {
  const until = held?.until ?? null
  return floor.held?.rule === held?.rule && floor.held?.words === held?.words && floor.heldUntil === until
}

function keep(d: Draft, floor: CampaignFloor, held: Hold | null): void {
  const what = held === null ? null : { rule: held.rule, words: held.words }
  d.note({ type: 'note.campaignHeld', campaign: floor.campaign.id, held: what, until: held?.until ?? null })
}
