/**
 * The answered part of a call: repeats its 2xx until the ACK (RFC 3261 §13.3.1.4), changes media both ways with glare resolved (§14), carries
 * INFO, and ends with BYE (§15).
 */
import {
  type CallHost,
  type DialogReceiver,
  indifferent,
  q850Of,
  reasonLines,
  response,
  sdpOf,
  sdpType,
} from './call.ts'
import { type Dialog, dialogKey, refreshTarget, requestInDialog } from './dialog.ts'
import type { DigestClient } from './digest.ts'
import type { Destination, Ended, SessionId } from './events.ts'
import { parseDigit } from './info.ts'
import { allow, type HeaderLine, header, type Request, type Response, serialise } from './message.ts'
import type { Sleeper } from './timers.ts'
import {
  type ClientOwner,
  type ClientTransaction,
  giveUpMs,
  type ServerTransaction,
  t1Ms,
  t2Ms,
} from './transaction.ts'

/** Our 2xx, until it is acknowledged. */
type Unacknowledged = {
  transaction: ServerTransaction
  bytes: Buffer
  seq: number
  /** The call's first 2xx; its ACK confirms the call. */
  first: boolean
  /** The offer was ours, so the ACK brings the answer. */
  answerDue: boolean
  resendMs: number
  resendAt: number
  giveUpAt: number
}

/** A re-INVITE of ours that is under way, and one that waits: for another to finish, or until `at` after a 491. */
type Sent = { sdp: string; credentials: HeaderLine[]; transaction: ClientTransaction | null }
type Wanted = { sdp: string; at: number | null }

const retriesMax = 8

export class Talk implements DialogReceiver, Sleeper, ClientOwner {
  readonly #host: CallHost
  readonly #session: SessionId
  readonly #dialog: Dialog
  readonly #contact: HeaderLine
  readonly #digest: DigestClient | null
  readonly #weCalled: boolean
  #over = false
  #unacknowledged: Unacknowledged | null = null
  #theirs: { transaction: ServerTransaction; request: Request } | null = null
  #sent: Sent | null = null
  #wanted: Wanted | null = null
  #glares = 0
  #byeWhenAcknowledged: HeaderLine[] | null = null
  #lastAck: { seq: number; destination: Destination; bytes: Buffer } | null = null
  wakeAt: number | null = null
  queuedAt: number | null = null

  constructor(options: {
    host: CallHost
    session: SessionId
    dialog: Dialog
    contact: string
    digest: DigestClient | null
    weCalled: boolean
  }) {
    this.#host = options.host
    this.#session = options.session
    this.#dialog = options.dialog
    this.#contact = ['Contact', options.contact]
    this.#digest = options.digest
    this.#weCalled = options.weCalled
    this.#host.enterDialog(this.#key, this)
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

  /** Waits its turn while something else is being agreed; of several that wait the latest counts. */
  reinvite(sdp: string, now: number): void {
    if (this.#over) return
    this.#wanted = { sdp, at: null }
    this.#proceed(now)
  }

  /** Sends the re-INVITE that waits, when nothing is in its way. */
  #proceed(now: number): void {
    const busy = this.#sent !== null || this.#theirs !== null || this.#unacknowledged !== null
    if (this.#over || busy || this.#wanted === null || this.#wanted.at !== null) return
    const { sdp } = this.#wanted
    this.#wanted = null
    const draft = requestInDialog(this.#dialog, 'INVITE', {
      extra: [this.#contact, ['Allow', allow], ['User-Agent', this.#host.name], sdpType],
      body: sdp,
    })
    const credentials = this.#digest?.authorize('INVITE', draft.uri) ?? []
    draft.lines.push(...credentials)
    const sent: Sent = { sdp, credentials, transaction: null }
    this.#sent = sent
    sent.transaction = this.#host.transactions.start(draft, this, now)
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
    this.#proceed(now)
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

  /** ACK to a 2xx of theirs (§13.2.2.4): a request of its own, kept for their repetitions. */
  acknowledge(seq: number, now: number, extra: HeaderLine[] = []): void {
    const ack = requestInDialog(this.#dialog, 'ACK', { seq, extra: [['User-Agent', this.#host.name], ...extra] })
    const via = this.#host.wire.viaFor(ack.destination, this.#host.wire.newBranch())
    const bytes = serialise(`ACK ${ack.uri} SIP/2.0`, [['Via', via], ...ack.lines])
    this.#lastAck = { seq, destination: ack.destination, bytes }
    this.#host.wire.send(ack.destination, bytes)
    this.#proceed(now)
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
    if (pending === null || request.cseq.number !== pending.seq) return
    this.#unacknowledged = null
    this.#setTimer()
    if (this.#byeWhenAcknowledged !== null) {
      this.#bye(this.#byeWhenAcknowledged, now)
      this.#leave()
      return
    }
    const sdp = sdpOf(request)
    if (pending.first)
      this.#host.emit({ type: 'confirmed', session: this.#session, sdp: pending.answerDue ? sdp : null })
    else if (pending.answerDue && sdp !== null) this.#host.emit({ type: 'reanswered', session: this.#session, sdp })
    this.#proceed(now)
  }

  #onReoffer(request: Request, transaction: ServerTransaction, now: number): void {
    const sdp = sdpOf(request)
    if (request.method === 'UPDATE' && sdp === null) {
      refreshTarget(this.#dialog, request)
      this.#respond(transaction, 200, [this.#contact], null, now)
    } else if (this.#sent !== null)
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

  // What comes of our re-INVITE

  onResponse(answer: Response, transaction: ClientTransaction, now: number): void {
    const { status } = answer
    if (status < 200) return
    if (status < 300) {
      if (this.#sent === null || this.#sent.transaction !== transaction) {
        this.acknowledgeAgain(answer.cseq.number)
        return
      }
      const { credentials } = this.#sent
      this.#sent = null
      this.#glares = 0
      this.#digest?.succeeded()
      refreshTarget(this.#dialog, answer)
      this.#host.emit({ type: 'reanswered', session: this.#session, sdp: sdpOf(answer) })
      this.acknowledge(answer.cseq.number, now, credentials)
    } else if (!this.#over && this.#sent !== null) {
      const { sdp } = this.#sent
      this.#sent = null
      this.#onRefusedReinvite(answer, sdp, now)
      this.#proceed(now)
    }
  }

  #onRefusedReinvite(answer: Response, sdp: string, now: number): void {
    const { status } = answer
    if ((status === 401 || status === 407) && this.#digest?.learn(answer)) this.#wanted ??= { sdp, at: null }
    else if (status === 491 && this.#glares++ < retriesMax) {
      // §14.1: who made the Call-ID waits 2.1 to 4 s, the other 0 to 2 s, in steps of 10 ms.
      const steps = this.#weCalled ? 210 + this.#host.random() * 190 : this.#host.random() * 200
      this.#wanted = { sdp: this.#wanted?.sdp ?? sdp, at: now + Math.floor(steps) * 10 }
      this.#setTimer()
    } else if (status === 481 || status === 408) {
      this.#bye([], now)
      this.#end('remote', null, `re-INVITE answered ${status}`, now)
    } else this.#host.emit({ type: 'reinviteFailed', session: this.#session, status })
  }

  onFailure(failure: 'timeout' | 'transport', _transaction: ClientTransaction, now: number): void {
    if (this.#over) return
    this.#bye([], now)
    this.#end(failure, null, 'no answer to our re-INVITE', now)
  }

  // Time

  wake(now: number): void {
    const pending = this.#unacknowledged
    if (pending !== null && pending.giveUpAt <= now) {
      this.#unacknowledged = null
      this.#bye(this.#byeWhenAcknowledged ?? [], now)
      if (this.#over) this.#leave()
      else this.#end('timeout', null, 'no ACK', now)
      return
    }
    if (pending !== null && pending.resendAt <= now) {
      this.#host.transactions.respond(pending.transaction, 200, pending.bytes, now)
      pending.resendMs = Math.min(pending.resendMs * 2, t2Ms)
      pending.resendAt = now + pending.resendMs
    }
    if (this.#wanted?.at && this.#wanted.at <= now) {
      this.#wanted.at = null
      this.#proceed(now)
    }
    this.#setTimer()
  }

  #setTimer(): void {
    const pending = this.#unacknowledged
    const times: number[] = []
    if (pending !== null) times.push(pending.resendAt, pending.giveUpAt)
    if (this.#wanted?.at) times.push(this.#wanted.at)
    this.#host.timers.set(this, times.length === 0 ? null : Math.min(...times))
  }

  // Sending

  #succeed(transaction: ServerTransaction, sdp: string, first: boolean, now: number): void {
    const { request, flow } = transaction
    const extra = [this.#contact]
    const bytes = response(this.#host, request, flow, { status: 200, toTag: this.#dialog.localTag, extra, sdp })
    this.#host.transactions.respond(transaction, 200, bytes, now)
    if (request.method !== 'INVITE') return
    const answerDue = sdpOf(request) === null
    const { number: seq } = request.cseq
    this.#unacknowledged = {
      transaction,
      bytes,
      seq,
      first,
      answerDue,
      resendMs: t1Ms,
      resendAt: now + t1Ms,
      giveUpAt: now + giveUpMs,
    }
    this.#setTimer()
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
    this.#sent = null
    this.#wanted = null
    const theirs = this.#theirs
    this.#theirs = null
    if (theirs !== null) this.#respond(theirs.transaction, 487, [], null, now)
    if (!options.keepDialog) {
      this.#unacknowledged = null
      this.#setTimer()
      this.#leave()
    }
    this.#host.emit({ type: 'ended', session: this.#session, by, q850, reason })
    this.#host.closeSession(this.#session)
  }

  #leave(): void {
    this.#host.leaveDialog(this.#key)
  }
}
