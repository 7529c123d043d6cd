/** Our registration at a trunk (RFC 3261 §10.2): kept fresh, and tried again with growing pauses when it fails. */
import type { CallHost } from './call.ts'
import { DigestClient } from './digest.ts'
import type { Address, RegisterSpec, Transport } from './events.ts'
import { fromWire, parseCount } from './grammar.ts'
import { parseNameAddresses } from './headers.ts'
import { type HeaderLine, header, headerLines, type Response } from './message.ts'
import type { Sleeper } from './timers.ts'
import type { ClientOwner, ClientTransaction } from './transaction.ts'
import { escapeUser, parseUri, schemeOf } from './uri.ts'

const firstPauseMs = 2_000
const longestPauseMs = 300_000
/** RFC 5626 section 4.5: who is refused for good is asked twice an hour at last. */
const longestRefusedPauseMs = 1_800_000
/** There are carriers that close a connection as soon as nothing is said on it. */
const hastenEveryMs = 60_000
/** A registrar that grants less is asked no more often than if it granted this. */
const leastGrantedS = 10
/** After a refusal of our password: knocking faster only locks us out. */
const refusedPauseMs = 60_000

export class Registration implements ClientOwner, Sleeper {
  readonly #host: CallHost
  readonly #id: string
  readonly #spec: RegisterSpec
  readonly #digest: DigestClient
  readonly #callId: string
  readonly #tag: string
  /** User part of our Contact: what the carrier calls us by. */
  readonly contactUser: string
  readonly #contact: string
  #expiresS: number
  #seq = 0
  #failures = 0
  #hastenedAt = Number.NEGATIVE_INFINITY
  #phase: 'on' | 'leaving' | 'off' = 'on'
  /** The carrier has a binding of ours, as far as we know. */
  #isBound = false
  /** Another one of the same name is told of instead. */
  #isHushed = false
  #transaction: ClientTransaction | null = null
  wakeAt: number | null = null
  queuedAt: number | null = null

  constructor(host: CallHost, id: string, spec: RegisterSpec) {
    this.#host = host
    this.#id = id
    this.#spec = spec
    this.#digest = new DigestClient(spec.auth, () => host.secret(9))
    this.#callId = host.secret(15)
    this.#tag = host.wire.newTag()
    const aor = parseUri(spec.aor)
    this.contactUser = typeof aor === 'string' || aor.user === null ? '' : fromWire(aor.user)
    this.#contact = host.wire.contactFor(spec.destination, escapeUser(this.contactUser), schemeOf(spec.registrar))
    this.#expiresS = spec.expiresS ?? 3600
  }

  send(now: number): void {
    const { registrar, aor, destination, routes = [] } = this.#spec
    const lines: HeaderLine[] = [
      ['Max-Forwards', '70'],
      ...routes.map((route): HeaderLine => ['Route', `<${route}>`]),
      ['From', `<${aor}>;tag=${this.#tag}`],
      ['To', `<${aor}>`],
      ['Call-ID', this.#callId],
      ['CSeq', `${++this.#seq} REGISTER`],
      ['Contact', this.#contact],
      ['Expires', String(this.#phase === 'on' ? this.#expiresS : 0)],
      ['Supported', 'path'],
      ['User-Agent', this.#host.name],
      ...this.#digest.authorize('REGISTER', registrar),
    ]
    this.#transaction = this.#host.transactions.start(
      { method: 'REGISTER', uri: registrar, lines, body: '', destination },
      this,
      now,
    )
  }

  /** Takes the binding back; the last word is `unregistered`. */
  leave(now: number): void {
    if (this.#phase !== 'on') return
    this.#phase = 'leaving'
    this.#host.timers.set(this, null)
    if (this.#transaction !== null) this.#host.transactions.abandon(this.#transaction)
    this.send(now)
  }

  get isLeaving(): boolean {
    return this.#phase === 'leaving' && this.#isBound
  }

  /** Another one is made while this one leaves: what takes back the very contact that it brings is said no more, or it might come later. */
  giveWay(next: Registration): void {
    if (next.#contact === this.#contact && next.#spec.aor === this.#spec.aor) this.drop()
    else this.#isHushed = true
  }

  /** Stops without a word: another registration takes this one's place. */
  drop(): void {
    this.#phase = 'off'
    this.#host.timers.set(this, null)
    if (this.#transaction !== null) this.#host.transactions.abandon(this.#transaction)
  }

  /**
   * Over TCP whoever we registered with reaches us by the connection that we opened, as a rule, and by no other where we are behind a NAT: without it
   * no call comes in, so we do not wait until the registration is to be refreshed. Over TLS the trunk opens it again by itself.
   */
  wayLost({ transport, address, port }: Address & { transport: Transport }, now: number): void {
    const { destination } = this.#spec
    const isOurs = transport === 'tcp' && destination.transport === 'tcp'
    if (!isOurs || address !== destination.address || port !== destination.port) return
    if (this.#phase !== 'on' || !this.#isBound || this.wakeAt === null) return // it is under way
    const pauseMs = Math.round(firstPauseMs * (0.5 + this.#host.random() / 2))
    const at = Math.max(now + pauseMs, this.#hastenedAt + hastenEveryMs)
    if (at >= this.wakeAt) return
    this.#hastenedAt = at
    this.#host.timers.set(this, at)
  }

  wake(now: number): void {
    if (this.#phase === 'on') this.send(now)
  }

  onResponse(answer: Response, _transaction: ClientTransaction, now: number): void {
    const { status } = answer
    if (status < 200 || this.#phase === 'off') return
    if ((status === 401 || status === 407) && this.#digest.learn(answer)) {
      this.send(now)
      return
    }
    if (this.#phase === 'leaving') this.#left()
    else if (status < 300) this.#registered(answer, now)
    else if (status === 423) this.#tooBrief(answer, now)
    else this.#failed(status, answer.reason, retryAfterMs(answer), now)
  }

  onFailure(failure: 'timeout' | 'transport', _transaction: ClientTransaction, now: number): void {
    if (this.#phase === 'leaving') this.#left()
    else if (this.#phase === 'on')
      this.#failed(null, failure === 'timeout' ? 'no response' : 'could not be sent', null, now)
  }

  #registered(answer: Response, now: number): void {
    this.#failures = 0
    this.#isBound = true
    this.#digest.succeeded(answer)
    const granted = grantedS(answer, this.#contact) ?? this.#expiresS
    // Refreshed with a margin for a lost packet, spread so that a hundred trunks do not come back at once.
    const share = granted > 120 ? 0.8 + 0.1 * this.#host.random() : 0.5
    this.#host.timers.set(this, now + Math.max(leastGrantedS, granted) * share * 1000)
    this.#host.emit({
      type: 'registered',
      registration: this.#id,
      expiresInMs: granted * 1000,
      contacts: namesOf(answer, 'contact').length,
      serviceRoute: namesOf(answer, 'service-route').filter(uri => typeof parseUri(uri) !== 'string'),
    })
  }

  #tooBrief(answer: Response, now: number): void {
    const least = parseCount(header(answer, 'min-expires') ?? '', 86_400 * 7)
    if (least === null || least <= this.#expiresS) this.#failed(423, answer.reason, null, now)
    else {
      this.#expiresS = least
      this.send(now)
    }
  }

  #failed(status: number | null, reason: string, retryAfter: number | null, now: number): void {
    const isRefused = status === 401 || status === 403 || status === 407 || status === 404
    const doubled = isRefused
      ? Math.min(refusedPauseMs * 2 ** this.#failures++, longestRefusedPauseMs)
      : Math.min(firstPauseMs * 2 ** this.#failures++, longestPauseMs)
    const least = isRefused ? refusedPauseMs : 0
    const retryInMs = Math.round(Math.max(doubled * (0.5 + this.#host.random() / 2), least, retryAfter ?? 0))
    this.#digest.succeeded() // the next try may answer a challenge anew: the password may have been changed there
    this.#host.timers.set(this, now + retryInMs)
    this.#host.emit({ type: 'registrationFailed', registration: this.#id, status, reason, retryInMs })
  }

  #left(): void {
    this.#phase = 'off'
    if (!this.#isHushed) this.#host.emit({ type: 'unregistered', registration: this.#id })
  }
}

/** What the registrar granted to our Contact, else, where it writes that otherwise, the least that it tells of, else its Expires; seconds. */
function grantedS(answer: Response, contact: string): number | null {
  let least: number | null = null
  for (const line of headerLines(answer, 'contact'))
    for (const one of parseNameAddresses(line) ?? []) {
      const expires = parseCount(one.parameters.get('expires') ?? '', 2 ** 31)
      if (expires === null) continue
      if (contact === `<${one.uri}>`) return expires
      least = Math.min(least ?? expires, expires)
    }
  return least ?? parseCount(header(answer, 'expires') ?? '', 2 ** 31)
}

/** URIs of the name addresses in these lines, at most 16. */
function namesOf(answer: Response, name: string): string[] {
  return headerLines(answer, name)
    .flatMap(line => parseNameAddresses(line) ?? [])
    .map(one => one.uri)
    .slice(0, 16)
}

function retryAfterMs(answer: Response): number | null {
  const seconds = parseCount(/^\d{0,9}/.exec(header(answer, 'retry-after') ?? '')![0], 86_400)
  return seconds === null ? null : seconds * 1000
}
