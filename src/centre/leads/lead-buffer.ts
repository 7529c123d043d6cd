/**
 * Leads of one campaign that wait in memory, best first: callbacks, then by the rank of their list, then in the order in which the store gave
 * them. Adding, taking and finding the first cost the same whether ten wait or two thousand.
 */
import type { LeadId, UserId } from '../../lib/ids.ts'
import type { BufferedLead } from '../entities.ts'
import { placeOf } from '../numbers/zone.ts'

/** Leads of one campaign held in memory at most. */
export const bufferMax = 2_000
/** Of a list that says nothing; lists have 0 to 9. */
export const rankDefault = 5
/** A callback promised by an agent goes to anyone when its time is over by so much. */
export const promisedGraceMs = 15 * 60_000

type Shelf = { rank: number; leads: Map<LeadId, BufferedLead> }

export class LeadBuffer implements Iterable<BufferedLead> {
  readonly #leads = new Map<LeadId, BufferedLead>()
  /** Highest rank first; callbacks of anyone's have rank Infinity. At most eleven. */
  #shelves: Shelf[] = []
  /** Callbacks that one agent promised, each agent's in the order of their time. At most one entry an agent. */
  readonly #promised = new Map<UserId, Map<LeadId, BufferedLead>>()
  readonly #places = new Map<string, number>()

  get length(): number {
    return this.#leads.size
  }

  /** How many leads lie in which place (see zone.ts), by the first number of each. */
  get places(): ReadonlyMap<string, number> {
    return this.#places
  }

  has(id: LeadId): boolean {
    return this.#leads.has(id)
  }

  ids(): IterableIterator<LeadId> {
    return this.#leads.keys()
  }

  /** All of them, best first. */
  *[Symbol.iterator](): Iterator<BufferedLead> {
    for (const leads of this.#promised.values()) yield* leads.values()
    for (const { leads } of this.#shelves) yield* leads.values()
  }

  /** Best first, without callbacks that wait for an agent who is not free. */
  *forSomeone(isFree: (agent: UserId) => boolean, now: number): Generator<BufferedLead> {
    for (const [agent, leads] of this.#promised) {
      const free = isFree(agent)
      for (const lead of leads.values()) {
        if (!free && now < lead.dueAt + promisedGraceMs) break
        yield lead
      }
    }
    for (const { leads } of this.#shelves) yield* leads.values()
  }

  /** One that is here stays as it is. In a full buffer one of a lower rank makes room; where there is none, the newcomer stays out. */
  add(lead: BufferedLead): boolean {
    if (this.#leads.has(lead.id)) return false
    if (this.#leads.size >= bufferMax && !this.#makeRoom(rankOf(lead))) return false
    this.#leads.set(lead.id, lead)
    this.#homeOf(lead).set(lead.id, lead)
    this.#count(lead, 1)
    return true
  }

  take(id: LeadId): BufferedLead | undefined {
    const lead = this.#leads.get(id)
    if (lead === undefined) return undefined
    this.#leads.delete(id)
    this.#homeOf(lead).delete(id)
    if (lead.callbackAgent !== null && this.#promised.get(lead.callbackAgent)?.size === 0)
      this.#promised.delete(lead.callbackAgent)
    this.#count(lead, -1)
    return lead
  }

  /** Costs one look at each: for what happens seldom, as when a list is paused. */
  dropWhere(isOut: (lead: BufferedLead) => boolean): void {
    for (const lead of [...this.#leads.values()]) if (isOut(lead)) this.take(lead.id)
  }

  clear(): void {
    this.#leads.clear()
    this.#shelves = []
    this.#promised.clear()
    this.#places.clear()
  }

  #homeOf(lead: BufferedLead): Map<LeadId, BufferedLead> {
    if (lead.callbackAgent !== null) {
      let mine = this.#promised.get(lead.callbackAgent)
      if (mine === undefined) this.#promised.set(lead.callbackAgent, (mine = new Map()))
      return mine
    }
    const rank = rankOf(lead)
    let at = 0
    while (at < this.#shelves.length && this.#shelves[at]!.rank > rank) at++
    if (this.#shelves[at]?.rank !== rank) this.#shelves.splice(at, 0, { rank, leads: new Map() })
    return this.#shelves[at]!.leads
  }

  #makeRoom(rank: number): boolean {
    for (let at = this.#shelves.length - 1; at >= 0; at--) {
      const shelf = this.#shelves[at]!
      if (shelf.rank >= rank) return false
      const first = shelf.leads.keys().next()
      if (first.done) continue
      this.take(first.value)
      return true
    }
    return false
  }

  #count(lead: BufferedLead, step: 1 | -1): void {
    const place = placeOfLead(lead)
    const count = (this.#places.get(place) ?? 0) + step
    if (count > 0) this.#places.set(place, count)
    else this.#places.delete(place)
  }
}

export function rankOf(lead: BufferedLead): number {
  if (lead.callback !== null) return Number.POSITIVE_INFINITY
  return lead.rank ?? rankDefault
}

/** Where the store, too, thinks it is: by its first number. */
export function placeOfLead(lead: { phones: readonly { number: string }[] }): string {
  return placeOf(lead.phones[0]?.number ?? '')
}
