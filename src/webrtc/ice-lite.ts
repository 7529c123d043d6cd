/**
 * An ICE-lite agent with one host candidate (RFC 8445 section 2.5): it answers checks that carry the right user name and password, to
 * whatever address they came from, and says which address the browser nominated. To everybody else it is silent: no oracle for a guesser, no
 * reflector for a spoofer; and so it is to who sends again, from elsewhere, a check that was overheard.
 */
import { attribute, isAuthentic, method, readStun, type StunMessage, StunWriter } from './stun.ts'

export type IceCredentials = { localUfrag: string; localPassword: string; remoteUfrag: string }
export type StunVerdict = { reply: Uint8Array | null; valid: boolean; nominated: boolean }

/** Transactions that are known again: of a browser that asks for consent every 2.5 s, those of twenty minutes. */
const checksMax = 512
const transactionBytes = 12

const silence: StunVerdict = Object.freeze({ reply: null, valid: false, nominated: false })

/** Attributes that must be understood (RFC 8489 section 14: below 0x8000) and are. */
const understood = new Set<number>([
  attribute.username,
  attribute.messageIntegrity,
  attribute.priority,
  attribute.useCandidate,
])

export class IceLite {
  #now: Known
  /** From before a restart: checks that were under way are answered still (RFC 8445 section 7.3). */
  #before: Known | null = null
  /** Where each transaction first came from, the oldest first; '': not known any more. */
  readonly #checks = new Map<string, string>()

  constructor(credentials: IceCredentials) {
    this.#now = knownOf(credentials)
  }

  /** The browser begins anew with other credentials, perhaps from another address. */
  restart(credentials: IceCredentials): void {
    this.#before = this.#now
    this.#now = knownOf(credentials)
  }

  /** The transactions that are known, one after the other, for who goes on with this leg. */
  get checks(): string {
    return [...this.#checks.keys()].join('')
  }

  remember(checks: string): void {
    for (let at = 0; at < checks.length; at += transactionBytes)
      this.#checks.set(checks.slice(at, at + transactionBytes), '')
  }

  /**
   * One datagram whose first byte is 0 to 3. A verdict that is `valid` is also the browser's consent to receive (RFC 7675): it is given for the
   * first of a transaction alone. What is sent again since our answer was lost is answered, and says nothing new.
   */
  receive(packet: Uint8Array, source: { address: string; port: number }): StunVerdict {
    const message = readStun(packet)
    if (message === null || message.type !== method.bindingRequest) return silence
    const known = this.#knownFor(packet, message)
    if (known === null) return silence
    const unknown = [...message.attributes.keys()].filter(kind => kind < 0x8000 && !understood.has(kind))
    if (unknown.length > 0) return answered(refusal(known, message, 420, 'Unknown Attribute', unknown.slice(0, 8)))
    // A lite agent is always the controlled one (RFC 8445 section 6.1.1); a browser that thinks so too is put right.
    if (message.attributes.has(attribute.iceControlled))
      return answered(refusal(known, message, 487, 'Role Conflict', []))
    const from = `${source.address} ${source.port}`
    const first = this.#firstFrom(message.transaction, from)
    if (first !== null && first !== from) return silence
    const reply = new StunWriter(method.success, message.transaction)
      .addXorAddress(source.address, source.port)
      .seal(known.password)
    if (first !== null) return answered(reply)
    return { reply, valid: true, nominated: message.attributes.has(attribute.useCandidate) }
  }

  /** Where this transaction came from before; null: it is the first time, and remembered from now on. */
  #firstFrom(transaction: Uint8Array, from: string): string | null {
    const name = Buffer.from(transaction).toString('latin1')
    const first = this.#checks.get(name)
    if (first !== undefined) return first
    this.#checks.set(name, from)
    if (this.#checks.size > checksMax) this.#checks.delete(this.#checks.keys().next().value!)
    return null
  }

  /** The credentials that this message proves; null: it is a stranger's. */
  #knownFor(packet: Uint8Array, message: StunMessage): Known | null {
    const userName = message.attributes.get(attribute.username)
    if (userName === undefined) return null
    for (const known of [this.#now, this.#before]) {
      if (known === null || userName.length !== known.userName.length) continue
      if (Buffer.from(userName).toString('latin1') !== known.userName) continue
      return isAuthentic(packet, message, known.password) ? known : null
    }
    return null
  }
}

type Known = { userName: string; password: string }

function knownOf({ localUfrag, remoteUfrag, localPassword }: IceCredentials): Known {
  return { userName: `${localUfrag}:${remoteUfrag}`, password: localPassword }
}

function refusal(known: Known, message: StunMessage, code: number, reason: string, unknown: number[]): Uint8Array {
  const writer = new StunWriter(method.error, message.transaction).addError(code, reason)
  if (unknown.length > 0)
    writer.add(attribute.unknownAttributes, Uint8Array.from(unknown.flatMap(kind => [kind >>> 8, kind & 0xff])))
  return writer.seal(known.password)
}

/** And that is all: nothing follows from it. */
function answered(reply: Uint8Array): StunVerdict {
  return { reply, valid: false, nominated: false }
}
