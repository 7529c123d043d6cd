/** A prompt, or several one after the other, on the way to a leg, frame by frame. */
import type { PromptOctets } from './control.ts'
import { payloadTypeOf, silenceOf } from './g711.ts'
import { frameSamples } from './pacer.ts'

/** `speech`: parts that are said once; else one prompt, which may go round. */
export type Playing = { prompt: string; speech: number | null; parts: PromptOctets[]; loop: boolean }

/** A sample of a part. */
export type Place = { part: number; at: number }

export class Player {
  readonly playing: Playing
  readonly #loop: boolean
  #part = 0
  #at = 0
  isFirst = true

  constructor(playing: Playing) {
    this.playing = playing
    this.#loop = playing.loop && playing.parts.some(({ pcma }) => pcma.length > 0)
  }

  /** Where it stands, so that another thread may go on from there. */
  get place(): Place {
    return { part: this.#part, at: this.#at }
  }

  get part(): number {
    return this.#part
  }

  get at(): number {
    return this.#at
  }

  /** A place of the same prompts; one that is in none of them is the end. */
  goTo({ part, at }: Place): void {
    this.#part = part
    this.#at = at
  }

  /** Copies the next 20 ms in the law of `payloadType`, across the seams of parts; false when all has been played. */
  next(payloadType: number, into: Uint8Array, at: number): boolean {
    const law = payloadType === payloadTypeOf.pcma ? 'pcma' : 'pcmu'
    let octets = this.#octets(law)
    if (octets === null) return false
    for (let i = 0; i < frameSamples; i++) {
      into[at + i] = octets === null ? silenceOf[law] : octets[this.#at++]!
      if (octets !== null && this.#at >= octets.length) octets = this.#octets(law)
    }
    return true
  }

  /** The part that holds the next sample; null when none is left. */
  #octets(law: 'pcma' | 'pcmu'): Uint8Array | null {
    const { parts } = this.playing
    while (this.#part < parts.length) {
      const octets = parts[this.#part]![law]
      if (this.#at < octets.length) return octets
      this.#at = 0
      this.#part++
      if (this.#loop && this.#part === parts.length) this.#part = 0
    }
    return null
  }
}
