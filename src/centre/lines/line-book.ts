/**
 * What is known of the lines, live: how each trunk, caller ID, prefix and hour of the day has been doing. Bounded by trunks and their caller
 * IDs, 24 hours and a fixed number of prefixes; changed by `evolve` alone.
 */
import type { TrunkId } from '../../lib/ids.ts'
import type { CallResult, Trunk } from '../entities.ts'
import { areaOfShown, MobileAreas, prefixOf } from './area.ts'
import { type LineRules, lineRulesDefault, type RestReason, tirednessOf } from './rest.ts'
import { HourCount, LineTally, type TallyCounts } from './tally.ts'

/** Pairs of trunk and prefix kept at most; the one that has been silent longest goes first. */
const prefixesMax = 8_192
const dayMs = 24 * 60 * 60_000

export type CallerIdBook = {
  lately: LineTally
  /** The same over about a day: what is usual for it. */
  longer: LineTally
  /** Outcomes since it last came back from a rest, fading like `lately`. */
  judged: LineTally
  lastHour: HourCount
  /** 0: it does not rest. */
  restingUntil: number
  restReason: RestReason | null
}

export type TrunkBook = {
  lately: LineTally
  callerIds: Map<string, CallerIdBook>
  /** Its caller IDs by their area code. */
  byArea: Map<number, string[]>
  /** How many different caller IDs it has. */
  assigned: number
}

/** A call that went out, as the measures need it. */
export type OutCall = { trunk: TrunkId; callerId: string; number: string; hour: number }

export class LineBook {
  readonly trunks = new Map<TrunkId, TrunkBook>()
  readonly prefixes = new Map<string, LineTally>()
  /** The last key of `prefixes`: who stands there already need not be moved there. */
  #newest = ''
  readonly #found: LineTally[] = []
  readonly hours: LineTally[] = Array.from({ length: 24 }, () => new LineTally())
  readonly mobiles: MobileAreas
  rules: LineRules = lineRulesDefault
  /** Calls dialled since the start; with `seed` the only chance that the choice of a line draws on. */
  dials = 0
  readonly seed: number

  constructor(seed: number, mobiles: Uint16Array | null = null) {
    this.seed = seed
    this.mobiles = new MobileAreas(mobiles)
  }

  saveTrunk(trunk: Trunk): void {
    const kept = new Set(trunk.callerIds)
    const blank = { lately: new LineTally(), callerIds: new Map(), byArea: new Map(), assigned: 0 }
    const book: TrunkBook = this.trunks.get(trunk.id) ?? blank
    book.assigned = kept.size
    for (const callerId of book.callerIds.keys()) if (!kept.has(callerId)) book.callerIds.delete(callerId)
    this.trunks.set(trunk.id, book)
    this.#sortByArea(book, trunk.callerIds)
  }

  removeTrunk(id: TrunkId): void {
    this.trunks.delete(id)
    for (const key of this.prefixes.keys()) if (key.startsWith(`${id} `)) this.prefixes.delete(key)
  }

  learnAreas(rows: readonly (readonly [number, number])[], trunks: Iterable<Trunk>): void {
    for (const [prefix, area] of rows) this.mobiles.set(prefix, area)
    this.#resort(trunks)
  }

  forgetAreas(trunks: Iterable<Trunk>): void {
    this.mobiles.clear()
    this.#resort(trunks)
  }

  /** null: not assigned to this trunk (any more). */
  callerId(trunk: TrunkId, callerId: string): CallerIdBook | null {
    return this.trunks.get(trunk)?.callerIds.get(callerId) ?? null
  }

  prefix(trunk: TrunkId, number: string): LineTally | null {
    return this.prefixes.get(`${trunk} ${prefixOf(number)}`) ?? null
  }

  dialled(call: OutCall, callerIds: readonly string[], now: number): void {
    this.dials++
    const trunk = this.trunks.get(call.trunk)
    if (trunk === undefined || !callerIds.includes(call.callerId)) return
    let book = trunk.callerIds.get(call.callerId)
    if (book === undefined) trunk.callerIds.set(call.callerId, (book = blankCallerId()))
    if (book.restingUntil !== 0 && book.restingUntil <= now) wake(book)
    for (const tally of this.#all(call)) tally.noteDialled(now)
    book.lastHour.note(now)
    this.#judge(trunk, book, now)
  }

  progressed(call: OutCall, delayMs: number, now: number): void {
    for (const tally of this.#all(call)) tally.noteDelay(delayMs, now)
  }

  outcome(call: OutCall, answered: boolean, now: number): void {
    for (const tally of this.#all(call)) tally.noteOutcome(answered, now)
    const trunk = this.trunks.get(call.trunk)
    const book = trunk?.callerIds.get(call.callerId)
    if (trunk === undefined || book === undefined) return
    book.judged.noteOutcome(answered, now)
    this.#judge(trunk, book, now)
  }

  ended(call: OutCall, result: CallResult, connected: boolean, short: boolean, now: number): void {
    for (const tally of this.#all(call)) tally.noteEnded(result, connected, short, now)
  }

  /** How a line did before a restart. */
  resume(trunk: TrunkId, callerId: string, at: number, counts: TallyCounts): void {
    const book = this.trunks.get(trunk)
    if (book === undefined) return
    book.lately.seed(at, counts)
    const known = book.callerIds.get(callerId) ?? blankCallerId()
    book.callerIds.set(callerId, known)
    known.lately.seed(at, counts)
    known.longer.seed(at, counts)
  }

  /** The machine's clock was set: what fades goes on for as long as was left of it. */
  shift(byMs: number): void {
    for (const trunk of this.trunks.values()) {
      trunk.lately.shift(byMs)
      for (const book of trunk.callerIds.values()) {
        for (const tally of [book.lately, book.longer, book.judged]) tally.shift(byMs)
        if (book.restingUntil !== 0) book.restingUntil = Math.max(1, book.restingUntil + byMs)
      }
    }
    for (const tally of [...this.prefixes.values(), ...this.hours]) tally.shift(byMs)
  }

  /** Never the last one: a trunk without a number to show carries nothing. */
  #judge(trunk: TrunkBook, book: CallerIdBook, now: number): void {
    if (book.restingUntil > now) return
    const reason = tirednessOf(book, trunk, this.rules, now)
    if (reason === null) return
    let resting = 0
    for (const each of trunk.callerIds.values()) if (each.restingUntil > now) resting++
    if (resting + 1 >= trunk.assigned) return
    book.restingUntil = now + this.rules.restMs
    book.restReason = reason
    book.judged = new LineTally()
  }

  /** The tallies that a call counts for, in a list that is good until the next call is asked about. */
  #all(call: OutCall): readonly LineTally[] {
    const all = this.#found
    all.length = 0
    const trunk = this.trunks.get(call.trunk)
    if (trunk === undefined) return all
    all.push(trunk.lately)
    const book = trunk.callerIds.get(call.callerId)
    if (book !== undefined) all.push(book.lately, book.longer)
    all.push(this.hours[call.hour] ?? this.hours[0]!, this.#prefixFor(call))
    return all
  }

  #prefixFor(call: OutCall): LineTally {
    const key = `${call.trunk} ${prefixOf(call.number)}`
    const known = this.prefixes.get(key)
    if (known !== undefined) {
      if (key === this.#newest) return known
      this.#newest = key
      this.prefixes.delete(key)
      this.prefixes.set(key, known)
      return known
    }
    this.#newest = key
    if (this.prefixes.size >= prefixesMax) this.prefixes.delete(this.prefixes.keys().next().value!)
    const fresh = new LineTally()
    this.prefixes.set(key, fresh)
    return fresh
  }

  #resort(trunks: Iterable<Trunk>): void {
    for (const trunk of trunks) {
      const book = this.trunks.get(trunk.id)
      if (book !== undefined) this.#sortByArea(book, trunk.callerIds)
    }
  }

  #sortByArea(book: TrunkBook, callerIds: readonly string[]): void {
    book.byArea.clear()
    for (const callerId of callerIds) {
      const area = areaOfShown(callerId, this.mobiles)
      const there = book.byArea.get(area)
      if (there === undefined) book.byArea.set(area, [callerId])
      else there.push(callerId)
    }
  }
}

export function blankCallerId(): CallerIdBook {
  const tallies = { lately: new LineTally(), longer: new LineTally(dayMs), judged: new LineTally() }
  return { ...tallies, lastHour: new HourCount(), restingUntil: 0, restReason: null }
}

function wake(book: CallerIdBook): void {
  book.restingUntil = 0
  book.restReason = null
}
