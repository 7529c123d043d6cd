/**
 * How long what phones and people say has waited to be decided. What has waited gets more of the one thread that decides and reads the sockets,
 * and where that is not enough the floor is told and begins nothing until it has heard all: what piles up here nobody else sees, since the far
 * end's requests are answered all the while, and calls would be given up as not answered whose answer lies in the inbox.
 */
import type { Clock } from '../lib/clock.ts'

/** Inputs are decided for this long; then sockets and pages have their turn. */
const sliceMs = 4
/** One that has waited for longer has a longer turn: so many times less than it has waited. */
const waitsMs = 50
const oneIn = 10
/** Of what has waited for long. The media have threads of their own; sockets hold seconds of what comes. */
const sliceMsMax = 20
export const behindMs = 1_000
const caughtUpMs = 100

export class InboxWatch {
  readonly #clock: Pick<Clock, 'monotonic'>
  #since: number | null = null
  #times = 0
  #inAllMs = 0

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  /** For how long the next turn decides, ms, while the oldest input has waited for so long. */
  slice(waitedMs: number): number {
    return waitedMs < waitsMs ? sliceMs : Math.min(sliceMsMax, Math.max(sliceMs, waitedMs / oneIn))
  }

  /** What to tell the floor, if anything. */
  look(waitedMs: number): 'behind' | 'caughtUp' | null {
    if (this.#since === null) return waitedMs >= behindMs ? 'behind' : null
    return waitedMs < caughtUpMs ? 'caughtUp' : null
  }

  behind(waitedMs: number): void {
    this.#since = this.#clock.monotonic() - waitedMs
  }

  /** For how long the floor has been behind, ms. */
  caughtUp(): number {
    const afterMs = this.#clock.monotonic() - this.#since!
    this.#since = null
    this.#times++
    this.#inAllMs += afterMs
    return afterMs
  }

  /** How often, and for how long in all, ms. */
  get figures(): { times: number; inAllMs: number } {
    return { times: this.#times, inAllMs: this.#inAllMs }
  }
}
