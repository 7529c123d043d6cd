/**
 * Addresses from which desk phones fetch their set-up. A phone cannot sign in, so the address itself is the key: 128 bits of chance, good for a
 * day and for a few fetches, kept as a hash and in memory only.
 */
import { createHash } from 'node:crypto'
import type { UserId } from '../../lib/ids.ts'
import { secretText } from '../../lib/random.ts'

const goodForMs = 24 * 3_600_000
/** A phone asks for several files, and again after its restart. */
const fetchesMax = 20
const linksMax = 5_000

/** `password`: the hash of what it gives away; a new one is for other eyes. */
type Link = { user: UserId; password: string; until: number; left: number }

export class ProvisioningLinks {
  readonly #links = new Map<string, Link>()

  /** The key of a new address. What this person was given before is good no more. */
  issue(user: UserId, password: string, now: number): string {
    for (const [hash, link] of this.#links) if (link.user === user || link.until <= now) this.#links.delete(hash)
    if (this.#links.size >= linksMax) this.#links.delete(this.#links.keys().next().value!)
    const key = secretText(16)
    this.#links.set(hashOf(key), { user, password: hashOf(password), until: now + goodForMs, left: fetchesMax })
    return key
  }

  /** Whose phone it is; null: the address is not good, or not any more. */
  take(key: string, passwordOf: (user: UserId) => string | null, now: number): UserId | null {
    const link = this.#links.get(hashOf(key))
    if (link === undefined || link.until <= now || link.left <= 0) return null
    const password = passwordOf(link.user)
    if (password === null || hashOf(password) !== link.password) return null
    link.left--
    return link.user
  }
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('base64')
}
