/** How often something may happen: `burst` at once, then `perSecond`. What the wire asks for and the journal keeps is counted by one. */
export class Allowance {
  readonly #burst: number
  readonly #perSecond: number
  #left: number
  #at: number

  constructor({ burst, perSecond, now }: { burst: number; perSecond: number; now: number }) {
    this.#burst = burst
    this.#perSecond = perSecond
    this.#left = burst
    this.#at = now
  }

  /** Takes one; false when there is none left. */
  take(now: number): boolean {
    if (!this.has(now)) return false
    this.#left--
    return true
  }

  /** Whether one is left. */
  has(now: number): boolean {
    this.#left = Math.min(this.#burst, this.#left + ((now - this.#at) * this.#perSecond) / 1000)
    this.#at = now
    return this.#left >= 1
  }
}
