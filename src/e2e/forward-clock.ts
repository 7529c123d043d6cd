import type { Clock } from '../lib/clock.ts'

/** The real clock, that can be put forward: nobody waits a minute for what takes one. */
export class ForwardClock implements Clock {
  #aheadMs = 0
  now = () => Date.now() + this.#aheadMs
  monotonic = () => performance.now() + this.#aheadMs
  forward(ms: number): void {
    this.#aheadMs += ms
  }

  /** Where the day ends within `ms` in Shanghai (UTC+8), into the next one: what is counted by the day would begin anew in the middle of a test. */
  intoOneDay(ms: number): this {
    const dayMs = 86_400_000
    const leftMs = dayMs - ((this.now() + 8 * 3_600_000) % dayMs)
    if (leftMs <= ms) this.forward(leftMs + 1_000)
    return this
  }
}
