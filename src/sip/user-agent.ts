/**
 * The SIP stack as one object without sockets: bytes and time go in, bytes, events and the next deadline come out. Whatever arrives, nothing
 * is thrown and nothing grows beyond its bound.
 */
import { type Call, type CallHost, type DialogReceiver, response } from './call.ts'
import { dialogKey, knows } from './dialog.ts'
import { hash } from './digest.ts'
import type {
  Address,
  Binding,
  Destination,
  Drained,
  Flow,
  InviteSpec,
  QualifyTarget,
  RegisterSpec,
  SessionId,
  Transport,
  UaEvent,
  UserAgentOptions,
  UserAgentPort,
} from './events.ts'
import { isReliable, SipUsageError } from './events.ts'
import { Flood } from './flood.ts'
import { Fork } from './fork.ts'
import { Framer } from './framing.ts'
import { parseNameAddress, parseTokens } from './headers.ts'
import { IncomingCall } from './incoming-call.ts'
import {
  allow,
  header,
  headerLines,
  type Request,
  reasonOf,
  serialise,
  supported,
  supportedOptions,
} from './message.ts'
import { OutgoingCall } from './outgoing-call.ts'
import { parseMessage } from './parse.ts'
import { Qualify } from './qualify.ts'
import { Registrar, type Reply } from './registrar.ts'
import { Registration } from './registration.ts'
import { formatReplaces, parseReplaces } from './replaces.ts'
import { checkBody, identity, knownMethods, offerOf, say } from './screening.ts'
import { sessionTimes, tooBrief } from './session-timer.ts'
import { Timers } from './timers.ts'
import { Transactions } from './transactions.ts'
import { escapeHeader, maySendTo, parseUri } from './uri.ts'
import { responseLines, Wire } from './wire.ts'

export * from './events.ts'

const connectionsMax = 4_096

export class UserAgent implements UserAgentPort {
  readonly #options: UserAgentOptions
  readonly #wire: Wire
  readonly #timers = new Timers()
  readonly #transactions: Transactions
  readonly #registrar: Registrar | null
  readonly #host: CallHost
  readonly #calls = new Map<SessionId, { call: Call; offer: string | null }>()
  /** INVITEs that are calls now, to know them when they come by another way too. */
  readonly #offered = new Set<string>()
  readonly #dialogs = new Map<string, DialogReceiver>()
  readonly #registrations = new Map<string, Registration>()
  readonly #qualifies = new Map<string, Qualify>()
  readonly #flood = new Flood()
  readonly #framers = new Map<string, Framer>()
  readonly #tagSalt: string
  #events: UaEvent[] = []
  #close: string[] = []
  #dropped = 0
  #droppedTold = 0
  #droppedToldAt = Number.NEGATIVE_INFINITY
  #now = 0

  constructor(options: UserAgentOptions) {
    this.#options = options
    this.#tagSalt = options.secret(9)
    const isPhone = (source: Address) => options.admit?.({ source, transport: 'udp' }) === 'challenge'
    this.#wire = new Wire(options.endpoints, options.secret, options.forceRport ?? isPhone, options.tap)
    this.#transactions = new Transactions(this.#wire, this.#timers, options.maxTransactions ?? 65_536)
    this.#host = {
      name: options.name,
      wire: this.#wire,
      transactions: this.#transactions,
      timers: this.#timers,
      random: options.random,
      sessionTimes: options.sessionTimes ?? sessionTimes,
      secret: options.secret,
      emit: event => this.#events.push(event),
      enterDialog: (key, receiver) => this.#dialogs.set(key, receiver),
      leaveDialog: key => this.#dialogs.delete(key),
      dialogAt: one => this.#dialogs.get(dialogKey(one.callId, one.toTag, one.fromTag)) ?? null,
      replace: (session, now) => this.#calls.get(session)?.call.hangUp(null, now, 'replaced by another call'),
      closeSession: session => {
        const offer = this.#calls.get(session)?.offer
        if (offer) this.#offered.delete(offer)
        this.#calls.delete(session)
      },
    }
    this.#registrar = options.registrar
      ? new Registrar({
          ...options.registrar,
          secret: options.secret,
          timers: this.#timers,
          onChange: (extension, binding) => this.#events.push({ type: 'bindingChanged', extension, binding }),
          onLocked: (extension, source) => this.#events.push({ type: 'lockedOut', extension, source }),
        })
      : null
  }

  // In

  receive(bytes: Buffer, flow: Flow, now: number): void {
    this.#now = now
    try {
      if (flow.transport === 'udp') this.#receiveMessage(bytes, flow, now)
      else this.#receiveStream(bytes, flow, now)
    } catch (error) {
      this.#drop(flow, `our fault: ${error instanceof Error ? error.message : String(error)}`, now)
    }
  }

  #receiveStream(bytes: Buffer, flow: Flow, now: number): void {
    const connection = flow.connection ?? ''
    let framer = this.#framers.get(connection)
    if (framer === undefined) {
      if (this.#framers.size >= connectionsMax) {
        this.#close.push(connection)
        return
      }
      framer = new Framer()
      this.#framers.set(connection, framer)
    }
    const { messages, pings, fault } = framer.push(bytes)
    for (const message of messages) this.#receiveMessage(message, flow, now)
    if (pings > 0) this.#wire.send(backTo(flow), Buffer.from('\r\n'))
    if (fault !== null) {
      this.#drop(flow, fault, now)
      this.#framers.delete(connection)
      this.#close.push(connection)
    }
  }

  #receiveMessage(bytes: Buffer, flow: Flow, now: number): void {
    const vouchedFor = (this.#options.admit?.(flow) ?? 'trusted') === 'trusted'
    if (!vouchedFor && !this.#flood.admits(flow.source.address, now)) {
      this.#drop(flow, 'too many messages a second', now)
      return
    }
    const parsed = parseMessage(bytes, isReliable(flow.transport))
    switch (parsed.type) {
      case 'keepAlive':
        return
      case 'dropped':
        this.#drop(flow, parsed.why, now)
        return
      case 'refused': {
        this.#drop(flow, parsed.why, now)
        this.#note(bytes, flow)
        const { via, headers } = parsed.head
        const lines = responseLines({ headers }, flow, this.#statelessTag(header({ headers }, 'call-id') ?? ''))
        lines.push(['Server', this.#options.name])
        this.#wire.replyRoughly(via, flow, serialise(`SIP/2.0 ${parsed.status} ${reasonOf(parsed.status)}`, lines))
        return
      }
      case 'message':
        this.#note(bytes, flow)
        if (parsed.message.kind === 'request') this.#onRequest(parsed.message, flow, now)
        // More than one Via, and it was not meant for us (§8.1.3.3).
        else if (headerLines(parsed.message, 'via').length > 1) this.#drop(flow, 'a response with two Vias', now)
        else this.#transactions.receiveResponse(parsed.message, now)
        return
      default:
        throw parsed satisfies never
    }
  }

  #note(bytes: Buffer, flow: Flow): void {
    const { transport, source } = flow
    const local = this.#wire.contact({ transport, ...source, local: flow.local })
    this.#options.tap?.({ direction: 'in', transport, local, remote: source, bytes })
  }

  #onRequest(request: Request, flow: Flow, now: number): void {
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
        if (this.#options.admit?.(flow) === 'refuse') return say(403)
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

  #receiverOf(request: Request): DialogReceiver | undefined {
    return this.#dialogs.get(dialogKey(request.callId, request.toTag ?? '', request.fromTag))
  }

  /** Tags cannot be guessed, though they can be overheard: a request counts when it comes from the dialog's far end or from a trunk. */
  #mayTouch({ dialog }: DialogReceiver, flow: Flow): boolean {
    if (knows(dialog, flow.source.address)) return true
    return (this.#options.admit?.(flow) ?? 'trusted') === 'trusted'
  }

  /** A desk phone may have come to another network in the middle of a call; who else knows its password? */
  #proveStranger({ dialog }: DialogReceiver, request: Request, flow: Flow, now: number): Reply | null {
    if (this.#registrar === null || this.#options.admit?.(flow) === 'refuse') return say(403)
    const proof = this.#registrar.prove(request, identity(parseNameAddress(dialog.remote)?.uri ?? '').user, flow, now)
    return proof.type === 'reply' ? proof.reply : null
  }

  /** Its 200 goes out before the 487 that it brings about. */
  #onCancel(request: Request, flow: Flow, now: number): Reply | null {
    const invite = this.#transactions.cancelled(request)
    if (invite === null) return say(481)
    const call = invite.owner instanceof IncomingCall ? invite.owner : null
    this.#reply(request, flow, say(200), call?.localTag)
    call?.cancel(request, now)
    return null
  }

  #onInvite(request: Request, flow: Flow, now: number): Reply | null {
    // The same INVITE by another branch: a proxy before us forked it to us twice (§8.2.2.2).
    const offer = `${request.callId} ${request.fromTag} ${request.cseq.number}`
    if (this.#offered.has(offer)) return say(482)
    const admission = this.#options.admit?.(flow) ?? 'trusted'
    if (admission === 'refuse' || (admission === 'challenge' && this.#registrar === null)) return say(403)
    const from = identity(request.from.uri)
    let extension: string | null = null
    if (admission === 'challenge') {
      const proof = this.#registrar!.prove(request, from.user, flow, now)
      if (proof.type === 'reply') return proof.reply
      extension = proof.extension
    }
    if (this.#calls.size >= (this.#options.maxSessions ?? 4_000)) return say(503, ['Retry-After', '5'])

    const brief = tooBrief(request, this.#host.sessionTimes)
    if (brief !== null) return say(422, brief)
    const replaces = this.#replacedBy(request)
    if (replaces !== null && 'status' in replaces) return replaces

    const isContact = (user: string) => [...this.#registrations.values()].some(one => one.contactUser === user)
    const session = this.#newSession()
    const transaction = this.#transactions.open(request, flow)
    const replaced = replaces?.session ?? null
    const call = new IncomingCall(
      { host: this.#host, id: session, transaction, symmetric: extension !== null, replaces: replaced },
      now,
    )
    this.#calls.set(session, { call, offer })
    this.#offered.add(offer)
    this.#events.push({
      ...offerOf(request, isContact),
      type: 'incoming',
      session,
      extension,
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
    const toTag = tag ?? this.#statelessTag(request.callId)
    this.#wire.reply(request, flow, response(this.#options, request, flow, { status, toTag, extra: lines }))
  }

  #statelessTag(callId: string): string {
    return hash('SHA-256', `${this.#tagSalt}${callId}`).slice(0, 16)
  }

  #drop(flow: Flow, reason: string, now: number): void {
    this.#dropped++
    if (now - this.#droppedToldAt < 1_000) return
    this.#events.push({ type: 'dropped', source: flow.source, reason, count: this.#dropped - this.#droppedTold })
    this.#droppedTold = this.#dropped
    this.#droppedToldAt = now
  }

  transportFailed(
    at: { transport: Transport; destination: { address: string; port: number }; connection?: string },
    now: number,
  ) {
    this.#now = now
    const { address, port } = at.destination
    this.#transactions.transportFailed(({ draft: { destination: to } }) => {
      if (to.transport !== at.transport) return false
      return (
        (to.address === address && to.port === port) || (to.connection !== undefined && to.connection === at.connection)
      )
    }, now)
  }

  connectionClosed(connection: string, now: number): void {
    this.#now = now
    this.#framers.delete(connection)
    this.#registrar?.connectionClosed(connection)
  }

  advance(now: number): void {
    this.#now = now
    this.#timers.advance(now)
  }

  nextDeadline(): number | null {
    return this.#timers.next()
  }

  drain(): Drained {
    const drained = { send: this.#wire.drain(), events: this.#events, close: this.#close }
    this.#events = []
    this.#close = []
    return drained
  }

  // Calls

  invite(spec: InviteSpec, now: number): SessionId {
    this.#now = now
    const call = new OutgoingCall(this.#host, this.#newSession(), spec)
    this.#calls.set(call.id, { call, offer: null })
    call.start(now)
    return call.id
  }

  inviteExtension(
    extension: string,
    { toAll = false, ...spec }: Omit<InviteSpec, 'target' | 'destination'> & { toAll?: boolean },
    now: number,
  ): SessionId | null {
    const [newest, ...others] = this.#registrar?.bindingsOf(extension, now) ?? []
    if (newest === undefined) return null
    const specOf = ({ contact, flow }: Binding): InviteSpec => {
      return { ...spec, target: contact, destination: backTo(flow), symmetric: true }
    }
    // Keys in the offer go by the way that they were made for, and by no other.
    const alike = toAll ? others.filter(({ flow }) => flow.transport === newest.flow.transport) : []
    if (alike.length === 0) return this.invite(specOf(newest), now)
    this.#now = now
    const fork = new Fork(this.#host, this.#newSession(), () => this.#now)
    this.#calls.set(fork.id, { call: fork, offer: null })
    fork.start([newest, ...alike].map(specOf), now)
    return fork.id
  }

  callIdOf(session: SessionId): string | null {
    return this.#calls.get(session)?.call.callId ?? null
  }

  #newSession(): SessionId {
    return this.#options.secret(9) as SessionId
  }

  progress(session: SessionId, status: number, sdp: string | null, now: number): void {
    this.#calls.get(session)?.call.progress(status, sdp, now)
  }

  accept(session: SessionId, sdp: string, now: number): void {
    this.#calls.get(session)?.call.accept(sdp, now)
  }

  reject(session: SessionId, status: number, q850: number | null, now: number): void {
    this.#calls.get(session)?.call.reject(status, q850, now)
  }

  hangUp(session: SessionId, q850: number | null, now: number): void {
    this.#calls.get(session)?.call.hangUp(q850, now)
  }

  withdraw(session: SessionId, q850: number | null, now: number): void {
    this.#calls.get(session)?.call.withdraw(q850, now)
  }

  reinvite(session: SessionId, sdp: string, now: number): void {
    this.#calls.get(session)?.call.asked()?.reinvite(sdp, now)
  }

  answerReoffer(session: SessionId, answer: { sdp: string } | { status: number }, now: number): void {
    this.#calls.get(session)?.call.asked()?.answerReoffer(answer, now)
  }

  sendInfo(session: SessionId, digit: string, durationMs: number, now: number): void {
    if (!/^[0-9*#A-D]$/.test(digit)) throw new SipUsageError(`not a digit: ${digit.slice(0, 10)}`)
    this.#calls.get(session)?.call.asked()?.sendInfo(digit, Math.round(durationMs), now)
  }

  refer(session: SessionId, wish: { to?: string; replaces?: SessionId; referredBy?: string }, now: number): void {
    const other = wish.replaces === undefined ? null : (this.#calls.get(wish.replaces)?.call.asked() ?? null)
    const uri = wish.to ?? other?.dialog.remoteTarget ?? ''
    for (const one of [uri, ...(wish.referredBy === undefined ? [] : [wish.referredBy])])
      if (typeof parseUri(one) === 'string') throw new SipUsageError(`not a SIP URI: ${one.slice(0, 80)}`)
    const { callId, localTag, remoteTag } = other?.dialog ?? { callId: '', localTag: '', remoteTag: null }
    const replaces =
      remoteTag === null
        ? ''
        : `?Replaces=${escapeHeader(formatReplaces({ callId, toTag: remoteTag, fromTag: localTag, earlyOnly: false }))}`
    const by = wish.referredBy === undefined ? null : `<${wish.referredBy}>`
    this.#calls.get(session)?.call.asked()?.refer(`<${uri}${replaces}>`, by, now)
  }

  answerRefer(session: SessionId, refer: string, status: number, now: number): void {
    this.#calls.get(session)?.call.asked()?.answerRefer(refer, status, now)
  }

  notifyRefer(session: SessionId, refer: string, status: number, now: number): void {
    this.#calls.get(session)?.call.asked()?.notifyRefer(refer, status, now)
  }

  // Registrations and keep-alive

  register(id: string, spec: RegisterSpec, now: number): void {
    checkTarget([spec.registrar, spec.aor], spec.destination)
    this.#registrations.get(id)?.drop()
    const registration = new Registration(this.#host, id, spec)
    this.#registrations.set(id, registration)
    registration.send(now)
  }

  unregister(id: string, now: number): void {
    this.#registrations.get(id)?.leave(now)
    this.#registrations.delete(id)
  }

  qualify(id: string, target: QualifyTarget, now: number): void {
    checkTarget([target.uri], target.destination)
    this.stopQualify(id)
    const qualify = new Qualify(this.#host, id, target)
    this.#qualifies.set(id, qualify)
    qualify.send(now)
  }

  stopQualify(id: string): void {
    this.#qualifies.get(id)?.stop()
    this.#qualifies.delete(id)
  }

  bindingsOf(extension: string): Binding[] {
    return this.#registrar?.bindingsOf(extension, this.#now) ?? []
  }

  binding(extension: string): Binding | null {
    return this.#registrar?.binding(extension, this.#now) ?? null
  }

  bindings(): Binding[] {
    return this.#registrar?.bindings(this.#now) ?? []
  }

  restoreBinding(binding: Binding, now: number): void {
    this.#now = now
    this.#registrar?.restore(binding, now)
  }

  unbind(extension: string, now: number): void {
    this.#now = now
    this.#registrar?.unbind(extension)
  }

  get figures() {
    return {
      sessions: this.#calls.size,
      transactions: this.#transactions.size,
      bindings: this.#registrar?.size ?? 0,
      dropped: this.#dropped,
      retransmitted: this.#transactions.retransmitted,
    }
  }
}

function backTo(flow: Flow): Destination {
  return { transport: flow.transport, ...flow.source, local: flow.local, connection: flow.connection, peer: flow.peer }
}

function checkTarget(uris: string[], { address, port }: Destination): void {
  for (const uri of uris)
    if (typeof parseUri(uri) === 'string') throw new SipUsageError(`not a SIP URI: ${uri.slice(0, 80)}`)
  if (!maySendTo(address, port)) throw new SipUsageError(`not an address to send to: ${address}:${port}`)
}
