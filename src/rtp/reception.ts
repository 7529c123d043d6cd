/** What was received of one source: expected, lost and jitter after RFC 3550 appendix A.1, A.3 and A.8. */

/** Further than this from the last sequence number: the sender began anew (A.1, MAX_DROPOUT). */
const dropoutMax = 3000

// biome-ignore format: one line a kind
export type SavedReception = [
  ssrc: number, received: number, jitter: number, started: number, base: number, highest: number, cycles: number,
  receivedOfSource: number, lostBefore: number, transit: number, hasTransit: number,
  expectedAtReport: number, receivedAtReport: number,
]

export class Reception {
  ssrc = 0
  received = 0
  /** In timestamp units (1/8 ms), as RTCP carries it. */
  jitter = 0
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

  /** Counts one packet that arrived at `nowMs`. `isSteady`: its timestamp says when it was sent, which a telephone event's does not. */
  count(ssrc: number, sequence: number, timestamp: number, nowMs: number, isSteady: boolean): void {
    this.received++
    const ahead = (sequence - this.#highest) & 0xffff
    const restarted = ahead >= dropoutMax && ahead <= 0x10000 - dropoutMax
    if (!this.#started || ssrc !== this.ssrc || restarted) this.#begin(ssrc, sequence)
    else if (ahead < dropoutMax) {
      if (sequence < this.#highest) this.#cycles += 0x10000
      this.#highest = sequence
    }
    this.#receivedOfSource++
    if (!isSteady) return
    const transit = (Math.round(nowMs * 8) - timestamp) | 0
    if (this.#hasTransit) this.jitter += (Math.abs((transit - this.#transit) | 0) - this.jitter) / 16
    this.#transit = transit
    this.#hasTransit = true
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
    ;[this.#expectedAtReport, this.#receivedAtReport] = report
  }

  /** Goes on after a thread that died, of whose counts these are known. */
  resume(received: number, lost: number): void {
    this.received = received
    this.#lostBefore = lost
  }

  get extendedHighest(): number {
    return this.#cycles + this.#highest
  }

  get lost(): number {
    return this.#lostBefore + Math.max(0, this.#expected - this.#receivedOfSource)
  }

  /** Loss since the last call, in 1/256 (A.3). */
  takeFractionLost(): number {
    const expected = this.#expected - this.#expectedAtReport
    const received = this.#receivedOfSource - this.#receivedAtReport
    this.#expectedAtReport = this.#expected
    this.#receivedAtReport = this.#receivedOfSource
    return expected <= 0 || received >= expected ? 0 : Math.floor(((expected - received) * 256) / expected)
  }

  get #expected(): number {
    return this.#started ? this.extendedHighest - this.#base + 1 : 0
  }

  #begin(ssrc: number, sequence: number): void {
    this.#lostBefore = this.lost
    this.#started = true
    this.ssrc = ssrc
    this.#base = this.#highest = sequence
    this.#cycles = 0
    this.#receivedOfSource = this.#expectedAtReport = this.#receivedAtReport = 0
    this.jitter = 0
    this.#hasTransit = false
  }
}
