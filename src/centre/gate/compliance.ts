/**
 * The gate. Every contact passes here, in the same decision that dials it, whatever the mode: predictive, progressive, preview, manual, notice,
 * callback. What is not known is not allowed. A refusal names the rule and says what to do; `retryAt` is the first instant at which time alone
 * lifts it. The same questions are asked by the test bench, which is told every answer and not the first no alone.
 */

import type { AgencyId, CampaignId } from '../../lib/ids.ts'
import { maskNumber } from '../../lib/mask.ts'
import type { Business, CampaignMode, Consent, Relation } from '../entities.ts'
import { dateOf } from '../numbers/day.ts'
import { isNumber } from '../numbers/number.ts'
import { type LocalTime, localDay, localTime, minutesADay, zonesOf } from '../numbers/zone.ts'
import { clock, closesOf, limitWords } from '../policy/gate-words.ts'
import { isHoliday } from '../policy/holidays.ts'
import { type Limit, manualStack, type Policy, stackOf } from '../policy/policy.ts'
import type { CampaignFloor, FloorState } from '../state.ts'
import { barred } from '../toll/guard.ts'
import { agencyRefusal } from './agencies.ts'
import { countCap } from './caps.ts'
import type { Stop } from './stops.ts'
import type { CheckedRule, RefusedUnder, Verdict } from './verdict.ts'

export type ContactRequest = {
  number: string
  relation: Relation | null
  campaign: CampaignId | null
  mode: CampaignMode
  /** The lender's reference of the person; left out or null: not known, and counted by the number. */
  party?: string | null
  /** The lender's reference of the loan, where caps are by debt. */
  debt?: string | null
  consent?: Consent | null
  /** The instant that the party agreed on, when a callback is kept: exceptions for it hold from then on for an hour. */
  agreedAt?: number | null
  /** A supervisor's reason to go past rules of effect WARN. */
  override?: string | null
  /** Of whoever dials by hand; left out or null: one of the lender's own. A campaign's own counts instead. */
  agency?: AgencyId | null
  /** A text and no call (writing.ts). `zones`: where no number tells them. */
  text?: { channel: 'sms' | 'email'; business: Business; takenBack: boolean; zones: readonly string[] | null }
}

type No = { rule: string; words: string; retryAt: number | null }
export type GateRefusal = No & { under: RefusedUnder }
export type GateAnswer = { ok: true; verdict: Verdict } | { ok: false; refusal: GateRefusal }
/** One question and its answer, for the test bench. `used` and `max` where it counts. */
export type Asked = {
  rule: string
  policy: string | null
  answer: 'yes' | 'no' | 'overridden'
  words: string
  retryAt: number | null
  used?: number
  max?: number
}

export function mayContact(state: FloorState, request: ContactRequest, now: number): GateAnswer {
  return new Inquiry(state, request, now, null).answer()
}

/** The verdict, and every rule asked on the way to it. */
export function examine(
  state: FloorState,
  request: ContactRequest,
  now: number,
): { answer: GateAnswer; asked: Asked[] } {
  const asked: Asked[] = []
  const answer = new Inquiry(state, request, now, asked).answer()
  return { answer, asked }
}

type Kept = { policy: string; business: Business } | null

/** Whether a callback may be agreed on for `at`: within the hours of the campaign's policies, or outside where the source lets the party choose. */
export function isContactTime(state: FloorState, number: string, campaign: Kept, at: number): boolean {
  return isWithin(state, number, campaign, at, true)
}

/** Whether the hours, days and holidays of the campaign's policies are open for this number, or its country code, at an instant. */
export function isOpenAt(state: FloorState, number: string, campaign: Kept, at: number): boolean {
  return isWithin(state, number, campaign, at, false)
}

function isWithin(state: FloorState, number: string, campaign: Kept, at: number, agreed: boolean): boolean {
  const stack = policiesFor(state, campaign)
  const zones = zonesOf(number)
  if ('rule' in stack || zones.length === 0) return false
  return stack.every(policy => (agreed && policy.hoursUnlessAgreed) || closedAt(state, policy, zones, at) === null)
}

/** A caller ID that is not one of the trunk's own is never shown. */
export function mayShow(state: FloorState, trunk: Parameters<FloorState['trunks']['get']>[0], callerId: string) {
  return state.trunks.get(trunk)?.trunk.callerIds.includes(callerId) ?? false
}

/** Questions in order, cheap ones first; the first no is the answer, and with a list to tell them in all are asked. */
class Inquiry {
  readonly #state: FloorState
  readonly #request: ContactRequest
  readonly #now: number
  readonly #asked: Asked[] | null
  readonly #agreed: boolean
  #refusal: (No & { by: string | null }) | null = null
  #warned = false

  constructor(state: FloorState, request: ContactRequest, now: number, asked: Asked[] | null) {
    this.#state = state
    this.#request = request
    this.#now = now
    this.#asked = asked
    const { agreedAt = null } = request
    this.#agreed = agreedAt !== null && now >= agreedAt && now < agreedAt + agreedMs
  }

  answer(): GateAnswer {
    const floor = this.#request.campaign === null ? null : this.#state.campaigns.get(this.#request.campaign)
    if (floor === undefined) {
      this.#no('campaign_unknown', 'The campaign does not exist.')
      return this.#refused('', null)
    }
    const campaign = floor?.campaign ?? null
    const written = this.#request.text
    const whose = written === undefined ? campaign : { policy: textPolicyOf(this.#state), business: written.business }
    const text = whose?.policy ?? (this.#state.lab ? labPolicy : manualStack)
    const stack = policiesFor(this.#state, whose)
    if (this.#askWho(campaign?.state ?? null) && (written !== undefined || this.#askAgency(campaign))) {
      if ('rule' in stack) this.#no(stack.rule, stack.words)
      else {
        this.#askPolicies(stack, whose?.business ?? null)
        if (this.#refusal === null) return { ok: true, verdict: this.#verdict(stack) }
      }
    }
    return this.#refused(text, 'rule' in stack ? null : stack)
  }

  #refused(text: string, stack: Policy[] | null): GateAnswer {
    const { by, ...no } = this.#refusal!
    const names = stack === null ? { policy: text, version: '' } : namesOf(stack)
    return { ok: false, refusal: { ...no, under: { ...names, by } } }
  }

  /** The campaign, the number and the person, whatever the policy. Answers whether to go on. */
  #askWho(campaign: 'running' | 'paused' | 'closed' | null): boolean {
    const { number, party, text } = this.#request
    const state = this.#state
    const now = this.#now
    if (text?.channel === 'email') return this.#askStop(state.stops.of(party ?? '', now))
    const running = campaign === null || campaign === 'running'
    if (!this.#ask('campaign_not_running', running, () => `The campaign is ${campaign}: set it running first.`))
      return false
    const dialable = isNumber(number)
    const wrong = () => `${masked(number)} is not a number that can be dialled.`
    if (!this.#ask('number_invalid', dialable, wrong) || !dialable) return false // it has neither zone nor history
    const costly = barred(state, number)
    if (!this.#ask('number_barred', costly === null, () => costly!.words)) return false
    const barredUntil = state.suppressed.until(number, now)
    if (barredUntil !== null) {
      const again = Number.isFinite(barredUntil) ? barredUntil : null
      if (!this.#no('do_not_call', `${masked(number)} is on the do-not-call list.`, again)) return false
    } else this.#yes('do_not_call')
    const stop = (party ? state.stops.of(party, now) : null) ?? state.stops.ofNumber(number, now)
    if (!this.#askStop(stop)) return false
    const busy = () => `${masked(number)} is on a call already.`
    if (!this.#ask('number_in_call', !state.numbersInCall.has(number), busy)) return false
    const alone = !party || !state.partiesInCall.has(party)
    return this.#ask('party_in_call', alone, () => `${party} is being called already, at another number.`)
  }

  /** What is placed with an agency is called by that agency alone, and by it nothing else. */
  #askAgency(campaign: { agency?: AgencyId | null; business: Business } | null): boolean {
    const { party = null, agency = null } = this.#request
    const of = { agency: campaign?.agency ?? agency, party, business: campaign?.business ?? null }
    const no = agencyRefusal(this.#state, of, this.#now)
    if (no === null) return of.agency === null ? true : this.#yes('agency')
    return this.#no(no.rule, no.words, no.again === 'later' ? this.#now + agencyMs : null)
  }

  #askStop(stop: Stop | null): boolean {
    if (stop !== null) {
      const words =
        stop.kind === 'hold'
          ? `${stop.party} is on hold: ${stop.reason}.`
          : `${stop.party} does not want to be called: ${stop.reason}.`
      // Nothing but a person lifts a hold, so its lead is looked at again a day later and not lost.
      const again = stop.kind === 'hold' ? (stop.until ?? this.#now + dayMs) : stop.until
      if (!this.#no(stop.kind === 'hold' ? 'party_hold' : 'do_not_call', words, again)) return false
    } else this.#yes('party_hold')
    return true
  }

  #askPolicies(stack: Policy[], business: Business | null): void {
    const { number, relation, consent, party, text } = this.#request
    const zones = text?.zones ?? zonesOf(number)
    const known = zones.length > 0
    if (text !== undefined) {
      const words = () => `${party} has taken back the consent to ${text.channel === 'email' ? 'e-mails' : 'texts'}.`
      if (!this.#ask('consent_withdrawn', !text.takenBack, words)) return
    }
    if (business === 'sales' && party) {
      const words = () => `${party} has taken back the consent to sales calls: record a new one first.`
      if (!this.#ask('consent_withdrawn', !this.#state.stops.isUnsold(party), words)) return
    }
    for (const policy of stack) {
      const reaches = relation === null || mayReach(policy, relation, business)
      const word = relation?.toLowerCase()
      if (
        !this.#ask('third_party', reaches, () => `Policy ${policy.id} does not allow calling a ${word} here.`, policy)
      )
        return
      if (business !== null && policy.consentFor?.includes(business)) {
        const words = () => `Policy ${policy.id} needs a proof of consent, and none is known: add it to the lead.`
        if (!this.#ask('consent', !!consent, words, policy)) return
      }
    }
    if (!this.#ask('zone_unknown', known, () => `The time zone of ${masked(number)} is not known.`) || !known) return
    for (const policy of stack) {
      const closed = this.#agreed && policy.hoursUnlessAgreed ? null : closedAt(this.#state, policy, zones, this.#now)
      if (closed === null) this.#yes('contact_hours', policy)
      else if (!this.#no(closed.rule, closed.words, closed.retryAt, policy)) return
      if (!this.#askAbandonment(policy)) return
      for (const limit of policy.limits ?? []) if (!this.#askCap(policy, limit, zones)) return
    }
  }

  #askAbandonment(policy: Policy): boolean {
    const { campaign, mode } = this.#request
    if (policy.abandon === undefined || campaign === null || (mode !== 'predictive' && mode !== 'notice')) return true
    const floor = this.#state.campaigns.get(campaign)!
    const { max, days } = policy.abandon
    const { answered, abandoned } = floor.abandonment.of(localDay(this.#state.zone, this.#now), days)
    const rate = answered < abandonLeast ? 0 : abandoned / answered
    if (rate <= max || !isAhead(floor)) return this.#yes('abandon_limit', policy)
    const percent = (share: number) => `${+(share * 100).toFixed(2)} %`
    const words = `The campaign has abandoned ${percent(rate)} of live-answered calls ${days === 1 ? 'today' : `in ${days} days`}; policy ${policy.id} allows ${percent(max)}. Until it is less, no more calls than there are free agents are under way.`
    return this.#no('abandon_limit', words, this.#now + pausedMs, policy)
  }

  #askCap(policy: Policy, limit: Limit, zones: readonly string[]): boolean {
    const { number, party, debt, mode, override, text } = this.#request
    if (limit.unit === 'MESSAGE' && text === undefined) return true // calls are no texts
    if (limit.modes !== undefined && !limit.modes.includes(mode)) return true
    if (limit.unlessAgreed && this.#agreed) return true
    const rule = capRule[limit.unit]
    const asks = { number, party: party || null, debt: debt || null }
    const count = countCap(this.#state.counters, limit, asks, zones, this.#now)
    if (count === null) {
      const words = 'How often this party was contacted is being read: a moment, please.'
      return this.#no('history_unknown', words, this.#now + historyMs, policy)
    }
    const figures = { used: count.used, max: limit.max }
    if (count.freeAt === null) return this.#yes(rule, policy, figures)
    const words = `Policy ${policy.id} allows ${limitWords(limit)}; ${count.used} counted.`
    if (limit.effect === 'BLOCK' || !override) return this.#no(rule, words, count.freeAt, policy, figures)
    this.#warned = true
    this.#asked?.push({ rule, policy: policy.id, answer: 'overridden', words, retryAt: null, ...figures })
    return true
  }

  #verdict(stack: Policy[]): Verdict {
    const caps = stack.some(policy => policy.limits !== undefined)
    const consent = stack.some(policy => policy.consentFor !== undefined)
    const verdict: Verdict = { ...namesOf(stack), rules: rulesAsked[(caps ? 1 : 0) + (consent ? 2 : 0)]! }
    return this.#warned ? { ...verdict, override: this.#request.override!.slice(0, 200) } : verdict
  }

  #ask(rule: string, holds: boolean, words: () => string, policy: Policy | null = null): boolean {
    return holds ? this.#yes(rule, policy) : this.#no(rule, words(), null, policy)
  }

  #yes(rule: string, policy: Policy | null = null, figures?: { used: number; max: number }): true {
    const id = policy?.id ?? null
    this.#asked?.push({ rule, policy: id, answer: 'yes', words: '', retryAt: null, ...figures })
    return true
  }

  /** Answers whether to ask on: only for whom every answer is wanted. */
  #no(
    rule: string,
    words: string,
    retryAt: number | null = null,
    policy: Policy | null = null,
    figures?: { used: number; max: number },
  ): boolean {
    this.#refusal ??= { rule, words, retryAt, by: policy?.id ?? null }
    this.#asked?.push({ rule, policy: policy?.id ?? null, answer: 'no', words, retryAt, ...figures })
    return this.#asked !== null
  }
}

/** Whether one more call would be under way than there are agents free for it. */
function isAhead({ lines, waiting, free }: CampaignFloor): boolean {
  return lines.size + waiting.length >= free.size
}

const labPolicy = 'LAB-ANY-HOUR'
const dayMs = 86_400_000
const historyMs = 5_000
/** An agency that may not work now, or has no line free, is asked about again after this. */
const agencyMs = 60_000
/** An agreed time is kept within the hour, or it is no longer the time agreed on. */
const agreedMs = 3_600_000
/** A campaign over its abandonment limit is asked about again after this; the share falls as calls are answered in time. */
const pausedMs = 60_000
/** Below so many live answers a share says nothing (one of ten is no 10 %). */
const abandonLeast = 50
const capRule = {
  ATTEMPT: 'cap_attempts',
  UNANSWERED: 'cap_unanswered',
  CONNECT: 'cap_connects',
  CONVERSATION: 'cap_conversations',
  ABANDON: 'cap_abandoned',
  MESSAGE: 'cap_messages',
} as const
const asked: CheckedRule[] = [
  'campaign_not_running',
  'number_invalid',
  'do_not_call',
  'party_hold',
  'number_in_call',
  'party_in_call',
  'third_party',
  'contact_hours',
]
/** With caps 1, with consent 2; the same four lists again and again. */
const rulesAsked: CheckedRule[][] = [asked, [...asked, 'caps'], [...asked, 'consent'], [...asked, 'consent', 'caps']]

function textPolicyOf({ textPolicy, lab }: FloorState): string {
  return textPolicy || (lab ? labPolicy : manualStack)
}

function policiesFor(state: FloorState, campaign: { policy: string; business: Business } | null): Policy[] | No {
  const text = campaign?.policy ?? (state.lab ? labPolicy : manualStack)
  const stack = stackOf(state.policies, text, campaign?.business ?? null)
  if (typeof stack === 'string') {
    return refusal('policy_unknown', `Policy "${stack}" is not known, and what is not known is not allowed.`)
  }
  if (!state.lab && stack.some(policy => policy.labOnly)) {
    return refusal('policy_lab_only', `Policy ${text} is for demo and tests: choose a real policy for this campaign.`)
  }
  return stack
}

/** The policies that were asked and the version of each, in the same order: `A+B`, `1+2`. */
function namesOf(stack: readonly Policy[]): { policy: string; version: string } {
  const [one] = stack
  if (stack.length === 1 && one !== undefined) return { policy: one.id, version: one.version }
  return { policy: stack.map(({ id }) => id).join('+'), version: stack.map(({ version }) => version).join('+') }
}

/** Contacts and employers are called to verify an application, never to collect or to sell. */
function mayReach(policy: Policy, relation: Relation, business: Business | null): boolean {
  if (!policy.relations.includes(relation)) return false
  if (policy.labOnly) return true
  if (relation === 'CONTACT' || relation === 'WORKPLACE') return business === 'verification'
  return relation === 'SELF' || business !== 'sales'
}

/** Why a policy allows no call at this time of day, or on this day; null: it does. */
function closedAt(state: FloorState, policy: Policy, zones: readonly string[], at: number): No | null {
  for (const zone of zones) {
    const local = localTime(zone, at)
    if (policy.holidays !== undefined) {
      const holiday = isHoliday(state.holidays, policy.holidays, dateOf(zone, at))
      const midnight = Math.floor(at / 60_000) * 60_000 + (minutesADay - local.minute) * 60_000
      if (holiday === null) {
        const words = `The calendar ${policy.holidays} does not know this year: an administrator adds its holidays.`
        return { rule: 'holiday_unknown', words, retryAt: at + dayMs }
      }
      if (holiday) {
        const words = `Policy ${policy.id} allows no calls on holidays, and it is one in ${zone}.`
        return { rule: 'holiday', words, retryAt: midnight }
      }
    }
    if (isOpen(policy, local)) continue
    const words = `Policy ${policy.id} allows calls ${closesOf(policy.hours)}; it is ${clock(local.minute)} in ${zone}.`
    return { rule: 'contact_hours', words, retryAt: opensAt(policy, local, at) }
  }
  return null
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

function refusal(rule: string, words: string): No {
  return { rule, words, retryAt: null }
}

function masked(number: string): string {
  return maskNumber(number.slice(0, 40))
}
