/** People whom no channel may reach: on HOLD (dispute, complaint, hardship, bankruptcy, death, a minor), or who do not want to be called at all. */

export const stopKinds = ['hold', 'do_not_call'] as const
export type StopKind = (typeof stopKinds)[number]
/** `until` null: until someone releases it. */
export type Stop = { party: string; kind: StopKind; reason: string; until: number | null }

export class Stops {
  readonly #of = new Map<string, Stop[]>()

  add(stop: Stop): void {
    const others = (this.#of.get(stop.party) ?? []).filter(each => each.kind !== stop.kind)
    this.#of.set(stop.party, [...others, stop])
  }

  release(party: string, kind: StopKind): void {
    const left = (this.#of.get(party) ?? []).filter(stop => stop.kind !== kind)
    if (left.length > 0) this.#of.set(party, left)
    else this.#of.delete(party)
  }

  /** The stop that holds now; one for good before one with an end. */
  of(party: string, now: number): Stop | null {
    let found: Stop | null = null
    for (const stop of this.#of.get(party) ?? [])
      if ((stop.until === null || stop.until > now) && (found === null || stop.until === null)) found = stop
    return found
  }
}
