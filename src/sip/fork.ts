/**
 * One call to several phones of an extension (RFC 3261 §16.7, done by the caller itself): all ring, the first that answers has it, the others are
 * told that it was answered elsewhere. Outside it is one session.
 */
import type { Call, CallHost } from './call.ts'
import type { InviteSpec, SessionId, UaEvent } from './events.ts'
import { OutgoingCall } from './outgoing-call.ts'
import type { Talk } from './talk.ts'

type Failed = Extract<UaEvent, { type: 'failed' }>

/** Q.850 26, non-selected user clearing: what a phone shows as "answered elsewhere" and not as a missed call. */
const answeredElsewhere = 26

export class Fork implements Call {
  readonly id: SessionId
  readonly #host: CallHost
  readonly #now: () => number
  /** Those that may still answer. */
  readonly #ringing = new Set<OutgoingCall>()
  readonly #callIds: string[] = []
  #winner: OutgoingCall | null = null
  #refusal: Failed | null = null
  #isOver = false

  constructor(host: CallHost, id: SessionId, now: () => number) {
    this.#host = host
    this.id = id
    this.#now = now
  }

  start(specs: readonly InviteSpec[], now: number): void {
    for (const spec of specs) {
      const host: CallHost = {
        ...this.#host,
        emit: event => this.#hear(call, event),
        closeSession: () => this.#closed(call),
      }
      const call: OutgoingCall = new OutgoingCall(host, this.id, spec)
      this.#ringing.add(call)
      this.#callIds.push(call.callId)
    }
    for (const call of [...this.#ringing]) call.start(now)
  }

  get callIds(): readonly string[] {
    return this.#callIds
  }

  hangUp(q850: number | null, now: number, reason?: string): void {
    for (const call of this.#live()) call.hangUp(q850, now, reason)
  }

  withdraw(q850: number | null, now: number): void {
    for (const call of this.#live()) call.withdraw(q850, now)
  }

  progress(): void {}
  accept(): void {}
  reject(): void {}

  asked(): Talk | null {
    return this.#winner?.asked() ?? null
  }

  #live(): OutgoingCall[] {
    return this.#winner === null ? [...this.#ringing] : [this.#winner]
  }

  #hear(call: OutgoingCall, event: UaEvent): void {
    if (this.#winner !== null) {
      if (call === this.#winner) this.#host.emit(event)
      return // what the others say now is heard by nobody
    }
    switch (event.type) {
      case 'provisional':
        // Whose early media it is cannot be told from outside, and a desk phone has none worth hearing.
        return this.#host.emit({ ...event, sdp: null })
      case 'accepted':
        this.#winner = call
        this.#ringing.delete(call)
        this.#host.emit(event)
        for (const other of this.#ringing) other.hangUp(answeredElsewhere, this.#now(), 'answered elsewhere')
        return
      case 'failed':
        this.#ringing.delete(call)
        this.#refusal = this.#refusal === null ? event : worthier(this.#refusal, event)
        if (event.status !== null && event.status >= 600)
          for (const other of this.#ringing) other.hangUp(null, this.#now())
        return this.#giveUp()
      default:
        return
    }
  }

  #closed(call: OutgoingCall): void {
    this.#ringing.delete(call)
    if (this.#winner === null) this.#giveUp()
    else if (call === this.#winner) this.#close()
  }

  /** Nobody is left who might answer. */
  #giveUp(): void {
    if (this.#ringing.size > 0 || this.#isOver) return
    const refusal = this.#refusal
    if (refusal !== null) this.#host.emit(refusal)
    this.#close()
  }

  #close(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#host.closeSession(this.id)
  }
}

/** §16.7 step 6: a 6xx counts most; then what a person did (busy, declined) before what nobody did. */
function worthier(one: Failed, other: Failed): Failed {
  return worth(one) >= worth(other) ? one : other
}

function worth({ status }: Failed): number {
  if (status === null) return 0
  if (status >= 600) return 4
  return status === 486 || status === 480 ? 3 : status === 408 || status >= 500 ? 1 : 2
}
