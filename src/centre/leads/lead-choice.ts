/** Which lead is called next, and whom it is for: the first of the buffer that the gate lets through. */

import type { Way } from '../calls/dial.ts'
import { type Hold, hold } from '../campaigns/hold.ts'
import { isAgentFirst, modeNow } from '../campaigns/mode.ts'
import type { Draft } from '../draft.ts'
import type { BufferedLead, LeadPhone } from '../entities.ts'
import { type GateRefusal, mayContact } from '../gate/compliance.ts'
import { placeOf } from '../numbers/zone.ts'
import type { Agent, CampaignFloor, FloorState } from '../state.ts'
import { candidatePhones, isOnCall, requestOf } from './lead.ts'
import { placeOfLead } from './lead-buffer.ts'
import { isOverQuota } from './lead-supply.ts'

/** Leads looked at in one step at most; the rest waits for the next. */
const lookMax = 64
/** Rules of the callee's clock and calendar: when they say no to one number they say no to all that lie in the same place. */
const rulesOfPlace: ReadonlySet<string> = new Set(['contact_hours', 'contact_day', 'holiday', 'weekday'])

export type Choice = { lead: BufferedLead; phone: LeadPhone; verdict: Way['verdict'] } | { hold: Hold | null }

/** The first lead that the gate lets through. Leads that it will not let through now, or never, are put aside on the way. */
export function chooseLead(d: Draft, floor: CampaignFloor): Choice {
  let looked = 0
  for (const lead of floor.buffer.forSomeone(agent => floor.free.has(agent), d.now)) {
    if (floor.free.size === 0 && isAgentFirst(floor, lead)) continue // others need not wait for an agent
    if (looked++ >= lookMax) break
    if (lead.callback === null && isOverQuota(floor, lead)) {
      d.note({ type: 'note.leadDropped', campaign: floor.campaign.id, lead: lead.id }) // the store is told not to send such a one
      continue
    }
    if (isOnCall(d.state, lead)) continue
    const asked = askGate(d, floor, lead)
    if ('verdict' in asked) return { lead, ...asked }
    const { rule, words, retryAt } = asked.refusal
    if (isForNow(asked.refusal)) continue
    if (rule === 'abandon_limit') return { hold: { rule, words } } // the campaign's fault and not this lead's
    if (retryAt !== null && rule.startsWith('agency_')) return { hold: { rule, words, until: retryAt } } // nor this one's
    if (retryAt === null && rule.startsWith('policy_')) return { hold: { rule, words } }
    if (retryAt === null) {
      giveUp(d, floor, lead, asked)
      return { hold: null }
    }
    if (lead.callback === null && rulesOfPlace.has(rule) && placeOf(asked.number) === placeOfLead(lead)) {
      if (isOnlyPlace(floor)) return { hold: { rule, words, until: retryAt } } // one place, one clock: all others are closed too
      d.note({
        type: 'note.placeClosed',
        campaign: floor.campaign.id,
        place: placeOfLead(lead),
        until: retryAt,
        rule,
        words,
      })
      return { hold: null }
    }
    putOff(d, floor, lead, rule, retryAt)
  }
  return { hold: d.isEmpty ? noLeads(floor, d.now) : null }
}

/** Why no lead can be had: it is night where the others are, or there is none. */
export function noLeads(floor: CampaignFloor, now: number): Hold {
  let first: { until: number; rule: string; words: string } | null = null
  for (const closed of floor.supply.closed.values())
    if (closed.until > now && (first === null || closed.until < first.until)) first = closed
  return floor.buffer.length === 0 && first !== null ? first : hold('no_leads', 'No lead is due now.')
}

type Asked = { phone: LeadPhone; verdict: Way['verdict'] } | { refusal: GateRefusal; number: string }

function askGate(d: Draft, floor: CampaignFloor, lead: BufferedLead): Asked {
  const { id: campaign } = floor.campaign
  const mode = isAgentFirst(floor, lead) ? 'progressive' : modeNow(floor) // as it is dialled
  let refused: { refusal: GateRefusal; number: string } | null = null
  for (const phone of candidatePhones(lead)) {
    const gate = mayContact(d.state, requestOf(lead, phone, campaign, mode), d.now)
    if (gate.ok) return { phone, verdict: gate.verdict }
    const { refusal } = gate
    // A number that opens later is better news than one that never does, and one that is busy for a moment than either.
    if (isForNow(refusal)) return { refusal, number: phone.number }
    if (refused === null || (refused.refusal.retryAt === null && refusal.retryAt !== null))
      refused = { refusal, number: phone.number }
  }
  if (refused !== null) return refused
  const under = { policy: floor.campaign.policy, version: '', by: null }
  const words = 'The lead has no number that can be dialled.'
  return { refusal: { rule: 'number_invalid', words, retryAt: null, under }, number: '' }
}

/** The call that stands in the way is over in minutes, and the lead keeps its place until then. */
function isForNow({ rule }: GateRefusal): boolean {
  return rule === 'number_in_call' || rule === 'party_in_call'
}

function giveUp(d: Draft, floor: CampaignFloor, lead: BufferedLead, asked: { refusal: GateRefusal; number: string }) {
  const { id: campaign } = floor.campaign
  const { rule, words, under } = asked.refusal
  const refusal = { rule, words }
  const number = asked.number || (lead.phones[0]?.number ?? '')
  d.fact({ type: 'call.refused', campaign, lead: lead.id, agent: null, number, refusal, under })
  const state = rule === 'do_not_call' ? 'dnc' : 'exhausted'
  d.fact({ type: 'lead.released', lead: lead.id, campaign, state, dueAt: null, reason: rule })
}

/** Time alone lifts what stands in this lead's way; until then others have its place in the buffer. A promise stays one. */
function putOff(d: Draft, floor: CampaignFloor, lead: BufferedLead, reason: string, dueAt: number): void {
  const state = lead.callback === null ? 'ready' : 'callback'
  const { id, next = null } = lead
  d.fact({ type: 'lead.released', lead: id, campaign: floor.campaign.id, state, dueAt, reason, next })
}

function isOnlyPlace(floor: CampaignFloor): boolean {
  return floor.buffer.places.size === 1 && (floor.supply.places ?? 1) <= 1
}

export function freeAgentFor(state: FloorState, floor: CampaignFloor, lead: BufferedLead): Agent | null {
  const first = floor.free.values().next()
  const id = lead.callbackAgent !== null && floor.free.has(lead.callbackAgent) ? lead.callbackAgent : first.value
  return id === undefined ? null : (state.agents.get(id) ?? null)
}
