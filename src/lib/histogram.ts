/** How often a value fell below each of some bounds, as Prometheus counts: a few numbers, whatever the number of values. */
export class Histogram {
  /** Upper bounds, ascending; what is above the last is counted in `count` alone. */
  readonly bounds: readonly number[]
  readonly #counts: number[]
  #count = 0
  #sum = 0

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.#counts = bounds.map(() => 0)
  }

  get count(): number {
    return this.#count
  }

  get sum(): number {
    return this.#sum
  }

  note(value: number): void {
    this.#count++
    this.#sum += value
    const at = this.bounds.findIndex(bound => value <= bound)
    if (at >= 0) this.#counts[at]!++
  }

  /** Values at or below each bound. */
  get cumulative(): number[] {
    let sum = 0
    return this.#counts.map(count => (sum += count))
  }

  /** The least bound that `share` of the values do not exceed; Infinity: it lies above the last; null: there is no value yet. */
  quantile(share: number): number | null {
    if (this.#count === 0) return null
    const at = this.cumulative.findIndex(below => below >= share * this.#count)
    return at < 0 ? Number.POSITIVE_INFINITY : this.bounds[at]!
  }
}
