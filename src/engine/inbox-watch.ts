/**
 * How long what phones and people say has waited to be decided. What has waited gets more of the one thread that decides and reads the sockets,
 * and where that is not enough the floor is told and begins nothing until it has heard all: what piles up here nobody else sees, since the far
 * end's requests are answered all the while, and calls would be given up as not answered whose answer lies in the inbox.
 */
import type { Input } from '../centre/inputs.ts'
import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../lib/log.ts'

/** Inputs are decided for this long; then sockets and pages have their turn. */
const sliceMs = 4
/** One that has waited for longer has a longer turn: so many times less than it has waited. */
const waitsMs = 50
const oneIn = 10
/** Of what has waited for long. The media have threads of their own; sockets hold seconds of what comes. */
const sliceMsMax = 20
/** While somebody's call for help is among what waits: it is there within what all before it takes to decide, and a little. */
export const helpSliceMs = 250
const behindMs = 1_000
const caughtUpMs = 100

export class InboxWatch {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #log: Logger
  #since: number | null = null
  #times = 0
  #inAllMs = 0

  constructor(clock: Pick<Clock, 'monotonic'>, log: Logger) {
    this.#clock = clock
    this.#log = log
  }

  /** For how long the next turn decides, ms, while the oldest input has waited for so long. */
  slice(waitedMs: number): number {
    return waitedMs < waitsMs ? sliceMs : Math.min(sliceMsMax, Math.max(sliceMs, waitedMs / oneIn))
  }

  /** What to tell the floor, if anything, while the oldest of so many has waited for so long. */
  look(waitedMs: number, inputs: number): Input | null {
    const now = this.#clock.monotonic()
    if (this.#since === null) {
      if (waitedMs < behindMs) return null
      this.#since = now - waitedMs
      this.#log.warn(
        { ms: Math.round(waitedMs), inputs },
        'what was said waits: the floor begins nothing until it has heard all',
      )
      return { type: 'floor.behind' }
    }
    if (waitedMs >= caughtUpMs) return null
    const afterMs = now - this.#since
    this.#since = null
    this.#times++
    this.#inAllMs += afterMs
    this.#log.warn({ ms: Math.round(afterMs) }, 'all that was said has been heard, and the floor goes on')
    return { type: 'floor.caughtUp', afterMs }
  }

  /** How often, and for how long in all, ms. */
  get figures(): { times: number; inAllMs: number } {
    return { times: this.#times, inAllMs: this.#inAllMs }
  }
}
