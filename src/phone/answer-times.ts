/**
 * How long a customer who has picked up hears nobody, by campaign: from the 200 OK to the patch with the agent's leg. Kept twice: as the
 * customer lives it, with the wait for an agent where none was free, and without that wait, which is what the machine itself takes (deciding,
 * the disk, the patch). In memory since the start; the journal holds the instants of each call.
 */
import type { FloorState } from '../centre/state.ts'
import { Histogram } from '../lib/histogram.ts'
import type { CampaignId, LegId } from '../lib/ids.ts'

/** Both in ms. */
export type AnswerTimes = { whole: Histogram; own: Histogram }

/** Finest below the goal of 100 ms; the law's two seconds are a bound too. */
const boundsMs = [5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000]
/** Answered customers who wait; each is forgotten when the leg is over, so there are no more than lines. */
const waitingMax = 10_000

export class AnswerClock {
  readonly #floor: () => FloorState
  readonly #answeredAt = new Map<LegId, number>()
  readonly #byCampaign = new Map<CampaignId, AnswerTimes>()

  constructor(floor: () => FloorState) {
    this.#floor = floor
  }

  /** The 200 OK of this leg was read at `now`. */
  answered(leg: LegId, now: number): void {
    if (this.#answeredAt.size < waitingMax) this.#answeredAt.set(leg, now)
  }

  over(leg: LegId): void {
    this.#answeredAt.delete(leg)
  }

  /** The patch of these legs was handed to the media at `now`. */
  patched(a: LegId, b: LegId, now: number): void {
    const leg = this.#answeredAt.has(a) ? a : b
    const answeredAt = this.#answeredAt.get(leg)
    if (answeredAt === undefined) return
    this.#answeredAt.delete(leg)
    const { legs, calls, campaigns } = this.#floor()
    const what = legs.get(leg)
    const call = what?.side === 'party' ? calls.get(what.call) : undefined
    if (call?.direction !== 'out' || call.campaign === null || !campaigns.has(call.campaign)) return
    if (call.answeredAt === null || call.connectedAt === null) return
    const times = this.#of(call.campaign)
    const wholeMs = now - answeredAt
    times.whole.note(wholeMs)
    times.own.note(Math.max(0, wholeMs - Math.max(0, call.connectedAt - call.answeredAt)))
  }

  /** Of the campaigns that there are. */
  read(): ReadonlyMap<CampaignId, AnswerTimes> {
    const { campaigns } = this.#floor()
    for (const id of this.#byCampaign.keys()) if (!campaigns.has(id)) this.#byCampaign.delete(id)
    return this.#byCampaign
  }

  #of(campaign: CampaignId): AnswerTimes {
    let times = this.#byCampaign.get(campaign)
    if (times === undefined) {
      times = { whole: new Histogram(boundsMs), own: new Histogram(boundsMs) }
      this.#byCampaign.set(campaign, times)
    }
    return times
  }
}
