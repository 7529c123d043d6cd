/** What a line's calls came to of late: counts that fade, so that a carrier that mends is believed again and memory never grows. */
import { type CallResult, callResults } from '../entities.ts'

/** A count weighs 1/e after this long. */
export const latelyMs = 60 * 60_000
/** A talk shorter than this is short: the carrier, or the caller ID, is taken for a nuisance (Issabel). */
export const shortCallMs = 10_000

const places = Object.fromEntries(callResults.map((result, place) => [result, place])) as Record<CallResult, number>

export class LineTally {
  dialled = 0
  /** Calls whose outcome says something of the line: not those that we withdrew ourselves. */
  outcomes = 0
  answered = 0
  connected = 0
  short = 0
  delays = 0
  delayMs = 0
  readonly results = new Float64Array(callResults.length)
  readonly #memoryMs: number
  #at = 0

  constructor(memoryMs = latelyMs) {
    this.#memoryMs = memoryMs
  }

  /** What a count of this tally is worth at `now`. */
  worth(now: number): number {
    return now <= this.#at ? 1 : Math.exp((this.#at - now) / this.#memoryMs)
  }

  noteDialled(now: number): void {
    this.#fade(now)
    this.dialled++
  }

  /** From dialling to the first sign of the far end: 180, 183 or 200. */
  noteDelay(ms: number, now: number): void {
    this.#fade(now)
    this.delays++
    this.delayMs += ms
  }

  noteOutcome(answered: boolean, now: number): void {
    this.#fade(now)
    this.outcomes++
    if (answered) this.answered++
  }

  noteEnded(result: CallResult, connected: boolean, short: boolean, now: number): void {
    this.#fade(now)
    this.results[places[result]]!++
    if (connected) this.connected++
    if (short) this.short++
  }

  /** Figures of before a restart, as they stood at `at`. */
  seed(at: number, counts: TallyCounts): void {
    this.#fade(at)
    this.dialled += counts.dialled
    this.outcomes += counts.outcomes
    this.answered += counts.answered
    this.connected += counts.connected
    this.short += counts.short
    this.delays += counts.delays
    this.delayMs += counts.delayMs
  }

  shift(byMs: number): void {
    this.#at += byMs
  }

  #fade(now: number): void {
    const keep = this.worth(now)
    this.#at = Math.max(this.#at, now)
    if (keep === 1) return
    this.dialled *= keep
    this.outcomes *= keep
    this.answered *= keep
    this.connected *= keep
    this.short *= keep
    this.delays *= keep
    this.delayMs *= keep
    for (let place = 0; place < this.results.length; place++) this.results[place]! *= keep
  }
}

export type TallyCounts = Pick<
  LineTally,
  'dialled' | 'outcomes' | 'answered' | 'connected' | 'short' | 'delays' | 'delayMs'
>

const bucketMs = 5 * 60_000
const buckets = 12

/** Calls started within the last hour, in steps of five minutes. */
export class HourCount {
  readonly #counts = new Uint32Array(buckets)
  #bucket = 0

  note(now: number): void {
    this.#turn(Math.floor(now / bucketMs))
    this.#counts[this.#bucket % buckets]!++
  }

  at(now: number): number {
    const bucket = Math.floor(now / bucketMs)
    let sum = 0
    for (let back = 0; back < buckets; back++) {
      const each = this.#bucket - back
      if (each > bucket - buckets && each >= 0) sum += this.#counts[each % buckets]!
    }
    return sum
  }

  #turn(bucket: number): void {
    if (bucket <= this.#bucket) return
    const gone = Math.min(buckets, bucket - this.#bucket)
    for (let step = 1; step <= gone; step++) this.#counts[(this.#bucket + step) % buckets] = 0
    if (gone === buckets) this.#counts.fill(0)
    this.#bucket = bucket
  }
}
