/**
 * A bucket of messages for each address (`sourceOf`) that nobody vouches for: scanners and broken phones may not keep us from carrying calls. Generous
 * enough for a few hundred telephones behind one NAT that come back together after a power cut.
 */
import { sourceOf } from '../lib/source.ts'

type Bucket = { tokens: number; at: number }

const perSecond = 500
const burst = 2_000
const bucketsMax = 10_000

export class Flood {
  readonly #buckets = new Map<string, Bucket>()

  /** Takes a token of this address; false when there is none left, and the message is to be dropped unread. */
  admits(address: string, now: number): boolean {
    const source = sourceOf(address)
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
