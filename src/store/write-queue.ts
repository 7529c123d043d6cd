/**
 * What waits for the one writer. The floor's requests share the next commit, but for a long one, which has its own (see `writer.ts`); a patient one, of
 * many rows, has a commit of its own too, and goes when nobody else waits, or when enough have passed it.
 */

/** Requests that share a transaction and its fsync. */
const groupMax = 2_000
/** Commits that pass a patient request: so a floor that never rests delays an import and does not stop it. */
export const passesMax = 2

export class WriteQueue<T> {
  #hasty: { request: T; isLong: boolean }[] = []
  readonly #patient: T[] = []
  #passes = 0

  get size(): number {
    return this.#hasty.length + this.#patient.length
  }

  add(request: T, is: { isPatient: boolean; isLong: boolean }): void {
    if (is.isPatient) this.#patient.push(request)
    else this.#hasty.push({ request, isLong: is.isLong })
  }

  /** The next commit, each kind in the order in which it came; empty: nothing waits. `isHeld`: who is patient waits on. */
  next(isHeld = false): T[] {
    const isPassed = this.#patient.length > 0 && this.#passes >= passesMax && !isHeld
    if (this.#hasty.length > 0 && !isPassed) {
      if (this.#patient.length > 0) this.#passes++
      const long = this.#hasty.findIndex(({ isLong }) => isLong)
      const count = long < 0 ? groupMax : Math.min(groupMax, Math.max(1, long))
      return this.#hasty.splice(0, count).map(({ request }) => request)
    }
    if (isHeld) return []
    this.#passes = 0
    return this.#patient.splice(0, 1)
  }
}
