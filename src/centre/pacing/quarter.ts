/**
 * The last quarter of an hour, a minute at a time: how often calls may be abandoned from now on, so that no fifteen minutes, of which a part is
 * over and the rest to come, go beyond their limit. What is to come is chance (a binomial number), so room is kept for its spread; the less
 * room is left, the less is allowed, and little by little rather than by a stop.
 */

const minutes = 15
const minuteMs = 60_000
/** Standard deviations of what is to come that are kept in hand. */
const inHand = 1.5
/** Calls are abandoned in clusters: the variance is this many times that of independent ones. */
const clustering = 1.5
/** Held to less than the 5 % that are allowed where the day's limit is 3 %: calls that ring are answered after the threshold has fallen too. */
const limitShare = 1.3
/** Fifteen minutes with few calls differ by chance: so many abandoned calls beyond the day's limit are let pass. */
const spareCalls = 4

export class QuarterHour {
  readonly #answered = new Float64Array(minutes)
  readonly #abandoned = new Float64Array(minutes)
  #minute = Number.NEGATIVE_INFINITY
  /** By how much the clock has been set. */
  #setMs = 0

  note(abandoned: boolean, now: number): void {
    this.#turn(now - this.#setMs)
    const slot = this.#minute % minutes
    this.#answered[slot]!++
    if (abandoned) this.#abandoned[slot]!++
  }

  /** The share of live answers that may be abandoned from now on, where `perMs` come and the day's limit is `max`. */
  allowed(now: number, perMs: number, max: number): number {
    this.#turn(now - this.#setMs)
    let left = minutes - ((now - this.#setMs) / minuteMs - this.#minute)
    let allowed = 1
    let [answered, abandoned] = [0, 0]
    for (let back = 0; back < minutes; back++, left--) {
      const slot = (this.#minute - back + minutes) % minutes
      answered += this.#answered[slot]!
      abandoned += this.#abandoned[slot]!
      const coming = Math.max(0.5, left) * minuteMs * perMs
      const most = Math.max(limitShare * max * (answered + coming), max * (answered + coming) + spareCalls)
      allowed = Math.min(allowed, shareWithin(most - abandoned, coming))
    }
    return allowed
  }

  /** The clock was set: what was of late still is. */
  shift(byMs: number): void {
    this.#setMs += byMs
  }

  #turn(atMs: number): void {
    const minute = Math.floor(atMs / minuteMs)
    if (minute - this.#minute >= minutes) {
      this.#answered.fill(0)
      this.#abandoned.fill(0)
    } else
      for (let next = this.#minute + 1; next <= minute; next++) {
        this.#answered[next % minutes] = 0
        this.#abandoned[next % minutes] = 0
      }
    this.#minute = Math.max(minute, this.#minute)
  }
}

/** The share of `coming` calls whose mean number, with its spread, stays within `room`. */
function shareWithin(room: number, coming: number): number {
  if (room <= 0) return 0
  if (coming <= 0) return 1
  const spread = inHand * Math.sqrt(clustering)
  const root = (Math.sqrt(spread * spread + 4 * room) - spread) / 2
  return (root * root) / coming
}
