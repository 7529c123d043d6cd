/** How many callers come a second, of late: an exponential mean over ten minutes. */
const memoryMs = 600_000

export class Arrivals {
  #count = 0
  #at = 0

  note(now: number): void {
    this.#count = this.#countAt(now) + 1
    this.#at = now
  }

  perS(now: number): number {
    return (this.#countAt(now) * 1000) / memoryMs
  }

  /** The clock was set. */
  shift(byMs: number): void {
    this.#at += byMs
  }

  #countAt(now: number): number {
    return this.#count * Math.exp(-Math.max(0, now - this.#at) / memoryMs)
  }
}
