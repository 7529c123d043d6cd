/** How long the batch on its way has kept the disk, and whether the floor has been told that this is too long. */
import type { Clock } from '../lib/clock.ts'
import type { DiskLag } from './port.ts'

/** A batch that takes the disk longer is told to the floor; a call for help does not wait for it. */
const stallMs = 1_000

export class DiskWatch {
  readonly #clock: Pick<Clock, 'monotonic'>
  #busySince: number | null = null
  #slowSince: number | null = null
  #stalls = 0
  #stalledMs = 0

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  began(): void {
    this.#busySince = this.#clock.monotonic()
  }

  ended(): void {
    this.#busySince = null
  }

  get isStalled(): boolean {
    return this.#busyForMs >= stallMs
  }

  get isTold(): boolean {
    return this.#slowSince !== null
  }

  told(): void {
    this.#slowSince = this.#busySince
  }

  /** For how long the floor has waited, ms: from the batch that was too slow until now. */
  caughtUp(): number {
    const afterMs = this.#clock.monotonic() - this.#slowSince!
    this.#slowSince = null
    this.#stalls++
    this.#stalledMs += afterMs
    return afterMs
  }

  get lag(): DiskLag {
    return { nowMs: this.#busyForMs, stalls: this.#stalls, stalledMs: this.#stalledMs }
  }

  get #busyForMs(): number {
    return this.#busySince === null ? 0 : this.#clock.monotonic() - this.#busySince
  }
}
