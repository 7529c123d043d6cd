/**
 * Who hears whom on one media thread: patches and rooms as they were ordered, and supervisors beside them. From these comes what each leg hears
 * in truth; two who hear each other alone are a plain patch, everybody else sits in a `Room`. A supervision names a leg and stays with it,
 * whatever that leg is patched to next: the orders of a call need not know that somebody listens.
 */
import type { SupervisionMode } from './bay.ts'
import type { Leg } from './leg.ts'
import { link, type Seat, unlink } from './room.ts'
import type { Rooms } from './rooms.ts'

/** One patch, or one room as ordered. */
type Group = { readonly name: string | null; readonly seats: Map<Leg, Seat> }
/** `gain`: a factor on what the supervisor says. */
type Supervision = { target: Leg; mode: SupervisionMode; gain: number }

export class Seating {
  readonly #rooms: Rooms
  readonly #groupOf = new Map<Leg, Group>()
  readonly #named = new Map<string, Group>()
  readonly #supervisions = new Map<Leg, Supervision>()
  readonly #supervisors = new Map<Leg, Set<Leg>>()
  #nextRoom = 1

  constructor(rooms: Rooms) {
    this.#rooms = rooms
  }

  patch(a: Leg, b: Leg, nowMs: number): void {
    if (a === b) return
    const affected = [...this.#leaveGroup(a), ...this.#leaveGroup(b)]
    this.#seat({ name: null, seats: new Map([seatOf(a, [b]), seatOf(b, [a])]) })
    this.#apply(affected, nowMs)
  }

  /** Out of its patch or room. */
  unpatch(leg: Leg, nowMs: number): void {
    this.#apply(this.#leaveGroup(leg), nowMs)
  }

  /** Who is in the room from now on; nobody: it is no more. False: they are too many, and nothing has changed. */
  mix(name: string, seats: readonly Seat[], nowMs: number): boolean {
    if (!this.#rooms.hasRoomFor(seats.length)) return false
    const affected = new Set<Leg>()
    for (const leg of this.#named.get(name)?.seats.keys() ?? []) {
      affected.add(leg)
      this.#groupOf.delete(leg)
    }
    this.#named.delete(name)
    for (const { leg } of seats) for (const other of this.#leaveGroup(leg)) affected.add(other)
    if (seats.length > 0) this.#seat({ name, seats: new Map(seats.map(seat => [seat.leg, seat])) })
    this.#apply(affected, nowMs)
    return true
  }

  /** From now on `leg` hears what `target` says and hears; null: no longer. False: too many do already. */
  supervise(leg: Leg, target: Leg | null, how: Omit<Supervision, 'target'>, nowMs: number): boolean {
    if (target === leg) return true
    if (target !== null && !this.#rooms.hasRoomFor(this.#together(target).size + 1)) return false
    const affected = [leg, ...this.#dropSupervision(leg)]
    if (target !== null) {
      this.#supervisions.set(leg, { target, ...how })
      this.#supervisors.set(target, (this.#supervisors.get(target) ?? new Set()).add(leg))
    }
    this.#apply(affected, nowMs)
    return true
  }

  /** The leg is no more. */
  forget(leg: Leg, nowMs: number): void {
    const affected = new Set([...this.#leaveGroup(leg), ...this.#dropSupervision(leg)])
    for (const supervisor of this.#supervisors.get(leg) ?? []) {
      this.#supervisions.delete(supervisor)
      affected.add(supervisor)
    }
    this.#supervisors.delete(leg)
    this.#apply(affected, nowMs)
  }

  #seat(group: Group): void {
    for (const leg of group.seats.keys()) this.#groupOf.set(leg, group)
    if (group.name !== null) this.#named.set(group.name, group)
  }

  /** Answers the leg and whoever was with it. */
  #leaveGroup(leg: Leg): Leg[] {
    const group = this.#groupOf.get(leg)
    if (group === undefined) return [leg]
    const affected = [...group.seats.keys()]
    group.seats.delete(leg)
    this.#groupOf.delete(leg)
    if (group.seats.size === 0 && group.name !== null) this.#named.delete(group.name)
    return affected
  }

  /** Answers whom it was about, if anyone. */
  #dropSupervision(leg: Leg): Leg[] {
    const old = this.#supervisions.get(leg)
    if (old === undefined) return []
    this.#supervisions.delete(leg)
    const supervisors = this.#supervisors.get(old.target)
    supervisors?.delete(leg)
    if (supervisors?.size === 0) this.#supervisors.delete(old.target)
    return [old.target]
  }

  #apply(affected: Iterable<Leg>, nowMs: number): void {
    const done = new Set<Leg>()
    for (const leg of affected) {
      if (done.has(leg)) continue
      const legs = this.#together(leg)
      for (const each of legs) done.add(each)
      this.#place(legs, nowMs)
    }
  }

  /** All who hear each other through any number of others. */
  #together(from: Leg): Set<Leg> {
    const legs = new Set([from])
    for (const leg of legs) {
      for (const other of this.#groupOf.get(leg)?.seats.keys() ?? []) legs.add(other)
      for (const supervisor of this.#supervisors.get(leg) ?? []) legs.add(supervisor)
      const supervision = this.#supervisions.get(leg)
      if (supervision !== undefined) legs.add(supervision.target)
    }
    return legs
  }

  #place(legs: Set<Leg>, nowMs: number): void {
    const seats = this.#seats(legs)
    const name = [...legs].find(leg => leg.room !== '')?.room
    if (seats.length > 1 && name === undefined && isPair(seats)) {
      const [a, b] = seats as [Seat, Seat]
      for (const [one, other] of [
        [a.leg, b.leg],
        [b.leg, a.leg],
      ] as const)
        if (one.peer !== other) link(one, other)
      return
    }
    if (seats.length > 1) {
      this.#rooms.mix(name ?? `room ${this.#nextRoom++}`, seats, nowMs)
      return
    }
    for (const { leg } of seats) {
      this.#rooms.leave(leg, nowMs)
      if (leg.peer !== null) unlink(leg.peer)
      unlink(leg)
    }
  }

  /** Who hears whom in truth. */
  #seats(legs: Set<Leg>): Seat[] {
    const hears = new Map<Leg, Set<Leg>>()
    for (const leg of legs) hears.set(leg, new Set(this.#groupOf.get(leg)?.seats.get(leg)?.hears))
    const ordered = new Map([...hears].map(([leg, others]) => [leg, [...others]]))
    for (const leg of legs) {
      const supervision = this.#supervisions.get(leg)
      if (supervision === undefined) continue
      const { target, mode } = supervision
      for (const other of [target, ...(ordered.get(target) ?? [])]) hears.get(leg)!.add(other)
      if (mode !== 'listen') hears.get(target)!.add(leg)
      if (mode !== 'barge') continue
      for (const [other, heard] of ordered) if (heard.includes(target)) hears.get(other)!.add(leg)
      // Others who supervise the same leg hear what everybody hears.
      for (const other of this.#supervisors.get(target) ?? []) hears.get(other)!.add(leg)
    }
    return [...legs].map(leg => ({
      leg,
      hears: [...hears.get(leg)!].filter(other => other !== leg),
      gain: (this.#groupOf.get(leg)?.seats.get(leg)?.gain ?? 1) * (this.#supervisions.get(leg)?.gain ?? 1),
    }))
  }
}

function seatOf(leg: Leg, hears: Leg[]): [Leg, Seat] {
  return [leg, { leg, hears, gain: 1 }]
}

/** Two who hear each other as said: nothing needs to be decoded, and no room be kept. */
function isPair(seats: readonly Seat[]): boolean {
  return seats.length === 2 && seats.every(({ hears, gain }) => hears.length === 1 && gain === 1)
}
