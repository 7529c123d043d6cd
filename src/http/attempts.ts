import type { Clock } from '../lib/clock.ts'
import { sourcesOf } from '../lib/source.ts'

export const failuresMax = 5
export const lockMs = 30 * 60_000
const addressFailuresMax = 30
/** Of an IPv6 network: one machine that guesses there does not keep a shift from signing in. */
const networkFailuresMax = 10 * addressFailuresMax
const addressWindowMs = 10 * 60_000
/** Where somebody signed in within this time the network does not count: a weekend, a feast and leave lie between two shifts. */
const homeMs = 14 * 24 * 3_600_000
/** Names and addresses remembered; the oldest goes first. */
const remembered = 10_000
/** Password checks at once: each takes 32 MiB and a thread of the pool. */
const atOnce = 4
/** A whole shift may sign in within the same minute: they wait their turn. */
const waitingMax = 500

type Count = { failures: number; since: number; until: number }

/**
 * Failed sign-ins by name, by address, and by the network of an IPv6 one (`sourcesOf`). A name that nobody has is counted and locked like any other, so that the answer does not tell
 * which names there are.
 */
export class Attempts {
  readonly #clock: Clock
  readonly #names = new Map<string, Count>()
  /** And networks. */
  readonly #addresses = new Map<string, Count>()
  /** When each name was signed in with last from each address. */
  readonly #homes = new Map<string, number>()
  readonly #waiting: (() => void)[] = []
  #underWay = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  barred(name: string, address: string): { why: 'locked' | 'busy'; until: number } | null {
    const now = this.#clock.now()
    const byName = this.#names.get(keyOf(name))
    if (byName !== undefined && byName.until > now) return { why: 'locked', until: byName.until }
    const { exact, network } = sourcesOf(address)
    const sources = network === null || this.#isHome(name, exact, now) ? [exact] : [exact, network]
    const until = Math.max(...sources.map(source => this.#addresses.get(source)?.until ?? 0))
    if (until > now) return { why: 'busy', until }
    return null
  }

  /** A place among the checks under way, and how to give it back; null when too many wait already. */
  async begin(): Promise<(() => void) | null> {
    if (this.#underWay < atOnce) this.#underWay++
    else if (this.#waiting.length < waitingMax) await new Promise<void>(resolve => this.#waiting.push(resolve))
    else return null
    return () => {
      const next = this.#waiting.shift()
      if (next === undefined) this.#underWay--
      else next()
    }
  }

  /** `worthNoting`: false once the address is being ignored, so that a flood does not fill the journal. */
  failed(name: string, address: string): { lockedUntil: number | null; worthNoting: boolean } {
    const now = this.#clock.now()
    const byName = count(this.#names, keyOf(name), now, lockMs)
    const lockedUntil = byName.failures >= failuresMax ? now + lockMs : null
    if (lockedUntil !== null) byName.until = lockedUntil
    const { exact, network } = sourcesOf(address)
    const isAddressBelow = this.#countFrom(exact, addressFailuresMax, now)
    const isNetworkBelow = network === null || this.#countFrom(network, networkFailuresMax, now)
    return { lockedUntil, worthNoting: isAddressBelow && (isNetworkBelow || this.#isHome(name, exact, now)) }
  }

  /** `address` null: nobody signed in, the name has another password. */
  succeeded(name: string, address: string | null): void {
    this.#names.delete(keyOf(name))
    if (address !== null) this.cameFrom(name, address, this.#clock.now())
  }

  /** A sign-in, of before a restart too. */
  cameFrom(name: string, address: string, at: number): void {
    const { exact, network } = sourcesOf(address)
    if (network === null) return
    const home = homeOf(name, exact)
    const last = Math.max(at, this.#homes.get(home) ?? 0)
    this.#homes.delete(home)
    this.#homes.set(home, last)
    if (this.#homes.size > remembered) this.#homes.delete(this.#homes.keys().next().value as string)
  }

  #isHome(name: string, exact: string, now: number): boolean {
    const at = this.#homes.get(homeOf(name, exact))
    return at !== undefined && now - at < homeMs
  }

  /** False: it is beyond the most. */
  #countFrom(source: string, most: number, now: number): boolean {
    const entry = count(this.#addresses, source, now, addressWindowMs)
    if (entry.failures >= most) entry.until = now + addressWindowMs
    return entry.failures <= most
  }

  /** A lock that outlived a restart. */
  lock(name: string, until: number): void {
    this.#names.set(keyOf(name), { failures: failuresMax, since: this.#clock.now(), until })
  }

  sweep(): void {
    const now = this.#clock.now()
    for (const [counts, windowMs] of [
      [this.#names, lockMs],
      [this.#addresses, addressWindowMs],
    ] as const)
      for (const [key, entry] of counts) if (entry.until <= now && now - entry.since > windowMs) counts.delete(key)
    for (const [home, at] of this.#homes) if (now - at >= homeMs) this.#homes.delete(home)
  }
}

/** Whoever has one account is at home with it alone: their address spares no other name. */
function homeOf(name: string, exact: string): string {
  return `${exact} ${keyOf(name)}`
}

function keyOf(name: string): string {
  return name.trim().toLowerCase().slice(0, 64)
}

function count(counts: Map<string, Count>, key: string, now: number, windowMs: number): Count {
  let entry = counts.get(key)
  if (entry === undefined || now - entry.since > windowMs) {
    entry = { failures: 0, since: now, until: 0 }
    counts.delete(key)
    counts.set(key, entry)
    if (counts.size > remembered) counts.delete(counts.keys().next().value as string)
  }
  entry.failures++
  return entry
}
