/**
 * Three words of shared memory by which the main thread knows how a media thread fares: how often its loop has turned, which leg it has in
 * hand, so that one whose packets kill a thread is not given to the next one too, and what the kernel calls it.
 */
const beats = 0
const inHand = 1
const thread = 2

export class Heart {
  readonly #words: Int32Array

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory)
  }

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(12)
  }

  beat(): void {
    this.#words[beats] = (this.#words[beats]! + 1) | 0
  }

  /** The number of the leg that is being worked on; 0: none. */
  hold(number: number): void {
    this.#words[inHand] = number
  }

  /** Told once by the thread itself; see `thread-wait.ts`. */
  name(kernelThread: number): void {
    Atomics.store(this.#words, thread, kernelThread)
  }

  /** What the kernel calls the thread; 0: it has not said. */
  get thread(): number {
    return Atomics.load(this.#words, thread)
  }

  /** 0 until the loop runs. */
  get beats(): number {
    return Atomics.load(this.#words, beats)
  }

  get inHand(): number {
    return Atomics.load(this.#words, inHand)
  }
}

/** A loop turns ten times a second at least; one that stood still for this long will not move again. */
const stillMsMax = 2000
/** So long is enough where it is known that the thread did not wait for a core: then it hangs, and its calls are silent. */
const hangingMsMax = 600
/** Of the time in which it stood still; a thread that waited for a core for more of it is starved. */
const waitedShareMax = 0.25
/** Looked at so often. */
export const heartLookMs = 200

/** The main thread's watch over one heart. `waitedMs`: for how long in all a thread (by the kernel's number) has waited for a core; null: not known. */
export class HeartWatch {
  readonly #heart: Heart
  readonly #waitedMs: (thread: number) => number | null
  #beats = 0
  #stillMs = 0
  #lookedAt: number
  /** From the second look on that found it still. */
  #since: { stillMs: number; waitedMs: number | null } | null = null

  constructor(heart: Heart, now: number, waitedMs: (thread: number) => number | null) {
    this.#heart = heart
    this.#waitedMs = waitedMs
    this.#lookedAt = now
  }

  /** For how long (ms) it has stood still, when that is too long; else null. A look that comes late says nothing, since then the whole process may have stood still. */
  stoodStill(now: number): number | null {
    const sinceMs = Math.min(now - this.#lookedAt, 2 * heartLookMs)
    this.#lookedAt = now
    const { beats } = this.#heart
    if (beats === 0 || beats !== this.#beats) {
      this.#beats = beats
      this.#stillMs = 0
      this.#since = null
      return null
    }
    this.#stillMs += sinceMs
    return this.#stillMs >= stillMsMax || (this.#isHanging() && this.#stillMs >= hangingMsMax) ? this.#stillMs : null
  }

  #isHanging(): boolean {
    const waitedMs = this.#waitedMs(this.#heart.thread)
    const since = this.#since
    if (since === null) {
      this.#since = { stillMs: this.#stillMs, waitedMs }
      return false
    }
    if (waitedMs === null || since.waitedMs === null) return false
    return waitedMs - since.waitedMs < waitedShareMax * (this.#stillMs - since.stillMs)
  }
}
