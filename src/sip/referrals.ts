/** The transfers that are asked for within one call: theirs, which we answer and report on, and ours, of which we are told. */
import type { CallHost } from './call.ts'
import type { SessionId } from './events.ts'
import { toWire } from './grammar.ts'
import { type HeaderLine, header, type Request, type Response, reasonOf } from './message.ts'
import { isTerminated, parseReferEvent, parseSipfrag, readRefer } from './refer.ts'
import type { Sleeper } from './timers.ts'
import type { ServerTransaction } from './transaction.ts'
import type { RequestOwner } from './within.ts'

/** At once within a call: nobody transfers one call to more places. */
const openMax = 4
/** A transfer of ours that is never reported on again is given up. */
const reportWithinMs = 180_000

export type ReferralsOptions = {
  host: CallHost
  session: SessionId
  /** Sends a request within the dialog. */
  request(method: 'REFER' | 'NOTIFY', extra: HeaderLine[], body: string, owner: RequestOwner, now: number): void
  respond(transaction: ServerTransaction, status: number, extra: HeaderLine[], now: number): void
}

/** Theirs: not answered yet (`transaction`), or reported on until it is over. */
type Theirs = { seq: number; transaction: ServerTransaction | null; subscribes: boolean }

export class Referrals implements Sleeper {
  readonly #options: ReferralsOptions
  readonly #theirs = new Map<string, Theirs>()
  /** Ours, by the CSeq of the REFER. */
  readonly #ours = new Map<number, string>()
  #serial = 0
  #over = false
  wakeAt: number | null = null
  queuedAt: number | null = null

  constructor(options: ReferralsOptions) {
    this.#options = options
  }

  onRefer(request: Request, transaction: ServerTransaction, now: number): void {
    const { host, session, respond } = this.#options
    if (this.#theirs.size >= openMax) {
      respond(transaction, 503, [['Retry-After', '5']], now)
      return
    }
    const wish = readRefer(request)
    if ('status' in wish) {
      respond(transaction, wish.status, [], now)
      return
    }
    const { target, referredBy, subscribes } = wish
    const refer = `r${++this.#serial}`
    this.#theirs.set(refer, { seq: request.cseq.number, transaction, subscribes })
    const replaces = target.replaces === null ? null : { session: host.dialogAt(target.replaces)?.session ?? null }
    const to = { uri: target.uri, user: target.user, host: target.host }
    host.emit({ type: 'refer', session, refer, to, replaces, referredBy })
  }

  /** Our answer: 202, and `100 Trying` is reported at once (§2.4.4); or a refusal. */
  answer(refer: string, status: number, now: number): void {
    const theirs = this.#theirs.get(refer)
    if (theirs === undefined || theirs.transaction === null) return
    const { transaction } = theirs
    theirs.transaction = null
    const accepted = status >= 200 && status < 300
    const silent: HeaderLine[] = accepted && !theirs.subscribes ? [['Refer-Sub', 'false']] : []
    this.#options.respond(transaction, status, silent, now)
    if (!accepted || !theirs.subscribes) this.#theirs.delete(refer)
    else this.#notify(theirs, 100, false, now)
  }

  /** How the transfer goes: 1xx while it does, anything above is its end. */
  notify(refer: string, status: number, now: number): void {
    const theirs = this.#theirs.get(refer)
    if (theirs === undefined || theirs.transaction !== null || status < 100 || status > 699) return
    if (status >= 200) this.#theirs.delete(refer)
    this.#notify(theirs, status, status >= 200, now)
  }

  #notify(theirs: Theirs, status: number, last: boolean, now: number): void {
    const extra: HeaderLine[] = [
      ['Event', `refer;id=${theirs.seq}`],
      ['Subscription-State', last ? 'terminated;reason=noresource' : `active;expires=${reportWithinMs / 1000}`],
      ['Content-Type', 'message/sipfrag;version=2.0'],
    ]
    const owner: RequestOwner = {
      onResponse: answer => {
        // It does not want to hear of it any more (RFC 6665 §4.2.2).
        if (answer.status === 481) this.#forget(theirs)
      },
      onFailure: () => this.#forget(theirs),
    }
    this.#options.request('NOTIFY', extra, `SIP/2.0 ${status} ${reasonOf(status)}\r\n`, owner, now)
  }

  #forget(theirs: Theirs): void {
    for (const [refer, one] of this.#theirs) if (one === theirs) this.#theirs.delete(refer)
  }

  /** Asks the far end to go to `to`, a whole Refer-To value. `referred` events tell what comes of it. */
  refer(to: string, referredBy: string | null, now: number): void {
    const { host, session } = this.#options
    if (this.#over || this.#ours.size >= openMax) {
      host.emit({ type: 'referred', session, status: 503, reason: 'too many transfers at once', final: true })
      return
    }
    const extra: HeaderLine[] = [['Refer-To', to]]
    if (referredBy !== null) extra.push(['Referred-By', toWire(referredBy)])
    let seq = 0
    const owner: RequestOwner = {
      /** A challenge has it sent again, under another number. */
      onSent: sent => {
        this.#ours.delete(seq)
        seq = sent
        this.#ours.set(seq, to)
      },
      onResponse: (answer, at) => this.#onAnswer(seq, answer, at),
      onFailure: failure => this.#tell(seq, null, failure, true),
    }
    host.timers.set(this, now + reportWithinMs)
    this.#options.request('REFER', extra, '', owner, now)
  }

  #onAnswer(seq: number, answer: Response, now: number): void {
    if (answer.status < 200) return
    const silent = header(answer, 'refer-sub')?.trim().toLowerCase() === 'false'
    if (answer.status >= 300 || silent) this.#tell(seq, answer.status, answer.reason, true)
    else this.#options.host.timers.set(this, now + reportWithinMs)
  }

  /** A NOTIFY of a REFER of ours; of anything else we know nothing. */
  onNotify(request: Request, transaction: ServerTransaction, now: number): void {
    const event = parseReferEvent(header(request, 'event'))
    // Without an id it is the only one's (RFC 3515 §2.4.6).
    const seq = event === null ? undefined : (event.id ?? [...this.#ours.keys()][0])
    if (seq === undefined || !this.#ours.has(seq)) {
      this.#options.respond(transaction, event === null ? 489 : 481, [], now)
      return
    }
    this.#options.respond(transaction, 200, [], now)
    const part = parseSipfrag(header(request, 'content-type') ?? '', request.body)
    const last = isTerminated(header(request, 'subscription-state'))
    if (part !== null) this.#tell(seq, part.status, part.reason, last || part.status >= 200)
    else if (last) this.#tell(seq, null, 'no more was said', true)
  }

  #tell(seq: number, status: number | null, reason: string, final: boolean): void {
    if (!this.#ours.has(seq)) return
    const { host, session } = this.#options
    if (final) this.#ours.delete(seq)
    if (this.#ours.size === 0) host.timers.set(this, null)
    if (!this.#over) host.emit({ type: 'referred', session, status, reason, final })
  }

  wake(): void {
    for (const seq of [...this.#ours.keys()]) this.#tell(seq, null, 'nothing more was heard', true)
  }

  /** The call is over, and what was asked within it: who transferred and hung up does not listen any more. */
  stop(now: number): void {
    this.#over = true
    this.#options.host.timers.set(this, null)
    for (const { transaction } of this.#theirs.values())
      if (transaction !== null) this.#options.respond(transaction, 481, [], now)
    this.#theirs.clear()
    this.#ours.clear()
  }
}
