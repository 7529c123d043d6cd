/** A small floor with named people for the tests of this folder: alice and bob are agents, carl is called, sam supervises. */
import { VirtualClock } from '../lib/clock.ts'
import type { CampaignId, LeadId, LegId, NumberId, QueueId, TrunkId, UserId } from '../lib/ids.ts'
import type { Call } from './call-state.ts'
import type { Effect, EffectType } from './effects.ts'
import type { BufferedLead, Campaign, StationKind, User } from './entities.ts'
import type { Fact, FactType } from './facts.ts'
import { floorFrom, nextDeadline } from './floor.ts'
import type { Input } from './inputs.ts'
import type { Setup } from './records/setup.ts'
import type { FloorState } from './state.ts'
import { type Step, step } from './step.ts'

export const alice = 'u_alice' as UserId
export const bob = 'u_bob' as UserId
export const sam = 'u_sam' as UserId
export const trunk = 't_1' as TrunkId
export const queue = 'q_1' as QueueId
export const campaign = 'ca_1' as CampaignId
/** Tuesday 24 November 2026, ten in the morning in Shanghai. */
export const tenOClock = Date.UTC(2026, 10, 24, 2)

export type FloorOptions = { station?: StationKind; campaign?: Partial<Campaign>; setup?: Partial<Setup>; at?: number }

export class TestFloor {
  readonly state: FloorState
  readonly clock: VirtualClock
  readonly facts: Fact[] = []
  readonly effects: Effect[] = []
  #legs = 0

  constructor(options: FloorOptions = {}) {
    const at = options.at ?? tenOClock
    this.clock = new VirtualClock(at)
    this.state = floorFrom(setupOf(options), at)
    this.do({ type: 'trunk.up', trunk })
  }

  /** One input now; the step stays in `facts` and `effects` too. */
  do(input: Input): Step {
    const done = step(this.state, input, { now: this.clock.now(), actor: 'system' })
    for (const { fact } of done.recorded) this.facts.push(fact)
    this.effects.push(...done.effects)
    return done
  }

  /** Time passes; every instant that the floor named on the way is met. */
  pass(ms: number): void {
    const until = this.clock.now() + ms
    for (let due = nextDeadline(this.state); due !== null && due <= until; due = nextDeadline(this.state)) {
      this.clock.set(Math.max(due, this.clock.now()))
      this.do({ type: 'tick' })
    }
    this.clock.set(until)
    this.do({ type: 'tick' })
  }

  ready(...agents: UserId[]): void {
    for (const agent of agents) {
      this.do({ type: 'agent.signOn', agent })
      const { station } = this.agent(agent).user
      const isPhone = station === 'phone-nailed'
      if (station !== 'phone-rung')
        this.do({ type: 'station.up', agent, leg: `st_${agent}` as LegId, ...(isPhone && { phone: isPhone }) })
      this.do({ type: 'agent.ready', agent })
      const { stationRinging } = this.agent(agent)
      if (station === 'phone-rung' && stationRinging !== null) this.do({ type: 'leg.answered', leg: stationRinging })
      this.clock.advance(1_000)
    }
  }

  leads(...numbers: string[]): void {
    const leads = numbers.map((number, n) => leadOf(`le_${n}`, number))
    this.do({ type: 'leads.loaded', campaign, leads, exhausted: true })
  }

  /** An inbound call to `to`, answered by us. */
  caller(from = '13900001111', to = '95588'): Call {
    const leg = `in_${++this.#legs}` as LegId
    this.do({ type: 'leg.offered', leg, trunk, from, to })
    this.do({ type: 'leg.answered', leg })
    return [...this.state.calls.values()].find(call => call.leg === leg)!
  }

  partyEnds(call: Call, how: Partial<Extract<Input, { type: 'leg.ended' }>> = {}): Step {
    const ended = { by: 'far', sipStatus: null, q850: null, cause: 'bye' } as const
    return this.do({ type: 'leg.ended', leg: call.leg, ...ended, ...how })
  }

  dispose(
    call: Call,
    agent: UserId,
    code: string,
    more: Partial<Extract<Input, { type: 'agent.dispose' }>> = {},
  ): Step {
    const form = { note: '', fields: {}, callbackAt: null, callbackMine: false, next: 'ready' } as const
    return this.do({ type: 'agent.dispose', agent, call: call.id, code, ...form, ...more })
  }

  agent(id: UserId) {
    return this.state.agents.get(id)!
  }

  /** The only live call. */
  get call(): Call {
    const live = [...this.state.calls.values()].filter(call => call.phase !== 'ended')
    if (live.length !== 1) throw new Error(`one live call expected, there are ${live.length}`)
    return live[0]!
  }

  last<T extends FactType>(type: T): Extract<Fact, { type: T }> {
    const found = this.facts.findLast(fact => fact.type === type)
    if (found === undefined) throw new Error(`no ${type} yet; last: ${this.facts.slice(-5).map(fact => fact.type)}`)
    return found as Extract<Fact, { type: T }>
  }

  count(type: FactType): number {
    return this.facts.filter(fact => fact.type === type).length
  }

  lastEffect<T extends EffectType>(type: T): Extract<Effect, { type: T }> {
    const found = this.effects.findLast(effect => effect.type === type)
    if (found === undefined) throw new Error(`no ${type} yet`)
    return found as Extract<Effect, { type: T }>
  }
}

/** Proof of consent, as leads of sales need it. */
export const consent = { basis: 'form', evidence: 'scan-1' }

export function leadOf(id: string, number: string): BufferedLead {
  const phones = [{ number, relation: 'SELF' as const }]
  const history = { attempts: 0, dueAt: 0, callback: null, callbackAgent: null }
  return { id: id as LeadId, campaign, ref: `ref-${id}`, name: 'carl', phones, fields: {}, consent, ...history }
}

export function setupOf({ station = 'browser', campaign: changes, setup }: FloorOptions): Setup {
  const person = (id: UserId, role: User['role']): User => ({
    id,
    name: id,
    displayName: id,
    role,
    extension: '1001',
    station,
    skills: [],
    numbersMasked: false,
    language: 'en',
    enabled: true,
  })
  return {
    users: [
      person(alice, 'agent'),
      person(bob, 'agent'),
      person(sam, 'supervisor'),
      person('u_olga' as UserId, 'auditor'),
    ],
    trunks: [
      {
        id: trunk,
        name: 'carrier',
        host: '127.0.0.1',
        port: 5060,
        transport: 'udp',
        register: false,
        username: null,
        callerIds: ['02155550001', '02155550002'],
        maxCalls: 10,
        callsPerSecond: 5,
        codecs: ['pcma'],
        enabled: true,
      },
    ],
    numbers: [
      { id: 'n_1' as NumberId, number: '95588', target: { queue } },
      { id: 'n_2' as NumberId, number: '+862155551234', target: { user: alice } },
    ],
    queues: [
      {
        id: queue,
        name: 'service',
        strategy: 'longest-idle',
        members: [alice, bob],
        maxWaitMs: 60_000,
        serviceLevelMs: 20_000,
        callbackAfterMs: 5_000,
      },
    ],
    campaigns: [{ ...plainCampaign, ...changes }],
    suppressed: [],
    ...setup,
  }
}

const plainCampaign: Campaign = {
  id: campaign,
  name: 'autumn offer',
  business: 'sales',
  mode: 'progressive',
  state: 'running',
  trunks: [trunk],
  agents: [alice, bob],
  policy: 'CN-SALES-DEFAULT',
  ringMs: 30_000,
  wrapMs: 15_000,
  previewMs: 30_000,
  abandonRateMax: 0.03,
  retries: [],
  dispositions: [
    { code: 'sold', words: { 'zh-CN': '成交', en: 'Sold' }, followUp: 'done' },
    { code: 'later', words: { 'zh-CN': '再联系', en: 'Call back' }, followUp: 'callback' },
    { code: 'again', words: { 'zh-CN': '重拨', en: 'Try again' }, followUp: 'retry' },
    { code: 'never', words: { 'zh-CN': '谢绝', en: 'Do not call' }, followUp: 'dnc' },
  ],
}
