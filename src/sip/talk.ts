/** The answered part of a call: what each side asks within the dialog, until a BYE (RFC 3261 §12.2, §14, §15). */
import { sdpOf } from './body.ts'
import { type CallHost, type DialogReceiver, indifferent, q850Of, reasonLines, response } from './call.ts'
import { type Dialog, dialogKey, refreshTarget, requestInDialog } from './dialog.ts'
import type { DigestClient } from './digest.ts'
import type { Destination, Ended, SessionId } from './events.ts'
import { parseDigit } from './info.ts'
import { allow, type HeaderLine, header, type Request, serialise } from './message.ts'
import { PersistentAnswer } from './persistent-answer.ts'
import { Reinvite } from './reinvite.ts'
import type { ClientOwner, ServerTransaction } from './transaction.ts'

export class Talk implements DialogReceiver {
  readonly #host: CallHost
  readonly #session: SessionId
  readonly #dialog: Dialog
  readonly #contact: HeaderLine
  readonly #digest: DigestClient | null
  readonly #reinvite: Reinvite
  #over = false
  /** Our 2xx, until it is acknowledged; `first` is the one that made this a call. */
  #unacknowledged: { answer: PersistentAnswer; first: boolean } | null = null
  /** Their re-INVITE or UPDATE, until the phone layer answers it. */
  #theirs: { transaction: ServerTransaction; request: Request } | null = null
  #byeWhenAcknowledged: HeaderLine[] | null = null
  #lastAck: { seq: number; destination: Destination; bytes: Buffer } | null = null

  constructor(options: {
    host: CallHost
    session: SessionId
    dialog: Dialog
    contact: string
    digest: DigestClient | null
    weCalled: boolean
  }) {
    const { host, session, dialog, digest, weCalled } = options
    this.#host = host
    this.#session = session
    this.#dialog = dialog
    this.#contact = ['Contact', options.contact]
    this.#digest = digest
    this.#reinvite = new Reinvite({
      host,
      dialog,
      contact: this.#contact,
      digest,
      weCalled,
      isBusy: () => this.#theirs !== null || this.#unacknowledged !== null,
      acknowledge: (seq, credentials, now) => this.acknowledge(seq, credentials, now),
      acknowledgeAgain: seq => this.acknowledgeAgain(seq),
      onAnswered: sdp => host.emit({ type: 'reanswered', session, sdp }),
      onRefused: status => host.emit({ type: 'reinviteFailed', session, status }),
      onLost: (by, reason, now) => {
        this.#bye([], now)
        this.#end(by, null, reason, now)
      },
    })
    host.enterDialog(this.#key, this)
  }

  get #key(): string {
    return dialogKey(this.#dialog.callId, this.#dialog.localTag, this.#dialog.remoteTag)
  }

  // What the phone layer wants

  /** BYE, at once, or after the ACK to our 2xx (§15). */
  hangUp(q850: number | null, now: number): void {
    if (this.#over) return
    const reason = reasonLines(q850)
    if (this.#unacknowledged?.first) {
      this.#byeWhenAcknowledged = reason
      this.#end('local', q850, 'hung up', now, { keepDialog: true })
    } else {
      this.#bye(reason, now)
      this.#end('local', q850, 'hung up', now)
    }
  }

  reinvite(sdp: string, now: number): void {
    if (!this.#over) this.#reinvite.want(sdp, now)
  }

  answerReoffer(answer: { sdp: string } | { status: number }, now: number): void {
    const theirs = this.#theirs
    if (this.#over || theirs === null) return
    this.#theirs = null
    if ('status' in answer) this.#respond(theirs.transaction, answer.status, [], null, now)
    else {
      refreshTarget(this.#dialog, theirs.request)
      this.#succeed(theirs.transaction, answer.sdp, false, now)
    }
    this.#reinvite.proceed(now)
  }

  sendInfo(digit: string, durationMs: number, now: number): void {
    if (this.#over) return
    const body = `Signal=${digit}\r\nDuration=${durationMs}\r\n`
    const extra: HeaderLine[] = [this.#contact, ['Content-Type', 'application/dtmf-relay']]
    this.#request('INFO', extra, body, now)
  }

  /** The first 2xx of a call to us, or the answer to a re-INVITE. */
  succeedFirst(transaction: ServerTransaction, sdp: string, now: number): void {
    this.#succeed(transaction, sdp, true, now)
  }

  /** ACK to a 2xx of theirs (§13.2.2.4): a request of its own, with the INVITE's credentials, kept for their repetitions. */
  acknowledge(seq: number, credentials: HeaderLine[], now: number): void {
    const extra: HeaderLine[] = [['User-Agent', this.#host.name], ...credentials]
    const ack = requestInDialog(this.#dialog, 'ACK', { seq, extra })
    const via = this.#host.wire.viaFor(ack.destination, this.#host.wire.newBranch())
    const bytes = serialise(`ACK ${ack.uri} SIP/2.0`, [['Via', via], ...ack.lines])
    this.#lastAck = { seq, destination: ack.destination, bytes }
    this.#host.wire.send(ack.destination, bytes)
    this.#reinvite.proceed(now)
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
    if (this.#dialog.remoteSeq !== null && request.cseq.number <= this.#dialog.remoteSeq) {
      this.#respond(transaction, 500, [], null, now) // out of order (§12.2.2)
      return
    }
    this.#dialog.remoteSeq = request.cseq.number
    if (this.#over && request.method !== 'BYE') {
      this.#respond(transaction, 481, [], null, now)
      return
    }
    switch (request.method) {
      case 'BYE':
        this.#respond(transaction, 200, [], null, now)
        if (!this.#over) this.#end('remote', q850Of(request), 'BYE', now)
        return
      case 'INVITE':
      case 'UPDATE':
        this.#onReoffer(request, transaction, now)
        return
      case 'INFO':
        this.#onInfo(request, transaction, now)
        return
      default:
        this.#respond(transaction, request.method === 'OPTIONS' ? 200 : 405, [['Allow', allow]], null, now)
    }
  }

  #onAck(request: Request, now: number): void {
    const pending = this.#unacknowledged
    if (pending === null || request.cseq.number !== pending.answer.seq) return
    pending.answer.stop()
    this.#unacknowledged = null
    if (this.#byeWhenAcknowledged !== null) {
      this.#bye(this.#byeWhenAcknowledged, now)
      this.#leave()
      return
    }
    const sdp = pending.answer.answerDue ? sdpOf(request) : null
    if (pending.first) this.#host.emit({ type: 'confirmed', session: this.#session, sdp })
    else if (sdp !== null) this.#host.emit({ type: 'reanswered', session: this.#session, sdp })
    this.#reinvite.proceed(now)
  }

  #onUnacknowledged(now: number): void {
    this.#unacknowledged = null
    this.#bye(this.#byeWhenAcknowledged ?? [], now)
    if (this.#over) this.#leave()
    else this.#end('timeout', null, 'no ACK', now)
  }

  #onReoffer(request: Request, transaction: ServerTransaction, now: number): void {
    const sdp = sdpOf(request)
    if (request.method === 'UPDATE' && sdp === null) {
      refreshTarget(this.#dialog, request)
      this.#respond(transaction, 200, [this.#contact], null, now)
    } else if (this.#reinvite.isUnderWay)
      this.#respond(transaction, 491, [], null, now) // glare (§14.2)
    else if (this.#theirs !== null || this.#unacknowledged !== null) {
      const seconds = String(Math.floor(this.#host.random() * 10))
      this.#respond(transaction, 500, [['Retry-After', seconds]], null, now)
    } else {
      this.#theirs = { transaction, request }
      this.#host.emit({ type: 'reoffer', session: this.#session, sdp })
    }
  }

  #onInfo(request: Request, transaction: ServerTransaction, now: number): void {
    if (request.body.length > 0) {
      const digit = parseDigit(header(request, 'content-type') ?? '', request.body)
      if (digit === null) {
        this.#respond(transaction, 415, [['Accept', 'application/dtmf-relay, application/dtmf']], null, now)
        return
      }
      this.#host.emit({ type: 'digit', session: this.#session, ...digit })
    }
    this.#respond(transaction, 200, [], null, now)
  }

  // Sending

  #succeed(transaction: ServerTransaction, sdp: string, first: boolean, now: number): void {
    const { request, flow } = transaction
    const extra = [this.#contact]
    const bytes = response(this.#host, request, flow, { status: 200, toTag: this.#dialog.localTag, extra, sdp })
    if (request.method === 'INVITE') {
      const onGiveUp = (at: number) => this.#onUnacknowledged(at)
      const answer = new PersistentAnswer({ host: this.#host, transaction, bytes, onGiveUp, now })
      this.#unacknowledged = { answer, first }
    } else this.#host.transactions.respond(transaction, 200, bytes, now)
  }

  #respond(t: ServerTransaction, status: number, extra: HeaderLine[], sdp: string | null, now: number): void {
    const bytes = response(this.#host, t.request, t.flow, { status, toTag: this.#dialog.localTag, extra, sdp })
    this.#host.transactions.respond(t, status, bytes, now)
  }

  #bye(reason: HeaderLine[], now: number): void {
    this.#request('BYE', reason, '', now)
  }

  /** A request whose only interesting answer is a challenge. */
  #request(method: 'BYE' | 'INFO', extra: HeaderLine[], body: string, now: number): void {
    const draft = requestInDialog(this.#dialog, method, { extra: [...extra, ['User-Agent', this.#host.name]], body })
    draft.lines.push(...(this.#digest?.authorize(method, draft.uri) ?? []))
    const digest = this.#digest
    if (digest === null) {
      this.#host.transactions.start(draft, indifferent, now)
      return
    }
    const owner: ClientOwner = {
      onResponse: (answer, _transaction, at) => {
        if (answer.status !== 401 && answer.status !== 407) digest.succeeded()
        else if (digest.learn(answer)) this.#request(method, extra, body, at)
      },
      onFailure() {},
    }
    this.#host.transactions.start(draft, owner, now)
  }

  #end(by: Ended, q850: number | null, reason: string, now: number, options: { keepDialog?: boolean } = {}): void {
    this.#over = true
    this.#reinvite.stop()
    const theirs = this.#theirs
    this.#theirs = null
    if (theirs !== null) this.#respond(theirs.transaction, 487, [], null, now)
    if (!options.keepDialog) {
      this.#unacknowledged?.answer.stop()
      this.#unacknowledged = null
      this.#leave()
    }
    this.#host.emit({ type: 'ended', session: this.#session, by, q850, reason })
    this.#host.closeSession(this.#session)
  }

  #leave(): void {
    this.#host.leaveDialog(this.#key)
  }
}
