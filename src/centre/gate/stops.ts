/**
 * People whom no channel may reach: on HOLD (dispute, complaint, hardship, bankruptcy, death, a minor), or who do not want to be called at all; and
 * those who have taken back their consent to be sold something. Their own numbers are known with them, so that none is dialled without its owner's name.
 */
import { numberKey } from '../numbers/number.ts'

export const stopKinds = ['hold', 'do_not_call'] as const
export type StopKind = (typeof stopKinds)[number]
/** `until` null: until someone releases it. `numbers`: the person's own, as far as they are known. */
export type Stop = { party: string; kind: StopKind; reason: string; until: number | null; numbers?: string[] }

export class Stops {
  readonly #of = new Map<string, Stop[]>()
  /** Whose a number is, of those who are stopped. */
  readonly #owners = new Map<string, Set<string>>()
  readonly #unsold = new Set<string>()

  add(stop: Stop): void {
    const others = (this.#of.get(stop.party) ?? []).filter(each => each.kind !== stop.kind)
    this.#set(stop.party, [...others, stop])
  }

  release(party: string, kind: StopKind): void {
    this.#set(
      party,
      (this.#of.get(party) ?? []).filter(stop => stop.kind !== kind),
    )
  }

  /** A stopped person has one more number, by a lead. */
  addNumber(party: string, number: string): void {
    const stops = this.#of.get(party)
    if (stops === undefined) return
    this.#set(
      party,
      stops.map(stop => ({ ...stop, numbers: [...new Set([...(stop.numbers ?? []), number])] })),
    )
  }

  /** The stop that holds now; one for good before one with an end. */
  of(party: string, now: number): Stop | null {
    let found: Stop | null = null
    for (const stop of this.#of.get(party) ?? [])
      if ((stop.until === null || stop.until > now) && (found === null || stop.until === null)) found = stop
    return found
  }

  /** The stop of whoever this number belongs to. */
  ofNumber(number: string, now: number): Stop | null {
    if (this.#owners.size === 0) return null
    for (const party of this.#owners.get(numberKey(number)) ?? []) {
      const stop = this.of(party, now)
      if (stop !== null) return stop
    }
    return null
  }

  /** Whether the party may be called for sales, as far as consents say. */
  setSold(party: string, may: boolean): void {
    if (may) this.#unsold.delete(party)
    else this.#unsold.add(party)
  }

  isUnsold(party: string): boolean {
    return this.#unsold.has(party)
  }

  #set(party: string, stops: Stop[]): void {
    for (const stop of this.#of.get(party) ?? [])
      for (const number of stop.numbers ?? []) {
        const owners = this.#owners.get(numberKey(number))
        owners?.delete(party)
        if (owners?.size === 0) this.#owners.delete(numberKey(number))
      }
    if (stops.length > 0) this.#of.set(party, stops)
    else this.#of.delete(party)
    for (const stop of stops)
      for (const number of stop.numbers ?? []) {
        const owners = this.#owners.get(numberKey(number)) ?? new Set()
        this.#owners.set(numberKey(number), owners.add(party))
      }
  }
}
