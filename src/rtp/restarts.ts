/** How often a thread that dies is started again: one that keeps dying is not the victim of one bad packet. */
export const restartsPerMinuteMax = 10

export class Restarts {
  readonly #now: () => number
  #at: number[] = []

  /** `now`: monotonic ms. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** True: start it again, which is counted. False: it had its ten within the last minute. */
  take(): boolean {
    const now = this.#now()
    this.#at = this.#at.filter(at => now - at < 60_000)
    if (this.#at.length >= restartsPerMinuteMax) return false
    this.#at.push(now)
    return true
  }
}
