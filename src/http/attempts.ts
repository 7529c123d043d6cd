import type { Clock } from '../lib/clock.ts'
import { sourceOf } from '../lib/source.ts'

export const failuresMax = 5
export const lockMs = 30 * 60_000
const addressFailuresMax = 30
const addressWindowMs = 10 * 60_000
/** Names and addresses remembered; the oldest goes first. */
const remembered = 10_000
/** Password checks at once: each takes 32 MiB and a thread of the pool. */
const atOnce = 4
/** A whole shift may sign in within the same minute: they wait their turn. */
const waitingMax = 500

type Count = { failures: number; since: number; until: number }

/**
 * Failed sign-ins by name and by address (`sourceOf`). A name that nobody has is counted and locked like any other, so that the answer does not tell
 * which names there are.
 */
export class Attempts {
  readonly #clock: Clock
  readonly #names = new Map<string, Count>()
  readonly #addresses = new Map<string, Count>()
  readonly #waiting: (() => void)[] = []
  #underWay = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  barred(name: string, address: string): { why: 'locked' | 'busy'; until: number } | null {
    const now = this.#clock.now()
    const byName = this.#names.get(keyOf(name))
    if (byName !== undefined && byName.until > now) return { why: 'locked', until: byName.until }
    const byAddress = this.#addresses.get(sourceOf(address))
    if (byAddress !== undefined && byAddress.until > now) return { why: 'busy', until: byAddress.until }
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
    const byAddress = count(this.#addresses, sourceOf(address), now, addressWindowMs)
    if (byAddress.failures >= addressFailuresMax) byAddress.until = now + addressWindowMs
    return { lockedUntil, worthNoting: byAddress.failures <= addressFailuresMax }
  }

  succeeded(name: string): void {
    this.#names.delete(keyOf(name))
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
  }
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
