/**
 * What waits for the one writer. The floor's requests share the next commit, but for a long one, which has its own (see `writer.ts`); a patient one, of
 * many rows, has a commit of its own too, and goes when nobody else waits, or when enough have passed it.
 */

import type { WriteRequest } from './writer.ts'

/** Requests that share a transaction and its fsync. */
const groupMax = 2_000
/** Commits that pass a patient request: so a floor that never rests delays an import and does not stop it. */
export const passesMax = 2
/** A request of more facts has a commit of its own. */
export const longFacts = 100

export class WriteQueue<T extends { request: WriteRequest }> {
  readonly #hasty: T[] = []
  readonly #patient: T[] = []
  #passes = 0

  get size(): number {
    return this.#hasty.length + this.#patient.length
  }

  add(waiting: T): void {
    if (isPatient(waiting.request)) this.#patient.push(waiting)
    else this.#hasty.push(waiting)
  }

  /** The next commit, each kind in the order in which it came; empty: nothing waits. `isHeld`: who is patient waits on. */
  next(isHeld = false): T[] {
    const isPassed = this.#patient.length > 0 && this.#passes >= passesMax && !isHeld
    if (this.#hasty.length > 0 && !isPassed) {
      if (this.#patient.length > 0) this.#passes++
      const long = this.#hasty.findIndex(({ request }) => isLong(request))
      return this.#hasty.splice(0, long < 0 ? groupMax : Math.min(groupMax, Math.max(1, long)))
    }
    if (isHeld) return []
    this.#passes = 0
    return this.#patient.splice(0, 1)
  }
}

/** Its commit is not synced alone, and whoever is in a hurry goes first. */
export function isPatient(request: WriteRequest): boolean {
  return request.type === 'transact' && request.transaction.isPatient === true
}

function isLong(request: WriteRequest): boolean {
  return request.type === 'transact' && request.transaction.recorded.length > longFacts
}
