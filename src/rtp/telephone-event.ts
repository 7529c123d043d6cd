/** RFC 4733 telephone events: the keys of a phone as packets beside the audio. */

const keys = '0123456789*#ABCD'
export const eventBytes = 4

/** `0`–`9`, `*`, `#`, `A`–`D` for an event's payload; null for hook flash and all others, or a payload too short. */
export function keyOf(bytes: Uint8Array, payloadAt: number, payloadEnd: number): string | null {
  return payloadEnd - payloadAt < eventBytes ? null : (keys[bytes[payloadAt]!] ?? null)
}

/** The event code of a key; -1 when it is none. */
export function codeOf(key: string): number {
  return key.length === 1 ? keys.indexOf(key.toUpperCase()) : -1
}

/** Volume is -10 dBm0, a usual level. `durationSamples` is bounded by its field to 65,535. */
export function writeEvent(bytes: Uint8Array, at: number, code: number, end: boolean, durationSamples: number): void {
  bytes[at] = code
  bytes[at + 1] = (end ? 0x80 : 0) | 10
  bytes[at + 2] = (durationSamples >> 8) & 0xff
  bytes[at + 3] = durationSamples & 0xff
}

export type SavedDetector = { ssrc: number; lastTimestamp: number }

/** Tells each event once, whichever of its packets come through: they share one timestamp. */
export class KeyDetector {
  #ssrc = -1
  #lastTimestamp = 0

  /** True for the first packet of an event that is newer than all before. */
  isNew(ssrc: number, timestamp: number): boolean {
    const isNew = ssrc !== this.#ssrc || ((timestamp - this.#lastTimestamp) | 0) > 0
    if (isNew) {
      this.#ssrc = ssrc
      this.#lastTimestamp = timestamp
    }
    return isNew
  }

  /** Of the newest event; -1: there was none. */
  get ssrc(): number {
    return this.#ssrc
  }

  get lastTimestamp(): number {
    return this.#lastTimestamp
  }

  save(): SavedDetector {
    return { ssrc: this.#ssrc, lastTimestamp: this.#lastTimestamp }
  }

  restore({ ssrc, lastTimestamp }: SavedDetector): void {
    this.#ssrc = ssrc
    this.#lastTimestamp = lastTimestamp
  }
}

/** One step of a key being sent, 20 ms apart. `last`: a pause follows. */
export type KeyStep = { code: number; first: boolean; end: boolean; durationSamples: number }

const stepSamples = 160
/** 120 ms of tone, then the end three times (RFC 4733 section 2.5.1.4), then 80 ms of pause. */
const toneSteps = 6
const endSteps = 3
const pauseSteps = 4

export type SavedSender = { waiting: number[]; step: number }

/** The keys waiting to be sent on a leg. At most 64. */
export class KeySender {
  #waiting: number[] = []
  #step = 0

  /** False when the bound is reached; nothing is queued then. */
  queue(digits: string): boolean {
    const codes = [...digits].map(codeOf).filter(code => code >= 0)
    if (this.#waiting.length + codes.length > 64) return false
    this.#waiting.push(...codes)
    return true
  }

  save(): SavedSender {
    return { waiting: this.#waiting, step: this.#step }
  }

  restore({ waiting, step }: SavedSender): void {
    this.#waiting = [...waiting]
    this.#step = step
  }

  get isBusy(): boolean {
    return this.#waiting.length > 0
  }

  /** What to send now, null in a pause; called every 20 ms while busy. */
  next(): KeyStep | null {
    const code = this.#waiting[0]
    if (code === undefined) return null
    const step = this.#step++
    if (step < toneSteps) return { code, first: step === 0, end: false, durationSamples: (step + 1) * stepSamples }
    if (step < toneSteps + endSteps) return { code, first: false, end: true, durationSamples: toneSteps * stepSamples }
    if (this.#step >= toneSteps + endSteps + pauseSteps) {
      this.#step = 0
      this.#waiting.shift()
    }
    return null
  }
}

/** ITU-T Q.23: the two tones of a key, for far ends without telephone events. */
export function tonesOf(code: number): [number, number] {
  const at = '123A456B789C*0#D'.indexOf(keys[code]!)
  return [[697, 770, 852, 941][at >> 2]!, [1209, 1336, 1477, 1633][at & 3]!]
}
