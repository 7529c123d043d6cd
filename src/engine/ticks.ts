/** When the floor is looked at again: every 250 ms, and at the next deadline if that is sooner. A deadline that a tick has seen is not waited for again. */
import type { Clock } from '../lib/clock.ts'
import type { Timers } from './timers.ts'

const tickMs = 250

export class Ticks {
  readonly #options: { clock: Pick<Clock, 'now'>; timers: Timers; onTick: () => void }
  #tickAt = Number.NEGATIVE_INFINITY
  #timer: { at: number; cancel: () => void } | null = null

  constructor(options: { clock: Pick<Clock, 'now'>; timers: Timers; onTick: () => void }) {
    this.#options = options
  }

  /** `deadline`: an instant in ms; null: none is known. */
  arm(deadline: number | null): void {
    const now = this.#options.clock.now()
    const regular = this.#tickAt === Number.NEGATIVE_INFINITY ? now : this.#tickAt + tickMs
    const at = deadline !== null && deadline > this.#tickAt ? Math.min(regular, deadline) : regular
    if (this.#timer !== null && this.#timer.at === at) return
    this.cancel()
    const waitMs = Math.max(0, Math.min(tickMs, at - now))
    this.#timer = { at, cancel: this.#options.timers.after(waitMs, () => this.#tick()) }
  }

  cancel(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  #tick(): void {
    this.#timer = null
    this.#tickAt = this.#options.clock.now()
    this.#options.onTick()
  }
}
