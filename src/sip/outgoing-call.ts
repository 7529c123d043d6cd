/** A call of ours: INVITE, its challenges and forks, CANCEL with its races (RFC 3261 §9, §13.2), then a Talk. */
import { sdpOf } from './body.ts'
import { type Call, type CallHost, indifferent, q850Of, reasonLines, sdpType } from './call.ts'
import { dialogOfResponse } from './dialog.ts'
import { DigestClient } from './digest.ts'
import type { Ended, InviteSpec, SessionId } from './events.ts'
import { SipUsageError } from './events.ts'
import { isToken, parseCount, quote, toWire } from './grammar.ts'
import { allow, type HeaderLine, header, isHeaderValue, type Response } from './message.ts'
import { Talk } from './talk.ts'
import type { Sleeper } from './timers.ts'
import { type ClientOwner, type ClientTransaction, giveUpMs, type RequestDraft } from './transaction.ts'
import { maySendTo, parseUri, schemeOf } from './uri.ts'

type Phase = 'calling' | 'proceeding' | 'talking' | 'over'

const ownHeaders = new Set(
  'via max-forwards from to call-id cseq contact content-length content-type allow user-agent route p-asserted-identity'.split(
    ' ',
  ),
)

export class OutgoingCall implements Call, ClientOwner, Sleeper {
  readonly id: SessionId
  readonly #host: CallHost
  readonly #spec: InviteSpec
  readonly callId: string
  readonly #localTag: string
  readonly #contact: string
  readonly #digest: DigestClient | null
  #phase: Phase = 'calling'
  #seq = 1
  /** Those of the INVITE; its ACK repeats them (§22.1). */
  #credentials: HeaderLine[] = []
  #transaction: ClientTransaction | null = null
  /** Set when it is to be withdrawn: the Reason that goes along. */
  #withdrawn: HeaderLine[] | null = null
  #cancelSent = false
  #talk: Talk | null = null
  #remoteTag: string | null = null
  wakeAt: number | null = null
  queuedAt: number | null = null

  /** Throws SipUsageError before anything is sent. */
  constructor(host: CallHost, id: SessionId, spec: InviteSpec) {
    checkSpec(host, spec)
    this.id = id
    this.#host = host
    this.#spec = spec
    this.callId = host.secret(15)
    this.#localTag = host.wire.newTag()
    const from = parseUri(spec.from)
    const user = typeof from === 'string' ? '' : rawUser(spec.from)
    this.#contact = host.wire.contactFor(spec.destination, user, schemeOf(spec.target))
    this.#digest = spec.auth ? new DigestClient(spec.auth, () => host.secret(9)) : null
  }

  start(now: number): void {
    this.#transaction = this.#host.transactions.start(this.#invite(), this, now)
  }

  #invite(): RequestDraft {
    const spec = this.#spec
    const extra: HeaderLine[] = (spec.headers ?? []).map(([name, value]) => [name, toWire(value)])
    if (spec.assertedIdentity) extra.push(['P-Asserted-Identity', `<${spec.assertedIdentity}>`])
    if (spec.sdp !== null) extra.push(sdpType)
    this.#credentials = this.#digest?.authorize('INVITE', spec.target) ?? []
    const lines: HeaderLine[] = [
      ['Max-Forwards', '70'],
      ['From', this.#local],
      ['To', `<${spec.target}>`],
      ['Call-ID', this.callId],
      ['CSeq', `${this.#seq} INVITE`],
      ['Contact', this.#contact],
      ['Allow', allow],
      ['User-Agent', this.#host.name],
      ...extra,
      ...this.#credentials,
    ]
    return { method: 'INVITE', uri: spec.target, lines, body: spec.sdp ?? '', destination: spec.destination }
  }

  get #local(): string {
    const { displayName, from } = this.#spec
    return `${displayName ? `${toWire(quote(displayName))} ` : ''}<${from}>;tag=${this.#localTag}`
  }

  onResponse(answer: Response, transaction: ClientTransaction, now: number): void {
    if (transaction !== this.#transaction || answer.cseq.method !== 'INVITE') return
    const { status } = answer
    if (status < 200) this.#onProvisional(answer, now)
    else if (status < 300) this.#onSuccess(answer, now)
    else this.#onRefusal(answer, now)
  }

  #onProvisional(answer: Response, now: number): void {
    if (this.#phase === 'calling') this.#phase = 'proceeding'
    if (this.#phase !== 'proceeding') return
    if (this.#withdrawn !== null) {
      this.#sendCancel(now) // it had to wait for this (§9.1)
      return
    }
    if (answer.status === 100) return
    const { status } = answer
    this.#host.emit({ type: 'provisional', session: this.id, status, sdp: sdpOf(answer), q850: q850Of(answer) })
  }

  #onSuccess(answer: Response, now: number): void {
    if (this.#talk !== null && answer.toTag === this.#remoteTag) {
      this.#talk.acknowledgeAgain(answer.cseq.number)
      return
    }
    const way = { peer: this.#spec.destination, symmetric: this.#spec.symmetric ?? false }
    const sent = {
      callId: this.callId,
      localTag: this.#localTag,
      local: this.#local,
      seq: this.#seq,
      target: this.#spec.target,
    }
    const dialog = dialogOfResponse(sent, answer, way)
    if (this.#phase === 'talking' || this.#phase === 'over') {
      this.#refuseFork(dialog, answer.cseq.number, now)
      return
    }
    this.#digest?.succeeded()
    this.#remoteTag = answer.toTag
    this.#phase = 'talking'
    this.#host.timers.set(this, null)
    const options = { session: this.id, dialog, contact: this.#contact, digest: this.#digest, weCalled: true }
    const withdrawn = this.#withdrawn !== null
    // Answered while we withdrew: it must be acknowledged and then hung up (§15), and to the phone layer it never was a call.
    const host = withdrawn ? silent(this.#host) : this.#host
    this.#talk = new Talk({ host, ...options })
    this.#talk.acknowledge(answer.cseq.number, this.#credentials, now)
    if (withdrawn) {
      this.#talk.hangUp(null, now)
      this.#fail(487, 'answered while it was cancelled', null, 'local')
    } else this.#host.emit({ type: 'accepted', session: this.id, sdp: sdpOf(answer) })
  }

  /** A second phone answered too (§13.2.2.4): only one call is wanted. */
  #refuseFork(dialog: ReturnType<typeof dialogOfResponse>, seq: number, now: number): void {
    const talk = new Talk({
      host: silent(this.#host),
      session: this.id,
      dialog,
      contact: this.#contact,
      digest: this.#digest,
      weCalled: true,
    })
    talk.acknowledge(seq, this.#credentials, now)
    talk.hangUp(null, now)
  }

  #onRefusal(answer: Response, now: number): void {
    if (this.#phase === 'talking' || this.#phase === 'over') return
    const { status } = answer
    if ((status === 401 || status === 407) && this.#withdrawn === null && this.#digest?.learn(answer)) {
      this.#seq++
      this.#phase = 'calling'
      this.start(now)
      return
    }
    const retryAfter = header(answer, 'retry-after')
    const retryAfterS = retryAfter === null ? null : parseCount(/^\d*/.exec(retryAfter)![0], 86_400)
    this.#fail(status, answer.reason, q850Of(answer), this.#withdrawn === null ? 'remote' : 'local', retryAfterS)
  }

  onFailure(failure: 'timeout' | 'transport', transaction: ClientTransaction): void {
    if ((this.#transaction !== null && transaction !== this.#transaction) || this.#phase === 'over') return
    const reason = failure === 'timeout' ? 'no response to our INVITE' : 'could not be sent'
    this.#fail(null, reason, null, this.#withdrawn === null ? failure : 'local')
  }

  hangUp(q850: number | null, now: number): void {
    if (this.#talk !== null) this.#talk.hangUp(q850, now)
    else if (this.#phase !== 'over' && this.#withdrawn === null) {
      this.#withdrawn = reasonLines(q850)
      if (this.#phase === 'proceeding') this.#sendCancel(now)
    }
  }

  #sendCancel(now: number): void {
    if (this.#cancelSent || this.#transaction === null) return
    this.#cancelSent = true
    this.#host.transactions.cancel(this.#transaction, this.#withdrawn ?? [], indifferent, now)
    this.#host.timers.set(this, now + giveUpMs)
  }

  /** No final response to a cancelled INVITE within 64 × T1: it counts as cancelled (§9.1). */
  wake(): void {
    if (this.#phase !== 'proceeding' || this.#transaction === null) return
    this.#host.transactions.abandon(this.#transaction)
    this.#fail(null, 'cancelled, and no final response came', null, 'local')
  }

  #fail(
    status: number | null,
    reason: string,
    q850: number | null,
    by: Ended,
    retryAfterS: number | null = null,
  ): void {
    this.#phase = 'over'
    this.#host.timers.set(this, null)
    this.#host.emit({ type: 'failed', session: this.id, status, reason, q850, by, retryAfterS })
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

  // Nothing to answer: the call is ours.
  progress(): void {}
  accept(): void {}
  reject(): void {}
}

/** A call that the phone layer never hears of. */
const silent = (host: CallHost): CallHost => ({ ...host, emit() {}, closeSession() {} })

function checkSpec(host: CallHost, spec: InviteSpec): void {
  for (const uri of [spec.target, spec.from, ...(spec.assertedIdentity ? [spec.assertedIdentity] : [])]) {
    const parsed = parseUri(uri)
    if (typeof parsed === 'string' || parsed.headers !== null)
      throw new SipUsageError(`not a SIP URI: ${uri.slice(0, 80)}`)
  }
  const { address, port, transport } = spec.destination
  if (!maySendTo(address, port)) throw new SipUsageError(`not an address to call: ${address}:${port}`)
  if (host.wire.endpoint(spec.destination) === null)
    throw new SipUsageError(`no ${transport} endpoint is listening that reaches ${address}`)
  for (const [name, value] of spec.headers ?? [])
    if (!isToken(name) || ownHeaders.has(name.toLowerCase()) || !isHeaderValue(value))
      throw new SipUsageError(`header that may not be set: ${name.slice(0, 40)}`)
}

/** User part of a URI as written, still escaped. */
function rawUser(uri: string): string {
  const at = uri.indexOf('@')
  return at < 0 ? '' : uri.slice(uri.indexOf(':') + 1, at).split(':', 1)[0]!
}
