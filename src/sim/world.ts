/**
 * A small call centre under a virtual clock and a seed: the real floor (`step`), a phone layer, a store of leads and people who answer, hang
 * up, wander off and lose their audio. The same seed gives the same day. After every step the invariants are asked.
 */

import type { Effect } from '../centre/effects.ts'
import type { BufferedLead, Campaign, CampaignMode, Lead, StationKind, User } from '../centre/entities.ts'
import type { Fact } from '../centre/facts.ts'
import { floorFrom, nextDeadline } from '../centre/floor.ts'
import type { Input } from '../centre/inputs.ts'
import type { FloorState, Setup } from '../centre/state.ts'
import { type Step, step } from '../centre/step.ts'
import { VirtualClock } from '../lib/clock.ts'
import type { CampaignId, LeadId, LegId, NumberId, QueueId, TrunkId, UserId } from '../lib/ids.ts'
import { type Random, seededRandom } from '../lib/random.ts'
import { Watch } from './invariants.ts'
import { answering, between, chance, habitOf, oneOf } from './people.ts'

export type WorldOptions = {
  seed: number
  agents: number
  leads: number
  /** Virtual time that people act for; afterwards the day runs out. */
  forMs: number
  mode: CampaignMode
  startAt: number
}

const user = (n: number) => `u_${n}` as UserId
const campaignId = 'ca_1' as CampaignId
const otherCampaignId = 'ca_2' as CampaignId
const queueId = 'q_1' as QueueId
const trunkIds = ['t_1', 't_2'] as TrunkId[]
const stations: StationKind[] = ['browser', 'browser', 'phone-nailed', 'phone-rung']

type StoredLead = { lead: Lead; state: string; dueAt: number; attempts: number }
type Far = { leg: LegId; alive: boolean }

export class World {
  readonly state: FloorState
  readonly watch = new Watch()
  readonly clock: VirtualClock
  readonly #random: Random
  readonly #options: WorldOptions
  readonly #events: { at: number; seq: number; run: () => void }[] = []
  readonly #leads = new Map<LeadId, StoredLead>()
  readonly #fars = new Map<LegId, Far>()
  #seq = 0
  #legs = 0
  steps = 0
  refusals = new Map<string, number>()

  constructor(options: WorldOptions) {
    this.#options = options
    this.#random = seededRandom(options.seed)
    this.clock = new VirtualClock(options.startAt)
    this.state = floorFrom(setupOf(options), options.startAt)
    for (let n = 0; n < options.leads; n++) {
      const lead = leadOf(n, n % 4 === 0 ? otherCampaignId : campaignId)
      this.#leads.set(lead.id, { lead, state: 'ready', dueAt: 0, attempts: 0 })
    }
  }

  /** The whole day, and its end: everyone signs off, and what is on its way comes to rest. */
  run(): void {
    for (const trunk of trunkIds) this.#in(10, { type: 'trunk.up', trunk })
    for (let n = 0; n < this.#options.agents; n++)
      this.#after(between(this.#random, 0, 5_000), () => this.#habit(user(n)))
    this.#after(1_000, () => this.#somethingHappens())
    this.#after(3_000, () => this.#callerComes())
    this.#tick()
    while (this.#events.length > 0 || nextDeadline(this.state) !== null) this.#nextEvent()
    this.watch.checkEmpty(this.state)
  }

  get isOpen(): boolean {
    return this.clock.now() < this.#options.startAt + this.#options.forMs
  }

  post(input: Input): Step {
    const now = this.clock.now()
    const done = step(this.state, input, { now, actor: 'system' })
    this.steps++
    if (done.refusal !== null) this.refusals.set(done.refusal.rule, (this.refusals.get(done.refusal.rule) ?? 0) + 1)
    try {
      this.watch.check(this.state, done, now)
    } catch (cause) {
      const facts = done.recorded.map(({ fact }) => JSON.stringify(fact)).join('\n  ')
      const what = `seed ${this.#options.seed}, step ${this.steps}, ${JSON.stringify(input)}\n  ${facts}`
      throw new Error(`${(cause as Error).message}\n${what}`, { cause })
    }
    for (const { fact } of done.recorded) this.#follow(fact)
    for (const effect of done.effects) this.#perform(effect)
    return done
  }

  /** The next thing that happens, or the next instant that the floor named, whichever comes first. */
  #nextEvent(): void {
    const event = this.#events[0]
    const due = nextDeadline(this.state)
    if (due !== null && (event === undefined || due < event.at)) {
      this.clock.set(Math.max(due, this.clock.now()))
      this.post({ type: 'tick' })
    } else if (event !== undefined) {
      this.#events.shift()
      this.clock.set(event.at)
      event.run()
    }
  }

  #after(ms: number, run: () => void): void {
    const event = { at: this.clock.now() + ms, seq: this.#seq++, run }
    let low = 0
    let high = this.#events.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#events[middle]!.at <= event.at) low = middle + 1
      else high = middle
    }
    this.#events.splice(low, 0, event)
  }

  #in(ms: number, input: Input): void {
    this.#after(ms, () => this.post(input))
  }

  #tick(): void {
    const busy = this.state.calls.size > 0 || this.state.leadsInHand.size > 0 || this.state.recordings.size > 0
    if (!this.isOpen && !busy) return
    this.post({ type: 'tick' })
    this.#after(this.isOpen ? 1_000 : 5_000, () => this.#tick())
  }

  // ---- people

  /** What an agent at rest does next; the desk asks again at each change of phase. */
  #habit(id: UserId): void {
    const agent = this.state.agents.get(id)!
    if (agent.phase !== 'signed_off' && agent.phase !== 'break' && agent.phase !== 'ready') return
    if (!this.isOpen) {
      if (agent.phase !== 'signed_off') this.#in(100, { type: 'agent.signOff', agent: id, reason: 'end of shift' })
      return
    }
    const habit = habitOf(this.#random, agent.phase)
    const since = agent.phaseSince
    if (habit === null) return
    this.#after(habit.afterMs, () => {
      if (agent.phaseSince !== since) return
      if (habit.does === 'sign on') this.post({ type: 'agent.signOn', agent: id })
      else if (habit.does === 'ready') this.post({ type: 'agent.ready', agent: id })
      else if (habit.does === 'break') this.post({ type: 'agent.break', agent: id, reason: 'tea' })
      else if (habit.does === 'sign off') this.post({ type: 'agent.signOff', agent: id, reason: 'home' })
      else if (habit.does === 'dial') this.#dial(id)
      else this.#loseAudio(id)
      if (agent.phaseSince === since) this.#after(2_000, () => this.#habit(id))
    })
  }

  #dial(agent: UserId): void {
    const n = between(this.#random, 0, this.#options.leads + 20)
    const lead = leadOf(n, n % 4 === 0 ? otherCampaignId : campaignId)
    const known = chance(this.#random, 0.5) && this.#leads.has(lead.id)
    const number = chance(this.#random, 0.05) ? 'nonsense' : lead.phones[0]!.number
    const about = known ? { campaign: lead.campaign, lead: lead.id } : { campaign: null, lead: null }
    const consent = known ? { consent: lead.consent } : {}
    this.post({ type: 'agent.dial', agent, number, ...about, party: null, name: null, relation: null, ...consent })
  }

  #loseAudio(id: UserId): void {
    const leg = this.state.agents.get(id)?.stationLeg
    if (!leg) return
    if (this.state.agents.get(id)?.user.station === 'phone-nailed') return this.#putDown(id, leg)
    this.post({ type: 'station.down', agent: id, leg, reason: 'reload' })
    if (chance(this.#random, 0.7)) this.#after(between(this.#random, 500, 20_000), () => this.#stationUp(id))
  }

  /** A nailed desk phone is put down, or loses its line; the phone layer rings it again on the same leg until that leg is hung up. */
  #putDown(agent: UserId, leg: LegId): void {
    const far = this.#fars.get(leg) ?? this.#far(leg)
    this.post({ type: 'station.down', agent, leg, reason: chance(this.#random, 0.5) ? 'hung_up' : 'media_lost' })
    this.#leg(far, 5_000, { type: 'station.down', agent, leg, reason: 'not_answered' })
    this.#leg(far, between(this.#random, 6_000, 20_000), { type: 'station.up', agent, leg })
  }

  #stationUp(id: UserId): void {
    if (this.state.agents.get(id)?.stationLeg) return
    this.post({ type: 'station.up', agent: id, leg: this.#newLeg() })
  }

  #callerComes(): void {
    if (!this.isOpen) return
    const leg = this.#newLeg()
    const far = this.#far(leg)
    const to = chance(this.#random, 0.9) ? oneOf(this.#random, ['95588', '021-55551234']) : '400-000-0000'
    const from = chance(this.#random, 0.9)
      ? `+86139${String(between(this.#random, 0, 99_999_999)).padStart(8, '0')}`
      : 'anonymous'
    this.post({ type: 'leg.offered', leg, trunk: oneOf(this.#random, trunkIds), from, to })
    this.#endLater(far, between(this.#random, 500, 120_000), { cause: 'bye' })
    this.#after(between(this.#random, 2_000, 40_000), () => this.#callerComes())
  }

  /** Things that happen around the floor: lines fail, campaigns pause, people ask not to be called, hands reach in. */
  #somethingHappens(): void {
    if (!this.isOpen) return
    const draw = this.#random()
    const floor = this.state.campaigns.get(campaignId)!
    const someone = user(between(this.#random, 0, this.#options.agents - 1))
    const agent = this.state.agents.get(someone)!
    if (draw < 0.1) {
      const trunk = oneOf(this.#random, trunkIds)
      this.post({ type: 'trunk.down', trunk, reason: 'no answer to OPTIONS' })
      this.#in(between(this.#random, 1_000, 20_000), { type: 'trunk.up', trunk })
    } else if (draw < 0.2) {
      const state = floor.campaign.state === 'running' ? 'paused' : 'running'
      this.#record({ type: 'campaign.saved', campaign: { ...floor.campaign, state } })
    } else if (draw < 0.3) {
      const number = leadOf(between(this.#random, 0, this.#options.leads), campaignId).phones[0]!.number
      this.#record({ type: 'suppression.added', number, reason: 'asked', until: null })
      this.watch.suppress(number)
    } else if (draw < 0.35) {
      const agents = floor.campaign.agents.filter(() => chance(this.#random, 0.8))
      this.#record({
        type: 'campaign.saved',
        campaign: { ...floor.campaign, agents: agents.length > 0 ? agents : [someone] },
      })
    } else if (draw < 0.4) {
      this.#record({ type: 'user.saved', user: { ...agent.user, enabled: !agent.user.enabled } })
    } else if (draw < 0.43) {
      this.#record({ type: 'user.saved', user: { ...agent.user, station: oneOf(this.#random, stations) } })
    } else if (draw < 0.5) {
      const call = [...this.state.calls.keys()][0]
      if (call !== undefined) this.post({ type: 'call.end', call, by: 'supervisor' })
    } else if (draw < 0.6 && agent.call !== null) {
      if (chance(this.#random, 0.5)) this.post({ type: 'agent.break', agent: someone, reason: 'lunch' })
      else this.post({ type: 'agent.signOff', agent: someone, reason: 'ill' })
    } else if (draw < 0.7) this.#loseAudio(someone)
    else if (draw < 0.8) {
      const leg = [...this.state.legs.keys()][0]
      const digit = oneOf(this.#random, ['1', '#', 'x'])
      if (leg !== undefined) this.post({ type: 'leg.digit', leg, digit })
    } else {
      const members = this.state.queues.get(queueId)!.queue.members
      const queue = {
        ...this.state.queues.get(queueId)!.queue,
        members: members.length > 1 ? members.slice(1) : allUsers(this.#options),
      }
      this.#record({ type: 'queue.saved', queue })
    }
    this.#after(between(this.#random, 1_000, 15_000), () => this.#somethingHappens())
  }

  #record(fact: Extract<Input, { type: 'records.committed' }>['facts'][number]): void {
    this.post({ type: 'records.committed', facts: [fact] })
  }

  // ---- what follows from facts: the desk repaints, the store projects

  #follow(fact: Fact): void {
    if (fact.type === 'lead.reserved') this.#store(fact.lead, 'in_call', null)
    else if (fact.type === 'lead.released') this.#store(fact.lead, fact.state, fact.dueAt)
    else if (fact.type === 'agent.signedOn') {
      const agent = this.state.agents.get(fact.agent)!
      if (agent.user.station === 'browser') this.#after(300, () => this.#stationUp(fact.agent))
    } else if (fact.type === 'agent.stateChanged') this.#desk(fact)
  }

  #desk({ agent, state, call }: Extract<Fact, { type: 'agent.stateChanged' }>): void {
    const random = this.#random
    if (state === 'signed_off' || state === 'break' || state === 'ready') {
      this.#after(0, () => this.#habit(agent))
      if (state === 'break' && this.state.agents.get(agent)?.reason === 'audio_lost') {
        this.#after(5_000, () => this.state.agents.get(agent)?.user.station === 'browser' && this.#stationUp(agent))
      }
    } else if (state === 'preview') {
      const draw = random()
      if (draw < 0.7) this.#in(between(random, 500, 8_000), { type: 'agent.acceptPreview', agent })
      else if (draw < 0.9) this.#in(1_000, { type: 'agent.skipPreview', agent, reason: 'wrong person' })
    } else if (state === 'talking' && call !== null) {
      if (chance(random, 0.2)) {
        this.#in(1_000, { type: 'agent.hold', agent, call })
        this.#in(3_000, { type: 'agent.resume', agent, call })
        this.#in(3_500, { type: 'agent.sendDigits', agent, call, digits: '12#' })
      }
      if (chance(random, 0.4)) this.#in(between(random, 500, 60_000), { type: 'agent.hangUp', agent, call })
    } else if (state === 'dialing' && call !== null) {
      if (chance(random, 0.1)) this.#in(between(random, 100, 10_000), { type: 'agent.hangUp', agent, call })
    } else if (state === 'wrapping' && call !== null && chance(random, 0.9)) {
      const code = oneOf(random, ['sold', 'busy', 'callback', 'dnc', 'unheard-of'])
      const at = this.clock.now()
      const wish = {
        callbackAt: chance(random, 0.8) ? at + between(random, 60_000, 600_000) : null,
        callbackMine: chance(random, 0.5),
      }
      const next = chance(random, 0.9) ? 'ready' : 'break'
      const input = { type: 'agent.dispose', agent, call, code, note: '', fields: {}, ...wish, next } as const
      this.#in(between(random, 200, 20_000), input)
      if (chance(random, 0.3)) this.#in(between(random, 200, 70_000), { ...input, code: 'sold' })
    }
  }

  #store(id: LeadId, state: string, dueAt: number | null): void {
    const stored = this.#leads.get(id)
    if (stored === undefined) return
    stored.state = state
    stored.dueAt = dueAt ?? 0
    if (state === 'in_call') stored.attempts++
  }

  // ---- the phone layer and the store

  #perform(effect: Effect): void {
    const random = this.#random
    switch (effect.type) {
      case 'phone.dial':
        return this.#customer(effect)
      case 'phone.ring': {
        const far = this.#far(effect.leg)
        if (chance(random, 0.8)) this.#leg(far, between(random, 300, 6_000), { type: 'leg.answered', leg: effect.leg })
        else if (chance(random, 0.5)) this.#endLater(far, effect.ringMs, { cause: 'timeout' })
        else this.#endLater(far, 2_000, { cause: 'rejected', sipStatus: 486 })
        return
      }
      case 'phone.answer': {
        const far = this.#fars.get(effect.leg)
        if (far !== undefined) this.#leg(far, 50, { type: 'leg.answered', leg: effect.leg })
        return
      }
      case 'phone.reject':
      case 'phone.hangUp': {
        const far = this.#fars.get(effect.leg)
        if (far !== undefined) this.#endLater(far, 20, { cause: 'bye', by: 'near' })
        return
      }
      case 'media.say': {
        const { leg, speech } = effect
        return this.#in(between(random, 500, 30_000), { type: 'leg.played', leg, speech })
      }
      case 'media.stopRecording': {
        const { recording } = effect
        const whole = {
          type: 'recording.closed',
          recording,
          sha256: 'ab',
          bytes: 1,
          durationMs: 1,
          salvaged: false,
        } as const
        if (chance(random, 0.97)) return this.#in(30, whole)
        return this.#in(30, { type: 'recording.failed', recording, reason: 'disk full' })
      }
      case 'leads.history':
        return void this.#in(5, { type: 'contacts.loaded', contacts: [], since: effect.since })
      case 'leads.fetch': {
        const { campaign, want } = effect
        const due = [...this.#leads.values()].filter(
          ({ lead, state, dueAt }) =>
            lead.campaign === campaign && (state === 'ready' || state === 'callback') && dueAt <= this.clock.now(),
        )
        const found = due.slice(0, want).map(
          ({ lead, attempts, dueAt }): BufferedLead => ({
            ...lead,
            attempts,
            dueAt,
            callback: null,
            callbackAgent: null,
          }),
        )
        return this.#in(between(random, 1, 2_000), {
          type: 'leads.loaded',
          campaign,
          leads: found,
          exhausted: due.length < want,
        })
      }
      default:
        return
    }
  }

  #customer({ leg, ringMs }: Extract<Effect, { type: 'phone.dial' }>): void {
    const far = this.#far(leg)
    const will = answering(this.#random)
    if (will.what === 'vanishes') return
    this.#leg(far, 100, { type: 'leg.ringing', leg })
    if (will.what === 'rings out') return this.#endLater(far, ringMs, { cause: 'timeout' })
    if (will.early) this.#leg(far, 150, { type: 'leg.early', leg })
    if (will.what === 'fails') {
      const { afterMs, sipStatus, q850 } = will
      return this.#endLater(far, afterMs, { cause: 'rejected', sipStatus, q850, by: 'carrier' })
    }
    this.#leg(far, will.ringMs, { type: 'leg.answered', leg })
    if (will.holds) {
      this.#leg(far, will.ringMs + 1_000, { type: 'leg.held', leg })
      this.#leg(far, will.ringMs + 4_000, { type: 'leg.resumed', leg })
    }
    const digit = this.#options.mode === 'notice' ? oneOf(this.#random, ['1', '1', '2', '9', '5']) : '5'
    this.#leg(far, will.ringMs + 500, { type: 'leg.digit', leg, digit })
    this.#endLater(far, will.ringMs + will.talkMs, { cause: will.silent ? 'rtp_timeout' : 'bye' })
  }

  #far(leg: LegId): Far {
    const far = { leg, alive: true }
    this.#fars.set(leg, far)
    return far
  }

  #leg(far: Far, ms: number, input: Input): void {
    this.#after(ms, () => far.alive && this.post(input))
  }

  #endLater(far: Far, ms: number, how: Partial<Extract<Input, { type: 'leg.ended' }>>): void {
    this.#after(ms, () => {
      if (!far.alive) return
      far.alive = false
      this.#fars.delete(far.leg)
      this.post({ type: 'leg.ended', leg: far.leg, by: 'far', sipStatus: null, q850: null, cause: 'bye', ...how })
    })
  }

  #newLeg(): LegId {
    return `l_world-${++this.#legs}` as LegId
  }
}

function allUsers(options: WorldOptions): UserId[] {
  return Array.from({ length: options.agents }, (_, n) => user(n))
}

function leadOf(n: number, campaign: CampaignId): Lead {
  const consent = { basis: 'form', evidence: `scan-${n}` }
  const phones = [{ number: `+86138${String(n).padStart(8, '0')}`, relation: 'SELF' as const }]
  if (n % 5 === 0) phones.push({ number: `+86137${String(n).padStart(8, '0')}`, relation: 'SELF' as const })
  return {
    id: `le_${n}` as LeadId,
    campaign,
    ref: `ref-${String(n).padStart(4, '0')}`,
    name: 'carl',
    phones,
    fields: {},
    consent,
  }
}

function setupOf(options: WorldOptions): Setup {
  const users = allUsers(options).map((id, n): User => {
    const station = stations[n % stations.length]!
    const person = {
      name: `alice${n}`,
      displayName: `Alice ${n}`,
      role: 'agent',
      language: 'en',
      enabled: true,
    } as const
    return { id, ...person, extension: `${1000 + n}`, station, skills: [], numbersMasked: false }
  })
  const trunk = {
    host: '127.0.0.1',
    port: 5060,
    transport: 'udp',
    register: false,
    username: null,
    codecs: ['pcma'],
  } as const
  return {
    users,
    trunks: trunkIds.map((id, n) => ({
      id,
      name: id,
      ...trunk,
      codecs: ['pcma'],
      callerIds: ['02155550001', '02155550002'],
      maxCalls: n === 0 ? 4 : 6,
      callsPerSecond: n === 0 ? 1 : 3,
      enabled: true,
    })),
    numbers: [
      { id: 'n_1' as NumberId, number: '95588', target: { queue: queueId } },
      { id: 'n_2' as NumberId, number: '+862155551234', target: { user: user(0) } },
    ],
    queues: [
      {
        id: queueId,
        name: 'service',
        strategy: 'longest-idle',
        members: allUsers(options).filter((_, n) => n % 2 === 0),
        maxWaitMs: 20_000,
        serviceLevelMs: 20_000,
        callbackAfterMs: 2_000,
      },
    ],
    campaigns: [campaignOf(campaignId, options.mode, options), campaignOf(otherCampaignId, 'progressive', options)],
    suppressed: [],
  }
}

function campaignOf(id: CampaignId, mode: CampaignMode, options: WorldOptions): Campaign {
  const choice = (code: string, followUp: Campaign['dispositions'][number]['followUp']) => ({
    code,
    words: { 'zh-CN': code, en: code },
    followUp,
  })
  return {
    id,
    name: id,
    business: 'sales',
    mode,
    state: 'running',
    trunks: id === campaignId ? [] : [trunkIds[0]!],
    agents: id === campaignId ? allUsers(options) : allUsers(options).slice(2),
    policy: 'CN-SALES-DEFAULT',
    ringMs: 20_000,
    wrapMs: 10_000,
    previewMs: 6_000,
    abandonRateMax: 0.03,
    modeRules:
      options.seed % 3 === 0 && id === campaignId
        ? [
            { when: { agentsBelow: 3 }, mode: 'progressive' },
            { when: { answerRateFrom: 0.5 }, mode: 'notice' },
          ]
        : [],
    reserved: options.seed % 4 === 0,
    abandoned: options.seed % 2 === 0 ? 'callback' : 'rest',
    notice: {
      language: 'en',
      parts: [{ prompt: 'press-1' }, { field: 'ref', as: 'tail' }],
      maxLines: 5,
      waitMs: 8_000,
    },
    retries: [{ result: 'BUSY', delayMs: 20_000, max: 20 }],
    dispositions: [
      choice('sold', 'done'),
      choice('busy', 'retry'),
      choice('callback', 'callback'),
      choice('dnc', 'dnc'),
    ],
  }
}
