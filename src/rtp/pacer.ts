/**
 * Twenty slots of a millisecond each, so that many prompts at once do not all fall due in one instant. Due times are absolute: a late turn is
 * followed by an early one, and nothing drifts.
 */
export const framePeriodMs = 20
export const frameSamples = 160

export class Pacer<Item> {
  readonly #slots: Set<Item>[] = Array.from({ length: framePeriodMs }, () => new Set())
  #count = 0
  /** The last millisecond that was served, and the next that somebody waits for: the loop asks far more often than something is due. */
  #servedMs = 0
  #nextMs = 0

  get isEmpty(): boolean {
    return this.#count === 0
  }

  /** Serves the item every 20 ms from its next slot on; no effect when it is already there. */
  add(item: Item, slot: number, nowMs: number): void {
    const set = this.#slots[slot % framePeriodMs]!
    if (set.has(item)) return
    if (this.#count === 0) this.#servedMs = Math.floor(nowMs)
    set.add(item)
    this.#count++
    this.#findNext()
  }

  delete(item: Item, slot: number): void {
    if (!this.#slots[slot % framePeriodMs]!.delete(item)) return
    this.#count--
    this.#findNext()
  }

  /** Something is to be served. */
  isDue(nowMs: number): boolean {
    return this.#count > 0 && nowMs >= this.#nextMs
  }

  /** Serves all that is due. After a pause of more than a second what is overdue is left out: it would arrive as a burst. */
  serve(nowMs: number, each: (item: Item) => void): void {
    if (!this.isDue(nowMs)) return
    const until = Math.floor(nowMs)
    if (until - this.#servedMs > 1000) this.#servedMs = until - framePeriodMs
    while (this.#servedMs < until) for (const item of this.#slots[++this.#servedMs % framePeriodMs]!) each(item)
    this.#findNext()
  }

  /** Whole ms until something is due, at most `mostMs`. */
  waitMs(nowMs: number, mostMs: number): number {
    return this.#count === 0 ? mostMs : Math.max(0, Math.min(mostMs, Math.ceil(this.#nextMs - nowMs)))
  }

  #findNext(): void {
    if (this.#count === 0) return
    let ahead = 1
    while (this.#slots[(this.#servedMs + ahead) % framePeriodMs]!.size === 0) ahead++
    this.#nextMs = this.#servedMs + ahead
  }
}
