/**
 * Who guesses passwords is locked out: one extension from one address after 5 failures, a whole address after 50 (a telephone with a stale
 * password must not silence the others behind its NAT). Each further lock is twice as long.
 */
type Record = { failures: number; since: number; lockedUntil: number; locks: number }

const windowMs = 60_000
const firstLockMs = 30_000
const longestLockMs = 3_600_000
const recordsMax = 20_000

export class Lockout {
  readonly #records = new Map<string, Record>()

  isLocked(source: string, name: string, now: number): boolean {
    return this.#locked(source, now) || this.#locked(`${source} ${name}`, now)
  }

  failed(source: string, name: string, now: number): void {
    this.#count(source, 50, now)
    this.#count(`${source} ${name}`, 5, now)
  }

  succeeded(source: string, name: string): void {
    this.#records.delete(`${source} ${name}`)
  }

  #locked(key: string, now: number): boolean {
    return (this.#records.get(key)?.lockedUntil ?? Number.NEGATIVE_INFINITY) > now
  }

  #count(key: string, max: number, now: number): void {
    const record = this.#records.get(key) ?? {
      failures: 0,
      since: now,
      lockedUntil: Number.NEGATIVE_INFINITY,
      locks: 0,
    }
    if (now - record.since > windowMs) {
      record.failures = 0
      record.since = now
    }
    if (++record.failures >= max) {
      record.lockedUntil = now + Math.min(firstLockMs * 2 ** record.locks++, longestLockMs)
      record.failures = 0
    }
    // Moved to the end, so that the least recent guesser is forgotten first.
    this.#records.delete(key)
    this.#records.set(key, record)
    if (this.#records.size > recordsMax) this.#records.delete(this.#records.keys().next().value!)
  }
}
