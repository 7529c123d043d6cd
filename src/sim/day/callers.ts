/** Who calls in on a simulated day: arrivals by chance at a rate that changes with the hour, each with a number and a patience of its own. */
import type { Random } from '../../lib/random.ts'
import { logNormal, pickWeighted } from '../distribution.ts'
import type { Scenario } from './scenario.ts'

type Inbound = NonNullable<Scenario['inbound']>

export class Callers {
  readonly #inbound: Inbound
  readonly #steps: Inbound['steps']
  readonly #random: Random
  #count = 0

  constructor(inbound: Inbound, random: Random) {
    this.#inbound = inbound
    this.#steps = inbound.steps.toSorted((a, b) => a.atS - b.atS)
    this.#random = random
  }

  /** When the next one after `atS` calls, in seconds of the day; Infinity: nobody does. Arrivals of each stretch are a Poisson process. */
  nextAtS(atS: number): number {
    let at = atS
    for (;;) {
      const rate = this.#rateAt(at)
      const change = this.#steps.find(step => step.atS > at)?.atS ?? Number.POSITIVE_INFINITY
      const next = rate === 0 ? Number.POSITIVE_INFINITY : at - (Math.log(1 - this.#random()) * 3600) / rate
      if (next < change) return next
      if (change === Number.POSITIVE_INFINITY) return change
      at = change
    }
  }

  /** A number that nobody else has on that day. */
  number(): string {
    return `+86137${String(this.#count++ % 1e8).padStart(8, '0')}`
  }

  patienceMs(): number {
    const { mean, cv } = this.#inbound.patienceMs
    return Math.round(logNormal(mean, cv, this.#random))
  }

  /** null: as long as with those who were called. */
  talkMs(): number | null {
    const { talkMs } = this.#inbound
    if (talkMs === undefined) return null
    const part = pickWeighted(talkMs, this.#random)
    return Math.round(logNormal(part.mean, part.cv, this.#random))
  }

  #rateAt(atS: number): number {
    let rate = this.#inbound.callsPerHour
    for (const step of this.#steps) if (step.atS <= atS) rate = step.callsPerHour
    return rate
  }
}
