/** What a far end says in RTCP of what it hears from us (RFC 3550 section 6.4), summed up so that a stretch is the difference of two looks. */

import type { BlockHeard } from './rtcp.ts'
import type { VoipHeard } from './voip-heard.ts'

/** A round trip longer than this is a clock that was set, or a lie. */
const roundTripMsMax = 10_000
/**
 * Packets that we must have sent since they last reported of us before a far end that reports on and says nothing of us is believed not to hear us:
 * fifteen seconds. Browsers say what they send and what they hear in reports apart, each every 2.5 to 7.5 s, and one of them may be lost.
 */
const sentMin = 750
/** Such reports, or ones that say that all is lost. */
const deafMin = 2

type SavedCounts = Pick<
  TheirReports,
  'count' | 'lossSum' | 'jitterSum' | 'lost' | 'roundTrips' | 'roundTripSum' | 'roundTripMax' | 'voip'
>
export type SavedReports = SavedCounts & {
  silentStreak: number
  lostStreak: number
  sentAtBlock: number
  sentAtReport: number
}

export class TheirReports {
  /** Reports about our stream. */
  count = 0
  /** Sum of what they said was lost of it since the report before, 0 to 1 each. */
  lossSum = 0
  /** Sum of their jitter, ms. */
  jitterSum = 0
  /** All that was lost of our stream, as they count. */
  lost = 0
  roundTrips = 0
  roundTripSum = 0
  roundTripMax = 0
  /** What they said last of our stream in extended reports; null: they send none. */
  voip: VoipHeard | null = null
  /** Reports in a row that say nothing of us, and that say that all is lost. */
  #silentStreak = 0
  #lostStreak = 0
  /** Packets sent when they last said something of us, and at their last report of any kind. */
  #sentAtBlock = 0
  #sentAtReport = 0

  /** `block` null: the report was not about us. `nowMiddle`: the middle 32 bits of our NTP time. */
  note(block: BlockHeard | null, sent: number, nowMiddle: number): void {
    this.#sentAtReport = sent
    if (block === null) {
      this.#silentStreak++
      return
    }
    this.#silentStreak = 0
    this.#sentAtBlock = sent
    this.count++
    this.lossSum += block.lossFraction / 256
    this.jitterSum += block.jitter / 8
    this.lost = block.lost
    this.#lostStreak = block.lossFraction === 255 ? this.#lostStreak + 1 : 0
    if (block.lastReport === 0) return
    const ms = ((nowMiddle - block.lastReport - block.delay) | 0) / 65.536
    if (ms < 0 || ms > roundTripMsMax) return
    this.roundTrips++
    this.roundTripSum += ms
    this.roundTripMax = Math.max(this.roundTripMax, ms)
  }

  /** All of it, for a thread that goes on with this leg. */
  save(): SavedReports {
    const { count, lossSum, jitterSum, lost, roundTrips, roundTripSum, roundTripMax, voip } = this
    const silentStreak = this.#silentStreak
    const lostStreak = this.#lostStreak
    const sentAtBlock = this.#sentAtBlock
    const sentAtReport = this.#sentAtReport
    return {
      ...{ count, lossSum, jitterSum, lost, roundTrips, roundTripSum, roundTripMax, voip },
      ...{ silentStreak, lostStreak, sentAtBlock, sentAtReport },
    }
  }

  restore({ silentStreak, lostStreak, sentAtBlock, sentAtReport, ...counts }: SavedReports): void {
    Object.assign(this, counts)
    this.#silentStreak = silentStreak
    this.#lostStreak = lostStreak
    this.#sentAtBlock = sentAtBlock
    this.#sentAtReport = sentAtReport
  }

  /** Goes on after a thread that died, when so many packets had been sent and they had said so much of those before. */
  resume(sent: number, counts: Omit<SavedCounts, 'voip'>): void {
    Object.assign(this, counts)
    this.#sentAtBlock = this.#sentAtReport = sent
  }

  /** They are there, they were sent to, and they hear nothing. */
  get isDeaf(): boolean {
    const saysNothing = this.#silentStreak >= deafMin && this.#sentAtReport - this.#sentAtBlock >= sentMin
    return saysNothing || this.#lostStreak >= deafMin
  }
}
