/** What we say within one call's dialog: answers to what was asked, requests of ours but re-INVITEs (`modify.ts`), and the ACKs to 2xx. */
import { type CallHost, response } from './call.ts'
import { type Dialog, requestInDialog } from './dialog.ts'
import type { DigestFor } from './digest.ts'
import type { Destination, Ended } from './events.ts'
import { digitBody } from './info.ts'
import { type HeaderLine, serialise } from './message.ts'
import type { ServerTransaction } from './transaction.ts'
import { type RequestOwner, sendWithin, unheeded, type WithinRequest } from './within.ts'

export type OurRequestsOptions = {
  host: CallHost
  dialog: Dialog
  digestFor: DigestFor
  contact: HeaderLine
  isOver(): boolean
  /** Our BYE is heard, or gone unheard: only where it had to be waited for (`endsWhenHeard`). */
  byeOver(isHeard: boolean): void
}

export class OurRequests {
  readonly #host: CallHost
  readonly #dialog: Dialog
  readonly #digestFor: DigestFor
  readonly #contact: HeaderLine
  readonly #isOver: () => boolean
  readonly #byeOver: (isHeard: boolean) => void
  #endsWhenHeard = false
  /** Ours that have no answer yet: what we send after them might overtake them, and they would count as out of order. */
  #pracks = 0
  #lastAck: { seq: number; destination: Destination; bytes: Buffer } | null = null

  constructor({ host, dialog, digestFor, contact, isOver, byeOver }: OurRequestsOptions) {
    this.#host = host
    this.#dialog = dialog
    this.#digestFor = digestFor
    this.#contact = contact
    this.#isOver = isOver
    this.#byeOver = byeOver
  }

  get hasPracksOpen(): boolean {
    return this.#pracks > 0
  }

  respond(t: ServerTransaction, status: number, extra: HeaderLine[], sdp: string | null, now: number): void {
    const bytes = response(this.#host, t.request, t.flow, { status, toTag: this.#dialog.localTag, extra, sdp })
    this.#host.transactions.respond(t, status, bytes, now)
  }

  /** A desk phone that is cut off at this moment is still in the call: it has no other way, or its router has none to it. */
  bye(reason: HeaderLine[], now: number): void {
    this.#endsWhenHeard = this.#dialog.extension !== null
    const over = (isHeard: boolean) => {
      if (this.#endsWhenHeard) this.#byeOver(isHeard)
    }
    const owner: RequestOwner = {
      onResponse: ({ status }) => over(status < 300 || status === 481),
      onFailure: () => over(false),
    }
    this.request({ method: 'BYE', extra: reason }, now, owner)
  }

  /** A BYE of ours is out, and the dialog is not over for the far end until it has heard it. */
  get endsWhenHeard(): boolean {
    return this.#endsWhenHeard
  }

  /** Any answer at all but "no such call" means that the far end is there (RFC 5057 §5.1). */
  probe(
    then: { alive(now: number): void; unsent(now: number): void; lost(by: Ended, reason: string, now: number): void },
    now: number,
  ): void {
    const owner: RequestOwner = {
      onResponse: ({ status }, at) => {
        if (status === 481 || status === 408) then.lost('remote', `our OPTIONS was answered ${status}`, at)
        else then.alive(at)
      },
      onFailure: (failure, at) => {
        if (failure === 'transport') then.unsent(at)
        else then.lost(failure, 'no answer to our OPTIONS', at)
      },
    }
    this.request({ method: 'OPTIONS', extra: [this.#contact] }, now, owner)
  }

  prack(rack: HeaderLine, sdp: string | null, then: (now: number) => void, now: number): void {
    this.#pracks++
    const over = (at: number) => {
      this.#pracks--
      then(at)
    }
    const owner: RequestOwner = { onResponse: (_answer, at) => over(at), onFailure: (_failure, at) => over(at) }
    this.request({ method: 'PRACK', extra: [rack, ...typed(sdp)], body: sdp ?? '' }, now, owner)
  }

  /** ACK to a 2xx of theirs (§13.2.2.4): a request of its own, with the INVITE's credentials, kept for their repetitions. */
  acknowledge(seq: number, credentials: HeaderLine[], sdp: string | null): void {
    this.#host.mendWay(this.#dialog)
    const ack = requestInDialog(this.#dialog, 'ACK', { seq, extra: [['User-Agent', this.#host.name]] })
    // Their 2xx may have moved them to where the credentials are of nobody's business.
    if (this.#digestFor(ack.destination) !== null) ack.lines.push(...credentials)
    ack.lines.push(...typed(sdp))
    const via = this.#host.wire.viaFor(ack.destination, this.#host.wire.newBranch())
    const bytes = serialise(`ACK ${ack.uri} SIP/2.0`, [['Via', via], ...ack.lines], sdp ?? '')
    this.#lastAck = { seq, destination: ack.destination, bytes }
    this.#host.wire.send(ack.destination, bytes)
  }

  /** Their 2xx came again: our ACK was lost. */
  acknowledgeAgain(seq: number): void {
    if (this.#lastAck?.seq === seq) this.#host.wire.send(this.#lastAck.destination, this.#lastAck.bytes)
  }

  /** A gateway that refuses the one form of a digit is told it in the other. */
  info(digit: string, durationMs: number, now: number, form: 'relay' | 'plain' = 'relay'): void {
    if (this.#isOver()) return
    const { type, body } = digitBody(digit, durationMs, form)
    const owner: RequestOwner = {
      onResponse: ({ status }, at) => {
        if (status === 415 && form === 'relay') this.info(digit, durationMs, at, 'plain')
      },
      onFailure() {},
    }
    this.request({ method: 'INFO', extra: [this.#contact, ['Content-Type', type]], body }, now, owner)
  }

  request(request: WithinRequest, now: number, owner: RequestOwner = unheeded): void {
    sendWithin({ host: this.#host, dialog: this.#dialog, digestFor: this.#digestFor }, request, owner, now)
  }
}

const typed = (sdp: string | null): HeaderLine[] => (sdp === null ? [] : [['Content-Type', 'application/sdp']])
