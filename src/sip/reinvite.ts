/** Our wish to change the media of a call (RFC 3261 §14): one at a time, after whatever else is being agreed, again after a 491. */
import { sdpOf } from './body.ts'
import { type CallHost, sdpType } from './call.ts'
import { type Dialog, refreshTarget, requestInDialog } from './dialog.ts'
import type { DigestClient } from './digest.ts'
import { allow, type HeaderLine, type Response } from './message.ts'
import type { Sleeper } from './timers.ts'
import type { ClientOwner, ClientTransaction, Failure } from './transaction.ts'

const glaresMax = 8

export type ReinviteOptions = {
  host: CallHost
  dialog: Dialog
  contact: HeaderLine
  digest: DigestClient | null
  /** Who made the Call-ID waits longer after a glare. */
  weCalled: boolean
  /** Something of the far end's is still open. */
  isBusy(): boolean
  acknowledge(seq: number, credentials: HeaderLine[], now: number): void
  acknowledgeAgain(seq: number): void
  onAnswered(sdp: string | null): void
  onRefused(status: number): void
  /** The far end does not know the call any more, or is gone. */
  onLost(by: 'remote' | Failure, reason: string, now: number): void
}

export class Reinvite implements ClientOwner, Sleeper {
  readonly #options: ReinviteOptions
  #sent: { sdp: string; credentials: HeaderLine[]; transaction: ClientTransaction | null } | null = null
  /** The next one; `at` is when it may go after a glare. */
  #wanted: { sdp: string; at: number | null } | null = null
  #glares = 0
  #stopped = false
  wakeAt: number | null = null
  queuedAt: number | null = null

  constructor(options: ReinviteOptions) {
    this.#options = options
  }

  get isUnderWay(): boolean {
    return this.#sent !== null
  }

  /** Of several that wait the latest counts. */
  want(sdp: string, now: number): void {
    this.#wanted = { sdp, at: null }
    this.proceed(now)
  }

  /** Sends the one that waits, when nothing is in its way. */
  proceed(now: number): void {
    const { host, dialog, contact, digest, isBusy } = this.#options
    if (this.#stopped || this.#sent !== null || this.#wanted === null || this.#wanted.at !== null || isBusy()) return
    const { sdp } = this.#wanted
    this.#wanted = null
    const extra: HeaderLine[] = [contact, ['Allow', allow], ['User-Agent', host.name], sdpType]
    const draft = requestInDialog(dialog, 'INVITE', { extra, body: sdp })
    const credentials = digest?.authorize('INVITE', draft.uri) ?? []
    draft.lines.push(...credentials)
    const sent = { sdp, credentials, transaction: null as ClientTransaction | null }
    this.#sent = sent
    sent.transaction = host.transactions.start(draft, this, now)
  }

  stop(): void {
    this.#stopped = true
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
    if (sent === null || sent.transaction !== transaction) {
      if (status < 300) this.#options.acknowledgeAgain(answer.cseq.number)
      return
    }
    this.#sent = null
    if (status < 300) this.#succeeded(answer, sent.credentials, now)
    else this.#refused(answer, sent.sdp, now)
    this.proceed(now)
  }

  #succeeded(answer: Response, credentials: HeaderLine[], now: number): void {
    this.#glares = 0
    this.#options.digest?.succeeded()
    refreshTarget(this.#options.dialog, answer)
    this.#options.onAnswered(sdpOf(answer))
    this.#options.acknowledge(answer.cseq.number, credentials, now)
  }

  #refused(answer: Response, sdp: string, now: number): void {
    const { digest, host, weCalled } = this.#options
    const { status } = answer
    if ((status === 401 || status === 407) && digest?.learn(answer)) this.#wanted ??= { sdp, at: null }
    else if (status === 491 && this.#glares++ < glaresMax) {
      // §14.1: who made the Call-ID waits 2.1 to 4 s, the other 0 to 2 s, in steps of 10 ms.
      const steps = weCalled ? 210 + host.random() * 190 : host.random() * 200
      const at = now + Math.floor(steps) * 10
      this.#wanted = { sdp: this.#wanted?.sdp ?? sdp, at }
      host.timers.set(this, at)
    } else if (status === 481 || status === 408) this.#options.onLost('remote', `re-INVITE answered ${status}`, now)
    else this.#options.onRefused(status)
  }

  onFailure(failure: Failure, _transaction: ClientTransaction, now: number): void {
    if (!this.#stopped) this.#options.onLost(failure, 'no answer to our re-INVITE', now)
  }
}
