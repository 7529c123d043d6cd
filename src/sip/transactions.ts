/** The table of all transactions: it finds the one a message belongs to, runs its state, and keeps its deadline. */
import { type Destination, type Flow, isReliable } from './events.ts'
import { formatVia } from './headers.ts'
import { type HeaderLine, headerLines, type Request, type Response, serialise } from './message.ts'
import type { Timers } from './timers.ts'
import {
  type ClientInput,
  type ClientOwner,
  type ClientTransaction,
  giveUpMs,
  inviteClient,
  inviteServer,
  nonInviteClient,
  nonInviteServer,
  type RequestDraft,
  type ServerInput,
  type ServerTransaction,
  type Transaction,
} from './transaction.ts'
import { branchCookie, type Wire } from './wire.ts'

export class Transactions {
  readonly #wire: Wire
  readonly #timers: Timers
  readonly #max: number
  readonly #clients = new Map<string, ClientTransaction>()
  readonly #servers = new Map<string, ServerTransaction>()
  retransmitted = 0

  constructor(wire: Wire, timers: Timers, max: number) {
    this.#wire = wire
    this.#timers = timers
    this.#max = max
  }

  get size(): number {
    return this.#clients.size + this.#servers.size
  }

  /** Whether a request about a call is out and unanswered: who it went to may not have heard it. */
  get isAwaited(): boolean {
    for (const { state, draft } of this.#clients.values())
      if ((state === 'trying' || state === 'proceeding') && ofCalls.has(draft.method)) return true
    return false
  }

  /** What belongs to a call under way, its BYE above all, finds room for a quarter more. */
  hasRoom(inDialog: boolean): boolean {
    return this.size < (inDialog ? this.#max * 1.25 : this.#max)
  }

  /** Sends a request and tells `owner` what comes of it. Over the bound it fails at once, like a broken transport. */
  start(draft: RequestDraft, owner: ClientOwner, now: number, branch = this.#wire.newBranch()): ClientTransaction {
    const via = this.#wire.viaFor(draft.destination, branch)
    const transaction: ClientTransaction = {
      side: 'client',
      invite: draft.method === 'INVITE',
      state: 'trying',
      key: clientKey(branch, draft.method),
      reliable: isReliable(draft.destination.transport),
      draft,
      via,
      bytes: serialise(`${draft.method} ${draft.uri} SIP/2.0`, [['Via', via], ...draft.lines], draft.body),
      ack: null,
      owner,
      expiresAt: null,
      resendAt: null,
      resendMs: 0,
      endAt: null,
      wakeAt: null,
      queuedAt: null,
      wake: at => this.#wakeClient(transaction, at),
    }
    if (!this.hasRoom(draft.method === 'BYE' || draft.method === 'CANCEL'))
      this.#stepClient(transaction, { type: 'transportFailed' }, now)
    else {
      this.#clients.set(transaction.key, transaction)
      this.#stepClient(transaction, { type: 'start' }, now)
    }
    return transaction
  }

  /** CANCEL carries the branch of the INVITE it withdraws (§9.1). */
  cancel(invite: ClientTransaction, extra: HeaderLine[], owner: ClientOwner, now: number): void {
    const kept = invite.draft.lines.filter(([name]) => cancelRepeats.has(name))
    const draft: RequestDraft = {
      ...invite.draft,
      method: 'CANCEL',
      lines: [
        ...kept.map(([name, value]): HeaderLine => [name, name === 'CSeq' ? cseqAs(value, 'CANCEL') : value]),
        ...extra,
      ],
      body: '',
    }
    this.start(draft, owner, now, branchOf(invite.via))
  }

  /** Repeats its request no more, and goes on waiting for what may come. */
  quiet(transaction: ClientTransaction, now: number): void {
    transaction.resendAt = null
    this.#settle(transaction, now)
  }

  /** Its final response may still come, and is acknowledged; but nobody waits for it longer than for that. */
  expire(transaction: ClientTransaction, now: number): void {
    if (transaction.state !== 'proceeding' && transaction.state !== 'trying') return
    transaction.expiresAt = now + giveUpMs
    transaction.endAt = Math.min(transaction.endAt ?? Number.POSITIVE_INFINITY, transaction.expiresAt)
    this.#settle(transaction, now)
  }

  /** Forgets a transaction whose owner will not wait any longer. */
  abandon(transaction: Transaction): void {
    transaction.state = 'terminated'
    this.#forget(transaction)
  }

  /** `stranger`: it answers a request of ours, and comes from whom `mayAnswer` does not take an answer to it. */
  receiveResponse(
    response: Response,
    mayAnswer: (sentTo: Destination) => boolean,
    now: number,
  ): 'taken' | 'unknown' | 'stranger' {
    const branch = response.via.parameters.get('branch')
    const transaction = branch && this.#clients.get(clientKey(branch, response.cseq.method))
    if (!transaction) return 'unknown'
    if (!mayAnswer(transaction.draft.destination)) return 'stranger'
    this.#stepClient(transaction, { type: 'response', response }, now)
    return 'taken'
  }

  /** The transaction a request repeats (or, for an ACK, acknowledges), after it was told. */
  receiveRequest(request: Request, now: number): ServerTransaction | null {
    const transaction = this.#servers.get(serverKey(request, request.method === 'ACK' ? 'INVITE' : request.method))
    if (transaction === undefined) return null
    this.#stepServer(transaction, { type: 'request', request }, now)
    return transaction
  }

  /** The INVITE a CANCEL means. */
  cancelled(request: Request): ServerTransaction | null {
    return this.#servers.get(serverKey(request, 'INVITE')) ?? null
  }

  /** A transaction for a new request; the caller asked `hasRoom` before. */
  open(request: Request, flow: Flow): ServerTransaction {
    const transaction: ServerTransaction = {
      side: 'server',
      invite: request.method === 'INVITE',
      state: request.method === 'INVITE' ? 'proceeding' : 'trying',
      key: serverKey(request, request.method),
      reliable: isReliable(flow.transport),
      request,
      flow,
      bytes: null,
      owner: null,
      resendAt: null,
      resendMs: 0,
      endAt: null,
      wakeAt: null,
      queuedAt: null,
      wake: at => this.#wakeServer(transaction, at),
    }
    this.#servers.set(transaction.key, transaction)
    return transaction
  }

  respond(transaction: ServerTransaction, status: number, bytes: Buffer, now: number): void {
    this.#stepServer(transaction, { type: 'respond', status, bytes }, now)
  }

  /** Requests still unanswered that were on their way there have failed. */
  transportFailed(matches: (sentTo: ClientTransaction) => boolean, now: number): void {
    for (const transaction of [...this.#clients.values()])
      if (matches(transaction)) this.#stepClient(transaction, { type: 'transportFailed' }, now)
  }

  #stepClient(t: ClientTransaction, input: ClientInput, now: number): void {
    if (t.state === 'terminated') return
    if (input.type === 'resend') this.retransmitted++
    const machine = t.invite ? inviteClient : nonInviteClient
    const next = machine[t.state](t, input, this.#clientActions, now)
    if ((t.state as string) !== 'terminated') t.state = next // its owner may have abandoned it meanwhile
    this.#settle(t, now)
  }

  #stepServer(t: ServerTransaction, input: ServerInput, now: number): void {
    if (t.state === 'terminated') return
    if (input.type === 'resend') this.retransmitted++
    const machine = t.invite ? inviteServer : nonInviteServer
    const next = machine[t.state](t, input, this.#serverActions, now)
    if ((t.state as string) !== 'terminated') t.state = next
    this.#settle(t, now)
  }

  #settle(t: Transaction, now: number): void {
    if (t.state === 'terminated' || (t.endAt !== null && t.endAt <= now && t.reliable && isOver(t))) {
      t.state = 'terminated'
      this.#forget(t)
      return
    }
    const wakeAt = t.resendAt === null ? t.endAt : t.endAt === null ? t.resendAt : Math.min(t.resendAt, t.endAt)
    this.#timers.set(t, wakeAt)
  }

  #wakeClient(t: ClientTransaction, now: number): void {
    if (t.endAt !== null && t.endAt <= now) this.#stepClient(t, { type: 'end' }, now)
    else if (t.resendAt !== null && t.resendAt <= now) this.#stepClient(t, { type: 'resend' }, now)
  }

  #wakeServer(t: ServerTransaction, now: number): void {
    if (t.endAt !== null && t.endAt <= now) this.#stepServer(t, { type: 'end' }, now)
    else if (t.resendAt !== null && t.resendAt <= now) this.#stepServer(t, { type: 'resend' }, now)
  }

  #forget(t: Transaction): void {
    this.#timers.set(t, null)
    if (t.side === 'client') this.#clients.delete(t.key)
    else if (this.#servers.get(t.key) === t) this.#servers.delete(t.key)
  }

  #clientActions = {
    send: (t: ClientTransaction, bytes: Buffer) => this.#wire.send(t.draft.destination, bytes),
    /** §17.1.1.3: the ACK to a refusal is the transaction's own, hop by hop. */
    acknowledge: (t: ClientTransaction, response: Response): Buffer => {
      const lines: HeaderLine[] = [['Via', t.via]]
      for (const [name, value] of t.draft.lines) {
        if (name === 'To') lines.push(['To', headerLines(response, 'to')[0]!])
        else if (name === 'CSeq') lines.push(['CSeq', cseqAs(value, 'ACK')])
        else if (cancelRepeats.has(name)) lines.push([name, value])
      }
      return serialise(`ACK ${t.draft.uri} SIP/2.0`, lines)
    },
  }

  #serverActions = {
    send: (t: ServerTransaction, bytes: Buffer) => this.#wire.reply(t.request, t.flow, bytes),
  }
}

/** Waits for nothing but repeated messages. */
function isOver(t: Transaction): boolean {
  return t.state === 'completed' ? t.side === 'client' || !t.invite : t.state === 'confirmed'
}

const ofCalls = new Set(['INVITE', 'BYE', 'CANCEL'])
const cancelRepeats = new Set(['Route', 'Max-Forwards', 'From', 'To', 'Call-ID', 'CSeq'])

const cseqAs = (value: string, method: string) => `${value.slice(0, value.indexOf(' '))} ${method}`

function branchOf(via: string): string {
  return /branch=([^;]+)/.exec(via)![1]!
}

const clientKey = (branch: string, method: string) => `${branch} ${method}`

/** §17.2.3: by branch, sent-by and method; without the cookie by what RFC 2543 compared. */
function serverKey(request: Request, method: string): string {
  const branch = request.via.parameters.get('branch')
  if (branch?.startsWith(branchCookie) && branch.length > branchCookie.length)
    return `${branch} ${request.via.host}:${request.via.port ?? 5060} ${method}`
  return `2543 ${request.callId} ${request.cseq.number} ${request.fromTag} ${request.uri} ${formatVia(request.via)} ${method}`
}
