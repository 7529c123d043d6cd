/** What an INVITE session needs of the user agent around it, and what both kinds of call have in common. */
import type { Dialog } from './dialog.ts'
import type { DialogKeeper, Flow, SessionId, UaEvent } from './events.ts'
import { formatQ850, parseQ850 } from './headers.ts'
import {
  allow,
  type HeaderLine,
  header,
  headerLines,
  type Message,
  type Request,
  reasonOf,
  serialise,
  supported,
} from './message.ts'
import type { Replaces } from './replaces.ts'
import type { SessionTimes } from './session-timer.ts'
import type { Talk } from './talk.ts'
import type { Timers } from './timers.ts'
import type { ClientOwner, ServerTransaction } from './transaction.ts'
import type { Transactions } from './transactions.ts'
import { responseLines, type Wire } from './wire.ts'

/** A plain object of closures: a copy of it with another `emit` is a host too. */
export type CallHost = {
  readonly name: string
  readonly wire: Wire
  readonly transactions: Transactions
  readonly timers: Timers
  readonly random: () => number
  readonly sessionTimes: SessionTimes
  secret(bytes: number): string
  emit(event: UaEvent): void
  /** Requests within this dialog go to `receiver` until `leaveDialog`. */
  enterDialog(key: string, receiver: DialogReceiver): void
  leaveDialog(key: string): void
  /** Before a request of ours: where a trunk's call came by a connection that is closed, the dialog goes to where that trunk is now. */
  mendWay(dialog: Dialog): void
  readonly keeper: DialogKeeper
  /** The dialog that a Replaces names. */
  dialogAt(replaces: Replaces): DialogReceiver | null
  /** Another call took this one's place. */
  replace(session: SessionId, now: number): void
  /** The session is over: its id means nothing any more. */
  closeSession(session: SessionId): void
}

/** Requests of a dialog arrive here; `transaction` is null for an ACK. */
export type DialogReceiver = {
  readonly session: SessionId
  readonly state: 'early' | 'confirmed' | 'over'
  readonly weCalled: boolean
  readonly dialog: Dialog
  /** The phone of this extension that came from `from` is reached at `to` now. */
  follow(extension: string, from: Flow, to: Flow): void
  onRequest(request: Request, transaction: ServerTransaction | null, now: number): void
}

/** A call, whichever side began it. What does not fit its state is ignored: the far end was faster. */
export type Call = {
  readonly id: SessionId
  /** Of each dialog that it has or may come to have: of several phones that ring at once, one each. */
  readonly callIds: readonly string[]
  hangUp(q850: number | null, now: number, reason?: string): void
  withdraw(q850: number | null, now: number): void
  progress(status: number, sdp: string | null, now: number): void
  accept(sdp: string, now: number): void
  reject(status: number, q850: number | null, now: number): void
  /** The dialog that a wish of ours goes to, or that waits for our answer; null while there is none. */
  asked(): Talk | null
}

/** For requests whose outcome changes nothing: a BYE, an INFO. */
export const indifferent: ClientOwner = { onResponse() {}, onFailure() {} }

export const sdpType: HeaderLine = ['Content-Type', 'application/sdp']

export function reasonLines(q850: number | null): HeaderLine[] {
  return q850 === null ? [] : [['Reason', formatQ850(q850)]]
}

export function q850Of(message: Message): number | null {
  const value = header(message, 'reason')
  return value === null ? null : parseQ850(value)
}

type Answer = { status: number; toTag: string | null; extra?: HeaderLine[]; sdp?: string | null }

/** Bytes of a response of ours. */
export function response(host: { name: string }, request: Request, flow: Flow, answer: Answer): Buffer {
  const lines = responseLines(request, flow, answer.status === 100 ? null : answer.toTag)
  // §12.1.1: who stays on the way of the dialog is told to the caller.
  if (request.method === 'INVITE' && answer.status > 100 && answer.status < 300)
    for (const value of headerLines(request, 'record-route')) lines.push(['Record-Route', value])
  for (const line of answer.extra ?? []) lines.push(line)
  if (answer.status > 100 && request.method === 'INVITE') lines.push(['Allow', allow], ['Supported', supported])
  lines.push(['Server', host.name])
  if (answer.sdp) lines.push(sdpType)
  return serialise(`SIP/2.0 ${answer.status} ${reasonOf(answer.status)}`, lines, answer.sdp ?? '')
}
