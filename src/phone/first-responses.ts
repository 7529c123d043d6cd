/**
 * Whether the first response of a trunk to an INVITE is late: what it, or we, have to read piles up, and soon what is read is older than anybody
 * waits for. That is told seconds before the first call gets no response at all, and while nothing comes: not when it has come. By what this trunk takes as a rule, since some say nothing until
 * the callee is reached: the least of the last minutes, which what piles up does not raise (as RTprop of BBR, draft-cardwell-iccrg-bbr §4.1).
 */

/**
 * Where packets are lost the first or second INVITE is answered, at once or after half a second; the third is sent after a second and a half
 * (RFC 3261 §17.1.1.2), and of ten packets in a hundred that are lost one call in thirty comes to that.
 */
export const lateLeastMs = 1_000
/** So many times the least is late. */
const lateTimes = 3
/** The least of one or two of these. */
const keptMs = 5 * 60_000

export class FirstResponses {
  #since: number | null = null
  #least = 0
  #leastBefore = 0

  /** So long after its INVITE a first response is late; null: nothing is known of the trunk. */
  get lateMs(): number | null {
    if (this.#since === null) return null
    return Math.max(lateLeastMs, lateTimes * Math.min(this.#least, this.#leastBefore))
  }

  /** The first response of a call came `ms` after its INVITE was sent. `now` in ms, of any clock that does not go back. Answers whether that was late. */
  came(ms: number, now: number): boolean {
    const { lateMs } = this
    if (this.#since !== null && now - this.#since < keptMs) this.#least = Math.min(this.#least, ms)
    else {
      this.#leastBefore = this.#since === null ? ms : this.#least
      this.#least = ms
      this.#since = now
    }
    return lateMs !== null && ms >= lateMs
  }
}
