/** Provisional responses that must arrive (RFC 3262): RSeq and RAck, and one of ours that is repeated until its PRACK comes. */
import type { CallHost } from './call.ts'
import { parseCount, Scanner } from './grammar.ts'
import { parseTokens } from './headers.ts'
import { header, headerLines, type Message, type Response } from './message.ts'
import type { Sleeper } from './timers.ts'
import { giveUpMs, type ServerTransaction, t1Ms } from './transaction.ts'

export type RAck = { rseq: number; cseq: number; method: string }

/** `776656 1 INVITE`; null when it is none. */
export function parseRAck(value: string): RAck | null {
  const scan = new Scanner(value)
  const rseq = parseCount(scan.token(), 2 ** 32 - 1)
  scan.space()
  const cseq = parseCount(scan.token(), 2 ** 31 - 1)
  scan.space()
  const method = scan.token()
  scan.space()
  return rseq !== null && cseq !== null && method !== '' && scan.done ? { rseq, cseq, method } : null
}

/** The number of a provisional response that wants a PRACK; null: it wants none (§4). */
export function rseqOf(answer: Response): number | null {
  if (answer.status <= 100 || !lists(answer, 'require', '100rel')) return null
  return parseCount(header(answer, 'rseq') ?? '', 2 ** 32 - 1)
}

export function lists(message: Message, name: string, option: string): boolean {
  return headerLines(message, name)
    .flatMap(parseTokens)
    .some(one => one.toLowerCase() === option)
}

/** §3: repeated after T1, then in doubling intervals, for 64 × T1 at most. */
export class ReliableProvisional implements Sleeper {
  readonly rseq: number
  readonly sdp: string | null
  readonly #host: CallHost
  readonly #transaction: ServerTransaction
  readonly #status: number
  readonly #bytes: Buffer
  readonly #onGiveUp: (now: number) => void
  readonly #giveUpAt: number
  #pauseMs = t1Ms
  wakeAt: number | null = null
  queuedAt: number | null = null

  /** Sends it for the first time. */
  constructor(options: {
    host: CallHost
    transaction: ServerTransaction
    status: number
    rseq: number
    sdp: string | null
    bytes: Buffer
    onGiveUp: (now: number) => void
    now: number
  }) {
    const { host, transaction, status, bytes, now } = options
    this.rseq = options.rseq
    this.sdp = options.sdp
    this.#host = host
    this.#transaction = transaction
    this.#status = status
    this.#bytes = bytes
    this.#onGiveUp = options.onGiveUp
    this.#giveUpAt = now + giveUpMs
    host.transactions.respond(transaction, status, bytes, now)
    host.timers.set(this, now + this.#pauseMs)
  }

  isAcknowledgedBy(rack: RAck): boolean {
    return rack.rseq === this.rseq && rack.cseq === this.#transaction.request.cseq.number && rack.method === 'INVITE'
  }

  /** The PRACK came, or the call is over. */
  stop(): void {
    this.#host.timers.set(this, null)
  }

  wake(now: number): void {
    if (now >= this.#giveUpAt) {
      this.#onGiveUp(now)
      return
    }
    this.#host.transactions.respond(this.#transaction, this.#status, this.#bytes, now)
    this.#pauseMs *= 2
    this.#host.timers.set(this, Math.min(now + this.#pauseMs, this.#giveUpAt))
  }
}
