/**
 * The places where a trunk's carrier can be reached, the best first, and which of them is in use: the first that has not failed of late
 * (RFC 3263 §4.3). One that failed is left alone for a while, and gone back to then.
 */
export type Target = { address: string; port: number }

/** After a transport fault, silence or a 503; a 503 may ask for longer. */
const restMs = 60_000
const restMsMax = 300_000
/** More than these are not tried: a carrier with more names has one that stands for several. */
export const targetsMax = 16

export class Targets {
  #all: Target[] = []
  #inUse: Target | null = null
  readonly #restUntil = new Map<string, number>()

  get all(): readonly Target[] {
    return this.#all
  }

  /** What look-ups say now. Those that rest and are still among them go on resting. */
  set(targets: readonly Target[]): void {
    this.#all = targets.slice(0, targetsMax)
    const keys = new Set(this.#all.map(keyOf))
    for (const key of this.#restUntil.keys()) if (!keys.has(key)) this.#restUntil.delete(key)
  }

  /** The best that does not rest; when all do, the one in use, so that nobody is knocked at by turns. Null when there is none. */
  current(now: number): Target | null {
    const inUse = this.#inUse && keyOf(this.#inUse)
    this.#inUse =
      this.#all.find(target => (this.#restUntil.get(keyOf(target)) ?? 0) <= now) ??
      this.#all.find(target => keyOf(target) === inUse) ??
      this.#all[0] ??
      null
    return this.#inUse
  }

  /** True when there is another to go to now. A single one never rests: nothing would be gained. */
  failed(target: Target, now: number, retryAfterS: number | null = null): boolean {
    if (this.#all.length < 2 || !this.#all.some(one => keyOf(one) === keyOf(target))) return false
    this.#restUntil.set(keyOf(target), now + Math.min(restMsMax, Math.max(restMs, (retryAfterS ?? 0) * 1000)))
    return this.#all.some(one => (this.#restUntil.get(keyOf(one)) ?? 0) <= now)
  }
}

const keyOf = ({ address, port }: Target) => `${address} ${port}`
