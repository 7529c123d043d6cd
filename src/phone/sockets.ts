/**
 * The SIP user agent's sockets: what arrives goes in with the time, what it says goes out, and its next deadline is one timer. No exception
 * leaves a callback: a socket's trouble is told to the agent, a port's trouble to who starts us.
 */
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { createServer, isIP, type Server, Socket as TcpSocket } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Clock } from '../lib/clock.ts'
import type { Address, LocalEndpoint, Outgoing, Transport, UaEvent, UserAgentPort } from '../sip/events.ts'

/** `udp:0.0.0.0:5060`, `tcp:10.0.0.5:5060`, `udp:[::1]:5060`. */
export type ListenAddress = { id: string; transport: Transport; address: string; port: number }

/** An address we could not listen at. `words` say which, why, and what to do. */
export class SocketError extends Error {
  override name = 'SocketError'
}

/** Throws SocketError when the text is no listen address. Port 0 asks the system for one (tests). */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(udp|tcp):(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):(\d{1,5})$/.exec(text)
  const address = match?.[2] ?? match?.[3] ?? ''
  const port = Number(match?.[4] ?? Number.NaN)
  if (match === null || isIP(address) === 0 || port > 65535)
    throw new SocketError(
      `sip.listen: "${text}" is no listen address; write it like "udp:0.0.0.0:5060" or "tcp:[::]:5060"`,
    )
  return { id: text, transport: match[1] as Transport, address, port }
}

export type SocketsOptions = {
  listen: ListenAddress[]
  /** The address others should use for us: a literal, or null for the interface that faces them. */
  advertise: string | null
  clock: Clock
  /** Each event, in order. Must not throw; when it does, `onFault` hears of it. */
  onEvent(event: UaEvent): void
  onFault(error: unknown, doing: string): void
}

const receiveBufferBytes = 4 * 1024 * 1024
const connectionsMax = 4_096
const connectionsPerAddressMax = 512
/** A connection that was silent for so long is closed; phones ping or register more often. */
const idleMs = 2 * 3600 * 1000
const connectWithinMs = 8_000
const queuedBytesMax = 256 * 1024
const facingKeptMs = 5_000

type Connection = { id: string; socket: TcpSocket; peer: Address; local: string }

export class Sockets {
  readonly #options: SocketsOptions
  readonly #udp = new Map<string, UdpSocket>()
  readonly #servers: Server[] = []
  readonly #connections = new Map<string, Connection>()
  /** The same by peer, for requests that name no connection. */
  readonly #byPeer = new Map<string, Connection>()
  readonly endpoints: (LocalEndpoint & { bound: Address })[] = []
  readonly #faced = new Map<string, string>()
  #facedAt = Number.NEGATIVE_INFINITY
  #agent: UserAgentPort | null = null
  #timer: NodeJS.Timeout | null = null
  #timerAt = Number.POSITIVE_INFINITY
  #serial = 0
  #settling = false
  #closed = false

  private constructor(options: SocketsOptions) {
    this.#options = options
  }

  /** Binds every address, or none: rejects with SocketError. Nothing is received before `attach`. */
  static async open(options: SocketsOptions): Promise<Sockets> {
    const sockets = new Sockets(options)
    try {
      for (const address of options.listen) await sockets.#listen(address)
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

  attach(agent: UserAgentPort): void {
    this.#agent = agent
    this.settle()
  }

  async #listen(at: ListenAddress): Promise<void> {
    const bound = at.transport === 'udp' ? await this.#listenUdp(at) : await this.#listenTcp(at)
    const contact = (peer: string): Address => ({
      address: this.#options.advertise ?? (isAnyAddress(bound.address) ? this.#facing(peer) : bound.address),
      port: bound.port,
    })
    const family = isIP(bound.address) === 6 ? 6 : 4
    this.endpoints.push({ id: at.id, transport: at.transport, family, contact, bound })
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
      const flow = { transport: 'udp' as const, source: { address: from.address, port: from.port }, local: at.id }
      this.#guard(at.id, agent => agent.receive(bytes, flow, this.#now()))
    })
    this.#udp.set(at.id, socket)
    const { address, port } = socket.address()
    return { address, port }
  }

  async #listenTcp(at: ListenAddress): Promise<Address> {
    const server = createServer(socket => {
      if (this.#connectionsFrom(socket.remoteAddress) >= connectionsPerAddressMax) socket.destroy()
      else this.#adopt(socket, at.id)
    })
    server.maxConnections = connectionsMax
    await new Promise<void>((done, fail) => {
      server.once('error', error => fail(listenError(at, error)))
      server.listen({ port: at.port, host: at.address, ipv6Only: true }, () => done())
    })
    server.removeAllListeners('error')
    server.on('error', error => this.#options.onFault(error, at.id))
    this.#servers.push(server)
    const { address, port } = server.address() as { address: string; port: number }
    return { address, port }
  }

  #connectionsFrom(address: string | undefined): number {
    let count = 0
    for (const connection of this.#connections.values()) if (connection.peer.address === address) count++
    return count
  }

  #adopt(socket: TcpSocket, local: string, peer?: Address): Connection {
    const address = peer?.address ?? socket.remoteAddress ?? ''
    const port = peer?.port ?? socket.remotePort ?? 0
    const connection: Connection = { id: `c${++this.#serial}`, socket, peer: { address, port }, local }
    this.#connections.set(connection.id, connection)
    this.#byPeer.set(peerKey(connection.peer), connection)
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 60_000)
    socket.setTimeout(idleMs, () => socket.destroy())
    socket.on('data', bytes => {
      const flow = { transport: 'tcp' as const, source: connection.peer, local, connection: connection.id }
      this.#guard(local, agent => agent.receive(bytes, flow, this.#now()))
    })
    let failed = false
    socket.on('error', () => {
      failed = true // told on close
    })
    socket.on('close', () => {
      this.#connections.delete(connection.id)
      if (this.#byPeer.get(peerKey(connection.peer)) === connection) this.#byPeer.delete(peerKey(connection.peer))
      this.#guard(local, agent => {
        if (failed)
          agent.transportFailed(
            { transport: 'tcp', destination: connection.peer, connection: connection.id },
            this.#now(),
          )
        agent.connectionClosed(connection.id, this.#now())
      })
    })
    return connection
  }

  /** Call after every word to the agent: sends what it says, tells what happened, sets the timer. Safe to call from within `onEvent`. */
  settle(): void {
    const agent = this.#agent
    if (agent === null || this.#settling || this.#closed) return
    this.#settling = true
    try {
      for (let drained = agent.drain(); ; drained = agent.drain()) {
        for (const one of drained.send) this.#send(one)
        for (const id of drained.close) this.#connections.get(id)?.socket.destroy()
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

  #send(one: Outgoing): void {
    if (one.transport === 'tcp') this.#sendTcp(one)
    else {
      const socket = this.#udp.get(one.local)
      const { address, port } = one.destination
      try {
        socket?.send(one.bytes, port, address, error => {
          if (error) this.#failed(one)
        })
      } catch {
        this.#failedSoon(one)
      }
    }
  }

  #sendTcp(one: Outgoing): void {
    const open = (one.connection && this.#connections.get(one.connection)) || this.#byPeer.get(peerKey(one.destination))
    const connection = open || this.#connect(one)
    if (connection === null || connection.socket.writableLength > queuedBytesMax) this.#failedSoon(one)
    else connection.socket.write(one.bytes)
  }

  #connect(one: Outgoing): Connection | null {
    if (this.#connections.size >= connectionsMax) return null
    const socket = new TcpSocket()
    const connection = this.#adopt(socket, one.local, one.destination)
    const watch = setTimeout(() => socket.destroy(new Error('connect timed out')), connectWithinMs)
    socket.once('connect', () => clearTimeout(watch))
    socket.once('close', () => clearTimeout(watch))
    socket.connect(one.destination.port, one.destination.address)
    return connection
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
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    for (const { socket } of this.#connections.values()) socket.destroy()
    await Promise.all([
      ...[...this.#udp.values()].map(socket => new Promise<void>(done => socket.close(() => done()))),
      ...this.#servers.map(server => new Promise<void>(done => server.close(() => done()))),
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

const peerKey = ({ address, port }: Address) => `${address} ${port}`
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
