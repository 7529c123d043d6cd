/**
 * The SIP user agent's sockets: what arrives goes in with the time, what it says goes out, and its next deadline is one timer. No exception
 * leaves a callback: a socket's trouble is told to the agent, a port's trouble to who starts us.
 */
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Clock } from '../lib/clock.ts'
import type {
  Address,
  Flow,
  LocalEndpoint,
  Outgoing,
  PeerName,
  Transport,
  UaEvent,
  UserAgentPort,
} from '../sip/events.ts'
import { type ConnectionNews, Connections, type Identity } from './connections.ts'
import { StunKeepAlive } from './stun-keep-alive.ts'
import { TlsPeers } from './tls-peers.ts'

/** `udp:0.0.0.0:5060`, `tcp:10.0.0.5:5060`, `tls:[::1]:5061`. */
export type ListenAddress = { id: string; transport: Transport; address: string; port: number }

/** An address we could not listen at. `words` say which, why, and what to do. */
export class SocketError extends Error {
  override name = 'SocketError'
}

/** Throws SocketError when the text is no listen address. Port 0 asks the system for one (tests). */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(udp|tcp|tls):(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):(\d{1,5})$/.exec(text)
  const address = match?.[2] ?? match?.[3] ?? ''
  const port = Number(match?.[4] ?? Number.NaN)
  if (match === null || isIP(address) === 0 || port > 65535)
    throw new SocketError(
      `sip.listen: "${text}" is no listen address; write it like "udp:0.0.0.0:5060", "tcp:[::]:5060" or "tls:0.0.0.0:5061"`,
    )
  return { id: text, transport: match[1] as Transport, address, port }
}

export type SocketsOptions = {
  listen: ListenAddress[]
  /** The address others should use for us: a literal, or null for the interface that faces them. */
  advertise: string | null
  clock: Clock
  /** What we show at a `tls:` address; null or left out where there is none. */
  identity?: Identity | null
  /** Whom we speak TLS with; left out: nobody. */
  peers?: TlsPeers
  /** [0, 1), to spread what is tried again. Default: the middle. */
  random?: () => number
  /** It comes from the address of a trunk, or leads there: its connections find a place before those of strangers. Left out: none does. */
  isTrunk?(flow: Pick<Flow, 'source' | 'transport' | 'peer'>): boolean
  /** A trunk is at this address: its handshakes do not wait for those of strangers. Left out: none is. */
  mayBeTrunk?(address: string): boolean
  /** A TLS connection of ours came about or was lost. */
  onConnection?(news: ConnectionNews): void
  /**
   * What is being written that a process after us has to know of what is said now; null: nothing. Messages wait for it, a moment at most: who
   * was told that a call is up hears of its end also when we are killed right then.
   */
  before?(): Promise<void> | null
  /** Each event, in order. Must not throw; when it does, `onFault` hears of it. */
  onEvent(event: UaEvent): void
  onFault(error: unknown, doing: string): void
}

const receiveBufferBytes = 4 * 1024 * 1024
const facingKeptMs = 5_000
/** A write to a file is in the kernel's hands within one; a disk that stands still holds nobody up. */
const writeMsMax = 20

export class Sockets {
  readonly #options: SocketsOptions
  readonly #udp = new Map<string, UdpSocket>()
  readonly #connections: Connections
  readonly endpoints: (LocalEndpoint & { bound: Address })[] = []
  readonly #clients: LocalEndpoint[] = []
  readonly #faced = new Map<string, string>()
  #facedAt = Number.NEGATIVE_INFINITY
  #agent: UserAgentPort | null = null
  #timer: NodeJS.Timeout | null = null
  #timerAt = Number.POSITIVE_INFINITY
  #settling = false
  #closed = false
  readonly #stun: StunKeepAlive
  /** What waits for a write, in order: what is said within `writeMsMax`. */
  #held: Outgoing[] = []
  #releaseAt: NodeJS.Timeout | null = null
  /** The write that took too long: nobody waits for that one again. */
  #slow: Promise<void> | null = null

  private constructor(options: SocketsOptions) {
    this.#options = options
    this.#stun = new StunKeepAlive(options.clock.monotonic())
    this.#connections = new Connections({
      peers: options.peers ?? new TlsPeers(),
      now: () => this.#now(),
      wallNow: () => options.clock.now(),
      random: options.random ?? (() => 0.5),
      onData: (bytes, flow) => this.#guard(flow.local, agent => agent.receive(bytes, flow, this.#now())),
      onClosed: ({ id, transport, peer, local }, failed) =>
        this.#guard(local, agent => {
          if (failed) agent.transportFailed({ transport, destination: peer, connection: id }, this.#now())
          agent.connectionClosed(id, this.#now(), { transport, ...peer })
        }),
      onNews: news => {
        if (!this.#closed) options.onConnection?.(news)
      },
      onFault: options.onFault,
      isTrunk: flow => options.isTrunk?.(flow) ?? false,
      mayBeTrunk: address => options.mayBeTrunk?.(address) ?? false,
    })
  }

  /** Binds every address, or none: rejects with SocketError. Nothing is received before `attach`. */
  static async open(options: SocketsOptions): Promise<Sockets> {
    const sockets = new Sockets(options)
    try {
      for (const address of options.listen) await sockets.#listen(address)
      sockets.#endClientsAt()
    } catch (error) {
      await sockets[Symbol.asyncDispose]()
      throw error
    }
    return sockets
  }

  /**
   * Bytes the kernel granted to each UDP socket (it books twice what it was asked for). Less than 4 MB loses packets in a burst of some
   * thousand; `sysctl net.core.rmem_max=4194304` grants it.
   */
  receiveBuffers(): { id: string; bytes: number }[] {
    return [...this.#udp].map(([id, socket]) => ({ id, bytes: Math.floor(socket.getRecvBufferSize() / 2) }))
  }

  /** Connections that are open, and those that were refused, gave way, or proved nothing in time. */
  get connections(): { open: number; turnedAway: number } {
    return this.#connections.figures
  }

  /** Somebody at these addresses has proved who they are, before a restart of ours: who comes from there competes with no stranger. */
  welcome(addresses: readonly string[]): void {
    this.#connections.welcome(addresses)
  }

  attach(agent: UserAgentPort): void {
    this.#agent = agent
    this.settle()
  }

  async #listen(at: ListenAddress): Promise<void> {
    const bound = at.transport === 'udp' ? await this.#listenUdp(at) : await this.#listenStream(at)
    const contact = (peer: string): Address => ({
      address: this.#options.advertise ?? (isAnyAddress(bound.address) ? this.#facing(peer) : bound.address),
      port: bound.port,
    })
    const family = isIP(bound.address) === 6 ? 6 : 4
    this.endpoints.push({ id: at.id, transport: at.transport, family, contact, bound })
  }

  /**
   * TLS trunks are reached from a machine that listens for no TLS too: what comes back comes on the connection that we opened. Our Contact
   * names the port where TLS would be listened for.
   */
  #endClientsAt(): void {
    for (const family of [4, 6] as const) {
      if (this.endpoints.some(one => one.transport === 'tls' && one.family === family)) continue
      if (!this.endpoints.some(one => one.family === family)) continue
      const contact = (peer: string): Address => ({
        address: this.#options.advertise ?? this.#facing(peer),
        port: 5061,
      })
      this.#clients.push({ id: `tls:client${family}`, transport: 'tls', family, contact })
    }
  }

  /** Where requests may leave: every address listened at, and TLS without one. */
  get exits(): LocalEndpoint[] {
    return [...this.endpoints, ...this.#clients]
  }

  /** The certificate was renewed: those who connect from now on see it. */
  secure(identity: Identity): void {
    this.#connections.secure(identity)
  }

  /** What TLS has proved of this peer counts no more: its settings changed, or it is gone. */
  forget(peer: PeerName): void {
    this.#connections.forget(peer)
  }

  /** `facing`, remembered: it is asked several times a message, and interfaces seldom change. */
  #facing(peer: string): string {
    const now = this.#now()
    if (now - this.#facedAt > facingKeptMs || this.#faced.size > 1_000) {
      this.#faced.clear()
      this.#facedAt = now
    }
    let address = this.#faced.get(peer)
    if (address === undefined) {
      address = facing(peer)
      this.#faced.set(peer, address)
    }
    return address
  }

  async #listenUdp(at: ListenAddress): Promise<Address> {
    const socket = isIP(at.address) === 6 ? createSocket({ type: 'udp6', ipv6Only: true }) : createSocket('udp4')
    await new Promise<void>((done, fail) => {
      socket.once('error', error => fail(listenError(at, error)))
      socket.bind(at.port, at.address, () => done())
    })
    socket.removeAllListeners('error')
    socket.on('error', error => this.#options.onFault(error, at.id))
    try {
      // The kernel grants at most net.core.rmem_max; bursts beyond what it grants are lost.
      socket.setRecvBufferSize(receiveBufferBytes)
    } catch (error) {
      this.#options.onFault(error, `${at.id}: receive buffer`)
    }
    socket.on('message', (bytes, from) => {
      if (StunKeepAlive.isMeant(bytes)) return this.#answerStun(socket, bytes, from)
      const flow = { transport: 'udp' as const, source: { address: from.address, port: from.port }, local: at.id }
      this.#guard(at.id, agent => agent.receive(bytes, flow, this.#now()))
    })
    this.#udp.set(at.id, socket)
    const { address, port } = socket.address()
    return { address, port }
  }

  #answerStun(socket: UdpSocket, bytes: Uint8Array, from: Address): void {
    if (this.#closed || from.port === 0) return
    const answer = this.#stun.answer(bytes, from, this.#now())
    if (answer !== null) socket.send(answer, from.port, from.address, () => undefined) // asked again in half a minute
  }

  async #listenStream(at: ListenAddress): Promise<Address> {
    const { identity = null } = this.#options
    if (at.transport === 'tls' && identity === null)
      throw new SocketError(`cannot listen at ${at.id}: TLS needs a certificate, and there is none`)
    try {
      return at.transport === 'tls' && identity !== null
        ? await this.#connections.listenTls(at, identity)
        : await this.#connections.listenTcp(at)
    } catch (error) {
      throw listenError(at, error as NodeJS.ErrnoException)
    }
  }

  /** Call after every word to the agent: sends what it says, tells what happened, sets the timer. Safe to call from within `onEvent`. */
  settle(): void {
    const agent = this.#agent
    if (agent === null || this.#settling || this.#closed) return
    this.#settling = true
    try {
      for (let drained = agent.drain(); ; drained = agent.drain()) {
        this.#sendAll(drained.send)
        for (const id of drained.close) this.#connections.close(id)
        for (const event of drained.events) {
          try {
            this.#options.onEvent(event)
          } catch (error) {
            this.#options.onFault(error, `event ${event.type}`)
          }
        }
        if (drained.send.length + drained.events.length + drained.close.length === 0) break
      }
      this.#setTimer(agent.nextDeadline())
    } finally {
      this.#settling = false
    }
  }

  #guard(doing: string, act: (agent: UserAgentPort) => void): void {
    if (this.#agent === null || this.#closed) return
    try {
      act(this.#agent)
    } catch (error) {
      this.#options.onFault(error, doing)
    }
    try {
      this.settle()
    } catch (error) {
      this.#options.onFault(error, doing)
    }
  }

  #now(): number {
    return this.#options.clock.monotonic()
  }

  #setTimer(at: number | null): void {
    if (at !== null && this.#timer !== null && this.#timerAt <= at) return // it wakes early enough, and looks again
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#timerAt = at ?? Number.POSITIVE_INFINITY
    if (at === null) return
    const delay = Math.min(Math.max(1, Math.ceil(at - this.#now())), 60_000)
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#timerAt = Number.POSITIVE_INFINITY
      this.#guard('timer', agent => agent.advance(this.#now()))
    }, delay)
  }

  #sendAll(all: readonly Outgoing[]): void {
    if (all.length === 0) return
    const written = this.#options.before?.() ?? null
    if (this.#releaseAt === null && (written === null || written === this.#slow)) {
      for (const one of all) this.#send(one)
      return
    }
    this.#held.push(...all)
    if (this.#releaseAt !== null) return // nothing overtakes what waits
    this.#releaseAt = setTimeout(() => {
      this.#slow = written
      this.#release()
    }, writeMsMax)
    const timer = this.#releaseAt
    void written?.then(() => {
      if (this.#releaseAt === timer) this.#release()
    })
  }

  #release(): void {
    if (this.#releaseAt !== null) clearTimeout(this.#releaseAt)
    this.#releaseAt = null
    const held = this.#held
    this.#held = []
    for (const one of held) this.#send(one)
  }

  #send(one: Outgoing): void {
    if (one.transport !== 'udp') {
      if (!this.#connections.send(one)) this.#failedSoon(one)
      return
    }
    const { address, port } = one.destination
    try {
      this.#udp.get(one.local)?.send(one.bytes, port, address, error => {
        if (error) this.#failed(one)
      })
    } catch {
      this.#failedSoon(one)
    }
  }

  #failed(one: Outgoing): void {
    const { transport, destination } = one
    const connection = one.connection ?? undefined
    this.#guard('send', agent => agent.transportFailed({ transport, destination, connection }, this.#now()))
  }

  /** Never from within the agent's own words. */
  #failedSoon(one: Outgoing): void {
    setImmediate(() => this.#failed(one))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#release()
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await Promise.all([
      ...[...this.#udp.values()].map(socket => new Promise<void>(done => socket.close(() => done()))),
      this.#connections[Symbol.asyncDispose](),
    ])
    this.#udp.clear()
  }
}

function listenError(at: ListenAddress, cause: NodeJS.ErrnoException): SocketError {
  const why: Record<string, string> = {
    EADDRINUSE: `another program holds the port (see it with: ss -lnp 'sport = :${at.port}'); stop it or change sip.listen`,
    EACCES:
      'a port below 1024 needs the capability CAP_NET_BIND_SERVICE, which the service unit grants; or change sip.listen',
    EADDRNOTAVAIL: 'this machine has no such address; write 0.0.0.0 for all of them, or correct sip.listen',
  }
  const words = why[cause.code ?? ''] ?? cause.message
  return new SocketError(`cannot listen at ${at.id}: ${words}`, { cause })
}

const isAnyAddress = (address: string) => address === '0.0.0.0' || address === '::'

/** Our address on the network that `peer` is on; on none of ours, the first that is not loopback. */
export function facing(peer: string, interfaces = networkInterfaces()): string {
  const family = isIP(peer) === 6 ? 'IPv6' : 'IPv4'
  const own = Object.values(interfaces)
    .flatMap(list => list ?? [])
    .filter(one => one.family === family)
  if (family === 'IPv4') {
    if (peer.startsWith('127.')) return '127.0.0.1'
    const near = own.find(
      one => (toNumber(one.address) & toNumber(one.netmask)) === (toNumber(peer) & toNumber(one.netmask)),
    )
    if (near !== undefined) return near.address
  }
  return (own.find(one => !one.internal) ?? own[0])?.address ?? (family === 'IPv6' ? '::1' : '127.0.0.1')
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => (sum << 8) | Number(part), 0)
}
