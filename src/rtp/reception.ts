/**
 * What was received of one source: expected, lost and jitter after RFC 3550 appendix A.1, A.3 and A.8; and what a listener's buffer would have
 * made of it. All counts only grow, so that a stretch of a leg is the difference of two looks.
 */

import { BurstGap } from './burst-gap.ts'

/** Further than this from the last sequence number: the sender began anew (A.1, MAX_DROPOUT). */
const dropoutMax = 3000
/** Later than this behind the fastest packet: a listener's buffer has played on without it. */
export const lateMs = 60
const lateUnits = lateMs * 8
/** Further behind, in one step: the sender's clock was set anew, which is not lateness. 1 s. */
const stepUnits = 8000
/** So many late ones in a row, 0.2 s, and the buffer has grown: what comes now is in time, though later than what came before. */
export const lateStreakMax = 10
/**
 * What comes after such a pause in the voice is where its clock is taken from anew: many a sender stops its clock while it holds, and the hold would be
 * jitter of its length. Where the packet is marked as the first of what is said (RFC 3551 section 4.1) a shorter pause will do.
 */
const [pauseMsMin, markedPauseMsMin] = [1000, 120]
/** Taken back from `fastest` each 5 s, for clocks that drift apart by up to 200 millionths. */
const driftUnits = 8
/** Another source is listened to when it is heard three times in a row and the one before was not for so long. */
const rivalStreakMin = 3
const rivalAfterMs = 50

// biome-ignore format: one line a kind
export type SavedReception = [
  ssrc: number, received: number, jitter: number, started: number, base: number, highest: number, cycles: number,
  receivedOfSource: number, lostBefore: number, transit: number, hasTransit: number,
  expectedAtReport: number, receivedAtReport: number, duplicates: number, reordered: number, late: number,
  ssrcChanges: number, rivals: number, jitterSum: number, jitterCount: number, missingBefore: number,
  duplicatesBefore: number, window: number, fastest: number,
]

/** What is known of a reception whose thread died. */
export type NotedReception = { counts: ReceptionCounts; lost: number; missing: number }
type ReceptionCounts = Pick<Reception, 'ssrc' | 'received' | 'jitter' | 'jitterSum' | 'jitterCount' | 'late'> &
  Pick<Reception, 'reordered' | 'duplicates' | 'ssrcChanges' | 'rivals'>

export class Reception {
  ssrc = 0
  received = 0
  /** In timestamp units (1/8 ms), as RTCP carries it. */
  jitter = 0
  /** Came after one that was sent later. */
  reordered = 0
  duplicates = 0
  late = 0
  ssrcChanges = 0
  /** Of another source while the present one went on: not heard. */
  rivals = 0
  /** Sum and count of the differences that `jitter` is the running mean of. */
  jitterSum = 0
  jitterCount = 0
  /** Of the present source, as this thread has heard it. */
  bursts = new BurstGap()
  #lastAt = 0
  /** Of the last packet whose timestamp said when it was sent. */
  #steadyAt = 0
  /** Of the last packet that came after missing ones. */
  #wholeSince = 0
  /** The last 32 sequence numbers up to the highest; bit 0 is the highest. */
  #window = 0
  #fastest = 0
  /** Late ones since the last that was in time, and the fastest of them. */
  #lateStreak = 0
  #fastestOfStreak = 0
  #rival = 0
  #rivalStreak = 0
  #started = false
  #base = 0
  #highest = 0
  #cycles = 0
  #receivedOfSource = 0
  /** Lost and expected of sources before the present one. */
  #lostBefore = 0
  #transit = 0
  #hasTransit = false
  #expectedAtReport = 0
  #receivedAtReport = 0
  #missingBefore = 0
  #duplicatesBefore = 0
  #lateBefore = 0

  /**
   * Counts one packet that arrived at `nowMs`. `isSteady`: its timestamp says when it was sent, which a telephone event's does not. `isMarked`: it is
   * the first after a silence.
   */
  count(
    ssrc: number,
    sequence: number,
    timestamp: number,
    nowMs: number,
    isSteady: boolean,
    isMarked: boolean = false,
  ): void {
    this.received++
    this.#lastAt = nowMs
    this.#rivalStreak = 0
    const ahead = (sequence - this.#highest) & 0xffff
    const restarted = ahead >= dropoutMax && ahead <= 0x10000 - dropoutMax
    if (!this.#started || ssrc !== this.ssrc || restarted) this.#begin(ssrc, sequence)
    else if (ahead < dropoutMax) {
      if (ahead === 0) this.duplicates++
      else this.#window = ahead > 31 ? 1 : (this.#window << ahead) | 1
      if (ahead > 1) this.#miss(ahead - 1)
      if (sequence < this.#highest) this.#cycles += 0x10000
      this.#highest = sequence
    } else this.#behind(0x10000 - ahead)
    this.#receivedOfSource++
    if (!isSteady) return
    const transit = (Math.round(nowMs * 8) - timestamp) | 0
    if (nowMs - this.#steadyAt >= (isMarked ? markedPauseMsMin : pauseMsMin)) this.beginAnew()
    this.#steadyAt = nowMs
    if (this.#hasTransit) {
      const difference = Math.abs((transit - this.#transit) | 0)
      if (difference < stepUnits) {
        this.jitter += (difference - this.jitter) / 16
        this.jitterSum += difference
        this.jitterCount++
      }
      const behind = (transit - this.#fastest) | 0
      if (behind < 0 || behind >= stepUnits) this.#fastest = transit
      if (behind <= lateUnits || behind >= stepUnits) this.#lateStreak = 0
      else this.#comeLate(transit)
    } else this.#fastest = transit
    this.#transit = transit
    this.#hasTransit = true
  }

  /** The next packet may come by another clock: there was a hold, ours or theirs. */
  beginAnew(): void {
    this.#hasTransit = false
    this.#lateStreak = 0
  }

  #comeLate(transit: number): void {
    this.late++
    if (this.#lateStreak++ === 0 || ((transit - this.#fastestOfStreak) | 0) < 0) this.#fastestOfStreak = transit
    if (this.#lateStreak < lateStreakMax) return
    this.#fastest = this.#fastestOfStreak
    this.#lateStreak = 0
  }

  /** All of it, for a thread that goes on counting. */
  save(): SavedReception {
    return [
      this.ssrc,
      this.received,
      this.jitter,
      this.#started ? 1 : 0,
      this.#base,
      this.#highest,
      this.#cycles,
      this.#receivedOfSource,
      this.#lostBefore,
      this.#transit,
      this.#hasTransit ? 1 : 0,
      this.#expectedAtReport,
      this.#receivedAtReport,
      this.duplicates,
      this.reordered,
      this.late,
      this.ssrcChanges,
      this.rivals,
      this.jitterSum,
      this.jitterCount,
      this.#missingBefore,
      this.#duplicatesBefore,
      this.#window,
      this.#fastest,
    ]
  }

  restore(saved: SavedReception): void {
    const [
      ssrc,
      received,
      jitter,
      started,
      base,
      highest,
      cycles,
      ofSource,
      lostBefore,
      transit,
      hasTransit,
      ...report
    ] = saved
    this.ssrc = ssrc
    this.received = received
    this.jitter = jitter
    this.#started = started === 1
    this.#base = base
    this.#highest = highest
    this.#cycles = cycles
    this.#receivedOfSource = ofSource
    this.#lostBefore = lostBefore
    this.#transit = transit
    this.#hasTransit = hasTransit === 1
    const [atReport, receivedAtReport, duplicates, reordered, late, ...more] = report
    this.#expectedAtReport = atReport
    this.#receivedAtReport = receivedAtReport
    this.duplicates = duplicates
    this.reordered = reordered
    this.late = late
    const [ssrcChanges, rivals, jitterSum, jitterCount, missingBefore, ...last] = more
    this.ssrcChanges = ssrcChanges
    this.rivals = rivals
    this.jitterSum = jitterSum
    this.jitterCount = jitterCount
    this.#missingBefore = missingBefore
    ;[this.#duplicatesBefore, this.#window, this.#fastest] = last
    this.#wholeSince = this.extendedHighest + 1
  }

  /** Goes on after a thread that died, of whose counts these are known; what it heard since they were noted is no loss. */
  resume(noted: NotedReception): void {
    Object.assign(this, noted.counts)
    this.#lostBefore = noted.lost
    this.#missingBefore = noted.missing
    this.#duplicatesBefore = this.duplicates
    this.#lateBefore = this.late
  }

  /**
   * RFC 3550 section 8.2: a second source from the right address is not mixed into the first. False: it is counted, and not to be heard. It is
   * taken for the new voice of the same far end when the old one has ceased.
   */
  admits(ssrc: number, nowMs: number): boolean {
    if (!this.#started || ssrc === this.ssrc) return true
    this.#rivalStreak = ssrc === this.#rival ? this.#rivalStreak + 1 : 1
    this.#rival = ssrc
    if (this.#rivalStreak >= rivalStreakMin && nowMs - this.#lastAt >= rivalAfterMs) return true
    this.rivals++
    return false
  }

  /** Not the source whose voice is heard, or nobody's is yet. */
  isOther(ssrc: number): boolean {
    return !this.#started || ssrc !== this.ssrc
  }

  /** Sequence numbers that never came, whatever came twice. */
  get missing(): number {
    return this.#missingBefore + Math.max(0, this.#expected - this.#uniqueOfSource)
  }

  get #uniqueOfSource(): number {
    return this.#receivedOfSource - (this.duplicates - this.#duplicatesBefore)
  }

  #behind(by: number): void {
    const bit = by < 32 ? 1 << by : 0
    if ((this.#window & bit) !== 0) this.duplicates++
    else this.reordered++
    this.#window |= bit
  }

  /** Between the highest so far and what is about to be it. */
  #miss(packets: number): void {
    this.bursts.lose(this.extendedHighest - this.#wholeSince + 1, packets)
    this.#wholeSince = this.extendedHighest + packets + 1
  }

  get extendedHighest(): number {
    return this.#cycles + this.#highest
  }

  get lost(): number {
    return this.#lostBefore + Math.max(0, this.#expected - this.#receivedOfSource)
  }

  /** Loss since the last call, in 1/256 (A.3). */
  takeFractionLost(): number {
    this.#fastest += driftUnits
    const expected = this.#expected - this.#expectedAtReport
    const received = this.#receivedOfSource - this.#receivedAtReport
    this.#expectedAtReport = this.#expected
    this.#receivedAtReport = this.#receivedOfSource
    return expected <= 0 || received >= expected ? 0 : Math.floor(((expected - received) * 256) / expected)
  }

  /** Of the present source: packets that never came, and that came too late. */
  get lostOfSource(): number {
    return Math.max(0, this.#expected - this.#uniqueOfSource)
  }

  get lateOfSource(): number {
    return this.late - this.#lateBefore
  }

  /** Of the present source: packets that there must have been. */
  get expected(): number {
    return this.#expected
  }

  get #expected(): number {
    return this.#started ? this.extendedHighest - this.#base + 1 : 0
  }

  #begin(ssrc: number, sequence: number): void {
    this.#missingBefore = this.missing
    this.#lostBefore = this.lost
    if (this.#started && ssrc !== this.ssrc) this.ssrcChanges++
    if (ssrc !== this.ssrc) this.jitter = 0
    this.#duplicatesBefore = this.duplicates
    this.#lateBefore = this.late
    this.#window = 1
    this.#started = true
    this.ssrc = ssrc
    this.#base = this.#highest = this.#wholeSince = sequence
    this.bursts = new BurstGap()
    this.#cycles = 0
    this.#receivedOfSource = this.#expectedAtReport = this.#receivedAtReport = 0
    this.beginAnew()
  }
}
