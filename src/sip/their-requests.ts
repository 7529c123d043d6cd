/** What the far end asks within one call's dialog, and our 2xx to its INVITEs until they are acknowledged. */
import { sdpOf } from './body.ts'
import { type CallHost, q850Of, response } from './call.ts'
import { type Dialog, refreshTarget } from './dialog.ts'
import type { Ended, SessionId } from './events.ts'
import { parseTokens } from './headers.ts'
import { parseDigit } from './info.ts'
import { allow, type HeaderLine, header, headerLines, type Message, type Request } from './message.ts'
import type { Modify } from './modify.ts'
import type { OurRequests } from './our-requests.ts'
import { PersistentAnswer } from './persistent-answer.ts'
import type { Referrals } from './referrals.ts'
import { type SessionTimer, tooBrief } from './session-timer.ts'
import type { TalkState } from './talk-state.ts'
import type { ServerTransaction } from './transaction.ts'

/** The call as it was before its answer; a PRACK may come after that. */
export type EarlyOwner = {
  /** A PRACK came: `unknown` acknowledges nothing, `answer` brings the answer to our offer, `offer` may bring a new one. */
  onPrack(request: Request, now: number): 'unknown' | 'answer' | 'offer'
  onBye(request: Request, now: number): void
}

export type TheirRequestsOptions = {
  host: CallHost
  session: SessionId
  dialog: Dialog
  contact: HeaderLine
  state: TalkState
  early: EarlyOwner
  ours: OurRequests
  modify: Modify
  timer: SessionTimer
  referrals: Referrals
  end(by: Ended, q850: number | null, reason: string, now: number): void
  /** The dialog is known no more. */
  leave(): void
}

export class TheirRequests {
  readonly #options: TheirRequestsOptions
  readonly #host: CallHost
  readonly #session: SessionId
  readonly #dialog: Dialog
  readonly #state: TalkState
  readonly #ours: OurRequests

  constructor(options: TheirRequestsOptions) {
    this.#options = options
    this.#host = options.host
    this.#session = options.session
    this.#dialog = options.dialog
    this.#state = options.state
    this.#ours = options.ours
  }

  onRequest(request: Request, transaction: ServerTransaction | null, now: number): void {
    if (transaction === null) {
      this.#onAck(request, now)
      return
    }
    const isLate = this.#dialog.remoteSeq !== null && request.cseq.number <= this.#dialog.remoteSeq
    if (isLate && request.method !== 'PRACK') {
      this.#ours.respond(transaction, 500, [], null, now) // out of order (§12.2.2)
      return
    }
    // A PRACK that was overtaken says what it says all the same: RAck names what it means.
    if (!isLate) this.#dialog.remoteSeq = request.cseq.number
    if (this.#state.phase === 'over' && request.method !== 'BYE') {
      this.#ours.respond(transaction, 481, [], null, now)
      return
    }
    switch (request.method) {
      case 'BYE':
        this.#ours.respond(transaction, 200, [], null, now)
        if (this.#state.phase === 'early') this.#options.early.onBye(request, now)
        else if (this.#state.phase === 'confirmed') this.#options.end('remote', q850Of(request), 'BYE', now)
        return
      case 'INVITE':
      case 'UPDATE':
        this.#onReoffer(request, transaction, now)
        return
      case 'PRACK':
        this.#onPrack(request, transaction, now)
        return
      case 'INFO':
        this.#onInfo(request, transaction, now)
        return
      case 'REFER':
        if (this.#state.phase === 'confirmed') this.#options.referrals.onRefer(request, transaction, now)
        else this.#ours.respond(transaction, 403, [], null, now) // nobody transfers what is not answered yet
        return
      case 'NOTIFY':
        this.#options.referrals.onNotify(request, transaction, now)
        return
      default:
        this.#ours.respond(transaction, request.method === 'OPTIONS' ? 200 : 405, [['Allow', allow]], null, now)
    }
  }

  #onAck(request: Request, now: number): void {
    const pending = this.#state.unacknowledged
    if (pending === null || request.cseq.number !== pending.answer.seq) return
    this.#acknowledged(sdpOf(request), now)
  }

  #acknowledged(sdp: string | null, now: number): void {
    const { answer, first } = this.#state.unacknowledged!
    answer.stop()
    this.#state.unacknowledged = null
    if (this.#state.byeWhenAcknowledged !== null) {
      this.#ours.bye(this.#state.byeWhenAcknowledged, now)
      this.#options.leave()
      return
    }
    const theirs = answer.answerDue ? sdp : null
    this.#state.remoteSdp = theirs ?? this.#state.remoteSdp
    if (first) this.#host.emit({ type: 'confirmed', session: this.#session, sdp: theirs })
    else if (theirs !== null) this.#host.emit({ type: 'reanswered', session: this.#session, sdp: theirs })
    this.#options.modify.proceed(now)
  }

  #onUnacknowledged(now: number): void {
    this.#state.unacknowledged = null
    this.#ours.bye(this.#state.byeWhenAcknowledged ?? [], now)
    if (this.#state.phase === 'over') this.#options.leave()
    else this.#options.end('timeout', null, 'no ACK', now)
  }

  #onReoffer(request: Request, transaction: ServerTransaction, now: number): void {
    const brief = tooBrief(request, this.#host.sessionTimes)
    if (brief !== null) {
      this.#ours.respond(transaction, 422, [brief], null, now)
      return
    }
    const sdp = sdpOf(request)
    this.learn(request)
    if (request.method === 'UPDATE' && sdp === null) {
      refreshTarget(this.#dialog, request)
      const session = this.#state.phase === 'confirmed' ? this.#options.timer.answer(request, now) : []
      this.#ours.respond(transaction, 200, [this.#options.contact, ...session], null, now)
      return
    }
    // Who changes the call has our 2xx, though its ACK was lost or is late (RFC 5407 §3.1.4).
    if (this.#state.unacknowledged !== null && !this.#state.unacknowledged.answer.answerDue)
      this.#acknowledged(null, now)
    if (this.#options.modify.isOffering || this.#state.openOffer === 'ours' || this.#state.unacknowledged !== null)
      this.#ours.respond(transaction, 491, [], null, now) // glare (§14.2)
    else if (this.#state.asked !== null || this.#state.openOffer === 'theirs' || this.#isBeforeAnswer(request)) {
      const seconds = String(Math.floor(this.#host.random() * 10))
      this.#ours.respond(transaction, 500, [['Retry-After', seconds]], null, now)
    } else {
      this.#state.asked = { in: 'request', transaction, sdp }
      this.#host.emit({ type: 'reoffer', session: this.#session, sdp })
    }
  }

  #isBeforeAnswer(request: Request): boolean {
    return request.method === 'INVITE' && this.#state.phase === 'early'
  }

  #onPrack(request: Request, transaction: ServerTransaction, now: number): void {
    const meaning = this.#options.early.onPrack(request, now)
    const sdp = sdpOf(request)
    if (meaning === 'unknown') this.#ours.respond(transaction, 481, [], null, now)
    else if (meaning === 'answer') {
      this.#ours.respond(transaction, 200, [], null, now)
      if (sdp !== null) this.#host.emit({ type: 'reanswered', session: this.#session, sdp })
    } else if (sdp === null) this.#ours.respond(transaction, 200, [], null, now)
    else if (
      this.#state.asked !== null ||
      this.#options.modify.isOffering ||
      this.#state.unacknowledged?.answer.answerDue
    )
      this.#ours.respond(transaction, 491, [], null, now)
    else {
      this.#state.asked = { in: 'request', transaction, sdp }
      this.#host.emit({ type: 'reoffer', session: this.#session, sdp })
    }
  }

  #onInfo(request: Request, transaction: ServerTransaction, now: number): void {
    if (request.body.length > 0) {
      const digit = parseDigit(header(request, 'content-type') ?? '', request.body)
      if (digit === null) {
        this.#ours.respond(transaction, 415, [['Accept', 'application/dtmf-relay, application/dtmf']], null, now)
        return
      }
      this.#host.emit({ type: 'digit', session: this.#session, ...digit })
    }
    this.#ours.respond(transaction, 200, [], null, now)
  }

  /** 2xx to a request of theirs; an INVITE's is repeated until it is acknowledged. */
  succeed(transaction: ServerTransaction, sdp: string | null, first: boolean, now: number): void {
    const { request, flow } = transaction
    if (request.method !== 'PRACK') refreshTarget(this.#dialog, request)
    if (sdp !== null) this.#state.localSdp = sdp
    const session =
      this.#state.phase === 'confirmed' && request.method !== 'PRACK' ? this.#options.timer.answer(request, now) : []
    const extra = [this.#options.contact, ...session]
    const bytes = response(this.#host, request, flow, { status: 200, toTag: this.#dialog.localTag, extra, sdp })
    if (request.method === 'INVITE') {
      const onGiveUp = (at: number) => this.#onUnacknowledged(at)
      const answerDue = sdp !== null && sdpOf(request) === null
      const answer = new PersistentAnswer({ host: this.#host, transaction, bytes, answerDue, onGiveUp, now })
      this.#state.unacknowledged = { answer, first }
    } else this.#host.transactions.respond(transaction, 200, bytes, now)
  }

  /** What the far end says of itself. */
  learn(message: Message): void {
    const lines = headerLines(message, 'allow')
    if (lines.length > 0) this.#state.allows = new Set(lines.flatMap(parseTokens))
  }
}
