/**
 * Two words of shared memory by which the main thread knows how a media thread fares: how often its loop has turned, and which leg it has in
 * hand, so that one whose packets kill a thread is not given to the next one too.
 */
const beats = 0
const inHand = 1

export class Heart {
  readonly #words: Int32Array

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory)
  }

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(8)
  }

  beat(): void {
    this.#words[beats] = (this.#words[beats]! + 1) | 0
  }

  /** The number of the leg that is being worked on; 0: none. */
  hold(number: number): void {
    this.#words[inHand] = number
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
/** Looked at so often. */
export const heartLookMs = 250

/** The main thread's watch over one heart. */
export class HeartWatch {
  readonly #heart: Heart
  #beats = 0
  #stillMs = 0
  #lookedAt: number

  constructor(heart: Heart, now: number) {
    this.#heart = heart
    this.#lookedAt = now
  }

  /** True: it has stood still for too long. A look that comes late says nothing, since then the whole process may have stood still. */
  hasStopped(now: number): boolean {
    const sinceMs = Math.min(now - this.#lookedAt, 2 * heartLookMs)
    this.#lookedAt = now
    const { beats } = this.#heart
    this.#stillMs = beats === this.#beats ? this.#stillMs + sinceMs : 0
    this.#beats = beats
    return beats !== 0 && this.#stillMs >= stillMsMax
  }
}
