import type { Flow, UaEvent } from './events.ts'

/** What came and was not heeded: all is counted, and one in a second is told, with how many there were since. */
export class Drops {
  readonly #emit: (event: UaEvent) => void
  #count = 0
  #told = 0
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(emit: (event: UaEvent) => void) {
    this.#emit = emit
  }

  get count(): number {
    return this.#count
  }

  add({ source }: Flow, reason: string, now: number): void {
    this.#count++
    if (now - this.#toldAt < 1_000) return
    this.#emit({ type: 'dropped', source, reason, count: this.#count - this.#told })
    this.#told = this.#count
    this.#toldAt = now
  }
}
