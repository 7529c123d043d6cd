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

  /** Told once by the thread itself; see `thread-time.ts`. */
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
/** So long is enough where it is known that the thread had a core all the while: then it turns in a circle, and its calls are silent. */
const spinningMsMax = 600
/** Of the time in which it stood still. One that waits for a core, or for a page, has had less and is given the two seconds. */
const ranShareMin = 0.75
/** Looked at so often. */
export const heartLookMs = 200

/** The main thread's watch over one heart. `ranMs`: for how long in all a thread (by the kernel's number) has had a core; null: not known. */
export class HeartWatch {
  readonly #heart: Heart
  readonly #ranMs: (thread: number) => number | null
  #beats = 0
  #stillMs = 0
  #lookedAt: number
  /** From the first look on that found it still. */
  #since: { stillMs: number; ranMs: number | null } | null = null

  constructor(heart: Heart, now: number, ranMs: (thread: number) => number | null) {
    this.#heart = heart
    this.#ranMs = ranMs
    this.#lookedAt = now
  }

  /** For how long (ms) it has stood still, when that is too long; else null. A look that comes late counts as two, since the whole process may have stood still. */
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
    return this.#stillMs >= stillMsMax || this.#isSpinning() ? this.#stillMs : null
  }

  #isSpinning(): boolean {
    const ranMs = this.#ranMs(this.#heart.thread)
    const since = this.#since
    if (since === null) {
      this.#since = { stillMs: this.#stillMs, ranMs }
      return false
    }
    if (ranMs === null || since.ranMs === null) return false
    const forMs = this.#stillMs - since.stillMs
    return forMs >= spinningMsMax - heartLookMs && ranMs - since.ranMs >= ranShareMin * forMs
  }
}
