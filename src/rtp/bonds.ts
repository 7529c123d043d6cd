/**
 * Which legs must share a media thread: those of a patch, those of a room, and who supervises with whom. A bond is what the main thread has
 * ordered, so that it can be ordered again where its legs have moved to.
 */
import type { LegId } from '../lib/ids.ts'
import type { Member, SupervisionMode } from './bay.ts'
import type { MediaRequest } from './control.ts'

export type Bond =
  | { readonly type: 'patch'; readonly legs: Set<LegId> }
  | { readonly type: 'mix'; readonly room: string; readonly legs: Set<LegId>; members: Member[] }
  | {
      readonly type: 'supervise'
      readonly legs: Set<LegId>
      readonly leg: LegId
      readonly target: LegId
      readonly mode: SupervisionMode
      readonly gainDb: number
    }

export class Bonds {
  /** The one patch or room of a leg. */
  readonly #talks = new Map<LegId, Bond>()
  readonly #rooms = new Map<string, Bond>()
  /** By who supervises. */
  readonly #supervisions = new Map<LegId, Bond>()
  readonly #supervisors = new Map<LegId, Set<LegId>>()

  /** The last order counts: both leave whom they were with. */
  patch(a: LegId, b: LegId): void {
    const bond: Bond = { type: 'patch', legs: new Set([a, b]) }
    for (const leg of bond.legs) {
      this.leave(leg)
      this.#talks.set(leg, bond)
    }
  }

  mix(room: string, members: Member[]): void {
    for (const leg of this.#rooms.get(room)?.legs ?? []) this.leave(leg)
    this.#rooms.delete(room)
    if (members.length === 0) return
    const bond: Bond = { type: 'mix', room, legs: new Set(members.map(({ leg }) => leg)), members }
    for (const leg of bond.legs) {
      this.leave(leg)
      this.#talks.set(leg, bond)
    }
    this.#rooms.set(room, bond)
  }

  supervise(leg: LegId, target: LegId | null, mode: SupervisionMode, gainDb = 0): void {
    const old = this.#supervisions.get(leg)
    if (old?.type === 'supervise') {
      const others = this.#supervisors.get(old.target)
      others?.delete(leg)
      if (others?.size === 0) this.#supervisors.delete(old.target)
    }
    this.#supervisions.delete(leg)
    if (target === null || target === leg) return
    this.#supervisions.set(leg, { type: 'supervise', legs: new Set([leg, target]), leg, target, mode, gainDb })
    this.#supervisors.set(target, (this.#supervisors.get(target) ?? new Set()).add(leg))
  }

  /** Out of its patch or its room; the others of a room talk on. */
  leave(leg: LegId): void {
    const bond = this.#talks.get(leg)
    this.#talks.delete(leg)
    if (bond === undefined) return
    bond.legs.delete(leg)
    if (bond.type === 'mix') {
      bond.members = bond.members.filter(member => member.leg !== leg)
      if (bond.legs.size === 0) this.#rooms.delete(bond.room)
    } else for (const other of bond.legs) this.#talks.delete(other)
  }

  /** The leg is no more. */
  forget(leg: LegId): void {
    this.leave(leg)
    this.supervise(leg, null, 'listen')
    for (const supervisor of [...(this.#supervisors.get(leg) ?? [])]) this.supervise(supervisor, null, 'listen')
  }

  room(name: string): LegId[] {
    return [...(this.#rooms.get(name)?.legs ?? [])]
  }

  isPatched(a: LegId, b: LegId): boolean {
    const bond = this.#talks.get(a)
    return bond?.type === 'patch' && bond.legs.has(b)
  }

  /** All that bind this leg, in the order in which they may be ordered again. */
  of(leg: LegId): Bond[] {
    const supervisors = [...(this.#supervisors.get(leg) ?? [])].map(other => this.#supervisions.get(other))
    return [this.#talks.get(leg), this.#supervisions.get(leg), ...supervisors].filter(bond => bond !== undefined)
  }

  /** All legs that hear each other through any number of others. */
  together(leg: LegId): Set<LegId> {
    const legs = new Set([leg])
    for (const one of legs) for (const bond of this.of(one)) for (const other of bond.legs) legs.add(other)
    return legs
  }
}

export function orderOf(bond: Bond): MediaRequest {
  switch (bond.type) {
    case 'patch': {
      const [a, b] = [...bond.legs] as [LegId, LegId]
      return { type: 'patch', a, b }
    }
    case 'mix':
      return { type: 'mix', room: bond.room, members: bond.members }
    case 'supervise':
      return { type: 'supervise', leg: bond.leg, target: bond.target, mode: bond.mode, gainDb: bond.gainDb }
    default:
      return bond satisfies never
  }
}
