/**
 * A call of ours: INVITE, its challenges, redirections and forks, CANCEL with its races (RFC 3261 §9, §13.2). Each phone that answers
 * provisionally has an early dialog; the first to pick up has the call.
 */
import { sdpOf } from './body.ts'
import { type Call, type CallHost, indifferent, q850Of, reasonLines, sdpType } from './call.ts'
import { dialogOfResponse, reroute } from './dialog.ts'
import { DigestClient } from './digest.ts'
import { type Early, EarlyDialogs } from './early-dialogs.ts'
import type { Destination, Ended, InviteSpec, SessionId } from './events.ts'
import { SipUsageError } from './events.ts'
import { isToken, parseCount, quote, toWire } from './grammar.ts'
import { parseReasonText } from './headers.ts'
import { allow, type HeaderLine, header, isHeaderValue, type Response, supported } from './message.ts'
import { contactsOf, redirectsMax } from './redirect.ts'
import { rseqOf } from './reliable.ts'
import { formatReplaces, parseReplaces } from './replaces.ts'
import { raisedLeast, raisesMax, sessionLines } from './session-timer.ts'
import { Talk } from './talk.ts'
import type { EarlyOwner } from './their-requests.ts'
import type { Sleeper } from './timers.ts'
import { type ClientOwner, type ClientTransaction, giveUpMs, type RequestDraft } from './transaction.ts'
import { maySendTo, parseUri, schemeOf } from './uri.ts'

type Phase = 'calling' | 'proceeding' | 'talking' | 'over'

const ownHeaders = new Set(
  'via max-forwards from to call-id cseq contact content-length content-type allow supported require replaces session-expires min-se user-agent route p-asserted-identity'.split(
    ' ',
  ),
)

export class OutgoingCall implements Call, ClientOwner, EarlyOwner, Sleeper {
  readonly id: SessionId
  readonly #host: CallHost
  readonly #spec: InviteSpec
  readonly callId: string
  readonly callIds: readonly string[]
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
  /** Who picks up just as we withdraw is talked to after all. */
  #takesLate = false
  readonly #early = new EarlyDialogs()
  #talk: Talk | null = null
  #remoteTag: string | null = null
  /** Request-URI and way of the INVITE: a redirection changes them. */
  #target: string
  #destination: Destination
  readonly #visited = new Set<string>()
  #leastS: number
  #raises = 0
  wakeAt: number | null = null
  queuedAt: number | null = null

  /** Throws SipUsageError before anything is sent. */
  constructor(host: CallHost, id: SessionId, spec: InviteSpec) {
    checkSpec(host, spec)
    this.id = id
    this.#host = host
    this.#spec = spec
    this.callId = host.secret(15)
    this.callIds = [this.callId]
    this.#localTag = host.wire.newTag()
    this.#target = spec.target
    this.#destination = spec.destination
    this.#leastS = host.sessionTimes.leastS
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
    if (spec.replaces) extra.push(['Require', 'replaces'], ['Replaces', formatReplaces(spec.replaces)])
    if (spec.sdp !== null) extra.push(sdpType)
    this.#credentials = this.#digest?.authorize('INVITE', this.#target) ?? []
    const lines: HeaderLine[] = [
      ['Max-Forwards', '70'],
      // A redirection leads elsewhere than by the way that was meant for the first target.
      ...(this.#target === spec.target ? (spec.routes ?? []) : []).map((route): HeaderLine => ['Route', `<${route}>`]),
      ['From', this.#local],
      ['To', `<${spec.target}>`],
      ['Call-ID', this.callId],
      ['CSeq', `${this.#seq} INVITE`],
      ['Contact', this.#contact],
      ['Allow', allow],
      ['Supported', supported],
      ...sessionLines({ ...this.#host.sessionTimes, leastS: this.#leastS }),
      ['User-Agent', this.#host.name],
      ...extra,
      ...this.#credentials,
    ]
    return { method: 'INVITE', uri: this.#target, lines, body: spec.sdp ?? '', destination: this.#destination }
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
    if (answer.status === 100) {
      if (this.#spec.tellTrying)
        this.#host.emit({ type: 'provisional', session: this.id, status: 100, sdp: null, q850: null })
      return
    }
    const early = this.#earlyOf(answer)
    const rseq = rseqOf(answer)
    let sdp = sdpOf(answer)
    if (rseq !== null) {
      // RFC 3262 §4: in order, each once. What has no dialog or is not the next is not acknowledged, and so will come again.
      if (early === null || (early.rseq !== null && rseq !== early.rseq + 1)) return
      early.rseq = rseq
      const news = sdp !== null && !early.agreed
      const offer = news && this.#spec.sdp === null ? sdp : null
      if (news) {
        early.agreed = true
        if (offer === null) early.talk.agreed(null, sdp, now)
      }
      early.talk.acknowledgeProvisional(`${rseq} ${answer.cseq.number} INVITE`, offer, now)
      if (!news || offer !== null) sdp = null
    } else if (sdp !== null && early !== null) {
      if (early.agreed) sdp = null
      else early.talk.remoteSdp = sdp
    }
    this.#host.emit({ type: 'provisional', session: this.id, status: answer.status, sdp, q850: q850Of(answer) })
  }

  /** The early dialog of a provisional response (§12.1); null when it names none, or there are too many. */
  #earlyOf(answer: Response): Early | null {
    return answer.toTag === null ? null : this.#early.of(answer.toTag, () => this.#talkOf(answer))
  }

  #talkOf(answer: Response): Talk {
    const { symmetric = false, extension = null, account = null } = this.#spec
    const way = { peer: this.#destination, symmetric, extension, account }
    const sent = {
      callId: this.callId,
      localTag: this.#localTag,
      local: this.#local,
      seq: this.#seq,
      target: this.#target,
    }
    const talk: Talk = new Talk({
      host: {
        ...this.#host,
        sessionTimes: { ...this.#host.sessionTimes, leastS: this.#leastS },
        emit: event => {
          if (event.type === 'reoffer') this.#early.asks(talk)
          this.#host.emit(event)
        },
      },
      session: this.id,
      dialog: dialogOfResponse(sent, answer, way),
      contact: this.#contact,
      digestFor: () => this.#digest,
      weCalled: true,
      far: answer,
      localSdp: this.#spec.sdp,
      openOffer: this.#spec.sdp === null ? null : 'ours',
      early: this,
    })
    return talk
  }

  #onSuccess(answer: Response, now: number): void {
    if (this.#talk !== null && answer.toTag === this.#remoteTag) {
      this.#talk.acknowledgeAgain(answer.cseq.number)
      return
    }
    const early = this.#early.take(answer.toTag ?? '') ?? { talk: this.#talkOf(answer), agreed: false }
    const { talk } = early
    // The route is as the 2xx has it (§13.2.2.4).
    reroute(talk.dialog, answer)
    if (this.#phase === 'talking' || this.#phase === 'over') {
      this.#refuseFork(talk, answer, now)
      return
    }
    this.#digest?.succeeded()
    this.#remoteTag = answer.toTag
    this.#phase = 'talking'
    this.#host.timers.set(this, null)
    this.#talk = talk
    const withdrawn = this.#withdrawn !== null && !this.#takesLate
    // Answered while we withdrew: it must be acknowledged and then hung up (§15), and to the phone layer it never was a call.
    if (withdrawn) talk.silence()
    this.#early.abandon(now)
    const said = early.agreed ? null : sdpOf(answer)
    const offer = this.#spec.sdp === null ? said : null
    if (said !== null && offer === null) talk.remoteSdp = said
    talk.answered(answer, { credentials: this.#credentials, offer }, now)
    if (withdrawn) {
      talk.hangUp(null, 'answered while it was cancelled', now)
      this.#fail({ status: 487, reason: 'answered while it was cancelled', by: 'local', answered: true }, now)
      return
    }
    this.#host.emit({ type: 'accepted', session: this.id, sdp: offer === null ? talk.remoteSdp : null })
    if (offer !== null) this.#host.emit({ type: 'reoffer', session: this.id, sdp: offer })
  }

  /** A second phone answered too (§13.2.2.4): only one call is wanted. */
  #refuseFork(talk: Talk, answer: Response, now: number): void {
    talk.silence()
    talk.answered(answer, { credentials: this.#credentials, offer: null }, now)
    talk.hangUp(null, 'another phone was faster', now)
  }

  #onRefusal(answer: Response, now: number): void {
    if (this.#phase === 'talking' || this.#phase === 'over') return
    this.#early.abandon(now)
    if (this.#withdrawn === null && this.#mayTryAgain(answer)) {
      this.#seq++
      this.#phase = 'calling'
      this.start(now)
      return
    }
    const { status } = answer
    const why = header(answer, 'reason')
    const reason = (why === null ? null : parseReasonText(why)) ?? answer.reason
    const retryAfter = header(answer, 'retry-after')
    const retryAfterS = retryAfter === null ? null : parseCount(/^\d*/.exec(retryAfter)![0], 86_400)
    const by = this.#withdrawn === null ? 'remote' : 'local'
    this.#fail({ status, reason, q850: q850Of(answer), by, retryAfterS }, now)
  }

  #mayTryAgain(answer: Response): boolean {
    const { status } = answer
    if (status === 401 || status === 407) return this.#digest?.learn(answer) ?? false
    if (status === 422) {
      const least = raisedLeast(answer, this.#leastS)
      if (least === null || this.#raises++ >= raisesMax) return false
      this.#leastS = least
      return true
    }
    return status >= 300 && status < 400 && this.#redirect(answer)
  }

  /** To the first of its Contacts that the policy of this call allows and that was not tried yet (§8.1.3.4). */
  #redirect(answer: Response): boolean {
    const follow = this.#spec.redirect
    this.#visited.add(this.#target)
    if (follow === undefined || this.#visited.size > redirectsMax) return false
    for (const uri of contactsOf(answer)) {
      const destination = this.#visited.has(uri) ? null : follow(uri)
      if (destination === null || !isReachable(this.#host, destination)) continue
      this.#target = uri
      this.#destination = destination
      return true
    }
    return false
  }

  onFailure(failure: 'timeout' | 'transport', transaction: ClientTransaction, now: number): void {
    if ((this.#transaction !== null && transaction !== this.#transaction) || this.#phase === 'over') return
    const reason = failure === 'timeout' ? 'no response to our INVITE' : 'could not be sent'
    this.#fail({ status: null, reason, by: this.#withdrawn === null ? failure : 'local' }, now)
  }

  hangUp(q850: number | null, now: number, reason = 'hung up'): void {
    if (this.#talk !== null) this.#talk.hangUp(q850, reason, now)
    else if (this.#phase !== 'over') {
      this.#takesLate = false
      this.#withdraw(q850, now)
    }
  }

  withdraw(q850: number | null, now: number): void {
    if (this.#talk !== null || this.#phase === 'over' || this.#withdrawn !== null) return
    this.#takesLate = true
    this.#withdraw(q850, now)
  }

  #withdraw(q850: number | null, now: number): void {
    if (this.#withdrawn !== null) return
    this.#withdrawn = reasonLines(q850)
    if (this.#phase === 'proceeding') this.#sendCancel(now)
    // Nothing may be cancelled before it was heard of (§9.1), but an INVITE that is not wanted any more is not repeated either.
    else if (this.#transaction !== null) this.#host.transactions.quiet(this.#transaction, now)
  }

  #sendCancel(now: number): void {
    if (this.#cancelSent || this.#transaction === null) return
    this.#cancelSent = true
    this.#host.transactions.cancel(this.#transaction, this.#withdrawn ?? [], indifferent, now)
    this.#host.timers.set(this, now + giveUpMs)
  }

  /** No final response to a cancelled INVITE within 64 × T1: it counts as cancelled (§9.1). */
  wake(now: number): void {
    if (this.#phase !== 'proceeding' || this.#transaction === null) return
    this.#host.transactions.abandon(this.#transaction)
    this.#fail({ status: null, reason: 'cancelled, and no final response came', by: 'local' }, now)
  }

  #fail(
    how: {
      status: number | null
      reason: string
      by: Ended
      q850?: number | null
      retryAfterS?: number | null
      answered?: true
    },
    now: number,
  ): void {
    this.#phase = 'over'
    this.#host.timers.set(this, null)
    this.#early.abandon(now)
    this.#host.emit({ type: 'failed', session: this.id, q850: null, retryAfterS: null, ...how })
    this.#host.closeSession(this.id)
  }

  asked(): Talk | null {
    return this.#phase === 'talking' ? this.#talk : this.#early.asked()
  }

  /** No answer to a call of ours acknowledges anything of ours. */
  onPrack(): 'unknown' {
    return 'unknown'
  }

  /** §15: who was called may not say BYE before it answered; its final response will tell. */
  onBye(): void {}

  // Nothing to answer: the call is ours.
  progress(): void {}
  accept(): void {}
  reject(): void {}
}

function checkSpec(host: CallHost, spec: InviteSpec): void {
  const routes = spec.routes ?? []
  for (const uri of [spec.target, spec.from, ...routes, ...(spec.assertedIdentity ? [spec.assertedIdentity] : [])]) {
    const parsed = parseUri(uri)
    if (typeof parsed === 'string' || parsed.headers !== null)
      throw new SipUsageError(`not a SIP URI: ${uri.slice(0, 80)}`)
  }
  if (spec.replaces && parseReplaces(formatReplaces(spec.replaces)) === null)
    throw new SipUsageError('not a call that can be replaced')
  const { address, port, transport } = spec.destination
  if (!maySendTo(address, port)) throw new SipUsageError(`not an address to call: ${address}:${port}`)
  if (host.wire.endpoint(spec.destination) === null)
    throw new SipUsageError(`no ${transport} endpoint is listening that reaches ${address}`)
  for (const [name, value] of spec.headers ?? [])
    if (!isToken(name) || ownHeaders.has(name.toLowerCase()) || !isHeaderValue(value))
      throw new SipUsageError(`header that may not be set: ${name.slice(0, 40)}`)
}

const isReachable = (host: CallHost, destination: Destination) =>
  maySendTo(destination.address, destination.port) && host.wire.endpoint(destination) !== null

/** User part of a URI as written, still escaped. */
function rawUser(uri: string): string {
  const at = uri.indexOf('@')
  return at < 0 ? '' : uri.slice(uri.indexOf(':') + 1, at).split(':', 1)[0]!
}
