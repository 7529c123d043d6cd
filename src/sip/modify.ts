/**
 * Our wish to change or to refresh a call (RFC 3261 §14, RFC 3311, RFC 4028 §7.4): one request at a time, after whatever else is being agreed,
 * again after a 491. Before the answer UPDATE is the only way; after it media are offered by re-INVITE, which every far end knows.
 */
import { sdpOf } from './body.ts'
import { type CallHost, sdpType } from './call.ts'
import { type Dialog, refreshTarget, requestInDialog } from './dialog.ts'
import type { DigestClient, DigestFor } from './digest.ts'
import { parseCount } from './grammar.ts'
import { allow, type HeaderLine, header, type Response, supported } from './message.ts'
import type { SessionTimer } from './session-timer.ts'
import type { Sleeper } from './timers.ts'
import type { ClientOwner, ClientTransaction, Failure } from './transaction.ts'

const glaresMax = 8

type Method = 'INVITE' | 'UPDATE'
/** `sdp` null: a refresh, which changes nothing. */
type Wish = { sdp: string | null }
type Sent = Wish & {
  method: Method
  digest: DigestClient | null
  credentials: HeaderLine[]
  transaction: ClientTransaction | null
}

export type ModifyOptions = {
  host: CallHost
  dialog: Dialog
  contact: HeaderLine
  digestFor: DigestFor
  timer: SessionTimer
  /** Who made the Call-ID waits longer after a glare. */
  weCalled: boolean
  /** How media may be offered now; null: not yet. */
  method(): Method | null
  /** Whether the far end said that it knows UPDATE. */
  knowsUpdate(): boolean
  /** The far end does not know UPDATE after all. */
  forgetUpdate(): void
  /** What we said last of our media: the body of a refresh by re-INVITE. */
  localSdp(): string | null
  /** Something of the far end's is still open. */
  isBusy(): boolean
  acknowledge(seq: number, credentials: HeaderLine[], now: number): void
  acknowledgeAgain(seq: number): void
  onAnswered(sdp: string | null, ours: string | null): void
  onRefused(status: number): void
  /** The far end does not know the call any more, or is gone. */
  onLost(by: 'remote' | Failure, reason: string, now: number): void
}

export class Modify implements ClientOwner, Sleeper {
  readonly #options: ModifyOptions
  #sent: Sent | null = null
  /** The next one; `at` is when it may go after a glare. */
  #wanted: (Wish & { at: number | null }) | null = null
  #glares = 0
  /** What is asked for is under way again with an answer to a challenge. */
  #isChallenged = false
  #stopped = false
  wakeAt: number | null = null
  queuedAt: number | null = null

  constructor(options: ModifyOptions) {
    this.#options = options
  }

  /** An offer of ours is open: one of theirs would collide with it (§14.2, RFC 3311 §5.2). */
  get isOffering(): boolean {
    return this.#sent !== null && (this.#sent.sdp !== null || this.#sent.method === 'INVITE')
  }

  /** Of several that wait the latest counts. */
  want(sdp: string, now: number): void {
    this.#wanted = { sdp, at: this.#wanted?.at ?? null }
    this.proceed(now)
  }

  /** Says that we are still there; whatever is on its way says it too. */
  refresh(now: number): void {
    if (this.#sent !== null) return
    this.#wanted ??= { sdp: null, at: null }
    this.proceed(now)
  }

  /** Sends the one that waits, when nothing is in its way. */
  proceed(now: number): void {
    const { host, dialog, contact, digestFor, timer, isBusy } = this.#options
    if (this.#stopped || this.#sent !== null || this.#wanted === null || this.#wanted.at !== null || isBusy()) return
    const method = this.#methodFor(this.#wanted)
    if (method === null) return
    const { sdp } = this.#wanted
    this.#wanted = null
    const body = sdp ?? (method === 'INVITE' ? this.#options.localSdp() : null)
    const extra: HeaderLine[] = [
      contact,
      ['Allow', allow],
      ['Supported', supported],
      ...timer.requestLines(),
      ['User-Agent', host.name],
    ]
    if (body !== null) extra.push(sdpType)
    host.mendWay(dialog)
    const draft = requestInDialog(dialog, method, { extra, body: body ?? '' })
    const digest = digestFor(draft.destination)
    const credentials = digest?.authorize(method, draft.uri) ?? []
    draft.lines.push(...credentials)
    const sent: Sent = { sdp, method, digest, credentials, transaction: null }
    this.#sent = sent
    sent.transaction = host.transactions.start(draft, this, now)
  }

  #methodFor({ sdp }: Wish): Method | null {
    if (sdp !== null) return this.#options.method()
    return this.#options.knowsUpdate() ? 'UPDATE' : 'INVITE'
  }

  /** The call is over: a far end that has rung for our re-INVITE and never says more keeps nothing of it. */
  stop(now: number): void {
    this.#stopped = true
    if (this.#sent?.transaction) this.#options.host.transactions.expire(this.#sent.transaction, now)
    this.#sent = null
    this.#wanted = null
    this.#options.host.timers.set(this, null)
  }

  wake(now: number): void {
    if (this.#wanted !== null) this.#wanted.at = null
    this.proceed(now)
  }

  onResponse(answer: Response, transaction: ClientTransaction, now: number): void {
    const { status } = answer
    if (status < 200) return
    const sent = this.#sent
    if (sent === null || (sent.transaction !== null && sent.transaction !== transaction)) {
      if (status < 300 && answer.cseq.method === 'INVITE') this.#options.acknowledgeAgain(answer.cseq.number)
      return
    }
    this.#sent = null
    if (status < 300) this.#succeeded(answer, sent, now)
    else this.#refused(answer, sent, now)
    this.proceed(now)
  }

  #succeeded(answer: Response, sent: Sent, now: number): void {
    const { dialog, timer, acknowledge, localSdp } = this.#options
    this.#glares = 0
    this.#isChallenged = false
    sent.digest?.succeeded()
    refreshTarget(dialog, answer)
    timer.onAnswer(answer, now)
    this.#options.onAnswered(sdpOf(answer), sent.sdp ?? localSdp())
    if (sent.method === 'INVITE') acknowledge(answer.cseq.number, sent.credentials, now)
  }

  #refused(answer: Response, { sdp, method, digest }: Sent, now: number): void {
    const { host, timer, weCalled } = this.#options
    const { status } = answer
    const again = (at: number | null) => {
      // A later wish takes its place; a refresh takes nobody's.
      this.#wanted = { sdp: this.#wanted?.sdp ?? sdp, at }
      if (at !== null) host.timers.set(this, at)
    }
    const challenges = status === 401 || status === 407
    if (challenges && !this.#isChallenged) digest?.begins()
    this.#isChallenged = challenges && digest?.learn(answer) === true
    if (this.#isChallenged) again(null)
    else if (status === 422 && timer.onTooBrief(answer)) again(null)
    else if ((status === 405 || status === 501) && method === 'UPDATE') {
      this.#options.forgetUpdate()
      again(null)
    } else if (status === 491 && this.#glares++ < glaresMax) {
      // §14.1: who made the Call-ID waits 2.1 to 4 s, the other 0 to 2 s, in steps of 10 ms.
      const steps = weCalled ? 210 + host.random() * 190 : host.random() * 200
      again(now + Math.floor(steps) * 10)
    } else if (status === 500 && retryAfterMs(answer) !== null && this.#glares++ < glaresMax)
      again(now + retryAfterMs(answer)!) // they have an offer of ours or of their own to answer yet (§14.2)
    else if (status === 481 || status === 408)
      this.#options.onLost('remote', `our ${method === 'INVITE' ? 're-INVITE' : 'UPDATE'} was answered ${status}`, now)
    else if (sdp === null) timer.onRefused(now)
    else this.#options.onRefused(status)
  }

  /** A connection that broke says no more than a 503 (§8.1.3.1): the call goes on. */
  onFailure(failure: Failure, _transaction: ClientTransaction, now: number): void {
    const sent = this.#sent
    if (this.#stopped || sent === null) return
    this.#sent = null
    this.#isChallenged = false
    if (failure === 'timeout') return this.#options.onLost(failure, 'no answer to our re-INVITE or UPDATE', now)
    if (sent.sdp === null) this.#options.timer.onRefused(now)
    else this.#options.onRefused(503)
    this.proceed(now)
  }
}

/** A short pause that they ask for; null: none, or one too long to wait for. */
function retryAfterMs(answer: Response): number | null {
  const seconds = parseCount(header(answer, 'retry-after') ?? '', 10)
  return seconds === null ? null : Math.max(100, seconds * 1_000)
}
