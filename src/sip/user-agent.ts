/**
 * The SIP stack as one object without sockets: bytes and time go in, bytes, events and the next deadline come out. Whatever arrives, nothing
 * is thrown and nothing grows beyond its bound.
 */
import { Accounts } from './accounts.ts'
import { type CallHost, type DialogReceiver, reasonLines } from './call.ts'
import { Calls } from './calls.ts'
import { type Dialog, dialogKey } from './dialog.ts'
import { digestFor } from './digest.ts'
import { Drops } from './drops.ts'
import type {
  Address,
  Binding,
  Destination,
  Drained,
  Flow,
  InviteSpec,
  KeptDialog,
  PhoneHome,
  QualifyTarget,
  RegisterSpec,
  SessionId,
  Transport,
  UaEvent,
  UserAgentOptions,
  UserAgentPort,
} from './events.ts'
import { isReliable } from './events.ts'
import { Flood } from './flood.ts'
import { Framer } from './framing.ts'
import { header, headerLines, type Response, reasonOf, serialise } from './message.ts'
import { parseMessage } from './parse.ts'
import { askOnce } from './qualify.ts'
import { Registrar } from './registrar.ts'
import { Registrations } from './registrations.ts'
import { Requests } from './requests.ts'
import { sessionTimes } from './session-timer.ts'
import { Timers } from './timers.ts'
import { Transactions } from './transactions.ts'
import { backTo, responseLines, Wire } from './wire.ts'
import { sendWithin } from './within.ts'

export * from './events.ts'

/** Twice what the sockets hold (`phone/connection-places.ts`): some are being closed. */
const connectionsMax = 8_192
/** Requests of ours within one call that were not counted on disk; a gap is no error (RFC 3261 §12.2.2). */
const uncountedMax = 10_000
const temporaryFailureQ850 = 41

export class UserAgent implements UserAgentPort {
  readonly #options: UserAgentOptions
  readonly #wire: Wire
  readonly #timers = new Timers()
  readonly #transactions: Transactions
  readonly #registrar: Registrar | null
  readonly #calls: Calls
  readonly #dialogs = new Map<string, DialogReceiver>()
  readonly #registrations: Registrations
  readonly #requests: Requests
  readonly #host: CallHost
  readonly #drops = new Drops(event => this.#events.push(event))
  readonly #flood = new Flood()
  readonly #framers = new Map<string, Framer>()
  #events: UaEvent[] = []
  #close: string[] = []
  #now = 0

  constructor(options: UserAgentOptions) {
    this.#options = options
    const forceRport = (source: Address) =>
      options.admit?.({ source, transport: 'udp' }) === 'challenge' || options.forceRport?.(source) === true
    this.#wire = new Wire(options.endpoints, options.secret, forceRport, options.tap)
    this.#transactions = new Transactions(this.#wire, this.#timers, options.maxTransactions ?? 65_536)
    const host: CallHost = {
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
      mendWay: dialog => this.#mendWay(dialog),
      keeper: options.keeper ?? { keep() {}, drop() {} },
      dialogAt: one => this.#dialogs.get(dialogKey(one.callId, one.toTag, one.fromTag)) ?? null,
      replace: (session, now) => this.#calls.replace(session, now),
      closeSession: session => this.#calls.remove(session),
    }
    const registrar = options.registrar
      ? new Registrar({
          ...options.registrar,
          secret: options.secret,
          timers: this.#timers,
          onChange: (extension, binding) => {
            if (binding !== null) this.#admitAsPhone(binding)
            this.#events.push({ type: 'bindingChanged', extension, binding })
          },
          onRefresh: binding => {
            this.#admitAsPhone(binding)
            this.#events.push({ type: 'bindingRefreshed', binding })
          },
          onMoved: (extension, from, to) => {
            for (const one of this.#dialogs.values()) one.follow(extension, from, to)
          },
          onLocked: (extension, source) => this.#events.push({ type: 'lockedOut', extension, source }),
        })
      : null
    const calls = new Calls({ host, registrar, max: options.maxSessions ?? 4_000, now: () => this.#now })
    const registrations = new Registrations(host)
    const accounts = new Accounts({
      secret: options.secret,
      onWrong: (flow, now) => this.#drops.add(flow, 'a call of a trunk with a wrong name or password', now),
    })
    this.#requests = new Requests({
      ...{ options, host, calls, registrar, registrations, accounts, dialogs: this.#dialogs },
      onRefused: (flow, now) => this.#drops.add(flow, 'from a network that is not allowed', now),
      onTooMany: (flow, now) => this.#drops.add(flow, 'more calls of a trunk than are looked at', now),
    })
    this.#host = host
    this.#registrar = registrar
    this.#calls = calls
    this.#registrations = registrations
  }

  // In

  receive(bytes: Buffer, flow: Flow, now: number): void {
    this.#now = now
    try {
      if (flow.transport === 'udp') this.#receiveMessage(bytes, flow, now)
      else this.#receiveStream(bytes, flow, now)
    } catch (error) {
      this.#drops.add(flow, `our fault: ${error instanceof Error ? error.message : String(error)}`, now)
    }
  }

  #admitAsPhone({ flow, expiresInMs }: Binding): void {
    this.#flood.registeredAt(flow.source.address, this.#now + expiresInMs)
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
      this.#drops.add(flow, fault, now)
      this.#framers.delete(connection)
      this.#close.push(connection)
    }
  }

  #receiveMessage(bytes: Buffer, flow: Flow, now: number): void {
    const vouchedFor = (this.#options.admit?.(flow) ?? 'trusted') === 'trusted'
    if (!vouchedFor && !this.#flood.admits(flow.source.address, now)) {
      this.#drops.add(flow, 'too many messages a second', now)
      return
    }
    const parsed = parseMessage(bytes, isReliable(flow.transport))
    switch (parsed.type) {
      case 'keepAlive':
        return
      case 'dropped':
        this.#drops.add(flow, parsed.why, now)
        return
      case 'refused': {
        this.#drops.add(flow, parsed.why, now)
        this.#note(bytes, flow)
        const { via, headers } = parsed.head
        const lines = responseLines(
          { headers },
          flow,
          this.#requests.statelessTag(header({ headers }, 'call-id') ?? ''),
        )
        lines.push(['Server', this.#options.name])
        this.#wire.replyRoughly(via, flow, serialise(`SIP/2.0 ${parsed.status} ${reasonOf(parsed.status)}`, lines))
        return
      }
      case 'message':
        this.#note(bytes, flow)
        if (parsed.message.kind === 'request') this.#requests.receive(parsed.message, flow, now)
        // More than one Via, and it was not meant for us (§8.1.3.3).
        else if (headerLines(parsed.message, 'via').length > 1) this.#drops.add(flow, 'a response with two Vias', now)
        else this.#receiveResponse(parsed.message, flow, vouchedFor, now)
        return
      default:
        throw parsed satisfies never
    }
  }

  /**
   * By the way on which it was asked (RFC 3261 section 18.2.2), from where it was asked or from one of ours: who has overheard a request knows its
   * branch. Who was asked by name has to have proved it, and who was asked on a connection answers there while it is open.
   */
  #receiveResponse(response: Response, flow: Flow, vouchedFor: boolean, now: number): void {
    const { transport, source, connection, peer } = flow
    const mayAnswer = (to: Destination) => {
      if (to.transport !== transport || (to.peer !== undefined && to.peer !== peer)) return false
      if (to.connection !== undefined && to.connection !== connection && this.#framers.has(to.connection)) return false
      return vouchedFor || to.address === source.address
    }
    if (this.#transactions.receiveResponse(response, mayAnswer, now) === 'stranger')
      this.#drops.add(flow, 'a response from somebody who was not asked', now)
  }

  #note(bytes: Buffer, flow: Flow): void {
    const { transport, source } = flow
    const local = this.#wire.contact({ transport, ...source, local: flow.local })
    this.#options.tap?.({ direction: 'in', transport, local, remote: source, bytes })
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

  connectionClosed(connection: string, now: number, at?: Address & { transport: Transport }): void {
    this.#now = now
    this.#framers.delete(connection)
    this.#registrar?.connectionClosed(connection)
    if (at !== undefined) this.#registrations.wayLost(at, now)
  }

  /** A phone is followed when it has registered again. */
  #mendWay(dialog: Dialog): void {
    const { address, local, connection } = dialog.peer
    if (dialog.extension !== null || connection === undefined || this.#framers.has(connection)) return
    const at = this.#options.wayBack?.(dialog) ?? null
    if (at !== null) dialog.peer = { ...at, local: at.address === address ? local : undefined }
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
    return this.#calls.invite(spec, now)
  }

  inviteExtension(
    extension: string,
    spec: Omit<InviteSpec, 'target' | 'destination'> & { toAll?: boolean },
    now: number,
  ): SessionId | null {
    this.#now = now
    return this.#calls.inviteExtension(extension, spec, now)
  }

  callIdsOf(session: SessionId): readonly string[] {
    return this.#calls.callIdsOf(session)
  }

  progress(session: SessionId, status: number, sdp: string | null, now: number): void {
    this.#calls.progress(session, status, sdp, now)
  }

  accept(session: SessionId, sdp: string, now: number): void {
    this.#calls.accept(session, sdp, now)
  }

  reject(session: SessionId, status: number, q850: number | null, now: number): void {
    this.#calls.reject(session, status, q850, now)
  }

  hangUp(session: SessionId, q850: number | null, now: number): void {
    this.#calls.hangUp(session, q850, now)
  }

  hangUpAll(status: number, q850: number | null, now: number): void {
    this.#now = now
    this.#calls.hangUpAll(status, q850, now)
  }

  get isInCall(): boolean {
    return this.#calls.size > 0 || this.#dialogs.size > 0 || this.#transactions.isAwaited
  }

  withdraw(session: SessionId, q850: number | null, now: number): void {
    this.#calls.withdraw(session, q850, now)
  }

  reinvite(session: SessionId, sdp: string, now: number): void {
    this.#calls.reinvite(session, sdp, now)
  }

  answerReoffer(session: SessionId, answer: { sdp: string } | { status: number }, now: number): void {
    this.#calls.answerReoffer(session, answer, now)
  }

  sendInfo(session: SessionId, digit: string, durationMs: number, now: number): void {
    this.#calls.sendInfo(session, digit, durationMs, now)
  }

  refer(session: SessionId, wish: { to?: string; replaces?: SessionId; referredBy?: string }, now: number): void {
    this.#calls.refer(session, wish, now)
  }

  answerRefer(session: SessionId, refer: string, status: number, now: number): void {
    this.#calls.answerRefer(session, refer, status, now)
  }

  notifyRefer(session: SessionId, refer: string, status: number, now: number): void {
    this.#calls.notifyRefer(session, refer, status, now)
  }

  // Registrations and keep-alive

  register(id: string, spec: RegisterSpec, now: number): void {
    this.#registrations.register(id, spec, now)
  }

  unregister(id: string, now: number): void {
    this.#registrations.unregister(id, now)
  }

  get isLeaving(): boolean {
    return this.#registrations.isLeaving
  }

  qualify(id: string, target: QualifyTarget, now: number): void {
    this.#registrations.qualify(id, target, now)
  }

  stopQualify(id: string): void {
    this.#registrations.stopQualify(id)
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

  restoreHome(home: PhoneHome, now: number): void {
    this.#now = now
    this.#flood.registeredAt(home.address, now + home.expiresInMs)
    this.#registrar?.restoreHome(home)
  }

  unbind(extension: string, now: number): void {
    this.#now = now
    this.#registrar?.unbind(extension)
  }

  keepAlive({ contact, flow }: Pick<Binding, 'contact' | 'flow'>, now: number): void {
    this.#now = now
    askOnce(this.#host, { uri: contact, destination: backTo(flow) }, now)
  }

  bye(left: KeptDialog, { auth, by, at, then }: Parameters<UserAgentPort['bye']>[1], now: number): boolean {
    this.#now = now
    const host = this.#host
    // We may listen elsewhere now.
    const local = this.#wire.endpoint(left.peer) === null ? undefined : left.peer.local
    const peer = { ...left.peer, local }
    if (this.#wire.contact(peer).address !== left.ourAddress) return false
    const dialog: Dialog = { ...left, peer, localSeq: left.localSeq + uncountedMax, remoteSeq: null }
    if (at) dialog.peer = { ...at, local: at.address === peer.address ? local : undefined }
    if (by !== undefined) dialog.peer = backTo(by.flow)
    if (by?.contact !== undefined) dialog.remoteTarget = by.contact
    sendWithin(
      { host, dialog, digestFor: digestFor(auth ?? (() => null), () => host.secret(9)) },
      { method: 'BYE', extra: reasonLines(temporaryFailureQ850) },
      {
        onResponse: ({ status }, answeredAt) => then?.(status, answeredAt),
        onFailure: (_failure, failedAt) => then?.(null, failedAt),
      },
      now,
    )
    return true
  }

  get figures() {
    return {
      sessions: this.#calls.size,
      transactions: this.#transactions.size,
      bindings: this.#registrar?.size ?? 0,
      dropped: this.#drops.count,
      retransmitted: this.#transactions.retransmitted,
    }
  }
}
