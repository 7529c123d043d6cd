/**
 * A bucket of messages for each address (`sourceOf`) that nobody vouches for: scanners and broken phones may not keep us from carrying calls. Generous
 * enough for a few hundred telephones behind one NAT that come back together after a power cut. Where a phone is registered the address has its own,
 * so that one host does not silence the others of its IPv6 network.
 */
import { sourceOf } from '../lib/source.ts'

type Bucket = { tokens: number; at: number }

const perSecond = 500
const burst = 2_000
const bucketsMax = 10_000
const homesMax = 10_000

export class Flood {
  readonly #buckets = new Map<string, Bucket>()
  /** Addresses of phones, and until when the registration made there holds. */
  readonly #homes = new Map<string, number>()

  registeredAt(address: string, until: number): void {
    this.#homes.delete(address)
    this.#homes.set(address, until)
    if (this.#homes.size > homesMax) this.#homes.delete(this.#homes.keys().next().value!)
  }

  /** Takes a token of this address; false when there is none left, and the message is to be dropped unread. */
  admits(address: string, now: number): boolean {
    const isHome = (this.#homes.get(address) ?? Number.NEGATIVE_INFINITY) > now
    const source = isHome ? address : sourceOf(address)
    let bucket = this.#buckets.get(source)
    if (bucket === undefined) {
      bucket = { tokens: burst, at: now }
      this.#buckets.set(source, bucket)
      // The oldest goes; were it a flooder's, it would be full again only for one burst more.
      if (this.#buckets.size > bucketsMax) this.#buckets.delete(this.#buckets.keys().next().value!)
    }
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) * perSecond) / 1000)
    bucket.at = now
    if (bucket.tokens < 1) return false
    bucket.tokens--
    return true
  }
}
