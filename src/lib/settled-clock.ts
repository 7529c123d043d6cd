/**
 * Whether the time of this machine may be believed where something is destroyed by it. A clock that was set far, or that reads days later than what
 * was written last, may be wrong: it is believed when nothing of the kind has happened for a day, in which somebody has seen the alarm or NTP has
 * put it right.
 */
import { type Clock, stepOf } from './clock.ts'

const stepMostMs = 3_600_000
/** A house that stood still for longer waits a day as well; nothing is lost by it. */
const gapMostMs = 2 * 86_400_000
const settlesInMs = 86_400_000

export class SettledClock {
  readonly #clock: Clock
  readonly #step: () => number
  #doubtedAt: number | null = null

  /** `lastAt`: Unix ms of what was written last before this start; 0: nothing was. */
  constructor(clock: Clock, lastAt: number) {
    this.#clock = clock
    this.#step = stepOf(clock)
    if (lastAt > 0 && clock.now() - lastAt > gapMostMs) this.#doubtedAt = clock.monotonic()
  }

  /** Asked at least once a minute or so, since it tells steps by the clock that never steps. */
  isSettled(): boolean {
    const now = this.#clock.monotonic()
    if (Math.abs(this.#step()) > stepMostMs) this.#doubtedAt = now
    if (this.#doubtedAt !== null && now - this.#doubtedAt >= settlesInMs) this.#doubtedAt = null
    return this.#doubtedAt === null
  }
}
