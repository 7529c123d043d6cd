/**
 * An ICE-lite agent with one host candidate (RFC 8445 section 2.5): it answers checks that carry the right user name and password, to
 * whatever address they came from, and says which address the browser nominated. To everybody else it is silent: no oracle for a guesser, no
 * reflector for a spoofer.
 */
import { attribute, isAuthentic, method, readStun, type StunMessage, StunWriter } from './stun.ts'

export type IceCredentials = { localUfrag: string; localPassword: string; remoteUfrag: string }
export type StunVerdict = { reply: Uint8Array | null; valid: boolean; nominated: boolean }

const silence: StunVerdict = Object.freeze({ reply: null, valid: false, nominated: false })

/** Attributes that must be understood (RFC 8489 section 14: below 0x8000) and are. */
const understood = new Set<number>([
  attribute.username,
  attribute.messageIntegrity,
  attribute.priority,
  attribute.useCandidate,
])

export class IceLite {
  readonly #userName: string
  readonly #password: string

  constructor(credentials: IceCredentials) {
    this.#userName = `${credentials.localUfrag}:${credentials.remoteUfrag}`
    this.#password = credentials.localPassword
  }

  /** One datagram whose first byte is 0 to 3. A verdict that is `valid` is also the browser's consent to receive (RFC 7675). */
  receive(packet: Uint8Array, source: { address: string; port: number }): StunVerdict {
    const message = readStun(packet)
    if (message === null || message.type !== method.bindingRequest) return silence
    if (!this.#isFromOurBrowser(packet, message)) return silence
    const unknown = [...message.attributes.keys()].filter(kind => kind < 0x8000 && !understood.has(kind))
    if (unknown.length > 0) return refuse(this.#refusal(message, 420, 'Unknown Attribute', unknown.slice(0, 8)))
    // A lite agent is always the controlled one (RFC 8445 section 6.1.1); a browser that thinks so too is put right.
    if (message.attributes.has(attribute.iceControlled)) return refuse(this.#refusal(message, 487, 'Role Conflict', []))
    const reply = new StunWriter(method.success, message.transaction)
      .addXorAddress(source.address, source.port)
      .seal(this.#password)
    return { reply, valid: true, nominated: message.attributes.has(attribute.useCandidate) }
  }

  #isFromOurBrowser(packet: Uint8Array, message: StunMessage): boolean {
    const userName = message.attributes.get(attribute.username)
    if (userName === undefined || userName.length !== this.#userName.length) return false
    if (Buffer.from(userName).toString('latin1') !== this.#userName) return false
    return isAuthentic(packet, message, this.#password)
  }

  #refusal(message: StunMessage, code: number, reason: string, unknown: number[]): Uint8Array {
    const writer = new StunWriter(method.error, message.transaction).addError(code, reason)
    if (unknown.length > 0)
      writer.add(attribute.unknownAttributes, Uint8Array.from(unknown.flatMap(kind => [kind >>> 8, kind & 0xff])))
    return writer.seal(this.#password)
  }
}

function refuse(reply: Uint8Array): StunVerdict {
  return { reply, valid: false, nominated: false }
}
