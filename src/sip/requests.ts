/**
 * What becomes of a request that comes in: it is part of a call, begins one, registers a phone, or is answered at once. Who sends it is known by
 * where it comes from, by a dialog's tags together with that, or by a password.
 */
import type { Accounts } from './accounts.ts'
import { type CallHost, type DialogReceiver, response } from './call.ts'
import type { Calls } from './calls.ts'
import { dialogKey, knows } from './dialog.ts'
import { digestFor, hash } from './digest.ts'
import type { Destination, Flow, SessionId, UserAgentOptions } from './events.ts'
import { parseTokens } from './headers.ts'
import { IncomingCall } from './incoming-call.ts'
import { allow, headerLines, type Request, supported, supportedOptions } from './message.ts'
import type { Registrar, Reply } from './registrar.ts'
import type { Registrations } from './registrations.ts'
import { parseReplaces } from './replaces.ts'
import { calledBy, checkBody, knownMethods, offerOf, say } from './screening.ts'
import { tooBrief } from './session-timer.ts'
import type { Transactions } from './transactions.ts'
import { identity } from './uri.ts'
import { backTo, type Wire } from './wire.ts'

export type RequestsParts = {
  options: UserAgentOptions
  host: CallHost
  calls: Calls
  registrar: Registrar | null
  registrations: Registrations
  accounts: Accounts
  dialogs: ReadonlyMap<string, DialogReceiver>
  /** Somebody of whom no password is asked wants to register, to call or to touch a call. */
  onRefused(flow: Flow, now: number): void
  /** A trunk brings more calls than are looked at; or somebody forges its address. */
  onTooMany(flow: Flow, now: number): void
}

export class Requests {
  readonly #parts: RequestsParts
  readonly #options: UserAgentOptions
  readonly #host: CallHost
  readonly #wire: Wire
  readonly #transactions: Transactions
  readonly #calls: Calls
  readonly #registrar: Registrar | null
  readonly #registrations: Registrations
  readonly #tagSalt: string

  constructor(parts: RequestsParts) {
    this.#parts = parts
    this.#options = parts.options
    this.#host = parts.host
    this.#wire = parts.host.wire
    this.#transactions = parts.host.transactions
    this.#calls = parts.calls
    this.#registrar = parts.registrar
    this.#registrations = parts.registrations
    this.#tagSalt = parts.options.secret(9)
  }

  receive(request: Request, flow: Flow, now: number): void {
    const known = this.#transactions.receiveRequest(request, now)
    if (request.method === 'ACK') {
      const receiver = known === null || known.state === 'accepted' ? this.#receiverOf(request) : undefined
      if (receiver !== undefined && this.#mayTouch(receiver, flow)) receiver.onRequest(request, null, now)
      return
    }
    const reply = known === null ? this.#take(request, flow, now) : null
    if (reply !== null) this.#reply(request, flow, reply)
  }

  /** Passes a new request on, or says at once how it is answered. */
  #take(request: Request, flow: Flow, now: number): Reply | null {
    if (!this.#transactions.hasRoom(request.toTag !== null)) return say(503, ['Retry-After', '5'])
    if (request.method === 'CANCEL') return this.#onCancel(request, flow, now)
    const required = headerLines(request, 'require').flatMap(parseTokens)
    const unsupported = required.filter(one => !supportedOptions.includes(one.toLowerCase()))
    if (unsupported.length > 0) return say(420, ['Unsupported', unsupported.join(', ')])
    const bodyFault = checkBody(request)
    if (bodyFault !== null) return bodyFault

    if (request.toTag !== null) {
      const receiver = this.#receiverOf(request)
      if (receiver === undefined) return say(481)
      const stranger = this.#mayTouch(receiver, flow) ? null : this.#proveStranger(receiver, request, flow, now)
      if (stranger !== null) return stranger
      receiver.onRequest(request, this.#transactions.open(request, flow), now)
      return null
    }
    switch (request.method) {
      case 'INVITE':
        return this.#onInvite(request, flow, now)
      case 'OPTIONS':
        return say(
          200,
          ['Contact', this.#wire.contactFor(backTo(flow), '')],
          ['Allow', allow],
          ['Supported', supported],
          ['Accept', 'application/sdp'],
        )
      case 'REGISTER':
        if (this.#options.admit?.(flow) === 'refuse') return this.#refuse(flow, now)
        return this.#registrar?.register(request, flow, now) ?? say(405, ['Allow', allow])
      case 'BYE':
      case 'INFO':
      case 'UPDATE':
      case 'PRACK':
      case 'NOTIFY':
        return say(481)
      case 'REFER':
        return say(403) // only who is in a call may ask that it be taken elsewhere
      default:
        return say(knownMethods.has(request.method) ? 405 : 501, ['Allow', allow])
    }
  }

  #refuse(flow: Flow, now: number): Reply {
    this.#parts.onRefused(flow, now)
    return say(403)
  }

  #receiverOf(request: Request): DialogReceiver | undefined {
    return this.#parts.dialogs.get(dialogKey(request.callId, request.toTag ?? '', request.fromTag))
  }

  /** Tags cannot be guessed, though they can be overheard: a request counts when it comes from the dialog's far end or from a trunk. */
  #mayTouch({ dialog }: DialogReceiver, flow: Flow): boolean {
    if (knows(dialog, flow.source.address)) return true
    return (this.#options.admit?.(flow) ?? 'trusted') === 'trusted'
  }

  /** A desk phone may have come to another network in the middle of a call; who else knows its password? */
  #proveStranger({ dialog }: DialogReceiver, request: Request, flow: Flow, now: number): Reply | null {
    const { extension } = dialog
    if (extension === null || this.#registrar === null) return say(403)
    if (this.#options.admit?.(flow) === 'refuse') return this.#refuse(flow, now)
    const proof = this.#registrar.prove(request, extension, flow, now)
    return proof.type === 'reply' ? proof.reply : null
  }

  /** Its 200 goes out before the 487 that it brings about. */
  #onCancel(request: Request, flow: Flow, now: number): Reply | null {
    const invite = this.#transactions.cancelled(request)
    if (invite === null || !this.#mayCancel(invite.flow, flow)) return say(481)
    const call = invite.owner instanceof IncomingCall ? invite.owner : null
    this.#reply(request, flow, say(200), call?.localTag)
    call?.cancel(request, now)
    return null
  }

  /** Hop by hop (§9.1): it comes from where its INVITE came from. Who has overheard that knows its branch too. */
  #mayCancel(invited: Flow, flow: Flow): boolean {
    return invited.source.address === flow.source.address || (this.#options.admit?.(flow) ?? 'trusted') === 'trusted'
  }

  #onInvite(request: Request, flow: Flow, now: number): Reply | null {
    // The same INVITE by another branch: a proxy before us forked it to us twice (§8.2.2.2).
    const offer = `${request.callId} ${request.fromTag} ${request.cseq.number}`
    if (this.#calls.isOffered(offer)) return say(482)
    const admission = this.#options.admit?.(flow) ?? 'trusted'
    if (admission === 'refuse') return this.#refuse(flow, now)
    if (admission === 'challenge' && this.#registrar === null) return say(403)
    const from = identity(request.from.uri)
    let extension: string | null = null
    if (admission === 'challenge') {
      const proof = this.#registrar!.prove(request, from.user, flow, now)
      if (proof.type === 'reply') return proof.reply
      extension = proof.extension
    }
    const known = admission === 'trusted' ? (this.#options.caller?.(flow, calledBy(request)) ?? null) : null
    const accounts = known?.accounts ?? []
    const proof = accounts.length === 0 ? null : this.#parts.accounts.prove(request, accounts, flow, now)
    if (proof !== null && 'status' in proof) return proof
    const caller = proof?.account ?? known?.id ?? null
    if (caller !== null && this.#options.mayBring?.(caller) === false) {
      this.#parts.onTooMany(flow, now)
      return say(503, ['Retry-After', '5'])
    }
    if (this.#calls.isFull) return say(503, ['Retry-After', '5'])

    const brief = tooBrief(request, this.#host.sessionTimes)
    if (brief !== null) return say(422, brief)
    const replaces = this.#replacedBy(request)
    if (replaces !== null && 'status' in replaces) return replaces

    const session = this.#calls.newSession()
    const transaction = this.#transactions.open(request, flow)
    const replaced = replaces?.session ?? null
    const credentials = (to: Destination) =>
      caller === null ? null : (this.#options.credentials?.(caller, to) ?? null)
    const call = new IncomingCall(
      {
        ...{ host: this.#host, id: session, transaction, extension, caller, replaces: replaced },
        digestFor: digestFor(credentials, () => this.#host.secret(9)),
      },
      now,
    )
    this.#calls.add(call, offer)
    this.#host.emit({
      ...offerOf(request, user => this.#registrations.isContact(user)),
      type: 'incoming',
      session,
      extension,
      caller,
      ...(proof === null ? {} : { isProved: true }),
      flow,
      replaces: replaced,
    })
    return null
  }

  /** The call that an INVITE with Replaces means, or why it cannot have its place (RFC 3891 §3). */
  #replacedBy(request: Request): { session: SessionId } | Reply | null {
    const lines = headerLines(request, 'replaces')
    if (lines.length === 0) return null
    const replaces = lines.length === 1 ? parseReplaces(lines[0]!) : null
    if (replaces === null) return say(400)
    const found = this.#host.dialogAt(replaces)
    if (found === null) return say(481)
    if (found.state === 'over') return say(603)
    if (found.state === 'confirmed' && replaces.earlyOnly) return say(486)
    if (found.state === 'early' && !found.weCalled) return say(481)
    return { session: found.session }
  }

  /** An answer that leaves nothing behind: a repeated request gets the same again (§8.2.7). */
  #reply(request: Request, flow: Flow, { status, lines }: Reply, tag?: string): void {
    const toTag = tag ?? this.statelessTag(request.callId)
    this.#wire.reply(request, flow, response(this.#options, request, flow, { status, toTag, extra: lines }))
  }

  statelessTag(callId: string): string {
    return hash('SHA-256', `${this.#tagSalt}${callId}`).slice(0, 16)
  }
}
