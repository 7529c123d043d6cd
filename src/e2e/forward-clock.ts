import type { Clock } from '../lib/clock.ts'

/** The real clock, that can be put forward: nobody waits a minute for what takes one. */
export class ForwardClock implements Clock {
  #aheadMs = 0
  now = () => Date.now() + this.#aheadMs
  monotonic = () => performance.now() + this.#aheadMs
  forward(ms: number): void {
    this.#aheadMs += ms
  }
}
