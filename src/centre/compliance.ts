/**
 * The gate. Every contact passes here, in the same decision that dials it, whatever the mode: progressive, preview, manual, callback. What
 * is not known is not allowed. A refusal names the rule and says what to do; `retryAt` is the first instant at which time alone lifts it.
 */

import type { CampaignId } from '../lib/ids.ts'
import { maskNumber } from '../lib/mask.ts'
import type { Business, CampaignMode, Relation } from './entities.ts'
import type { Verdict } from './facts.ts'
import { isNumber } from './number.ts'
import { type Hours, manualPolicy, type Policy, policyPresets } from './policy-presets.ts'
import type { FloorState } from './state.ts'
import { type LocalTime, localTime, minutesADay, zonesOf } from './zone.ts'

export type ContactRequest = {
  number: string
  relation: Relation | null
  campaign: CampaignId | null
  mode: CampaignMode
}

export type GateRefusal = { rule: string; words: string; retryAt: number | null }
export type GateAnswer = { ok: true; verdict: Verdict } | { ok: false; refusal: GateRefusal }

export function mayContact(state: FloorState, request: ContactRequest, now: number): GateAnswer {
  const { number, relation } = request
  const floor = request.campaign === null ? null : state.campaigns.get(request.campaign)
  if (floor === undefined) return no('campaign_unknown', 'The campaign does not exist.')
  const campaign = floor?.campaign ?? null
  if (campaign !== null && campaign.state !== 'running') {
    return no('campaign_not_running', `The campaign is ${campaign.state}: set it running first.`)
  }
  if (!isNumber(number)) return no('number_invalid', `${masked(number)} is not a number that can be dialled.`)
  if (state.suppressed.has(number, now)) return no('do_not_call', `${masked(number)} is on the do-not-call list.`)
  if (state.numbersInCall.has(number)) return no('number_in_call', `${masked(number)} is on a call already.`)

  const policy = policyFor(state, campaign?.policy ?? null)
  if ('rule' in policy) return { ok: false, refusal: policy }
  if (relation !== null && !mayReach(policy, relation, campaign?.business ?? null)) {
    return no('third_party', `Policy ${policy.id} does not allow calling a ${relation.toLowerCase()} here.`)
  }
  const zones = zonesOf(number)
  if (zones.length === 0) return no('zone_unknown', `The time zone of ${masked(number)} is not known.`)
  for (const zone of zones) {
    const local = localTime(zone, now)
    if (isOpen(policy, local)) continue
    const words = `Policy ${policy.id} allows calls ${clockWords(policy.hours)}; it is ${clock(local.minute)} in ${zone}.`
    return { ok: false, refusal: { rule: 'contact_hours', words, retryAt: opensAt(policy, local, now) } }
  }
  const rules = [
    'campaign_not_running',
    'number_invalid',
    'do_not_call',
    'number_in_call',
    'third_party',
    'contact_hours',
  ]
  return { ok: true, verdict: { policy: policy.id, version: policy.version, rules } }
}

/** Whether `at` lies within the hours that the campaign's policy allows for this number; for callbacks that are being agreed on. */
export function isContactTime(state: FloorState, number: string, policyId: string | null, at: number): boolean {
  const policy = policyFor(state, policyId)
  const zones = zonesOf(number)
  if ('rule' in policy || zones.length === 0) return false
  return zones.every(zone => isOpen(policy, localTime(zone, at)))
}

function policyFor(state: FloorState, id: string | null): Policy | GateRefusal {
  const lab = policyPresets.get('LAB-ANY-HOUR')!
  if (id === null) return state.lab ? lab : manualPolicy
  const policy = policyPresets.get(id)
  if (policy === undefined) {
    return refusal('policy_unknown', `Policy "${id}" is not known, and what is not known is not allowed.`)
  }
  if (policy.labOnly && !state.lab) {
    return refusal('policy_lab_only', `Policy ${id} is for demo and tests: choose a real policy for this campaign.`)
  }
  if (policy.missing !== undefined) {
    return refusal('policy_incomplete', `Policy ${id} cannot be checked: this centre lacks ${policy.missing}.`)
  }
  return policy
}

/** Contacts and employers are called to verify an application, never to collect or to sell. */
function mayReach(policy: Policy, relation: Relation, business: Business | null): boolean {
  if (!policy.relations.includes(relation)) return false
  if (policy.labOnly) return true
  if (relation === 'CONTACT' || relation === 'WORKPLACE') return business === 'verification'
  return relation === 'SELF' || business !== 'sales'
}

function isOpen(policy: Policy, local: LocalTime): boolean {
  if (policy.weekdays !== undefined && !policy.weekdays.includes(local.weekday)) return false
  return local.minute >= policy.hours.from && local.minute < policy.hours.to
}

/** The next opening as the clock stands now; a change to or from summer time in between shifts it by an hour, and the gate asks again. */
function opensAt(policy: Policy, local: LocalTime, now: number): number {
  let days = local.minute < policy.hours.from ? 0 : 1
  while (days < 7 && policy.weekdays !== undefined && !policy.weekdays.includes((local.weekday + days) % 7)) days++
  const minutes = policy.hours.from - local.minute + days * minutesADay
  return Math.floor(now / 60_000) * 60_000 + minutes * 60_000
}

function no(rule: string, words: string): GateAnswer {
  return { ok: false, refusal: refusal(rule, words) }
}

function refusal(rule: string, words: string): GateRefusal {
  return { rule, words, retryAt: null }
}

function masked(number: string): string {
  return maskNumber(number.slice(0, 40))
}

function clockWords(hours: Hours): string {
  return `${clock(hours.from)}–${clock(hours.to)}`
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}
