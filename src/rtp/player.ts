/** A prompt on its way to a leg, frame by frame. */
import type { PromptOctets } from './control.ts'
import { payloadTypeOf, silenceOf } from './g711.ts'
import { frameSamples } from './pacer.ts'

export class Player {
  readonly prompt: string
  readonly #octets: PromptOctets
  readonly #loop: boolean
  #at = 0
  isFirst = true

  constructor(prompt: string, octets: PromptOctets, loop: boolean) {
    this.prompt = prompt
    this.#octets = octets
    this.#loop = loop && octets.pcma.length > 0
  }

  /** Copies the next 20 ms in the law of `payloadType`; false when all has been played. */
  next(payloadType: number, into: Uint8Array, at: number): boolean {
    const octets = payloadType === payloadTypeOf.pcma ? this.#octets.pcma : this.#octets.pcmu
    if (this.#at >= octets.length) {
      if (!this.#loop) return false
      this.#at = 0
    }
    for (let i = 0; i < frameSamples; i++) {
      const from = this.#at + i
      if (from < octets.length) into[at + i] = octets[from]!
      else if (this.#loop) into[at + i] = octets[from % octets.length]!
      else into[at + i] = payloadType === payloadTypeOf.pcma ? silenceOf.pcma : silenceOf.pcmu
    }
    this.#at += frameSamples
    if (this.#loop && this.#at >= octets.length) this.#at %= octets.length
    return true
  }
}
