/**
 * The store of a chaotic floor: what the facts come to, as SQLite's tables hold it. It outlives the process, gives leads and history, and says
 * after a crash what was in hand and how the floor is set up.
 */

import type { ResumedMode } from '../../centre/campaigns/mode.ts'
import type { Effect } from '../../centre/effects.ts'
import type { BufferedLead, Callback, Lead, LeadOutlook, LeadState } from '../../centre/entities.ts'
import type { Fact } from '../../centre/facts.ts'
import { abandonDaysMax, isCounted } from '../../centre/gate/abandonment.ts'
import { type Contact, type ContactPack, packContacts } from '../../centre/gate/contact-columns.ts'
import { placeOfLead } from '../../centre/leads/lead-buffer.ts'
import { normaliseNumber } from '../../centre/numbers/number.ts'
import { manualStack, type Policy, reachOf } from '../../centre/policy/policy.ts'
import { policyPresets } from '../../centre/policy/presets.ts'
import type { Setup } from '../../centre/records/setup.ts'
import type { InHand } from '../../engine/recover.ts'
import type { CallbackId, CallId, CampaignId, LeadId, RecordingId, UserId } from '../../lib/ids.ts'
import type { Plan } from './plan.ts'

type LeadRow = {
  lead: Lead
  state: LeadState
  dueAt: number
  attempts: number
  lastCall: CallId | null
  next: string | null
  bad: string[]
  callback: OpenCallback | null
}
type OpenCallback = Callback & { tries: number; nextAt: number | null }
type CallRow = Contact & InHand['calls'][number]
const dayMs = 86_400_000
/** Calls that rules of mode go by after a start. */
const modeCallsMax = 400
type Stop = NonNullable<Setup['stops']>[number]

export class Ledger {
  readonly #leads = new Map<LeadId, LeadRow>()
  readonly #calls = new Map<CallId, CallRow>()
  readonly #callbacks = new Map<CallbackId, OpenCallback>()
  readonly #recordings = new Map<RecordingId, { id: RecordingId; call: CallId; path: string; openedAt: number }>()
  readonly #agents = new Set<UserId>()
  readonly #suppressed = new Map<string, number | null>()
  readonly #stops = new Map<string, Stop>()
  readonly #policies = new Map<string, Policy>()
  readonly #modes = new Map<CampaignId, ResumedMode['changed']>()
  readonly #setup: Setup

  constructor(plan: Plan) {
    this.#setup = { ...plan.setup }
    for (const { number, until } of plan.setup.suppressed) this.#suppressed.set(number, until)
    for (const policy of plan.setup.policies ?? []) this.#policies.set(policy.id, policy)
    for (const lead of plan.leads) {
      const blank = { state: 'ready', dueAt: 0, attempts: 0, lastCall: null, next: null, callback: null } as const
      this.#leads.set(lead.id, { lead, ...blank, bad: [] })
    }
  }

  follow(fact: Fact, at: number): void {
    switch (fact.type) {
      case 'call.dialed': {
        const { call, number, party, mode, campaign, lead } = fact
        const of = { direction: 'out', queue: null, campaign, lead, debt: fact.debt ?? null, mode } as const
        this.#calls.set(call, { ...blank(call, number, party, at), ...of })
        const callback = fact.callback ? this.#callbacks.get(fact.callback) : undefined
        if (callback !== undefined) {
          callback.tries++
          callback.nextAt = null
        }
        const row = lead === null ? undefined : this.#leads.get(lead)
        if (row === undefined) return
        row.attempts++
        row.lastCall = call
        return
      }
      case 'call.offered':
        this.#calls.set(fact.call, { ...blank(fact.call, fact.from, null, at), direction: 'in' })
        return
      case 'call.queued':
        this.#change(fact.call, call => {
          call.queue = fact.queue
          call.queuedAt ??= at
          if (call.connectedAt !== null && call.passedAt === null) call.backAt ??= at
        })
        return
      case 'call.parked':
        this.#change(fact.call, call => (call.queuedAt ??= at))
        return
      case 'call.answered':
        this.#change(fact.call, call => (call.answeredAt ??= at))
        return
      case 'call.connected':
        this.#change(fact.call, call => {
          call.connectedAt ??= at
          call.passedAt = call.backAt = null
        })
        return
      case 'call.transferred':
      case 'call.slotted':
      case 'call.fellBack':
        this.#change(fact.call, call => {
          call.passedAt = at
          call.backAt = null
        })
        return
      case 'call.takenOn':
        this.#change(fact.call, call => (call.passedAt = null))
        return
      case 'call.abandoned':
        this.#change(fact.call, call => (call.abandonedAt ??= at))
        return
      case 'call.noticeHeard':
        this.#change(fact.call, call => {
          call.notice = { heardMs: fact.heardMs, whole: fact.whole, digit: fact.digit }
        })
        return
      case 'call.ended':
        this.#change(fact.call, call => (call.endedAt ??= at))
        return
      case 'campaign.modeChanged':
        this.#modes.set(fact.campaign, { mode: fact.mode, rule: fact.rule, since: at })
        return
      case 'recording.opened':
        this.#recordings.set(fact.recording, { id: fact.recording, call: fact.call, path: fact.path, openedAt: at })
        this.#change(fact.call, call => (call.recording = fact.recording))
        return
      case 'recording.sealed':
        this.#recordings.delete(fact.recording)
        return
      case 'recording.missing':
        if (fact.recording !== null) this.#recordings.delete(fact.recording)
        return
      case 'agent.stateChanged':
        if (fact.state === 'signed_off') this.#agents.delete(fact.agent)
        else this.#agents.add(fact.agent)
        return
      case 'agent.signedOff':
        this.#agents.delete(fact.agent)
        return
      default:
        if (!this.#followLead(fact, at)) this.#followRecord(fact)
    }
  }

  /** What `leads.fetch` asks for: callbacks that are due first, then the rest by the lead's priority and due time. */
  due(ask: Extract<Effect, { type: 'leads.fetch' }>, except: (lead: LeadId) => boolean, now: number) {
    const mine = [...this.#leads.values()].filter(({ lead }) => lead.campaign === ask.campaign)
    const isDue = (row: LeadRow) => row.dueAt <= now && !except(row.lead.id)
    const callbacks = mine.filter(row => row.state === 'callback' && isDue(row)).sort((a, b) => a.dueAt - b.dueAt)
    const ready = mine
      .filter(
        row =>
          row.state === 'ready' &&
          isDue(row) &&
          !ask.closed.includes(placeOfLead(row.lead)) &&
          !ask.full.includes(row.lead.segment ?? ''),
      )
      .sort((a, b) => (b.lead.priority ?? 5) - (a.lead.priority ?? 5) || a.dueAt - b.dueAt)
    const found = [...callbacks, ...(ask.callbacksOnly ? [] : ready)].slice(0, ask.want)
    const later = mine.filter(row => row.state === 'callback' && row.dueAt > now).map(row => row.dueAt)
    const outlook: LeadOutlook = {
      nextCallbackAt: later.length === 0 ? null : Math.min(...later),
      places: new Set(mine.filter(row => row.state === 'ready').map(({ lead }) => placeOfLead(lead))).size,
      reached: this.#reached(mine),
    }
    return { leads: found.map(buffered), exhausted: found.length < ask.want, outlook }
  }

  contactsSince(since: number): ContactPack {
    const calls = [...this.#calls.values()]
    return packContacts(calls.filter(({ direction, startedAt }) => direction === 'out' && startedAt >= since))
  }

  inHand(): InHand {
    const calls = [...this.#calls.values()]
    return {
      calls: calls.filter(call => call.endedAt === null),
      leads: [...this.#leads.values()]
        .filter(row => row.state === 'in_call')
        .map(({ lead, lastCall, callback }) => {
          const answered = lastCall !== null && this.#calls.get(lastCall)?.answeredAt !== null
          const isTrying = callback !== null && callback.tries > 0 && callback.nextAt === null
          const owed = { owedAt: callback?.at ?? null, trying: isTrying ? callback.id : null }
          return { id: lead.id, campaign: lead.campaign, lastCall, answered, ...owed }
        }),
      recordings: [...this.#recordings.values()].map(one => ({
        ...one,
        callEndedAt: this.#calls.get(one.call)?.endedAt ?? null,
      })),
      agents: [...this.#agents],
    }
  }

  /** What a start reads. */
  setup(now: number): Setup {
    const policies = [...this.#policies.values()]
    const used = this.#setup.campaigns.map(campaign => campaign.policy)
    const known = new Map([...policyPresets, ...this.#policies])
    const since = now - reachOf(known, [manualStack, ...used])
    return {
      ...this.#setup,
      policies,
      suppressed: [...this.#suppressed].map(([number, until]) => ({ number, until })),
      stops: [...this.#stops.values()],
      history: { contacts: this.contactsSince(since), since },
      abandonment: this.#abandonment(now),
      modes: this.#setup.campaigns.filter(({ modeRules }) => modeRules?.length).map(({ id }) => this.#mode(id)),
    }
  }

  #mode(campaign: CampaignId): ResumedMode {
    const calls = [...this.#calls.values()]
      .filter(call => call.campaign === campaign && call.direction === 'out' && call.endedAt !== null)
      .slice(-modeCallsMax)
    const answers = calls.filter(call => call.answeredAt !== null).length
    return { campaign, changed: this.#modes.get(campaign) ?? null, calls: calls.length, answers }
  }

  /** Calls that the account of abandonment counts, each at the instant that decided it. */
  #abandonment(now: number): NonNullable<Setup['abandonment']> {
    const found: NonNullable<Setup['abandonment']> = []
    for (const call of this.#calls.values()) {
      const at = call.connectedAt ?? call.abandonedAt
      if (at === null || at < now - abandonDaysMax * dayMs || !isCounted(call)) continue
      found.push({ campaign: call.campaign!, at, answered: 1, abandoned: call.connectedAt === null ? 1 : 0 })
    }
    return found.sort((a, b) => a.at - b.at)
  }

  #reached(rows: LeadRow[]): LeadOutlook['reached'] {
    const talkedTo = new Set<LeadId | null>()
    for (const call of this.#calls.values()) if (call.connectedAt !== null) talkedTo.add(call.lead)
    const segments = new Map<string, { segment: string; done: number; connected: number }>()
    for (const { lead, state } of rows) {
      const segment = lead.segment ?? ''
      const count = segments.get(segment) ?? { segment, done: 0, connected: 0 }
      if (state === 'done') count.done++
      if (talkedTo.has(lead.id)) count.connected++
      segments.set(segment, count)
    }
    return [...segments.values()]
  }

  #followLead(fact: Fact, at: number): boolean {
    switch (fact.type) {
      case 'lead.reserved': {
        const row = this.#leads.get(fact.lead)
        if (row !== undefined) row.state = 'in_call'
        return true
      }
      case 'lead.released': {
        const row = this.#leads.get(fact.lead)
        if (row === undefined) return true
        row.state = fact.state
        row.dueAt = fact.dueAt ?? at
        row.next = fact.next ?? null
        if (fact.bad !== undefined) row.bad.push(fact.bad)
        return true
      }
      case 'callback.scheduled': {
        const callback = { ...fact.callback, tries: 0, nextAt: null }
        this.#callbacks.set(callback.id, callback)
        for (const call of this.#calls.values())
          if (call.endedAt === null && normaliseNumber(call.number) === callback.number) call.isOwed = true
        const row = callback.lead === null ? undefined : this.#leads.get(callback.lead)
        if (row !== undefined) row.callback = callback
        return true
      }
      case 'callback.tried': {
        const callback = this.#callbacks.get(fact.callback)
        if (callback !== undefined) callback.nextAt = fact.nextAt
        return true
      }
      case 'callback.closed': {
        const callback = this.#callbacks.get(fact.callback)
        const row = callback?.lead ? this.#leads.get(callback.lead) : undefined
        if (row !== undefined && row.callback?.id === fact.callback) row.callback = null
        return true
      }
      default:
        return false
    }
  }

  #followRecord(fact: Fact): void {
    const setup = this.#setup
    switch (fact.type) {
      case 'user.saved':
        setup.users = setup.users.map(each => (each.id === fact.user.id ? fact.user : each))
        return
      case 'trunk.saved':
        setup.trunks = saved(setup.trunks, fact.trunk)
        return
      case 'trunk.removed':
        setup.trunks = setup.trunks.filter(({ id }) => id !== fact.trunk)
        return
      case 'number.saved':
        setup.numbers = saved(setup.numbers, fact.number)
        return
      case 'number.removed':
        setup.numbers = setup.numbers.filter(({ id }) => id !== fact.number)
        return
      case 'queue.removed':
        setup.queues = setup.queues.filter(({ id }) => id !== fact.queue)
        return
      case 'team.saved':
        setup.teams = saved(setup.teams ?? [], fact.team)
        return
      case 'toll.rulesSaved':
        setup.tollRules = fact.rules
        return
      case 'lines.rulesSaved':
        setup.lineRules = fact.rules
        return
      case 'campaign.saved':
        setup.campaigns = setup.campaigns.map(each => (each.id === fact.campaign.id ? fact.campaign : each))
        return
      case 'queue.saved':
        setup.queues = saved(setup.queues, fact.queue)
        return
      case 'menu.saved':
        setup.menus = [...(setup.menus ?? []).filter(each => each.id !== fact.menu.id), fact.menu]
        return
      case 'menu.removed':
        setup.menus = (setup.menus ?? []).filter(each => each.id !== fact.menu)
        return
      case 'policy.saved':
        this.#policies.set(fact.policy.id, fact.policy)
        return
      case 'suppression.added':
        this.#suppressed.set(fact.number, fact.until)
        return
      case 'suppression.removed':
        this.#suppressed.delete(fact.number)
        return
      case 'party.held':
        this.#stops.set(`${fact.party} ${fact.kind}`, fact)
        return
      case 'party.released':
        this.#stops.delete(`${fact.party} ${fact.kind}`)
        return
      default:
        return
    }
  }

  #change(id: CallId, change: (call: CallRow) => void): void {
    const call = this.#calls.get(id)
    if (call !== undefined) change(call)
  }
}

function blank(call: CallId, number: string, party: string | null, startedAt: number): CallRow {
  const never = { answeredAt: null, queuedAt: null, connectedAt: null, abandonedAt: null, endedAt: null }
  const of = {
    direction: 'out',
    queue: null,
    recording: null,
    campaign: null,
    lead: null,
    notice: null,
    passedAt: null,
    backAt: null,
    isOwed: false,
  } as const
  return { id: call, call, number, party, debt: null, mode: null, startedAt, ...never, ...of }
}

function buffered({ lead, attempts, dueAt, next, bad, callback }: LeadRow): BufferedLead {
  return {
    ...lead,
    attempts,
    dueAt,
    next,
    bad: [...bad],
    callback: callback?.id ?? null,
    callbackAgent: callback?.agent ?? null,
    callbackNumber: callback?.number ?? null,
    agreedAt: callback?.reason === 'agreed' ? callback.at : null,
    promised: callback === null ? null : { reason: callback.reason, tries: callback.tries },
  }
}

/** In its place, or at the end where it is new. */
function saved<Noun extends { id: string }>(before: readonly Noun[], noun: Noun): Noun[] {
  const isKnown = before.some(({ id }) => id === noun.id)
  return isKnown ? before.map(each => (each.id === noun.id ? noun : each)) : [...before, noun]
}
