/** Is the other end there? OPTIONS every so often; an answer means that it lives, a 404 too, unless it says that nobody is behind it. */
import { type CallHost, indifferent } from './call.ts'
import type { QualifyTarget } from './events.ts'
import type { HeaderLine, Response } from './message.ts'
import type { Sleeper } from './timers.ts'
import type { ClientOwner, ClientTransaction, RequestDraft } from './transaction.ts'

const answerWithinMs = 4_000

/**
 * What who stands before a carrier answers when that one is gone: timed out there (408, 504), the flow to it lost (430, RFC 5626 §11.7), not sent or
 * not found (477, 478, Kamailio's own), nonsense from there (502), out of service (503). All else was said by somebody who takes calls or refuses
 * them by himself: a 480 too, since the end system was reached (RFC 3261 §21.4.18), and a 500, with which gateways answer that know no OPTIONS.
 */
const nobodyBehind: ReadonlySet<number> = new Set([408, 430, 477, 478, 502, 503, 504])

/** Whether a final answer to OPTIONS, or to a call, means that calls can be taken there. */
export const livesBy = (status: number): boolean => !nobodyBehind.has(status)

export class Qualify implements ClientOwner, Sleeper {
  readonly #host: CallHost
  readonly #id: string
  readonly #target: QualifyTarget
  #pending: ClientTransaction | null = null
  #sentAt = 0
  #stopped = false
  wakeAt: number | null = null
  queuedAt: number | null = null

  constructor(host: CallHost, id: string, target: QualifyTarget) {
    this.#host = host
    this.#id = id
    this.#target = { ...target, everyMs: Math.max(1_000, target.everyMs) }
  }

  send(now: number): void {
    this.#sentAt = now
    this.#pending = null
    const transaction = this.#host.transactions.start(optionsTo(this.#host, this.#target), this, now)
    if (transaction.state !== 'trying') return // failed at once, and was told
    this.#pending = transaction
    this.#host.timers.set(this, now + Math.min(answerWithinMs, this.#target.everyMs))
  }

  stop(): void {
    this.#stopped = true
    this.#host.timers.set(this, null)
    if (this.#pending !== null) this.#host.transactions.abandon(this.#pending)
  }

  wake(now: number): void {
    if (this.#stopped) return
    if (this.#pending === null) {
      this.send(now)
      return
    }
    this.#host.transactions.abandon(this.#pending)
    this.#tell(false, null, null, now)
  }

  onResponse(answer: Response, _transaction: ClientTransaction, now: number): void {
    if (answer.status >= 200 && !this.#stopped)
      this.#tell(livesBy(answer.status), answer.status, now - this.#sentAt, now)
  }

  onFailure(_failure: 'timeout' | 'transport', _transaction: ClientTransaction, now: number): void {
    if (!this.#stopped) this.#tell(false, null, null, now)
  }

  #tell(up: boolean, status: number | null, rttMs: number | null, now: number): void {
    this.#pending = null
    this.#host.timers.set(this, Math.max(now + 500, this.#sentAt + this.#target.everyMs))
    this.#host.emit({ type: 'qualified', target: this.#id, up, status, rttMs })
  }
}

/** Once, and no matter what is answered: an answer passes the routers on the way from its side, which is what some of them remember a phone by. */
export function askOnce(host: CallHost, target: Omit<QualifyTarget, 'everyMs'>, now: number): void {
  const transaction = host.transactions.start(optionsTo(host, target), indifferent, now)
  if (transaction.state !== 'trying') return
  const patience: Sleeper = { wakeAt: null, queuedAt: null, wake: () => host.transactions.abandon(transaction) }
  host.timers.set(patience, now + answerWithinMs)
}

function optionsTo(host: CallHost, { uri, destination, routes = [] }: Omit<QualifyTarget, 'everyMs'>): RequestDraft {
  const contact = host.wire.contactFor(destination, '')
  const lines: HeaderLine[] = [
    ['Max-Forwards', '70'],
    ...routes.map((route): HeaderLine => ['Route', `<${route}>`]),
    ['From', `${contact};tag=${host.wire.newTag()}`],
    ['To', `<${uri}>`],
    ['Call-ID', host.secret(15)],
    ['CSeq', '1 OPTIONS'],
    ['Contact', contact],
    ['Accept', 'application/sdp'],
    ['User-Agent', host.name],
  ]
  return { method: 'OPTIONS', uri, lines, body: '', destination }
}
