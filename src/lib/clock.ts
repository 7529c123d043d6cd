import { performance } from 'node:perf_hooks' // the global of that name is a getter, which costs as much again

/** Time arrives as an argument. `now()` is Unix time in milliseconds; `monotonic()` is milliseconds that never step back. */
export type Clock = { now(): number; monotonic(): number }

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}

/**
 * Milliseconds on the one clock that all threads of this process share; `performance.now()` starts anew in each. Read once per thread, then as
 * cheap as that.
 */
export function processMonotonic(): () => number {
  const offset = Number(process.hrtime.bigint()) / 1e6 - performance.now()
  return () => performance.now() + offset
}

/**
 * Tells how far the wall clock was set since the last question, in ms: against the one that never steps, so that NTP's gentle corrections
 * (500 ppm at most) are 0 as long as it is asked every minute.
 */
export function stepOf(clock: Clock): () => number {
  let offset = clock.now() - clock.monotonic()
  return () => {
    const before = offset
    offset = clock.now() - clock.monotonic()
    const step = Math.round(offset - before)
    return Math.abs(step) < stepMs ? 0 : step
  }
}

const stepMs = 1000

/** A clock that stands still until it is told to move; for tests and the simulator. */
export class VirtualClock implements Clock {
  #at: number
  readonly #origin: number
  constructor(at = 0) {
    this.#at = at
    this.#origin = at
  }
  now(): number {
    return this.#at
  }
  monotonic(): number {
    return this.#at - this.#origin
  }
  advance(ms: number): void {
    this.#at += ms
  }
  set(at: number): void {
    this.#at = at
  }
}
