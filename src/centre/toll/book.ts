/** How long the centre has talked abroad today by calls that people dialled by hand, and which such calls are under way. */
import type { CallId, UserId } from '../../lib/ids.ts'
import type { Fact } from '../facts.ts'
import { localDay } from '../numbers/zone.ts'
import { isHome, type TollRules, tollRulesDefault, tollRulesIn } from './rules.ts'

type Live = { by: UserId | null; since: number | null }
const minuteMs = 60_000
/** What is told as an alarm: the same again only on the next day. */
const toldMax = 2_000
const alarmsMax = 100
/** Instants of one person's desk phone, and persons of whom they are kept: who dialled help last. */
const [helpedMax, helpersMax] = [20, 1_000]

export class TollBook {
  rules: TollRules = tollRulesDefault
  /** Somebody set them; else they are those of where the centre is. */
  #isSet = false
  #day = Number.NaN
  #totalMs = 0
  readonly #byPerson = new Map<UserId, number>()
  readonly #live = new Map<CallId, Live>()
  readonly #told = new Set<string>()
  /** Of the alarms since the start, the last ones, oldest first. */
  #alarms: number[] = []
  /** Of each desk phone that dialled help by itself, when, the last few. */
  readonly #helped = new Map<UserId, number[]>()

  /** undefined: nobody set any. */
  setRules(rules: TollRules | undefined, zone: string): void {
    this.#isSet = rules !== undefined
    this.rules = rules ?? tollRulesIn(zone)
  }

  /** The centre's clock is another. */
  moved(zone: string): void {
    if (!this.#isSet) this.rules = tollRulesIn(zone)
  }

  /** What the store knows of the day so far. */
  resume(spent: readonly { by: UserId | null; ms: number }[], zone: string, at: number): void {
    this.#turn(zone, at)
    for (const { by, ms } of spent) this.#add(by, ms)
  }

  follow(fact: Fact, zone: string, at: number): void {
    switch (fact.type) {
      case 'call.dialed': {
        const { call, number, mode, lead, callback, campaign } = fact
        if (fact.desk) this.#help(fact.desk, at)
        const agent = fact.of?.agent ?? fact.agent
        if (
          (agent === null && fact.of === undefined) ||
          mode !== 'manual' ||
          lead !== null ||
          (callback && campaign !== null)
        )
          return // these are known: see guard.ts
        if (!number.startsWith('+') || isHome(number, zone)) return // an emergency number is nobody's
        this.#turn(zone, at)
        this.#live.set(call, { by: agent, since: null })
        return
      }
      case 'call.answered': {
        const live = this.#live.get(fact.call)
        if (live !== undefined) live.since ??= at
        return
      }
      case 'call.ended': {
        const live = this.#live.get(fact.call)
        if (live === undefined) return
        this.#live.delete(fact.call)
        this.#turn(zone, at)
        if (live.since !== null) this.#add(live.by, at - live.since)
        return
      }
      case 'safety.alarmed':
        this.#turn(zone, at)
        this.#alarms.push(at)
        if (this.#alarms.length > alarmsMax) this.#alarms.shift()
        if (this.#told.size < toldMax) this.#told.add(toldKey(fact.rule, fact.user))
        return
      default:
        return
    }
  }

  /** ms talked abroad since midnight, calls under way included. */
  spent(person: UserId | null, zone: string, at: number): { person: number; centre: number } {
    const isToday = this.#day === localDay(zone, at)
    let [mine, all] = isToday ? [person === null ? 0 : (this.#byPerson.get(person) ?? 0), this.#totalMs] : [0, 0]
    for (const { by, since } of this.#live.values()) {
      if (since === null) continue
      all += at - since
      if (by === person) mine += at - since
    }
    return { person: mine, centre: all }
  }

  /** When this call must be over; null: it is not one of those, or not answered. */
  endsAt(call: CallId): number | null {
    const since = this.#live.get(call)?.since ?? null
    return since === null ? null : since + this.rules.callMinutesMax * minuteMs
  }

  /** Who had it dialled, in whoever's hands it is by now; null: it is not one of those. */
  dialledBy(call: CallId): UserId | null {
    return this.#live.get(call)?.by ?? null
  }

  /** Calls under way and when each must be over. */
  *ends(): Iterable<{ id: CallId; at: number }> {
    for (const id of this.#live.keys()) {
      const at = this.endsAt(id)
      if (at !== null) yield { id, at }
    }
  }

  /** How often this person's desk phone has dialled help by itself in this time; 20 at most. Help is not refused for what a clock calls the future. */
  helpedIn(person: UserId, { from, to }: { from: number; to: number }): number {
    return this.#helped.get(person)?.filter(each => each >= from && each <= to).length ?? 0
  }

  /** Alarms since an instant; 100 at most. */
  alarmsSince(at: number): number {
    return this.#alarms.filter(each => each >= at).length
  }

  isTold(rule: string, person: UserId | null, zone: string, at: number): boolean {
    return this.#day === localDay(zone, at) && this.#told.has(toldKey(rule, person))
  }

  /** The clock was set: what is under way goes on for as long as was left of it, and what was is as long ago as it is. */
  shift(byMs: number): void {
    for (const live of this.#live.values()) if (live.since !== null) live.since += byMs
    for (const [person, helped] of this.#helped) this.#helped.set(person, shifted(helped, byMs))
    this.#alarms = shifted(this.#alarms, byMs)
  }

  #help(person: UserId, at: number): void {
    const before = this.#helped.get(person) ?? []
    this.#helped.delete(person)
    if (this.#helped.size >= helpersMax) this.#helped.delete(this.#helped.keys().next().value!)
    this.#helped.set(person, [...before, at].slice(-helpedMax))
  }

  #add(by: UserId | null, ms: number): void {
    this.#totalMs += ms
    if (by === null) return // a menu's
    this.#byPerson.set(by, (this.#byPerson.get(by) ?? 0) + ms)
  }

  #turn(zone: string, at: number): void {
    const day = localDay(zone, at)
    if (day === this.#day) return
    this.#day = day
    this.#totalMs = 0
    this.#byPerson.clear()
    this.#told.clear()
  }
}

function shifted(instants: readonly number[], byMs: number): number[] {
  return instants.map(each => each + byMs)
}

function toldKey(rule: string, person: UserId | null): string {
  return `${rule} ${person ?? ''}`
}
