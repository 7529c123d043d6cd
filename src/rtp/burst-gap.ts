/**
 * How loss comes: alone, or in bursts (RFC 3611 section 4.7.2). A burst begins and ends with a loss, has at least two, and never 16 packets in a
 * row arrive in it; what is not in a burst is a gap. Costs nothing but when packets are missing. What comes after all, behind others, counts as
 * missing here.
 */

/** The value that the RFC recommends. */
export const gapMin = 16

/** Shares of packets that are lost, 0 to 1; lengths in packets, in the mean. */
export type BurstGapFigures = { burstDensity: number; gapDensity: number; burstLength: number; gapLength: number }

export class BurstGap {
  #bursts = 0
  #burstPackets = 0
  #burstLost = 0
  /** Losses that lie alone. */
  #gapLost = 0
  /** What may become a burst, or is one that goes on: its packets, and how many of them were lost. */
  #span = 0
  #lost = 0

  /** `missing` packets in a row did not come, after `arrived` that did since the loss before. */
  lose(arrived: number, missing: number): void {
    if (this.#lost > 0 && arrived < gapMin) this.#span += arrived
    else this.#close()
    this.#span += missing
    this.#lost += missing
  }

  /** Of `packets` in all. */
  figures(packets: number): BurstGapFigures {
    const isBurst = this.#lost > 1
    const bursts = this.#bursts + (isBurst ? 1 : 0)
    const inBursts = this.#burstPackets + (isBurst ? this.#span : 0)
    const lostInBursts = this.#burstLost + (isBurst ? this.#lost : 0)
    const lostInGaps = this.#gapLost + (this.#lost === 1 ? 1 : 0)
    const inGaps = Math.max(0, packets - inBursts)
    return {
      burstDensity: inBursts === 0 ? 0 : lostInBursts / inBursts,
      gapDensity: inGaps === 0 ? 0 : Math.min(1, lostInGaps / inGaps),
      burstLength: bursts === 0 ? 0 : inBursts / bursts,
      gapLength: inGaps / (bursts + 1),
    }
  }

  #close(): void {
    if (this.#lost === 1) this.#gapLost++
    else if (this.#lost > 1) {
      this.#bursts++
      this.#burstPackets += this.#span
      this.#burstLost += this.#lost
    }
    this.#span = this.#lost = 0
  }
}
