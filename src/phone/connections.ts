/**
 * The streams that SIP runs over, TCP and TLS: those that came in and those we opened. One to a peer is used for all that goes there (RFC 5923
 * in spirit: only a peer that TLS has proved), one that cannot be opened is not tried again at once, and strangers' are bounded.
 */
import type { X509Certificate } from 'node:crypto'
import { createServer, type Server, Socket } from 'node:net'
import {
  connect as connectTls,
  createServer as createTlsServer,
  type TLSSocket,
  type Server as TlsServer,
} from 'node:tls'
import type { Trouble } from '../centre/trunks/trunk-trouble.ts'
import type { Address, Flow, Outgoing, PeerName } from '../sip/events.ts'
import { ConnectionPlaces, type PlacesMax, placesMax } from './connection-places.ts'
import { Handshakes } from './handshakes.ts'
import {
  connectionFault,
  minVersion,
  noRenegotiation,
  serverFault,
  serverNameIndication,
  type TlsPeers,
} from './tls-peers.ts'

/** The certificate we serve with, PEM. */
export type Identity = { cert: string; key: string }

/** A connection to a peer came about, or was lost; `fault` says why, null when it was merely closed. */
export type ConnectionNews = { peer: PeerName; up: boolean; fault: Trouble | null; at: Address }

export type ConnectionsOptions = {
  peers: TlsPeers
  now(): number
  /** Unix ms, for certificates. */
  wallNow(): number
  random(): number
  onData(bytes: Buffer, flow: Flow): void
  /** It is closed; `failed` when not in good order. */
  onClosed(connection: Connection, failed: boolean): void
  onNews(news: ConnectionNews): void
  onFault(error: unknown, doing: string): void
  /** It comes from, or leads to, a trunk: told by its address. */
  isTrunk(flow: Pick<Flow, 'source' | 'transport' | 'peer'>): boolean
  /** A trunk is there, whatever it has to prove: before a handshake it has proved nothing. */
  mayBeTrunk(address: string): boolean
  /** `proveWithinMs` and the bounds of places, smaller in tests. */
  proveWithinMs?: number
  places?: Partial<PlacesMax>
}

export type Connection = {
  readonly id: string
  readonly transport: 'tcp' | 'tls'
  readonly socket: Socket
  readonly peer: Address
  readonly local: string
  /** Who TLS has proved it to be; for one of ours that is being opened: who it must prove to be. */
  readonly name: PeerName | null
  /** What waits for the handshake; null once it may be written. Nothing is said to whom TLS has not proved yet. */
  waiting: Buffer[] | null
  /** Somebody of ours: a trunk, whom TLS has proved, whom we have something to say to, or something that came by it was accepted. */
  isProven: boolean
}

/** A connection that was silent for so long is closed; phones ping or register more often. */
const idleMs = 2 * 3600 * 1000
/** One by which nothing was accepted until then is closed, whatever it says meanwhile: a phone registers as soon as it is connected. */
const proveWithinMs = 30_000
const connectWithinMs = 8_000
const handshakeWithinMs = 8_000
const queuedBytesMax = 256 * 1024
/** After a connection that could not be opened: doubled each time. */
const firstRestMs = 1_000
const longestRestMs = 60_000
const restsMax = 1_000

/** `isOurs`: we open it, and have something to say. */
type Adoptee = Pick<Connection, 'socket' | 'transport' | 'local' | 'peer' | 'name'> & { isOurs?: boolean }

export class Connections {
  readonly #options: ConnectionsOptions
  readonly #all = new Map<string, Connection>()
  /** Those we opened, and TCP ones that came in, by whom they lead to: for requests that name no connection. */
  readonly #byWay = new Map<string, Connection>()
  readonly #rests = new Map<string, { failures: number; until: number }>()
  readonly #handshakes: Handshakes
  readonly #places: ConnectionPlaces
  #provedTooLate = 0
  readonly #servers: Server[] = []
  readonly #tlsServers: TlsServer[] = []
  #serial = 0

  constructor(options: ConnectionsOptions) {
    this.#options = options
    this.#handshakes = new Handshakes(() => options.now())
    this.#places = new ConnectionPlaces(options.places)
  }

  get figures(): { open: number; turnedAway: number } {
    const turnedAway = this.#places.turnedAway + this.#handshakes.turnedAway + this.#provedTooLate
    return { open: this.#all.size, turnedAway }
  }

  welcome(addresses: readonly string[]): void {
    for (const address of addresses) this.#places.welcome(address)
  }

  get(id: string): Connection | undefined {
    return this.#all.get(id)
  }

  /** Rejects with the system's error. */
  async listenTcp(at: { id: string; port: number; address: string }): Promise<Address> {
    return this.#listen(at, socket => {
      this.#adopt({ socket, transport: 'tcp', local: at.id, peer: addressOf(socket), name: null })
    })
  }

  /** Whoever asks gets `identity`, until `secure` gives another. */
  async listenTls(at: { id: string; port: number; address: string }, identity: Identity): Promise<Address> {
    const server = createTlsServer({
      ...identity,
      minVersion,
      secureOptions: noRenegotiation,
      handshakeTimeout: handshakeWithinMs,
      // Any certificate is looked at, none is needed: phones have none, and whose it is is decided by the peers' own authorities.
      requestCert: true,
      rejectUnauthorized: false,
    })
    server.on('tlsClientError', (_error, socket) => socket.destroy()) // told by nobody: anyone can make one
    server.on('error', error => this.#options.onFault(error, at.id))
    server.on('secureConnection', socket => {
      if (socket.destroyed) return
      this.#handshakes.done(handshakeOf(at.id, socket))
      const name = this.#options.peers.identify(chainOf(socket), this.#options.wallNow())
      this.#adopt({ socket, transport: 'tls', local: at.id, peer: addressOf(socket), name })
    })
    this.#tlsServers.push(server)
    return this.#listen(at, socket => {
      const { address } = addressOf(socket)
      const isKnown = this.#places.isHome(address) || this.#options.mayBeTrunk(address)
      if (this.#places.refuses(address)) return socket.destroy()
      if (!this.#handshakes.begin(handshakeOf(at.id, socket), socket, isKnown)) return socket.destroy()
      server.emit('connection', socket)
    })
  }

  /** A renewed certificate: for those who connect from now on; nobody is cut off. */
  secure(identity: Identity): void {
    for (const server of this.#tlsServers)
      server.setSecureContext({ ...identity, minVersion, secureOptions: noRenegotiation })
  }

  async #listen(at: { id: string; port: number; address: string }, take: (socket: Socket) => void): Promise<Address> {
    const server = createServer(take)
    server.maxConnections = placesMax.all * 2 // who has a place is decided above; this is for handshakes, and for those that are being closed
    await new Promise<void>((done, fail) => {
      server.once('error', fail)
      server.listen({ port: at.port, host: at.address, ipv6Only: true }, () => done())
    })
    server.removeAllListeners('error')
    server.on('error', error => this.#options.onFault(error, at.id))
    this.#servers.push(server)
    const { address, port } = server.address() as { address: string; port: number }
    return { address, port }
  }

  /** False when it cannot be sent: the caller tells. */
  send(one: Outgoing): boolean {
    const { transport } = one
    if (transport === 'udp') return false
    const named = one.connection === null ? undefined : this.#all.get(one.connection)
    const open = named ?? this.#byWay.get(wayOf(transport, one.destination, transport === 'tls' ? one.peer : null))
    const connection = open ?? (transport === 'tcp' ? this.#connectTcp(one) : this.#connectTls(one))
    if (connection === null || connection.socket.destroyed) return false
    const waiting = (connection.waiting ?? []).reduce((sum, bytes) => sum + bytes.length, 0)
    if (connection.socket.writableLength + waiting > queuedBytesMax) return false
    if (!connection.isProven && proves(one.bytes)) this.#prove(connection)
    if (connection.waiting !== null) connection.waiting.push(one.bytes)
    else connection.socket.write(one.bytes)
    return true
  }

  close(id: string): void {
    this.#all.get(id)?.socket.destroy()
  }

  /** The peer is another one now, or gone: what was proved to the former one counts no more. */
  forget(name: PeerName): void {
    for (const connection of this.#all.values()) if (connection.name === name) connection.socket.destroy()
    for (const way of this.#rests.keys()) if (way.endsWith(` ${name}`)) this.#rests.delete(way)
  }

  #connectTcp(one: Outgoing): Connection | null {
    const socket = new Socket()
    const peer = one.destination
    // A refusal whose connection is gone opens one too (RFC 3261 section 18.2.2): to a stranger, who may have as many ports as it likes.
    const isOurs = proves(one.bytes)
    const connection = this.#adopt({ socket, transport: 'tcp', local: one.local, peer, name: null, isOurs })
    if (connection === null) return null
    const watch = setTimeout(() => socket.destroy(timedOut()), connectWithinMs)
    socket.once('connect', () => clearTimeout(watch))
    socket.once('close', () => clearTimeout(watch))
    socket.connect(one.destination.port, one.destination.address)
    return connection
  }

  /** Only to a peer whose name is known: a phone, or a Contact that somebody made up, is never gone to over TLS. */
  #connectTls(one: Outgoing): Connection | null {
    const { peer: name, destination } = one
    const [peer, secureContext] =
      name === null ? [null, null] : [this.#options.peers.get(name), this.#options.peers.context(name)]
    if (name === null || peer === null || secureContext === null) return null
    if ((this.#rests.get(wayOf('tls', destination, name))?.until ?? 0) > this.#options.now()) return null
    const { serverName } = peer
    const socket = connectTls({
      host: destination.address,
      port: destination.port,
      servername: serverNameIndication(serverName),
      secureContext,
      checkServerIdentity: (_host, certificate) => serverFault(serverName, certificate),
    })
    const connection = this.#adopt({
      ...{ socket, transport: 'tls', local: one.local, peer: destination, name, isOurs: true },
    })
    if (connection === null) return null
    const watch = setTimeout(() => socket.destroy(timedOut()), connectWithinMs)
    socket.once('secureConnect', () => {
      clearTimeout(watch)
      this.#rests.delete(wayOf('tls', destination, name))
      const waiting = connection.waiting ?? []
      connection.waiting = null
      for (const bytes of waiting) socket.write(bytes)
      this.#options.onNews({ peer: name, up: true, fault: null, at: bare(destination) })
    })
    socket.once('close', () => clearTimeout(watch))
    return connection
  }

  /** Null, and the socket is closed, when there is no place for it. */
  #adopt(given: Adoptee): Connection | null {
    const { socket, transport, local, peer, name, isOurs = false } = given
    const id = `c${++this.#serial}`
    const flow: Flow = { transport, source: peer, local, connection: id, ...(name === null ? {} : { peer: name }) }
    const isProven = isOurs || name !== null || this.#options.isTrunk(flow)
    const isOpening = transport === 'tls' && isOurs
    const connection: Connection = {
      id,
      transport,
      socket,
      peer,
      local,
      name,
      isProven,
      waiting: isOpening ? [] : null,
    }
    if (!this.#places.take(connection, { isProven, isOurs })) {
      socket.on('error', () => undefined).destroy()
      return null
    }
    this.#all.set(id, connection)
    const way = wayOf(transport, peer, name)
    // Whoever comes in over TLS unproved is answered there, and sent nothing that is meant for another.
    const leads = transport === 'tcp' || name !== null
    if (leads) this.#byWay.set(way, connection)
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 60_000)
    socket.on('timeout', () => socket.destroy())
    if (isProven) socket.setTimeout(idleMs)
    const prove = isProven
      ? undefined
      : setTimeout(() => this.#expire(connection), this.#options.proveWithinMs ?? proveWithinMs)
    socket.on('data', bytes => {
      if (connection.waiting === null) this.#options.onData(bytes, flow)
    })
    let fault: NodeJS.ErrnoException | null = null
    socket.on('error', error => {
      fault = error // told on close
    })
    socket.on('close', () => {
      clearTimeout(prove)
      this.#all.delete(connection.id)
      this.#places.leave(connection)
      if (this.#byWay.get(way) === connection) this.#byWay.delete(way)
      if (isOpening && connection.waiting !== null) this.#rest(way)
      const lost = fault !== null || connection.waiting !== null
      this.#options.onClosed(connection, lost)
      if (name === null || !isOpening) return
      const serverName = this.#options.peers.get(name)?.serverName ?? ''
      this.#options.onNews({
        peer: name,
        up: false,
        fault: fault === null ? null : connectionFault(fault, serverName),
        at: bare(peer),
      })
    })
    return connection
  }

  /** Spread by half, so that a hundred trunks of one carrier do not come back at once. */
  #rest(way: string): void {
    const failures = (this.#rests.get(way)?.failures ?? 0) + 1
    const pauseMs = Math.min(firstRestMs * 2 ** (failures - 1), longestRestMs) * (0.75 + this.#options.random() / 2)
    this.#rests.delete(way)
    this.#rests.set(way, { failures, until: this.#options.now() + pauseMs })
    if (this.#rests.size > restsMax) this.#rests.delete(this.#rests.keys().next().value!)
  }

  #prove(connection: Connection): void {
    connection.isProven = true
    connection.socket.setTimeout(idleMs)
    this.#places.prove(connection)
  }

  #expire(connection: Connection): void {
    const { isProven, socket, peer, transport } = connection
    if (isProven || socket.destroyed) return
    // A trunk may have been found, or added, after it came.
    if (this.#options.isTrunk({ source: peer, transport })) return this.#prove(connection)
    this.#provedTooLate++
    socket.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { socket } of this.#all.values()) socket.destroy()
    this.#handshakes.endAll()
    await Promise.all(this.#servers.map(server => new Promise<void>(done => server.close(() => done()))))
  }
}

/** What we say to those we know alone: a request, or that theirs is dealt with or accepted. That we are here (OPTIONS) is said to anyone. */
function proves(bytes: Buffer): boolean {
  const head = bytes.subarray(0, 2_048).toString('latin1')
  if (/^[A-Z]+ sips?:/.test(head)) return true
  return /^SIP\/2\.0 [12]/.test(head) && !/^CSeq:[ \t]*\d+[ \t]+OPTIONS/im.test(head)
}

const timedOut = () => Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' })

const wayOf = (transport: string, { address, port }: Address, name: PeerName | null) =>
  `${transport} ${address} ${port} ${name ?? ''}`

const handshakeOf = (local: string, { remoteAddress, remotePort }: Socket) => `${local} ${remoteAddress} ${remotePort}`

const bare = ({ address, port }: Address): Address => ({ address, port })

function addressOf(socket: Socket): Address {
  return { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 }
}

/** The client's certificate and what it sent to prove it, at most five. */
function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = []
  for (
    let next = socket.getPeerX509Certificate();
    next !== undefined && chain.length < 5;
    next = next.issuerCertificate
  ) {
    if (chain.some(one => one.fingerprint256 === next!.fingerprint256)) break
    chain.push(next)
  }
  return chain
}
