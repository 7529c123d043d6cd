/**
 * A whole day of the real floor on a virtual clock: `step` with its gate and its pacer decides, and a simulated world performs the effects:
 * a carrier, customers who answer or do not, agents who talk, write up and take breaks. The same scenario gives the same facts.
 */
import type { Effect } from '../../centre/effects.ts'
import type { Fact } from '../../centre/facts.ts'
import { floorFrom, nextDeadline } from '../../centre/floor.ts'
import type { Input } from '../../centre/inputs.ts'
import { placeOf } from '../../centre/numbers/zone.ts'
import type { FloorState } from '../../centre/state.ts'
import { step } from '../../centre/step.ts'
import type { CallId, LegId, UserId } from '../../lib/ids.ts'
import { seededRandom } from '../../lib/random.ts'
import { Agenda } from './agenda.ts'
import { Callers } from './callers.ts'
import { Figures } from './figures.ts'
import { Laws } from './laws.ts'
import { LeadList } from './lead-list.ts'
import type { Scenario } from './scenario.ts'
import { campaignId, dialledNumber, indexOf, leadOf, setupOf, trunkId } from './setup.ts'
import { type Errand, errandsOf } from './team.ts'

/** As the engine ticks. */
const tickMs = 250
/** From INVITE to 180, at most. */
const postDialMs = 500
const storeMs = 5
const signallingMs = 20
const recorderMs = 30

type Ended = Extract<Input, { type: 'leg.ended' }>
/** The other end of a call. `talkMs` null: as long as the law of the day says. */
type Far = { call: CallId; answered: boolean; connected: boolean; talkMs: number | null }

export class Day {
  readonly state: FloorState
  readonly figures: Figures
  /** Facts as they are decided, for who wants more than figures. */
  readonly onFact: ((fact: Fact, at: number) => void) | null
  readonly #scenario: Scenario
  readonly #laws: Laws
  readonly #agenda = new Agenda()
  readonly #startAt: number
  readonly #endAt: number
  readonly #errands: Errand[]
  /** Legs of customers and callers, from the dial to the end. */
  readonly #legs = new Map<LegId, Far>()
  readonly #legOf = new Map<CallId, LegId>()
  /** Agents who will not come back from the call in hand. */
  readonly #slipping = new Set<UserId>()
  readonly #away = new Set<UserId>()
  readonly #leads: LeadList
  readonly #callers: Callers | null
  #now: number
  #dialled = 0
  #called = 0
  #carrierUp = true
  steps = 0

  constructor(scenario: Scenario, onFact: ((fact: Fact, at: number) => void) | null = null) {
    this.#scenario = scenario
    this.onFact = onFact
    const random = seededRandom(scenario.seed)
    this.#laws = new Laws(scenario, random)
    this.#errands = errandsOf(scenario, random)
    this.#startAt = Date.parse(scenario.startsAt)
    this.#endAt = this.#startAt + scenario.hours * 3_600_000
    this.#now = this.#startAt
    this.state = floorFrom(setupOf(scenario), this.#startAt)
    this.figures = new Figures(this.#startAt, this.#endAt)
    this.#leads = new LeadList(scenario.leads ?? Number.POSITIVE_INFINITY, scenario.retries !== undefined)
    this.#callers = scenario.inbound === undefined ? null : new Callers(scenario.inbound, random)
  }

  /** From the first sign-on to the last minute; what is on its way then is left as it is. */
  run(): void {
    this.#post({ type: 'trunk.up', trunk: trunkId })
    for (const errand of this.#errands) this.#atS(errand.atS, () => this.#run(errand))
    for (const { fromS, toS } of this.#scenario.trunkDown) {
      this.#atS(fromS, () => this.#carrier(false))
      this.#atS(toS, () => this.#carrier(true))
    }
    this.#awaitCaller()
    let tickAt = this.#startAt + tickMs
    for (;;) {
      const due = nextDeadline(this.state) ?? Number.POSITIVE_INFINITY
      const eventAt = this.#agenda.nextAt
      const at = Math.max(this.#now, Math.min(due, eventAt, tickAt))
      if (at >= this.#endAt) return
      this.#now = at
      if (due <= at || (tickAt <= at && eventAt > at)) this.#post({ type: 'tick' })
      else if (eventAt <= at) this.#agenda.take()?.run()
      while (tickAt <= at) tickAt += tickMs
    }
  }

  #post(input: Input): void {
    const { recorded, effects, refusal } = step(this.state, input, { now: this.#now, actor: 'system' })
    this.steps++
    if (refusal !== null) this.figures.refuse(refusal.rule)
    for (const one of recorded) {
      this.figures.note(one)
      this.#follow(one.fact)
      this.onFact?.(one.fact, one.at)
    }
    for (const effect of effects) this.#perform(effect)
  }

  #in(ms: number, run: () => void): void {
    this.#agenda.add(this.#now + ms, run)
  }

  #atS(seconds: number, run: () => void): void {
    this.#agenda.add(this.#startAt + Math.round(seconds * 1000), run)
  }

  get #atSecond(): number {
    return (this.#now - this.#startAt) / 1000
  }

  // ---- people

  #run({ agent, does }: Errand): void {
    const person = this.state.agents.get(agent)
    if (person === undefined) return
    switch (does) {
      case 'sign on':
        this.#post({ type: 'agent.signOn', agent })
        this.#post({ type: 'station.up', agent, leg: `st_${agent}` as LegId })
        if (!this.#away.has(agent)) this.#post({ type: 'agent.ready', agent })
        return
      case 'sign off':
        if (person.phase !== 'signed_off') this.#post({ type: 'agent.signOff', agent, reason: 'end of shift' })
        return
      case 'announce break':
        this.#away.add(agent)
        if (person.phase !== 'signed_off') this.#post({ type: 'agent.break', agent, reason: 'break' })
        return
      case 'slip away':
        this.#away.add(agent)
        if (person.phase === 'signed_off') return
        if (person.call !== null) this.#slipping.add(agent)
        else this.#post({ type: 'agent.break', agent, reason: 'gone' })
        return
      case 'come back': {
        this.#away.delete(agent)
        this.#slipping.delete(agent)
        const isPlanned = person.next?.phase === 'break'
        if (person.phase === 'break' || (isPlanned && person.phase !== 'wrapping'))
          this.#post({ type: 'agent.ready', agent })
        return
      }
      default:
        does satisfies never
    }
  }

  /** What follows at desks from what has become true. */
  #follow(fact: Fact): void {
    this.#leads.follow(fact)
    switch (fact.type) {
      case 'call.connected': {
        const leg = this.#legOf.get(fact.call)
        const far = leg === undefined ? undefined : this.#legs.get(leg)
        if (leg === undefined || far === undefined) return
        far.connected = true
        const talkMs = far.talkMs ?? this.#laws.talkMs(this.#atSecond)
        return this.#in(talkMs, () => this.#end(leg, { cause: 'bye' }))
      }
      case 'call.offered':
        this.#legs.set(fact.leg, {
          call: fact.call,
          answered: false,
          connected: false,
          talkMs: this.#callers?.talkMs() ?? null,
        })
        this.#legOf.set(fact.call, fact.leg)
        return
      case 'agent.stateChanged':
        return this.#desk(fact)
      default:
        return
    }
  }

  #desk({ agent, state, call }: Extract<Fact, { type: 'agent.stateChanged' }>): void {
    const { mode } = this.#scenario
    if (state === 'wrapping' && call !== null) this.#in(this.#laws.wrapMs(), () => this.#writeUp(agent, call))
    else if (state === 'preview') this.#in(this.#laws.lookMs(), () => this.#accept(agent))
    else if (state === 'ready' && mode === 'manual') this.#in(this.#laws.lookMs(), () => this.#dialByHand(agent))
    else if (state === 'break' && !this.#away.has(agent)) {
      // Came off a break that was planned and is over by now.
      this.#in(0, () => {
        const person = this.state.agents.get(agent)
        if (person?.phase === 'break' && person.stationLeg !== null && !this.#away.has(agent))
          this.#post({ type: 'agent.ready', agent })
      })
    }
  }

  #writeUp(agent: UserId, call: CallId): void {
    if (this.state.agents.get(agent)?.call !== call) return
    const next = this.#slipping.delete(agent) ? 'break' : 'ready'
    const form = { code: 'done', note: '', fields: {}, callbackAt: null, callbackMine: false }
    this.#post({ type: 'agent.dispose', agent, call, ...form, next })
  }

  #accept(agent: UserId): void {
    if (this.state.agents.get(agent)?.phase === 'preview') this.#post({ type: 'agent.acceptPreview', agent })
  }

  #dialByHand(agent: UserId): void {
    if (this.state.agents.get(agent)?.phase !== 'ready' || !this.#leads.hasFresh) return
    const lead = this.#leads.takeFresh()
    const { number, relation } = lead.phones[0]!
    const about = { campaign: campaignId, lead: null, party: null, name: null, relation }
    this.#post({ type: 'agent.dial', agent, number, ...about })
    if (this.state.agents.get(agent)?.phase === 'ready') this.#in(this.#laws.lookMs(), () => this.#dialByHand(agent))
  }

  // ---- the carrier, the customers and the store

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'phone.dial':
        return this.#customer(effect)
      case 'phone.answer': {
        const { leg } = effect
        return this.#in(signallingMs, () => this.#answer(leg))
      }
      case 'phone.reject': {
        const call = this.#legs.get(effect.leg)?.call
        if (call !== undefined) this.#legOf.delete(call)
        this.#legs.delete(effect.leg)
        return
      }
      case 'phone.hangUp': {
        const { leg } = effect
        if (this.#legs.has(leg)) this.#in(signallingMs, () => this.#end(leg, { cause: 'bye', by: 'near' }))
        return
      }
      case 'media.stopRecording': {
        const { recording } = effect
        const file = { sha256: '0'.repeat(64), bytes: 0, durationMs: 0, salvaged: false }
        return this.#in(recorderMs, () => this.#post({ type: 'recording.closed', recording, ...file }))
      }
      case 'leads.fetch': {
        // As the store does: no leads of a place where it is night. All people here live in one place.
        const isOpen = !effect.closed.includes(placeOf(leadOf(0).phones[0]!.number))
        const want = effect.callbacksOnly || !isOpen ? 0 : effect.want
        return this.#in(storeMs, () => this.#load(want))
      }
      default:
        return
    }
  }

  #customer({ leg, call }: Extract<Effect, { type: 'phone.dial' }>): void {
    const lead = this.state.calls.get(call)?.lead ?? null
    const nth = lead === null ? this.#dialled : indexOf(lead.id)
    this.#dialled++
    this.#legs.set(leg, { call, answered: false, connected: false, talkMs: null })
    this.#legOf.set(call, leg)
    if (!this.#carrierUp) return this.#in(signallingMs, () => this.#end(leg, noCarrier))
    const fate = this.#laws.fate(this.#atSecond, nth)
    if (fate.ringMs > postDialMs)
      this.#in(postDialMs, () => this.#legs.has(leg) && this.#post({ type: 'leg.ringing', leg }))
    if (fate.answers) return this.#in(fate.ringMs, () => this.#answer(leg))
    this.#in(fate.ringMs, () =>
      this.#end(leg, fate.ringsOut ? { cause: 'timeout' } : { cause: 'rejected', sipStatus: 486, q850: 17 }),
    )
  }

  #answer(leg: LegId): void {
    const far = this.#legs.get(leg)
    if (far === undefined) return
    far.answered = true
    this.#post({ type: 'leg.answered', leg })
    const patienceMs = far.connected ? null : this.#patienceMs(far)
    if (patienceMs !== null) this.#in(patienceMs, () => far.connected || this.#end(leg, { cause: 'bye' }))
  }

  /** How long this one waits for somebody; null: for as long as we let it. */
  #patienceMs({ call }: Far): number | null {
    if (this.state.calls.get(call)?.direction === 'in') return this.#callers?.patienceMs() ?? null
    return this.#scenario.waitPatienceMs === undefined ? null : this.#laws.patienceMs(this.#scenario.waitPatienceMs)
  }

  #awaitCaller(): void {
    const atS = this.#callers?.nextAtS(this.#atSecond) ?? Number.POSITIVE_INFINITY
    if (this.#callers === null || atS === Number.POSITIVE_INFINITY) return
    const from = this.#callers.number()
    this.#atS(atS, () => {
      const leg = `in_${++this.#called}` as LegId
      if (this.#carrierUp) this.#post({ type: 'leg.offered', leg, trunk: trunkId, from, to: dialledNumber })
      this.#awaitCaller()
    })
  }

  #end(leg: LegId, how: Partial<Ended>): void {
    const far = this.#legs.get(leg)
    if (far === undefined) return
    this.#legs.delete(leg)
    this.#legOf.delete(far.call)
    this.#post({ type: 'leg.ended', leg, by: 'far', sipStatus: null, q850: null, cause: 'bye', ...how })
  }

  /** When the carrier goes, what rings is lost; who talks goes on talking. */
  #carrier(up: boolean): void {
    this.#carrierUp = up
    if (up) return this.#post({ type: 'trunk.up', trunk: trunkId })
    this.#post({ type: 'trunk.down', trunk: trunkId, reason: 'no answer to OPTIONS' })
    for (const [leg, { answered }] of [...this.#legs]) if (!answered) this.#end(leg, noCarrier)
  }

  #load(want: number): void {
    const leads = this.#leads.take(want, this.#now)
    this.#post({ type: 'leads.loaded', campaign: campaignId, leads, exhausted: leads.length < want || want === 0 })
  }
}

const noCarrier: Partial<Ended> = { cause: 'fault', by: 'carrier', sipStatus: 503, q850: 38 }
