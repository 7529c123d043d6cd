/**
 * What the gate must hold, counted anew from the journal with other code than the gate's: nobody is called more often than the stacked policies
 * allow, outside their hours, without consent, or in spite of a stop. Contacts are kept in a list and counted by walking through it.
 */
import type { Business, Campaign, CampaignMode, Lead, Relation } from '../../centre/entities.ts'
import type { Fact } from '../../centre/facts.ts'
import { zonesOf } from '../../centre/numbers/zone.ts'
import { type Limit, type LimitUnit, manualStack, type Policy, stackNames } from '../../centre/policy/policy.ts'
import { policyPresets } from '../../centre/policy/presets.ts'
import { AssertionError } from '../../lib/assert.ts'
import type { CallId, CampaignId, LeadId } from '../../lib/ids.ts'
import type { Plan } from './plan.ts'
import { dayNumber, minuteOfDay } from './wall-clock.ts'

type Contact = {
  call: CallId
  number: string
  party: string | null
  debt: string | null
  mode: CampaignMode
  at: { ATTEMPT: number } & Partial<Record<LimitUnit, number>>
  ended: boolean
  /** The caps that it was let through by. */
  limits: readonly Limit[]
  zones: readonly string[]
}

const msOf = { MINUTE: 60_000, HOUR: 3_600_000, DAY: 86_400_000, MONTH: 28 * 86_400_000 } as const
/** A time that was agreed on is kept within the hour. */
const agreedMs = 3_600_000

/** What a centre of the plans may dial at any hour, to anybody. */
const helpNumbers = ['110', '120']

export class GateWatch {
  readonly #contacts: Contact[] = []
  readonly #byCall = new Map<CallId, Contact>()
  readonly #campaigns: Map<CampaignId, Campaign>
  readonly #policies: Map<string, Policy>
  readonly #leads: Map<LeadId, Lead>
  readonly #suppressed = new Map<string, number>()
  readonly #stopped = new Map<string, number>()
  readonly #agreed = new Map<string, number[]>()
  /** How often a cap was full, by unit and window: a day in which none ever is shows nothing. */
  readonly full = new Map<string, number>()

  constructor({ setup, leads }: Plan) {
    this.#campaigns = new Map(setup.campaigns.map(campaign => [campaign.id, campaign]))
    this.#policies = new Map([...policyPresets, ...(setup.policies ?? []).map(policy => [policy.id, policy] as const)])
    this.#leads = new Map(leads.map(lead => [lead.id, lead]))
    for (const { number, until } of setup.suppressed) this.#suppressed.set(number, until ?? Number.POSITIVE_INFINITY)
  }

  follow(fact: Fact, now: number): void {
    switch (fact.type) {
      case 'call.dialed':
        return this.#dialed(fact, now)
      case 'call.answered':
        return this.#became(fact.call, 'CONNECT', now)
      case 'call.connected':
        return this.#became(fact.call, 'CONVERSATION', now)
      case 'call.abandoned':
        return this.#became(fact.call, 'ABANDON', now)
      case 'call.ended': {
        const contact = this.#byCall.get(fact.call)
        if (contact === undefined || contact.ended) return
        contact.ended = true
        if (contact.at.CONNECT === undefined) this.#became(fact.call, 'UNANSWERED', contact.at.ATTEMPT)
        return
      }
      case 'callback.scheduled': {
        const { number, at, reason } = fact.callback
        if (reason === 'agreed') this.#agreed.set(number, [...(this.#agreed.get(number) ?? []), at])
        return
      }
      case 'campaign.saved':
        this.#campaigns.set(fact.campaign.id, fact.campaign)
        return
      case 'policy.saved':
        this.#policies.set(fact.policy.id, fact.policy)
        return
      case 'suppression.added':
        this.#suppressed.set(fact.number, fact.until ?? Number.POSITIVE_INFINITY)
        return
      case 'suppression.removed':
        this.#suppressed.delete(fact.number)
        return
      case 'party.held':
        this.#stopped.set(`${fact.party} ${fact.kind}`, fact.until ?? Number.POSITIVE_INFINITY)
        return
      case 'party.released':
        this.#stopped.delete(`${fact.party} ${fact.kind}`)
        return
      default:
        return
    }
  }

  #dialed(fact: Extract<Fact, { type: 'call.dialed' }>, now: number): void {
    const { call, number, party, mode } = fact
    if (fact.verdict.policy === 'EMERGENCY')
      return claim(helpNumbers.includes(number), `${number} is dialled as if it were for help`)
    const campaign = fact.campaign === null ? null : this.#campaigns.get(fact.campaign)
    claim(campaign !== undefined, 'a call is dialled for a campaign that there is')
    const business = campaign?.business ?? null
    const stack = this.#stack(campaign?.policy ?? manualStack, business)
    const zones = zonesOf(number)
    claim(zones.length > 0, `${number} is dialled, and nobody knows what time it is there`)
    claim(campaign === null || campaign.state === 'running', 'a campaign that does not run dials nobody')
    claim((this.#suppressed.get(number) ?? 0) <= now, 'a number on the do-not-call list is not dialled')
    for (const kind of ['hold', 'do_not_call'])
      claim((this.#stopped.get(`${party} ${kind}`) ?? 0) <= now, `${party} is stopped (${kind}) and dialled`)
    const agreed = (this.#agreed.get(number) ?? []).some(at => now >= at && now < at + agreedMs)
    for (const policy of stack) {
      const within = zones.every(zone => isOpen(policy, zone, now))
      const exempt = agreed && policy.hoursUnlessAgreed === true
      claim(within || exempt, `${policy.id} allows no call to ${number} at ${new Date(now).toISOString()}`)
      claim(mayReach(policy, fact.relation, business), `${policy.id} does not let ${business} call a ${fact.relation}`)
      if (business !== null && policy.consentFor?.includes(business))
        claim(fact.lead !== null && this.#leads.get(fact.lead)?.consent != null, `${policy.id} asks for consent`)
    }
    const limits = stack
      .flatMap(policy => policy.limits ?? [])
      .filter(limit => limit.effect === 'BLOCK' || fact.verdict.override === undefined)
      .filter(limit => limit.modes === undefined || limit.modes.includes(mode))
      .filter(limit => !(limit.unlessAgreed && agreed))
    const contact: Contact = {
      ...{ call, number, party, debt: fact.debt ?? null, mode, at: { ATTEMPT: now }, ended: false, limits, zones },
    }
    for (const limit of limits) {
      const used = this.#count(limit, contact, now, false)
      const most = Math.max(0, limit.max - 1)
      claim(used <= most, `${inWords(limit)}: ${number} of ${party} is dialled after ${used} of ${limit.max}`)
      if (used === most && used > 0) this.full.set(inWords(limit), (this.full.get(inWords(limit)) ?? 0) + 1)
    }
    this.#contacts.push(contact)
    this.#byCall.set(call, contact)
  }

  /** A call turns out to be what a cap counts; of those that were let through by this cap there may be no more than it allows. */
  #became(call: CallId, unit: LimitUnit, at: number): void {
    const contact = this.#byCall.get(call)
    if (contact === undefined || contact.at[unit] !== undefined) return
    contact.at[unit] = at
    for (const limit of contact.limits) {
      if (limit.unit !== unit) continue
      if (limit.counts !== undefined && !limit.counts.includes(contact.mode)) continue
      const used = this.#count(limit, contact, at, true)
      // A rest has a maximum of none: the contact that it is for is the one.
      claim(used <= Math.max(1, limit.max), `${inWords(limit)}: ${used} for ${contact.number} of ${contact.party}`)
    }
  }

  /** Contacts that count beside this one (and with it, where it has come to count), as its callee's calendar has them. */
  #count(limit: Limit, of: Contact, now: number, letThroughOnly: boolean): number {
    let most = 0
    for (const zone of of.zones) {
      let used = 0
      for (const contact of this.#contacts) {
        if (letThroughOnly && !contact.limits.includes(limit)) continue
        if (limit.counts !== undefined && !limit.counts.includes(contact.mode)) continue
        const at = contact.at[limit.unit]
        if (at === undefined || at > now || !isSame(limit, contact, of) || !isWithin(limit, zone, at, now)) continue
        used++
      }
      most = Math.max(most, used)
    }
    return most
  }

  #stack(text: string, business: Business | null): Policy[] {
    const all = stackNames(text).map(name => this.#policies.get(name))
    claim(
      all.every(policy => policy !== undefined),
      `a call is dialled under "${text}", which is not known`,
    )
    const mine = all.filter(policy => business === null || policy.business.includes(business))
    return all.length > 1 && mine.length > 0 ? mine : all
  }
}

/** Two contacts with the same person, number or loan; what is not known of one of them may be the same. */
function isSame({ key }: Limit, a: Contact, b: Contact): boolean {
  const sameNumber = a.number === b.number
  const sameParty = a.party !== null && a.party === b.party
  if (!sameNumber && !sameParty) return false
  return key.every(part => {
    if (part === 'NUMBER') return sameNumber
    const [mine, theirs] = part === 'PARTY' ? [a.party, b.party] : [a.debt, b.debt]
    return mine === null || theirs === null || mine === theirs
  })
}

function isWithin({ window }: Limit, zone: string, at: number, now: number): boolean {
  if (window.type === 'DAY') return dayNumber(zone, at) === dayNumber(zone, now)
  if (window.type === 'REST') return dayNumber(zone, now) - dayNumber(zone, at) < window.n
  return now - at < window.n * msOf[window.of]
}

function isOpen(policy: Policy, zone: string, now: number): boolean {
  const minute = minuteOfDay(zone, now)
  const weekday = (((dayNumber(zone, now) + 4) % 7) + 7) % 7
  if (policy.weekdays !== undefined && !policy.weekdays.includes(weekday)) return false
  return minute >= policy.hours.from && minute < policy.hours.to
}

function mayReach(policy: Policy, relation: Relation | null, business: Business | null): boolean {
  if (relation === null) return true
  if (!policy.relations.includes(relation)) return false
  if (relation === 'SELF') return true
  return relation === 'GUARANTOR' ? business !== 'sales' : business === 'verification'
}

function inWords({ unit, key, window, max }: Limit): string {
  const length = window.type === 'DAY' ? 'day' : `${window.type.toLowerCase()} ${window.n}`
  const of = window.type === 'ROLL' ? ` ${window.of.toLowerCase()}` : ''
  return `${unit} ${key.join('+')} ${length}${of} max ${max}`
}

function claim(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new AssertionError(`invariant broken: ${sentence}`)
}
