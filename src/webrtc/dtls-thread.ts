/**
 * The DTLS associations of all browser legs, one a leg, behind three requests; a thread's whole program but for its port. Time is given:
 * `deadlineAt` says when `tick` wants to be called.
 */
import { type DtlsContext, type DtlsOutcome, DtlsPeer } from './dtls.ts'
import type { SrtpKeys } from './srtp.ts'

export type DtlsRequest =
  | { type: 'open'; leg: string; remoteFingerprint: string }
  | { type: 'packet'; leg: string; packet: Uint8Array }
  | { type: 'close'; leg: string }

export type DtlsReply =
  | { type: 'packet'; leg: string; packet: Uint8Array }
  | { type: 'keys'; leg: string; keys: SrtpKeys }
  | { type: 'lost'; leg: string; reason: string }

/** Twice the browsers that one machine is meant for, while old connections are still being let go. */
const associationsMax = 4096
/** From a browser's first flight to its last; on a LAN this takes 20 ms. */
const handshakeMsMax = 15_000

type Association = { peer: DtlsPeer; retransmitAt: number; giveUpAt: number }

export class DtlsThread {
  readonly #context: DtlsContext
  readonly #reply: (reply: DtlsReply) => void
  readonly #associations = new Map<string, Association>()
  /** Those still shaking hands: the only ones with a deadline. */
  readonly #pending = new Set<string>()

  constructor(context: DtlsContext, reply: (reply: DtlsReply) => void) {
    this.#context = context
    this.#reply = reply
  }

  handle(request: DtlsRequest, now: number): void {
    switch (request.type) {
      case 'open':
        this.#open(request.leg, request.remoteFingerprint)
        break
      case 'packet':
        this.#receive(request.leg, request.packet, now)
        break
      case 'close':
        this.#close(request.leg)
        break
      default:
        request satisfies never
    }
  }

  /** The next instant at which `tick` has something to do, or Infinity. */
  deadlineAt(): number {
    let earliest = Number.POSITIVE_INFINITY
    for (const leg of this.#pending) {
      const association = this.#associations.get(leg)
      if (association) earliest = Math.min(earliest, association.retransmitAt, association.giveUpAt)
    }
    return earliest
  }

  tick(now: number): void {
    for (const leg of [...this.#pending]) {
      const association = this.#associations.get(leg)
      if (association === undefined) continue
      if (association.giveUpAt <= now) {
        this.#close(leg)
        this.#reply({ type: 'lost', leg, reason: 'the browser did not finish the DTLS handshake' })
      } else if (association.retransmitAt <= now) this.#tell(leg, association, association.peer.expire(), now)
    }
  }

  #open(leg: string, remoteFingerprint: string): void {
    this.#close(leg)
    const reason = this.#refusal(remoteFingerprint)
    if (reason !== null) {
      this.#reply({ type: 'lost', leg, reason })
      return
    }
    const peer = new DtlsPeer(this.#context, { role: 'server', remoteFingerprint })
    const never = Number.POSITIVE_INFINITY
    this.#associations.set(leg, { peer, retransmitAt: never, giveUpAt: never })
  }

  #refusal(remoteFingerprint: string): string | null {
    if (this.#associations.size >= associationsMax) return `more than ${associationsMax} browsers at once`
    const isSha256 = /^sha-256 ([0-9a-f]{2}:){31}[0-9a-f]{2}$/i.test(remoteFingerprint)
    return isSha256 ? null : 'the browser named no SHA-256 fingerprint'
  }

  #receive(leg: string, packet: Uint8Array, now: number): void {
    const association = this.#associations.get(leg)
    if (association === undefined) return
    if (association.peer.phase === 'handshake' && !this.#pending.has(leg)) {
      this.#pending.add(leg)
      association.giveUpAt = now + handshakeMsMax
    }
    this.#tell(leg, association, association.peer.receive(packet), now)
  }

  #close(leg: string): void {
    const association = this.#associations.get(leg)
    if (association === undefined) return
    this.#forget(leg)
    for (const outcome of association.peer.close())
      if (outcome.type === 'packet') this.#reply({ type: 'packet', leg, packet: outcome.packet })
  }

  #tell(leg: string, association: Association, outcomes: DtlsOutcome[], now: number): void {
    for (const outcome of outcomes) {
      if (outcome.type === 'lost') this.#forget(leg)
      if (outcome.type === 'keys') this.#pending.delete(leg)
      this.#reply({ ...outcome, leg })
    }
    const timeoutMs = association.peer.timeoutMs()
    association.retransmitAt = timeoutMs === null ? Number.POSITIVE_INFINITY : now + timeoutMs
  }

  #forget(leg: string): void {
    this.#associations.delete(leg)
    this.#pending.delete(leg)
  }
}
