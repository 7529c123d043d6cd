/** A call to us: rung, then answered, refused or withdrawn by its caller (RFC 3261 §13.3, §9.2). */
import { type Call, type CallHost, type DialogReceiver, q850Of, reasonLines, response } from './call.ts'
import { type Dialog, dialogKey, dialogOfRequest } from './dialog.ts'
import type { Ended, SessionId } from './events.ts'
import { allow, type HeaderLine, type Request, reasonOf } from './message.ts'
import { Talk } from './talk.ts'
import type { Sleeper } from './timers.ts'
import type { ServerOwner, ServerTransaction } from './transaction.ts'
import { schemeOf } from './uri.ts'

/** §13.3.1.1: a provisional response each minute keeps proxies from giving up. */
const repeatMs = 60_000

export class IncomingCall implements Call, DialogReceiver, ServerOwner, Sleeper {
  readonly id: SessionId
  readonly #host: CallHost
  readonly #transaction: ServerTransaction
  readonly #dialog: Dialog
  readonly #contact: HeaderLine
  #phase: 'offered' | 'talking' | 'over' = 'offered'
  #talk: Talk | null = null
  #provisional: { status: number; bytes: Buffer } | null = null
  wakeAt: number | null = null
  queuedAt: number | null = null

  constructor(host: CallHost, id: SessionId, transaction: ServerTransaction, symmetric: boolean, now: number) {
    this.id = id
    this.#host = host
    this.#transaction = transaction
    transaction.owner = this
    const { request, flow } = transaction
    this.#dialog = dialogOfRequest(request, host.wire.newTag(), flow, symmetric)
    this.#contact = ['Contact', host.wire.contactFor(this.#dialog.peer, '', schemeOf(request.uri))]
    host.enterDialog(this.#key, this)
    this.#respond(100, [], null, now)
  }

  get callId(): string {
    return this.#dialog.callId
  }

  /** Every answer to this caller carries it, the one to its CANCEL too (§9.2). */
  get localTag(): string {
    return this.#dialog.localTag
  }

  get #key(): string {
    return dialogKey(this.#dialog.callId, this.#dialog.localTag, this.#dialog.remoteTag)
  }

  progress(status: number, sdp: string | null, now: number): void {
    if (this.#phase !== 'offered' || status <= 100 || status > 199) return
    this.#respond(status, [this.#contact], sdp, now)
  }

  accept(sdp: string, now: number): void {
    if (this.#phase !== 'offered') return
    this.#phase = 'talking'
    this.#host.timers.set(this, null)
    this.#talk = new Talk({
      host: this.#host,
      session: this.id,
      dialog: this.#dialog,
      contact: this.#contact[1],
      digest: null,
      weCalled: false,
    })
    this.#talk.succeedFirst(this.#transaction, sdp, now)
  }

  reject(status: number, q850: number | null, now: number): void {
    if (this.#phase !== 'offered' || status < 300 || status > 699) return
    this.#respond(status, reasonLines(q850), null, now)
    this.#fail(status, q850, 'local')
  }

  hangUp(q850: number | null, now: number): void {
    if (this.#talk !== null) this.#talk.hangUp(q850, now)
    else this.reject(q850 === 17 ? 486 : 480, q850, now)
  }

  /** A CANCEL that meant our INVITE; its own 200 has been sent. */
  cancel(request: Request, now: number): void {
    if (this.#phase !== 'offered') return
    this.#respond(487, [], null, now)
    this.#fail(487, q850Of(request), 'remote')
  }

  /** Before the answer only BYE has a meaning (§15.1.2). */
  onRequest(request: Request, transaction: ServerTransaction | null, now: number): void {
    if (transaction === null) return
    const bye = request.method === 'BYE'
    const status = bye ? 200 : request.method === 'UPDATE' || request.method === 'INVITE' ? 491 : 405
    const extra: HeaderLine[] = bye ? [] : [['Allow', allow]]
    const toTag = this.#dialog.localTag
    const bytes = response(this.#host, request, transaction.flow, { status, toTag, extra })
    this.#host.transactions.respond(transaction, status, bytes, now)
    if (bye) this.cancel(request, now)
  }

  /** Nobody acknowledged our refusal; it was the last thing to do. */
  onUnacknowledged(): void {}

  wake(now: number): void {
    if (this.#phase !== 'offered' || this.#provisional === null) return
    const { status, bytes } = this.#provisional
    this.#host.transactions.respond(this.#transaction, status, bytes, now)
    this.#host.timers.set(this, now + repeatMs)
  }

  #respond(status: number, extra: HeaderLine[], sdp: string | null, now: number): void {
    const { request, flow } = this.#transaction
    const bytes = response(this.#host, request, flow, { status, toTag: this.#dialog.localTag, extra, sdp })
    this.#host.transactions.respond(this.#transaction, status, bytes, now)
    if (status <= 100 || status >= 200) return
    this.#provisional = { status, bytes }
    this.#host.timers.set(this, now + repeatMs)
  }

  #fail(status: number, q850: number | null, by: Ended): void {
    this.#phase = 'over'
    this.#host.timers.set(this, null)
    this.#host.leaveDialog(this.#key)
    const reason = reasonOf(status)
    this.#host.emit({ type: 'failed', session: this.id, status, reason, q850, by, retryAfterS: null })
    this.#host.closeSession(this.id)
  }

  reinvite(sdp: string, now: number): void {
    this.#talk?.reinvite(sdp, now)
  }

  answerReoffer(answer: { sdp: string } | { status: number }, now: number): void {
    this.#talk?.answerReoffer(answer, now)
  }

  sendInfo(digit: string, durationMs: number, now: number): void {
    this.#talk?.sendInfo(digit, durationMs, now)
  }
}
