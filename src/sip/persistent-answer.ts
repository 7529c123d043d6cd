/** A 2xx of ours to an INVITE: repeated until its ACK comes (RFC 3261 §13.3.1.4), since the transaction layer leaves that to its user. */
import type { CallHost } from './call.ts'
import type { Sleeper } from './timers.ts'
import { giveUpMs, type ServerTransaction, t1Ms, t2Ms } from './transaction.ts'

export class PersistentAnswer implements Sleeper {
  readonly seq: number
  /** The offer was ours, so the ACK brings the answer. */
  readonly answerDue: boolean
  readonly #host: CallHost
  readonly #transaction: ServerTransaction
  readonly #bytes: Buffer
  readonly #onGiveUp: (now: number) => void
  readonly #giveUpAt: number
  #pauseMs = t1Ms
  wakeAt: number | null = null
  queuedAt: number | null = null

  /** Sends it for the first time. `onGiveUp` is called once when no ACK came within 64 × T1. */
  constructor(options: {
    host: CallHost
    transaction: ServerTransaction
    bytes: Buffer
    answerDue: boolean
    onGiveUp: (now: number) => void
    now: number
  }) {
    const { host, transaction, bytes, onGiveUp, now } = options
    this.#host = host
    this.#transaction = transaction
    this.#bytes = bytes
    this.#onGiveUp = onGiveUp
    this.#giveUpAt = now + giveUpMs
    this.seq = transaction.request.cseq.number
    this.answerDue = options.answerDue
    host.transactions.respond(transaction, 200, bytes, now)
    host.timers.set(this, now + this.#pauseMs)
  }

  /** The ACK came, or the call is over. */
  stop(): void {
    this.#host.timers.set(this, null)
  }

  wake(now: number): void {
    if (now >= this.#giveUpAt) {
      this.#onGiveUp(now)
      return
    }
    this.#host.transactions.respond(this.#transaction, 200, this.#bytes, now)
    this.#pauseMs = Math.min(this.#pauseMs * 2, t2Ms)
    this.#host.timers.set(this, Math.min(now + this.#pauseMs, this.#giveUpAt))
  }
}
