/**
 * A call's dialog: what each side asks within it, from the first answer that names it until a BYE (RFC 3261 §12.2, §14, §15). It is early until
 * the 2xx; then only PRACK, UPDATE and INFO have a meaning.
 */
import { sdpOf } from './body.ts'
import { type CallHost, type DialogReceiver, q850Of, reasonLines, response } from './call.ts'
import { type Dialog, dialogKey, refreshTarget, requestInDialog } from './dialog.ts'
import type { DigestClient } from './digest.ts'
import type { Destination, Ended, SessionId } from './events.ts'
import { parseTokens } from './headers.ts'
import { digitBody, parseDigit } from './info.ts'
import {
  allow,
  type HeaderLine,
  header,
  headerLines,
  type Message,
  type Request,
  type Response,
  serialise,
} from './message.ts'
import { Modify } from './modify.ts'
import { PersistentAnswer } from './persistent-answer.ts'
import { Referrals } from './referrals.ts'
import { SessionTimer, tooBrief } from './session-timer.ts'
import type { ServerTransaction } from './transaction.ts'
import { type RequestOwner, sendWithin, unheeded, type WithinRequest } from './within.ts'

/** The call that is not answered yet. */
export type EarlyOwner = {
  /** A PRACK came: `unknown` acknowledges nothing, `answer` brings the answer to our offer, `offer` may bring a new one. */
  onPrack(request: Request, now: number): 'unknown' | 'answer' | 'offer'
  onBye(request: Request, now: number): void
}

/** An offer of theirs that the phone layer has not answered yet, and by what its answer goes back. */
type TheirOffer =
  | { in: 'request'; transaction: ServerTransaction; sdp: string | null }
  | { in: 'provisional'; rack: HeaderLine; sdp: string }
  | { in: 'success'; seq: number; sdp: string; credentials: HeaderLine[] }

export type TalkOptions = {
  host: CallHost
  session: SessionId
  dialog: Dialog
  contact: string
  digest: DigestClient | null
  weCalled: boolean
  /** The message that made the dialog: what the far end says of itself. */
  far: Message
  /** Our first SDP, if we said any. */
  localSdp: string | null
  /** The offer of the INVITE that has no answer yet. */
  openOffer: 'ours' | 'theirs' | null
  early: EarlyOwner
}

export class Talk implements DialogReceiver {
  readonly session: SessionId
  readonly weCalled: boolean
  readonly dialog: Dialog
  /** Their media as last agreed on, or as they said it before that. */
  remoteSdp: string | null = null
  readonly #host: CallHost
  readonly #contact: HeaderLine
  readonly #digest: DigestClient | null
  readonly #early: EarlyOwner
  readonly #modify: Modify
  readonly #timer: SessionTimer
  readonly #referrals: Referrals
  #phase: 'early' | 'confirmed' | 'over' = 'early'
  #silent = false
  #allows = new Set<string>()
  #localSdp: string | null
  #openOffer: 'ours' | 'theirs' | null
  /** Our 2xx, until it is acknowledged; `first` is the one that made this a call. */
  #unacknowledged: { answer: PersistentAnswer; first: boolean } | null = null
  #theirs: TheirOffer | null = null
  /** Ours that have no answer yet: what we send after them might overtake them, and they would count as out of order. */
  #pracks = 0
  #byeWhenAcknowledged: HeaderLine[] | null = null
  #lastAck: { seq: number; destination: Destination; bytes: Buffer } | null = null

  constructor(options: TalkOptions) {
    const { session, dialog, digest, weCalled } = options
    const host: CallHost = {
      ...options.host,
      emit: event => {
        if (!this.#silent) options.host.emit(event)
      },
      closeSession: closed => {
        if (!this.#silent) options.host.closeSession(closed)
      },
    }
    this.#host = host
    this.session = session
    this.weCalled = weCalled
    this.dialog = dialog
    this.#contact = ['Contact', options.contact]
    this.#digest = digest
    this.#early = options.early
    this.#localSdp = options.localSdp
    this.#openOffer = options.openOffer
    this.#learn(options.far)
    this.#timer = new SessionTimer({
      timers: host.timers,
      times: host.sessionTimes,
      refresh: now => this.#modify.refresh(now),
      probe: now => this.#probe(now),
      expire: now => this.#lose('timeout', 'the session was not refreshed', now),
    })
    this.#modify = new Modify({
      host,
      dialog,
      contact: this.#contact,
      digest,
      weCalled,
      timer: this.#timer,
      method: () =>
        this.#phase === 'confirmed' ? 'INVITE' : this.#openOffer === null && this.#knowsUpdate ? 'UPDATE' : null,
      knowsUpdate: () => this.#knowsUpdate,
      forgetUpdate: () => this.#allows.delete('UPDATE'),
      localSdp: () => this.#localSdp,
      isBusy: () => this.#theirs !== null || this.#unacknowledged !== null || this.#pracks > 0,
      acknowledge: (seq, credentials, now) => this.acknowledge(seq, credentials, null, now),
      acknowledgeAgain: seq => this.acknowledgeAgain(seq),
      onAnswered: (sdp, ours) => {
        this.#localSdp = ours
        this.remoteSdp = sdp ?? this.remoteSdp
        if (sdp !== null) host.emit({ type: 'reanswered', session, sdp })
      },
      onRefused: status => host.emit({ type: 'reinviteFailed', session, status }),
      onLost: (by, reason, now) => this.#lose(by, reason, now),
    })
    this.#referrals = new Referrals({
      host,
      session,
      request: (method, extra, body, owner, now) =>
        this.#request({ method, extra: [this.#contact, ...extra], body }, now, owner),
      respond: (transaction, status, extra, now) => this.#respond(transaction, status, extra, null, now),
    })
    host.enterDialog(this.#key, this)
  }

  get #key(): string {
    return dialogKey(this.dialog.callId, this.dialog.localTag, this.dialog.remoteTag)
  }

  get state(): 'early' | 'confirmed' | 'over' {
    return this.#phase
  }

  /** Their last offer waits for our answer. */
  get isAsked(): boolean {
    return this.#theirs !== null
  }

  get #knowsUpdate(): boolean {
    return this.#allows.has('UPDATE')
  }

  #learn(message: Message): void {
    const lines = headerLines(message, 'allow')
    if (lines.length > 0) this.#allows = new Set(lines.flatMap(parseTokens))
  }

  // The way from the INVITE to the call

  /** The offer of the INVITE has its answer: media may be changed by UPDATE from now on. */
  agreed(localSdp: string | null, remoteSdp: string | null, now: number): void {
    this.#openOffer = null
    this.remoteSdp = remoteSdp ?? this.remoteSdp
    this.#localSdp = localSdp ?? this.#localSdp
    this.#modify.proceed(now)
  }

  /** Their reliable provisional response is acknowledged, at once or, when it brings an offer, with our answer. */
  acknowledgeProvisional(rack: string, offer: string | null, now: number): void {
    const line: HeaderLine = ['RAck', rack]
    if (offer === null || this.#theirs !== null) this.#prack(line, null, now)
    else {
      this.#theirs = { in: 'provisional', rack: line, sdp: offer }
      this.#host.emit({ type: 'reoffer', session: this.session, sdp: offer })
    }
  }

  /** Their 2xx: the call begins, and is acknowledged at once or, when it brings an offer, with our answer. */
  answered(answer: Response, options: { credentials: HeaderLine[]; offer: string | null }, now: number): void {
    this.#phase = 'confirmed'
    this.#openOffer = null
    this.#learn(answer)
    this.#timer.onAnswer(answer, now)
    const { number: seq } = answer.cseq
    const { credentials, offer } = options
    if (offer === null) this.acknowledge(seq, credentials, null, now)
    else this.#theirs = { in: 'success', seq, credentials, sdp: offer }
  }

  /** Our 2xx to their INVITE; `sdp` is null when all was agreed on before. */
  succeed(transaction: ServerTransaction, sdp: string | null, now: number): void {
    this.#phase = 'confirmed'
    this.#openOffer = null
    this.#succeed(transaction, sdp, true, now)
  }

  /** The call was not answered, or by another phone. */
  abandon(now: number): void {
    this.#silent = true
    this.#end('local', null, '', now)
  }

  /** From now on the phone layer hears nothing of it. */
  silence(): void {
    this.#silent = true
  }

  // What the phone layer wants

  /** BYE, at once, or after the ACK to our 2xx (§15). */
  hangUp(q850: number | null, reason: string, now: number): void {
    if (this.#phase !== 'confirmed') return
    const lines = reasonLines(q850)
    const unacknowledged = this.#theirs?.in === 'success' ? this.#theirs : null
    if (unacknowledged !== null) this.acknowledge(unacknowledged.seq, unacknowledged.credentials, null, now)
    if (this.#unacknowledged?.first) {
      this.#byeWhenAcknowledged = lines
      this.#end('local', q850, reason, now, { keepDialog: true })
    } else {
      this.#bye(lines, now)
      this.#end('local', q850, reason, now)
    }
  }

  reinvite(sdp: string, now: number): void {
    if (this.#phase !== 'over') this.#modify.want(sdp, now)
  }

  answerReoffer(answer: { sdp: string } | { status: number }, now: number): void {
    const theirs = this.#theirs
    if (this.#phase === 'over' || theirs === null) return
    this.#theirs = null
    const sdp = 'sdp' in answer ? answer.sdp : null
    if (sdp !== null) [this.#localSdp, this.remoteSdp] = [sdp, theirs.sdp ?? this.remoteSdp]
    switch (theirs.in) {
      case 'request':
        if (sdp === null) this.#respond(theirs.transaction, 'status' in answer ? answer.status : 488, [], null, now)
        else this.#succeed(theirs.transaction, sdp, false, now)
        break
      case 'provisional':
        this.#prack(theirs.rack, sdp, now)
        if (sdp !== null) this.#openOffer = null
        break
      case 'success':
        this.acknowledge(theirs.seq, theirs.credentials, sdp, now)
        if (sdp === null) this.hangUp(65, 'no media could be agreed on', now)
        break
      default:
        theirs satisfies never
    }
    this.#modify.proceed(now)
  }

  /** A gateway that refuses the one form of a digit is told it in the other. */
  sendInfo(digit: string, durationMs: number, now: number, form: 'relay' | 'plain' = 'relay'): void {
    if (this.#phase === 'over') return
    const { type, body } = digitBody(digit, durationMs, form)
    const owner: RequestOwner = {
      onResponse: ({ status }, at) => {
        if (status === 415 && form === 'relay') this.sendInfo(digit, durationMs, at, 'plain')
      },
      onFailure() {},
    }
    this.#request({ method: 'INFO', extra: [this.#contact, ['Content-Type', type]], body }, now, owner)
  }

  refer(to: string, referredBy: string | null, now: number): void {
    if (this.#phase === 'confirmed') this.#referrals.refer(to, referredBy, now)
  }

  answerRefer(refer: string, status: number, now: number): void {
    this.#referrals.answer(refer, status, now)
  }

  notifyRefer(refer: string, status: number, now: number): void {
    if (this.#phase === 'confirmed') this.#referrals.notify(refer, status, now)
  }

  /** ACK to a 2xx of theirs (§13.2.2.4): a request of its own, with the INVITE's credentials, kept for their repetitions. */
  acknowledge(seq: number, credentials: HeaderLine[], sdp: string | null, now: number): void {
    const extra: HeaderLine[] = [['User-Agent', this.#host.name], ...credentials, ...typed(sdp)]
    const ack = requestInDialog(this.dialog, 'ACK', { seq, extra })
    const via = this.#host.wire.viaFor(ack.destination, this.#host.wire.newBranch())
    const bytes = serialise(`ACK ${ack.uri} SIP/2.0`, [['Via', via], ...ack.lines], sdp ?? '')
    this.#lastAck = { seq, destination: ack.destination, bytes }
    this.#host.wire.send(ack.destination, bytes)
    this.#modify.proceed(now)
  }

  /** Their 2xx came again: our ACK was lost. */
  acknowledgeAgain(seq: number): void {
    if (this.#lastAck?.seq === seq) this.#host.wire.send(this.#lastAck.destination, this.#lastAck.bytes)
  }

  // What the far end wants

  onRequest(request: Request, transaction: ServerTransaction | null, now: number): void {
    if (transaction === null) {
      this.#onAck(request, now)
      return
    }
    const isLate = this.dialog.remoteSeq !== null && request.cseq.number <= this.dialog.remoteSeq
    if (isLate && request.method !== 'PRACK') {
      this.#respond(transaction, 500, [], null, now) // out of order (§12.2.2)
      return
    }
    // A PRACK that was overtaken says what it says all the same: RAck names what it means.
    if (!isLate) this.dialog.remoteSeq = request.cseq.number
    if (this.#phase === 'over' && request.method !== 'BYE') {
      this.#respond(transaction, 481, [], null, now)
      return
    }
    switch (request.method) {
      case 'BYE':
        this.#respond(transaction, 200, [], null, now)
        if (this.#phase === 'early') this.#early.onBye(request, now)
        else if (this.#phase === 'confirmed') this.#end('remote', q850Of(request), 'BYE', now)
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
        if (this.#phase === 'confirmed') this.#referrals.onRefer(request, transaction, now)
        else this.#respond(transaction, 403, [], null, now) // nobody transfers what is not answered yet
        return
      case 'NOTIFY':
        this.#referrals.onNotify(request, transaction, now)
        return
      default:
        this.#respond(transaction, request.method === 'OPTIONS' ? 200 : 405, [['Allow', allow]], null, now)
    }
  }

  #onAck(request: Request, now: number): void {
    const pending = this.#unacknowledged
    if (pending === null || request.cseq.number !== pending.answer.seq) return
    this.#acknowledged(sdpOf(request), now)
  }

  #acknowledged(sdp: string | null, now: number): void {
    const { answer, first } = this.#unacknowledged!
    answer.stop()
    this.#unacknowledged = null
    if (this.#byeWhenAcknowledged !== null) {
      this.#bye(this.#byeWhenAcknowledged, now)
      this.#leave()
      return
    }
    const theirs = answer.answerDue ? sdp : null
    this.remoteSdp = theirs ?? this.remoteSdp
    if (first) this.#host.emit({ type: 'confirmed', session: this.session, sdp: theirs })
    else if (theirs !== null) this.#host.emit({ type: 'reanswered', session: this.session, sdp: theirs })
    this.#modify.proceed(now)
  }

  #onUnacknowledged(now: number): void {
    this.#unacknowledged = null
    this.#bye(this.#byeWhenAcknowledged ?? [], now)
    if (this.#phase === 'over') this.#leave()
    else this.#end('timeout', null, 'no ACK', now)
  }

  #onReoffer(request: Request, transaction: ServerTransaction, now: number): void {
    const brief = tooBrief(request, this.#host.sessionTimes)
    if (brief !== null) {
      this.#respond(transaction, 422, [brief], null, now)
      return
    }
    const sdp = sdpOf(request)
    this.#learn(request)
    if (request.method === 'UPDATE' && sdp === null) {
      refreshTarget(this.dialog, request)
      const session = this.#phase === 'confirmed' ? this.#timer.answer(request, now) : []
      this.#respond(transaction, 200, [this.#contact, ...session], null, now)
      return
    }
    // Who changes the call has our 2xx, though its ACK was lost or is late (RFC 5407 §3.1.4).
    if (this.#unacknowledged !== null && !this.#unacknowledged.answer.answerDue) this.#acknowledged(null, now)
    if (this.#modify.isOffering || this.#openOffer === 'ours' || this.#unacknowledged !== null)
      this.#respond(transaction, 491, [], null, now) // glare (§14.2)
    else if (this.#theirs !== null || this.#openOffer === 'theirs' || this.#isBeforeAnswer(request)) {
      const seconds = String(Math.floor(this.#host.random() * 10))
      this.#respond(transaction, 500, [['Retry-After', seconds]], null, now)
    } else {
      this.#theirs = { in: 'request', transaction, sdp }
      this.#host.emit({ type: 'reoffer', session: this.session, sdp })
    }
  }

  #isBeforeAnswer(request: Request): boolean {
    return request.method === 'INVITE' && this.#phase === 'early'
  }

  #onPrack(request: Request, transaction: ServerTransaction, now: number): void {
    const meaning = this.#phase === 'early' ? this.#early.onPrack(request, now) : 'unknown'
    const sdp = sdpOf(request)
    if (meaning === 'unknown') this.#respond(transaction, 481, [], null, now)
    else if (meaning === 'answer') {
      this.#respond(transaction, 200, [], null, now)
      if (sdp !== null) this.#host.emit({ type: 'reanswered', session: this.session, sdp })
    } else if (sdp === null) this.#respond(transaction, 200, [], null, now)
    else if (this.#theirs !== null || this.#modify.isOffering) this.#respond(transaction, 491, [], null, now)
    else {
      this.#theirs = { in: 'request', transaction, sdp }
      this.#host.emit({ type: 'reoffer', session: this.session, sdp })
    }
  }

  #onInfo(request: Request, transaction: ServerTransaction, now: number): void {
    if (request.body.length > 0) {
      const digit = parseDigit(header(request, 'content-type') ?? '', request.body)
      if (digit === null) {
        this.#respond(transaction, 415, [['Accept', 'application/dtmf-relay, application/dtmf']], null, now)
        return
      }
      this.#host.emit({ type: 'digit', session: this.session, ...digit })
    }
    this.#respond(transaction, 200, [], null, now)
  }

  // Sending

  #succeed(transaction: ServerTransaction, sdp: string | null, first: boolean, now: number): void {
    const { request, flow } = transaction
    if (request.method !== 'PRACK') refreshTarget(this.dialog, request)
    if (sdp !== null) this.#localSdp = sdp
    const session = this.#phase === 'confirmed' && request.method !== 'PRACK' ? this.#timer.answer(request, now) : []
    const extra = [this.#contact, ...session]
    const bytes = response(this.#host, request, flow, { status: 200, toTag: this.dialog.localTag, extra, sdp })
    if (request.method === 'INVITE') {
      const onGiveUp = (at: number) => this.#onUnacknowledged(at)
      const answerDue = sdp !== null && sdpOf(request) === null
      const answer = new PersistentAnswer({ host: this.#host, transaction, bytes, answerDue, onGiveUp, now })
      this.#unacknowledged = { answer, first }
    } else this.#host.transactions.respond(transaction, 200, bytes, now)
  }

  #respond(t: ServerTransaction, status: number, extra: HeaderLine[], sdp: string | null, now: number): void {
    const bytes = response(this.#host, t.request, t.flow, { status, toTag: this.dialog.localTag, extra, sdp })
    this.#host.transactions.respond(t, status, bytes, now)
  }

  #bye(reason: HeaderLine[], now: number): void {
    this.#request({ method: 'BYE', extra: reason }, now)
  }

  /** Any answer at all but "no such call" means that the far end is there (RFC 5057 §5.1). */
  #probe(now: number): void {
    const owner: RequestOwner = {
      onResponse: ({ status }, at) => {
        if (status === 481 || status === 408) this.#lose('remote', `our OPTIONS was answered ${status}`, at)
        else this.#timer.onAlive(at)
      },
      onFailure: (failure, at) => this.#lose(failure, 'no answer to our OPTIONS', at),
    }
    this.#request({ method: 'OPTIONS', extra: [this.#contact] }, now, owner)
  }

  #prack(rack: HeaderLine, sdp: string | null, now: number): void {
    this.#pracks++
    const over = (at: number) => {
      this.#pracks--
      this.#modify.proceed(at)
    }
    const owner: RequestOwner = { onResponse: (_answer, at) => over(at), onFailure: (_failure, at) => over(at) }
    this.#request({ method: 'PRACK', extra: [rack, ...typed(sdp)], body: sdp ?? '' }, now, owner)
  }

  #request(request: WithinRequest, now: number, owner: RequestOwner = unheeded): void {
    sendWithin({ host: this.#host, dialog: this.dialog, digest: this.#digest }, request, owner, now)
  }

  #lose(by: Ended, reason: string, now: number): void {
    if (this.#phase !== 'confirmed') return
    this.#bye([], now)
    this.#end(by, null, reason, now)
  }

  #end(by: Ended, q850: number | null, reason: string, now: number, options: { keepDialog?: boolean } = {}): void {
    this.#phase = 'over'
    this.#modify.stop(now)
    this.#timer.stop()
    this.#referrals.stop(now)
    const theirs = this.#theirs
    this.#theirs = null
    if (theirs?.in === 'request') this.#respond(theirs.transaction, 487, [], null, now)
    if (!options.keepDialog) {
      this.#unacknowledged?.answer.stop()
      this.#unacknowledged = null
      this.#leave()
    }
    this.#host.emit({ type: 'ended', session: this.session, by, q850, reason })
    this.#host.closeSession(this.session)
  }

  #leave(): void {
    this.#host.leaveDialog(this.#key)
  }
}

const typed = (sdp: string | null): HeaderLine[] => (sdp === null ? [] : [['Content-Type', 'application/sdp']])
