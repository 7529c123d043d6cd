/**
 * What waits for the one writer. The floor's requests share the next commit; a patient one, of many rows, has a commit of its own and goes when
 * nobody else waits, or when enough have passed it.
 */

/** Requests that share a transaction and its fsync. */
const groupMax = 2_000
/** Commits that pass a patient request: so a floor that never rests delays an import and does not stop it. */
export const passesMax = 2

export class WriteQueue<T> {
  #hasty: T[] = []
  readonly #patient: T[] = []
  #passes = 0

  get size(): number {
    return this.#hasty.length + this.#patient.length
  }

  add(request: T, isPatient: boolean): void {
    if (isPatient) this.#patient.push(request)
    else this.#hasty.push(request)
  }

  /** The next commit, each kind in the order in which it came; empty: nothing waits. `isHeld`: who is patient waits on. */
  next(isHeld = false): T[] {
    const isPassed = this.#patient.length > 0 && this.#passes >= passesMax && !isHeld
    if (this.#hasty.length > 0 && !isPassed) {
      const group = this.#hasty.slice(0, groupMax)
      this.#hasty = this.#hasty.slice(groupMax)
      if (this.#patient.length > 0) this.#passes++
      return group
    }
    if (isHeld) return []
    this.#passes = 0
    return this.#patient.splice(0, 1)
  }
}
