/** A call to us: rung, then answered, refused or withdrawn by its caller (RFC 3261 §13.3, §9.2), its ringing reliable when that is asked for. */
import { sdpOf } from './body.ts'
import { type Call, type CallHost, q850Of, reasonLines, response } from './call.ts'
import { dialogOfRequest } from './dialog.ts'
import type { DigestFor } from './digest.ts'
import type { Ended, SessionId } from './events.ts'
import { type HeaderLine, header, type Request, reasonOf } from './message.ts'
import { lists, parseRAck, ReliableProvisional } from './reliable.ts'
import { Talk } from './talk.ts'
import type { EarlyOwner } from './their-requests.ts'
import type { Sleeper } from './timers.ts'
import type { ServerOwner, ServerTransaction } from './transaction.ts'
import { schemeOf } from './uri.ts'

/** §13.3.1.1: a provisional response each minute keeps proxies from giving up. */
const repeatMs = 60_000
/**
 * §21.5.4: a 503 without Retry-After counts as a 500, and the call is offered to no other gateway. With it nothing else comes either for so long: what
 * a trunk may bring comes back within a second, and who is told of more is lost for that.
 */
const retryAfter: HeaderLine = ['Retry-After', '1']
/** Provisional responses that wait for the PRACK of the one before. */
const waitingMax = 8

export type IncomingOptions = {
  host: CallHost
  id: SessionId
  transaction: ServerTransaction
  /** Whose desk phone it proved to be; null: it comes from a trunk. */
  extension: string | null
  /** Which trunk that is; null: it is not known. */
  caller: string | null
  /** For our requests within it. */
  digestFor: DigestFor
  /** The call of ours that this one is to take the place of, once it is accepted (RFC 3891). */
  replaces: SessionId | null
}

export class IncomingCall implements Call, EarlyOwner, ServerOwner, Sleeper {
  readonly id: SessionId
  readonly talk: Talk
  readonly #host: CallHost
  readonly #transaction: ServerTransaction
  readonly #contact: HeaderLine
  readonly #replaces: SessionId | null
  readonly #offer: string | null
  #phase: 'offered' | 'talking' | 'over' = 'offered'
  #provisional: { status: number; bytes: Buffer } | null = null
  /** RFC 3262 §3: one at a time; the next when its PRACK came. */
  #reliable: ReliableProvisional | null = null
  /** Repeated no more since the call is answered; its PRACK may still come, and is in its right (§3). */
  #outstanding: ReliableProvisional | null = null
  #waiting: { status: number; sdp: string | null }[] = []
  #acceptWaiting: string | null = null
  #rseq: number
  /** The offer of the INVITE, or ours, was answered before the 2xx. */
  #agreed = false
  wakeAt: number | null = null
  queuedAt: number | null = null

  constructor({ host, id, transaction, extension, caller, digestFor, replaces }: IncomingOptions, now: number) {
    this.id = id
    this.#host = host
    this.#transaction = transaction
    this.#replaces = replaces
    transaction.owner = this
    const { request, flow } = transaction
    const dialog = dialogOfRequest(request, host.wire.newTag(), flow, { extension, caller })
    const contact = host.wire.contactFor(dialog.peer, '', schemeOf(request.uri))
    this.#contact = ['Contact', contact]
    this.#offer = sdpOf(request)
    this.#rseq = 1 + Math.floor(host.random() * 2 ** 30)
    this.talk = new Talk({
      host,
      session: id,
      dialog,
      contact,
      digestFor,
      weCalled: false,
      far: request,
      localSdp: null,
      openOffer: this.#offer === null ? null : 'theirs',
      early: this,
    })
    this.#respond(100, [], null, now)
  }

  get callIds(): readonly string[] {
    return [this.talk.dialog.callId]
  }

  /** Every answer to this caller carries it, the one to its CANCEL too (§9.2). */
  get localTag(): string {
    return this.talk.dialog.localTag
  }

  progress(status: number, sdp: string | null, now: number): void {
    if (this.#phase !== 'offered' || status <= 100 || status > 199) return
    const { request } = this.#transaction
    const reliable = lists(request, 'require', '100rel') || (sdp !== null && lists(request, 'supported', '100rel'))
    if (!reliable) this.#respond(status, [this.#contact], sdp, now)
    else if (this.#reliable === null) this.#respondReliably(status, sdp, now)
    else if (this.#waiting.length < waitingMax) this.#waiting.push({ status, sdp })
  }

  #respondReliably(status: number, sdp: string | null, now: number): void {
    const { request, flow } = this.#transaction
    const said = this.#agreed ? null : sdp
    const rseq = this.#rseq++
    const extra: HeaderLine[] = [this.#contact, ['Require', '100rel'], ['RSeq', String(rseq)]]
    const bytes = response(this.#host, request, flow, { status, toTag: this.localTag, extra, sdp: said })
    this.#reliable = new ReliableProvisional({
      host: this.#host,
      transaction: this.#transaction,
      status,
      rseq,
      sdp: said,
      bytes,
      onGiveUp: at => this.#refuse(504, null, 'timeout', at),
      now,
    })
    this.#provisional = { status, bytes }
    this.#host.timers.set(this, now + repeatMs)
  }

  /** §3: it acknowledges the one that is open, and brings the answer when that held our offer. */
  onPrack(request: Request, now: number): 'unknown' | 'answer' | 'offer' {
    const rack = parseRAck(header(request, 'rack') ?? '')
    if (rack !== null && this.#outstanding?.isAcknowledgedBy(rack)) {
      this.#outstanding = null
      return 'offer'
    }
    const acknowledged = this.#reliable
    if (rack === null || acknowledged === null || !acknowledged.isAcknowledgedBy(rack)) return 'unknown'
    acknowledged.stop()
    this.#reliable = null
    const ours = acknowledged.sdp !== null && this.#offer === null
    if (acknowledged.sdp !== null) {
      this.#agreed = true
      this.talk.agreed(acknowledged.sdp, sdpOf(ours ? request : this.#transaction.request), now)
    }
    if (ours && sdpOf(request) === null)
      this.#refuse(488, 65, 'local', now) // no answer to our offer
    else this.#proceed(now)
    return ours ? 'answer' : 'offer'
  }

  #proceed(now: number): void {
    const next = this.#waiting.shift()
    if (next !== undefined) this.#respondReliably(next.status, next.sdp, now)
    else if (this.#acceptWaiting !== null) this.accept(this.#acceptWaiting, now)
  }

  accept(sdp: string, now: number): void {
    if (this.#phase !== 'offered') return
    // §3: no 2xx while an offer or answer of ours may not have arrived.
    if (this.#reliable !== null && this.#reliable.sdp !== null) {
      this.#acceptWaiting = sdp
      return
    }
    this.#phase = 'talking'
    this.#outstanding = this.#reliable
    this.#rest()
    this.talk.succeed(this.#transaction, this.#agreed ? null : sdp, now)
    if (this.#replaces !== null) this.#host.replace(this.#replaces, now)
  }

  reject(status: number, q850: number | null, now: number): void {
    if (this.#phase === 'offered' && status >= 300 && status <= 699) this.#refuse(status, q850, 'local', now)
  }

  hangUp(q850: number | null, now: number, reason = 'hung up'): void {
    if (this.#phase === 'talking') this.talk.hangUp(q850, reason, now)
    else this.reject(q850 === 17 ? 486 : 480, q850, now)
  }

  /** Nothing to withdraw: the call is theirs. */
  withdraw(): void {}

  /** A CANCEL that meant our INVITE; its own 200 has been sent. */
  cancel(request: Request, now: number): void {
    if (this.#phase !== 'offered') return
    this.#respond(487, [], null, now)
    this.#fail(487, q850Of(request), 'remote', now)
  }

  /** §15.1.2: so may a caller withdraw that cannot CANCEL. */
  onBye(request: Request, now: number): void {
    this.cancel(request, now)
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
    const bytes = response(this.#host, request, flow, { status, toTag: this.localTag, extra, sdp })
    this.#host.transactions.respond(this.#transaction, status, bytes, now)
    if (status <= 100 || status >= 200) return
    this.#provisional = { status, bytes }
    this.#host.timers.set(this, now + repeatMs)
  }

  #refuse(status: number, q850: number | null, by: Ended, now: number): void {
    if (this.#phase !== 'offered') return
    const lines = status === 503 ? [...reasonLines(q850), retryAfter] : reasonLines(q850)
    this.#respond(status, lines, null, now)
    this.#fail(status, q850, by, now)
  }

  #rest(): void {
    this.#host.timers.set(this, null)
    this.#reliable?.stop()
    this.#reliable = null
    this.#waiting = []
    this.#acceptWaiting = null
  }

  #fail(status: number, q850: number | null, by: Ended, now: number): void {
    this.#phase = 'over'
    this.#rest()
    this.talk.abandon(now)
    const reason = reasonOf(status)
    this.#host.emit({ type: 'failed', session: this.id, status, reason, q850, by, retryAfterS: null })
    this.#host.closeSession(this.id)
  }

  asked(): Talk | null {
    return this.#phase === 'over' ? null : this.talk
  }
}
