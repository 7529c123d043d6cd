/**
 * STUN on the SIP port (RFC 5626 §4.4.2): a phone behind a NAT asks every half minute which address it is seen at, and by our answer its
 * router keeps the way to it open. Answered before SIP, since nothing of SIP begins with a zero.
 */

import { Allowance } from '../lib/allowance.ts'
import { method, readStun, StunWriter } from '../webrtc/stun.ts'

/** An answer is larger than a question, and whose address is forged gets it: no more of them than some thousand phones need. */
const answersPerSecond = 500

export class StunKeepAlive {
  readonly #answers: Allowance

  constructor(now: number) {
    this.#answers = new Allowance({ burst: answersPerSecond, perSecond: answersPerSecond, now })
  }

  /** RFC 8489 §5: both first bits are zero. */
  static isMeant(bytes: Uint8Array): boolean {
    return bytes.length > 0 && bytes[0]! < 4
  }

  /** The answer to a Binding request; null to anything else. */
  answer(bytes: Uint8Array, from: { address: string; port: number }, now: number): Uint8Array | null {
    const asked = readStun(bytes)
    if (asked?.type !== method.bindingRequest || !this.#answers.take(now)) return null
    return new StunWriter(method.success, asked.transaction).addXorAddress(from.address, from.port).finish()
  }
}
