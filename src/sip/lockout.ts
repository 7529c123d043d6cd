/**
 * Who guesses passwords is locked out: one extension from one address after 5 failures, a whole address after 50 (a telephone with a stale
 * password must not silence the others behind its NAT), and an extension for every address but the phone's own after 25 from wherever they
 * came. Each further lock is twice as long. An address is what `sourceOf` says; where a phone proved itself last it counts by its own, so that who
 * guesses beside it in an IPv6 network does not silence it.
 */
import { sourceOf } from '../lib/source.ts'

type Record = { failures: number; since: number; lockedUntil: number; locks: number }

const windowMs = 60_000
const firstLockMs = 30_000
const longestLockMs = 3_600_000
const recordsMax = 20_000
const max = { source: 50, pair: 5, name: 25 }

export class Lockout {
  readonly #records = new Map<string, Record>()
  /** Where each extension proved itself from last; guesses from elsewhere do not silence it there. */
  readonly #homes = new Map<string, string>()

  isLocked(address: string, name: string, now: number): boolean {
    const source = this.#sourceOf(address, name)
    if (this.#locked(source, now) || this.#locked(`${source} ${name}`, now)) return true
    return this.#homes.get(name) !== address && this.#locked(`* ${name}`, now)
  }

  /** One failure from there, about each of these names. Answers the names for which it locked somebody out. */
  failed(address: string, names: readonly string[], now: number): string[] {
    const isSourceLocked = this.#count(this.#sourceOf(address, names[0] ?? ''), max.source, now)
    return names.filter((name, n) => {
      const source = this.#sourceOf(address, name)
      const isPairLocked = this.#count(`${source} ${name}`, max.pair, now)
      const isNameLocked = this.#count(`* ${name}`, max.name, now)
      return isPairLocked || isNameLocked || (isSourceLocked && n === 0)
    })
  }

  succeeded(address: string, name: string): void {
    this.#homes.delete(name)
    this.#homes.set(name, address)
    this.#records.delete(`${address} ${name}`)
    if (this.#homes.size > recordsMax) this.#homes.delete(this.#homes.keys().next().value!)
  }

  #sourceOf(address: string, name: string): string {
    return this.#homes.get(name) === address ? address : sourceOf(address)
  }

  #locked(key: string, now: number): boolean {
    return (this.#records.get(key)?.lockedUntil ?? Number.NEGATIVE_INFINITY) > now
  }

  #count(key: string, most: number, now: number): boolean {
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
    const locks = ++record.failures >= most
    if (locks) {
      record.lockedUntil = now + Math.min(firstLockMs * 2 ** record.locks++, longestLockMs)
      record.failures = 0
    }
    // Moved to the end, so that the least recent guesser is forgotten first.
    this.#records.delete(key)
    this.#records.set(key, record)
    if (this.#records.size > recordsMax) this.#records.delete(this.#records.keys().next().value!)
    return locks
  }
}
