/**
 * Durable facts to their readers: pages, webhooks, streams. It keeps the last ones, so that a stream that was cut off goes on where it
 * stopped; one that fell further behind is told so and reads the journal.
 */
import type { Logger } from '../lib/log.ts'
import type { FeedItem } from './port.ts'

export type FeedListener = (item: FeedItem) => void

/** Of facts, where a lead that a fact brings counts as one: the facts of an import of a million leads would be hundreds of megabytes. */
const keptMax = 10_000
const listenersMax = 4_000

export class Feed {
  readonly #log: Logger
  readonly #listeners = new Set<FeedListener>()
  readonly #kept: FeedItem[] = []
  #next = 0
  /** The oldest that is kept. */
  #first = 0
  /** Of all that are kept. */
  #weight = 0

  constructor(log: Logger) {
    this.#log = log
  }

  get listeners(): number {
    return this.#listeners.size
  }

  /** A listener that throws is a bug and hears no more. More than 4,000 listeners are refused with a RangeError. */
  subscribe(listener: FeedListener): () => void {
    if (this.#listeners.size >= listenersMax) throw new RangeError(`more than ${listenersMax} listen already`)
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  publish(items: FeedItem[]): void {
    for (const item of items) {
      this.#keep(item)
      for (const listener of this.#listeners) {
        try {
          listener(item)
        } catch (error) {
          this.#listeners.delete(listener)
          this.#log.error({ err: error, fact: item.fact.type }, 'a listener of the feed threw and hears no more')
        }
      }
    }
  }

  /** The facts after `seq`, in order; null: they are not all here any more (or never were), read the journal. */
  since(seq: number): FeedItem[] | null {
    const first = this.#first
    if (first === this.#next || this.#kept[first % keptMax]!.seq > seq + 1) return null
    const items: FeedItem[] = []
    for (let at = this.#next - 1; at >= first; at--) {
      const item = this.#kept[at % keptMax]!
      if (item.seq <= seq) break
      items.push(item)
    }
    return items.reverse()
  }

  /** Room is made first: each counts as one at least, so no slot that is in use is written to. */
  #keep(item: FeedItem): void {
    const weight = weightOf(item)
    for (; this.#first < this.#next && this.#weight + weight > keptMax; this.#first++) {
      this.#weight -= weightOf(this.#kept[this.#first % keptMax]!)
      delete this.#kept[this.#first % keptMax]
    }
    this.#weight += weight
    this.#kept[this.#next++ % keptMax] = item
  }
}

function weightOf({ fact }: FeedItem): number {
  return fact.type === 'leads.added' ? Math.max(1, fact.leads.length) : 1
}
