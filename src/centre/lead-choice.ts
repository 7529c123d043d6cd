/** Which lead is called next, and whom it is for: the first of the buffer that the gate lets through. */

import { type GateRefusal, mayContact } from './compliance.ts'
import type { Way } from './dial.ts'
import type { Draft } from './draft.ts'
import type { BufferedLead, LeadPhone, Refusal } from './entities.ts'
import { type Hold, hold } from './hold.ts'
import { candidatePhones } from './lead.ts'
import type { Agent, CampaignFloor, FloorState } from './state.ts'

/** Leads looked at in one step at most; the rest waits for the next. */
const lookMax = 64
/** A promised callback whose agent is away goes to anyone after this long. */
const promisedGraceMs = 15 * 60_000

export type Choice = { lead: BufferedLead; phone: LeadPhone; verdict: Way['verdict'] } | { hold: Hold | null }

/** The first lead that the gate lets through. Leads that it will never let through are given back on the way. */
export function chooseLead(d: Draft, floor: CampaignFloor): Choice {
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

function isForSomeoneFree(d: Draft, floor: CampaignFloor, lead: BufferedLead): boolean {
  if (lead.callbackAgent === null || floor.free.has(lead.callbackAgent)) return true
  return d.now >= lead.dueAt + promisedGraceMs
}

export function freeAgentFor(state: FloorState, floor: CampaignFloor, lead: BufferedLead): Agent | null {
  const first = floor.free.values().next()
  const id = lead.callbackAgent !== null && floor.free.has(lead.callbackAgent) ? lead.callbackAgent : first.value
  return id === undefined ? null : (state.agents.get(id) ?? null)
}
