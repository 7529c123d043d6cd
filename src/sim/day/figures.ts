/**
 * The account of a simulated day, kept from its facts alone. Time is of agents who are signed on and not on a break; a call belongs to the
 * quarter of an hour in which it was answered.
 */
import type { AgentPhase, Recorded } from '../../centre/facts.ts'
import type { CallId, UserId } from '../../lib/ids.ts'
import { JournalDigest } from './journal-digest.ts'

const minuteMs = 60_000
/** A caller should hear a person by then. */
const serviceLevelMs = 20_000
export const quarterMs = 15 * minuteMs
/** Quarters with fewer answers say little about a rate, and are left out of the worst one. */
export const quarterAnsweredMin = 30

export type Quarter = { answered: number; abandoned: number }
/** One minute: agent time in ms, the most lines in use, calls started. */
export type Minute = { busyMs: number; readyMs: number; presentMs: number; lines: number; dialled: number }

/** `gaveUp`: hung up before an agent; `overflowed`: waited as long as we let them; waits of those who were connected. */
export type InboundResult = {
  offered: number
  connected: number
  gaveUp: number
  overflowed: number
  waitMsMean: number
  within20S: number
}

export type DayResult = {
  utilisation: number
  abandonRate: number
  worst15MinAbandonRate: number
  effectiveMinutesPerAgent: number
  idleMsMean: number
  dialled: number
  answered: number
  connected: number
  abandoned: number
  linesPeak: number
  /** Callers; null: nobody called. */
  inbound: InboundResult | null
  refused: Record<string, number>
  journalHash: string
  wallMs: number
}

export class Figures {
  readonly quarters: Quarter[] = []
  readonly minutes: Minute[] = []
  readonly #startAt: number
  readonly #endAt: number
  readonly #phases = new Map<UserId, { phase: AgentPhase; since: number }>()
  readonly #answeredAt = new Map<CallId, number>()
  readonly #live = new Set<CallId>()
  readonly #refused = new Map<string, number>()
  readonly #digest = new JournalDigest()
  /** Callers under way, and since when each waits. */
  readonly #callers = new Map<CallId, number>()
  readonly #inbound = { offered: 0, connected: 0, gaveUp: 0, overflowed: 0, waitMs: 0, soon: 0 }
  #dialled = 0
  #answered = 0
  #connected = 0
  #abandoned = 0
  #linesPeak = 0
  #idleMs = 0
  #idles = 0

  constructor(startAt: number, endAt: number) {
    this.#startAt = startAt
    this.#endAt = endAt
    const ms = endAt - startAt
    for (let at = 0; at < ms; at += quarterMs) this.quarters.push({ answered: 0, abandoned: 0 })
    for (let at = 0; at < ms; at += minuteMs)
      this.minutes.push({ busyMs: 0, readyMs: 0, presentMs: 0, lines: 0, dialled: 0 })
  }

  /** Inputs that the floor refused, by rule. */
  refuse(rule: string): void {
    this.#refused.set(rule, (this.#refused.get(rule) ?? 0) + 1)
  }

  note(recorded: Recorded): void {
    const { fact, at } = recorded
    this.#digest.add(recorded)
    switch (fact.type) {
      case 'agent.stateChanged':
        return this.#phase(fact.agent, fact.state, at)
      case 'call.dialed': {
        this.#dialled++
        this.#live.add(fact.call)
        this.#linesPeak = Math.max(this.#linesPeak, this.#live.size)
        const minute = this.#minute(at)
        if (minute === undefined) return
        minute.dialled++
        minute.lines = Math.max(minute.lines, this.#live.size)
        return
      }
      case 'call.offered':
        this.#inbound.offered++
        this.#callers.set(fact.call, at)
        this.#live.add(fact.call)
        this.#linesPeak = Math.max(this.#linesPeak, this.#live.size)
        return
      case 'call.dismissed':
        if (fact.cause === 'overflow' && this.#callers.has(fact.call)) this.#inbound.overflowed++
        return
      case 'call.answered': {
        if (this.#callers.has(fact.call)) return void this.#callers.set(fact.call, at)
        this.#answered++
        this.#answeredAt.set(fact.call, at)
        const quarter = this.#quarter(at)
        if (quarter !== undefined) quarter.answered++
        return
      }
      case 'call.connected': {
        const since = this.#callers.get(fact.call)
        if (since === undefined) this.#connected++
        else this.#callerConnected(at - since)
        return
      }
      case 'call.abandoned': {
        if (this.#callers.has(fact.call)) return void this.#inbound.gaveUp++
        this.#abandoned++
        const quarter = this.#quarter(this.#answeredAt.get(fact.call) ?? at)
        if (quarter !== undefined) quarter.abandoned++
        return
      }
      case 'call.ended':
        this.#live.delete(fact.call)
        this.#callers.delete(fact.call)
        this.#answeredAt.delete(fact.call)
        return
      case 'call.refused':
        return this.refuse(fact.refusal.rule)
      default:
        return
    }
  }

  /** Closes the account at the end of the day; `agents`: how many there were, `wallMs`: how long it took to simulate. */
  result(agents: number, wallMs: number): DayResult {
    for (const [agent, { phase }] of this.#phases) this.#phase(agent, phase, this.#endAt)
    let busyMs = 0
    let presentMs = 0
    for (const minute of this.minutes) {
      busyMs += minute.busyMs
      presentMs += minute.presentMs
    }
    return {
      utilisation: ratio(busyMs, presentMs),
      abandonRate: ratio(this.#abandoned, this.#answered),
      worst15MinAbandonRate: Math.max(0, ...this.quarters.map(rateOf)),
      effectiveMinutesPerAgent: busyMs / minuteMs / agents,
      idleMsMean: ratio(this.#idleMs, this.#idles),
      dialled: this.#dialled,
      answered: this.#answered,
      connected: this.#connected,
      abandoned: this.#abandoned,
      linesPeak: this.#linesPeak,
      inbound: this.#inboundResult(),
      refused: Object.fromEntries([...this.#refused].sort(([a], [b]) => (a < b ? -1 : 1))),
      journalHash: this.#digest.hex(),
      wallMs: Math.round(wallMs),
    }
  }

  #callerConnected(waitMs: number): void {
    this.#inbound.connected++
    this.#inbound.waitMs += waitMs
    if (waitMs <= serviceLevelMs) this.#inbound.soon++
  }

  #inboundResult(): InboundResult | null {
    const { offered, connected, gaveUp, overflowed, waitMs, soon } = this.#inbound
    if (offered === 0) return null
    const ended = connected + gaveUp + overflowed
    return {
      offered,
      connected,
      gaveUp,
      overflowed,
      waitMsMean: ratio(waitMs, connected),
      within20S: ratio(soon, ended),
    }
  }

  #phase(agent: UserId, phase: AgentPhase, at: number): void {
    const before = this.#phases.get(agent)
    if (before !== undefined) this.#spend(before.phase, before.since, at)
    if (before?.phase === 'ready' && phase === 'talking') {
      this.#idleMs += at - before.since
      this.#idles++
    }
    this.#phases.set(agent, { phase, since: at })
  }

  /** Books a stretch of one agent's time to the minutes it lies in. */
  #spend(phase: AgentPhase, from: number, to: number): void {
    if (phase === 'signed_off' || phase === 'break') return
    const end = Math.min(to, this.#endAt)
    for (let at = from; at < end; ) {
      const next = Math.min(end, at + minuteMs - ((at - this.#startAt) % minuteMs))
      const minute = this.#minute(at)
      if (minute !== undefined) {
        minute.presentMs += next - at
        if (phase === 'talking' || phase === 'wrapping') minute.busyMs += next - at
        else if (phase === 'ready') minute.readyMs += next - at
      }
      at = next
    }
  }

  #minute(at: number): Minute | undefined {
    return this.minutes[Math.floor((at - this.#startAt) / minuteMs)]
  }

  #quarter(at: number): Quarter | undefined {
    return this.quarters[Math.floor((at - this.#startAt) / quarterMs)]
  }
}

export function rateOf({ answered, abandoned }: Quarter): number {
  return answered < quarterAnsweredMin ? 0 : abandoned / answered
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}
