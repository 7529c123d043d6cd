/** Where we are registered, and whom we ask by OPTIONS whether he is there: one of each a trunk. */
import type { CallHost } from './call.ts'
import type { Address, Destination, QualifyTarget, RegisterSpec, Transport } from './events.ts'
import { SipUsageError } from './events.ts'
import { Qualify } from './qualify.ts'
import { Registration } from './registration.ts'
import { maySendTo, parseUri } from './uri.ts'

export class Registrations {
  readonly #host: CallHost
  readonly #registrations = new Map<string, Registration>()
  /** The last one of each trunk that was told to leave. */
  readonly #leaving = new Map<string, Registration>()
  readonly #qualifies = new Map<string, Qualify>()

  constructor(host: CallHost) {
    this.#host = host
  }

  /** Whether a call to this user is one to a contact that we registered. */
  isContact(user: string): boolean {
    return [...this.#registrations.values()].some(one => one.contactUser === user)
  }

  /** A carrier where we were registered has not heard yet, or not believed, that we go. */
  get isLeaving(): boolean {
    return [...this.#leaving.values()].some(one => one.isLeaving)
  }

  register(id: string, spec: RegisterSpec, now: number): void {
    checkTarget([spec.registrar, spec.aor], spec.destination)
    this.#registrations.get(id)?.drop()
    const registration = new Registration(this.#host, id, spec)
    this.#registrations.set(id, registration)
    this.#leaving.get(id)?.giveWay(registration)
    this.#leaving.delete(id)
    registration.send(now)
  }

  unregister(id: string, now: number): void {
    const registration = this.#registrations.get(id)
    if (registration === undefined) return
    registration.leave(now)
    this.#registrations.delete(id)
    this.#leaving.set(id, registration)
  }

  /** A connection that we had opened to there is no more. */
  wayLost(at: Address & { transport: Transport }, now: number): void {
    for (const one of this.#registrations.values()) one.wayLost(at, now)
  }

  qualify(id: string, target: QualifyTarget, now: number): void {
    checkTarget([target.uri], target.destination)
    this.stopQualify(id)
    const qualify = new Qualify(this.#host, id, target)
    this.#qualifies.set(id, qualify)
    qualify.send(now)
  }

  stopQualify(id: string): void {
    this.#qualifies.get(id)?.stop()
    this.#qualifies.delete(id)
  }
}

function checkTarget(uris: string[], { address, port }: Destination): void {
  for (const uri of uris)
    if (typeof parseUri(uri) === 'string') throw new SipUsageError(`not a SIP URI: ${uri.slice(0, 80)}`)
  if (!maySendTo(address, port)) throw new SipUsageError(`not an address to send to: ${address}:${port}`)
}
