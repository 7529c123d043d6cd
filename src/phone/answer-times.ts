/**
 * How long a customer who has picked up hears nobody, by campaign: from the 200 OK to the patch with the agent's leg. Kept twice: as the
 * customer lives it, with the wait for an agent where none was free, and without that wait, which is what the machine itself takes (deciding,
 * the disk, the patch). In memory since the start; the journal holds the instants of each call.
 */
import type { FloorState } from '../centre/state.ts'
import { Histogram } from '../lib/histogram.ts'
import type { CampaignId, LegId } from '../lib/ids.ts'

/** In ms. `lately`: the same by five minutes of the clock, oldest first, a day of them at most; finer, since percentiles are drawn of it. */
export type AnswerTimes = { whole: Histogram; own: Histogram; lately: AnswerSlot[] }
export type AnswerSlot = { at: number; whole: Histogram; own: Histogram }

/** Finest below the goal of 100 ms; the law's two seconds are a bound too. */
const boundsMs = [5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000]
const fineBoundsMs = [
  5, 10, 15, 20, 25, 30, 40, 50, 60, 75, 100, 125, 150, 200, 300, 400, 500, 750, 1_000, 1_500, 2_000, 5_000,
]
export const answerSlotMs = 5 * 60_000
const slotsMax = 24 * 12
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
    const slot = slotOf(times.lately, call.connectedAt)
    const wholeMs = now - answeredAt
    const ownMs = Math.max(0, wholeMs - Math.max(0, call.connectedAt - call.answeredAt))
    for (const { whole, own } of [times, slot]) {
      whole.note(wholeMs)
      own.note(ownMs)
    }
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
      times = { whole: new Histogram(boundsMs), own: new Histogram(boundsMs), lately: [] }
      this.#byCampaign.set(campaign, times)
    }
    return times
  }
}

/** The slot of this instant; the oldest goes when there are too many. A clock that was set back books to the newest. */
function slotOf(slots: AnswerSlot[], now: number): AnswerSlot {
  const at = Math.floor(now / answerSlotMs) * answerSlotMs
  const last = slots.at(-1)
  if (last !== undefined && last.at >= at) return last
  const slot = { at, whole: new Histogram(fineBoundsMs), own: new Histogram(fineBoundsMs) }
  slots.push(slot)
  if (slots.length > slotsMax) slots.shift()
  return slot
}
