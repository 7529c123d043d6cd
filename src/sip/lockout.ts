/**
 * Who guesses passwords is locked out: one extension from one address after 5 failures, a whole address after 50 (a telephone with a stale
 * password must not silence the others behind its NAT), and an extension for every address but the phone's own after 25 from wherever they
 * came. Each further lock is twice as long. Of IPv6 the network (`sourceOf`) is counted besides, since whoever has one address of it has them all;
 * but others live there too, so that its lock refuses nobody who knows the password: digests are looked at on, a bounded number of wrong ones.
 * Where a phone proved itself last neither the network nor those everywhere count. Who speaks from the very place of the phone (`failedAt`) is
 * locked out by none of these, but by wrong answers from there alone.
 */
import { Allowance } from '../lib/allowance.ts'
import { sourcesOf } from '../lib/source.ts'

type Record = { failures: number; since: number; lockedUntil: number; locks: number }

const windowMs = 60_000
const firstLockMs = 30_000
const longestLockMs = 3_600_000
const recordsMax = 20_000
const max = { source: 50, pair: 5, name: 25 }
/** Wrong digests of a network that is locked; beyond these nobody of it is listened to but phones where they proved themselves. */
const wrongBurst = 60
const wrongPerSecond = 1

export class Lockout {
  readonly #records = new Map<string, Record>()
  /** Where each extension proved itself from last; guesses from elsewhere do not silence it there. */
  readonly #homes = new Map<string, string>()
  /** By network; `recordsMax` at most. */
  readonly #wrong = new Map<string, Allowance>()

  isLocked(address: string, name: string, now: number): boolean {
    const { exact, network } = sourcesOf(address)
    if (this.#isLockedFrom(exact, name, now)) return true
    if (this.#isHome(address, name)) return false
    if (this.#locked(`* ${name}`, now)) return true
    return network !== null && this.#isLockedFrom(network, name, now) && this.#wrong.get(network)?.has(now) === false
  }

  /** One failure from there, about each of these names. Answers the names for which it locked somebody out. */
  failed(address: string, names: readonly string[], now: number): string[] {
    const { exact, network } = sourcesOf(address)
    if (
      network !== null &&
      names.some(name => !this.#isHome(address, name) && this.#isLockedFrom(network, name, now))
    ) {
      this.#wrongOf(network, now).take(now)
      this.#countFrom(exact, names, now)
      return names.filter(name => this.#count(`* ${name}`, max.name, now)) // of the network it was told
    }
    const locked = new Set(this.#countFrom(exact, names, now))
    const strangers = names.filter(name => !this.#isHome(address, name))
    if (network !== null) for (const name of this.#countFrom(network, strangers, now)) locked.add(name)
    for (const name of names) if (this.#count(`* ${name}`, max.name, now)) locked.add(name)
    return names.filter(name => locked.has(name))
  }

  /** The same for who speaks from the place of this phone: only what was answered wrongly there counts. */
  isLockedAt(place: string, name: string, now: number): boolean {
    return this.#locked(`@ ${place} ${name}`, now)
  }

  /** A failure of who speaks from there; it is one from its address too. Answers as `failed` does. */
  failedAt(place: string, address: string, names: readonly string[], now: number): string[] {
    for (const name of names) this.#count(`@ ${place} ${name}`, max.pair, now)
    return this.failed(address, names, now)
  }

  succeeded(address: string, name: string): void {
    this.#homes.delete(name)
    this.#homes.set(name, address)
    this.#records.delete(`${sourcesOf(address).exact} ${name}`)
    if (this.#homes.size > recordsMax) this.#homes.delete(this.#homes.keys().next().value!)
  }

  /** It was there before we began, by what was kept of it; since then it may have proved itself elsewhere. */
  restored(address: string, name: string): void {
    if (!this.#homes.has(name)) this.succeeded(address, name)
  }

  #isHome(address: string, name: string): boolean {
    return this.#homes.get(name) === address
  }

  #isLockedFrom(source: string, name: string, now: number): boolean {
    return this.#locked(source, now) || this.#locked(`${source} ${name}`, now)
  }

  #countFrom(source: string, names: readonly string[], now: number): string[] {
    if (names.length === 0) return []
    const isSourceLocked = this.#count(source, max.source, now)
    return names.filter((name, n) => this.#count(`${source} ${name}`, max.pair, now) || (isSourceLocked && n === 0))
  }

  #wrongOf(network: string, now: number): Allowance {
    const wrong = this.#wrong.get(network) ?? new Allowance({ burst: wrongBurst, perSecond: wrongPerSecond, now })
    this.#wrong.delete(network)
    this.#wrong.set(network, wrong)
    if (this.#wrong.size > recordsMax) this.#wrong.delete(this.#wrong.keys().next().value!)
    return wrong
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
