/**
 * The trunks as the wire sees them: where each one is, whether it is reachable, and whose packet this is. A trunk is up when it is switched
 * on, its registration (if it has one) holds, and OPTIONS is answered; one that has never answered OPTIONS is believed up, since some gateways
 * never do, and a refusal of a call tells soon enough.
 */
import { isIP } from 'node:net'
import type { Trunk } from '../centre/entities.ts'
import type { Input } from '../centre/inputs.ts'
import { connectionOf, nextHopOf, tlsNameOf } from '../centre/trunk-connection.ts'
import { formatHost } from '../lib/host.ts'
import type { TrunkId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import type {
  Account,
  Destination,
  DigestCredentials,
  Flow,
  PeerName,
  Transport,
  UaEvent,
  UserAgentPort,
} from '../sip/events.ts'
import type { ConnectionNews } from './connections.ts'
import type { Wanted } from './locate.ts'
import { type Target, Targets } from './targets.ts'
import type { TlsPeer } from './tls-peers.ts'

const qualifyEveryMs = 30_000
/** How soon a name is looked up again after a failed look-up. */
const resolveRetryMs = 10_000
/** OPTIONS in a row without an answer until a trunk that used to answer is down. */
const missesUntilDown = 2
/** Before a lost TLS connection is opened again: doubled each time, spread by half. */
const firstPauseMs = 1_000
const longestPauseMs = 60_000

/** Where the carrier is, and how long that holds; rejects with words when it is nowhere. */
export type Locate = (wanted: Wanted) => Promise<{ targets: Target[]; holdsMs: number }>

export type TrunkLinesOptions = {
  ua: UserAgentPort
  tls: {
    /** Throws when its certificates cannot be read. */
    know(peer: TlsPeer): void
    forget(name: PeerName): void
  }
  locate: Locate
  /** Whether we listen at an address that reaches there. */
  reaches(transport: Transport, address: string): boolean
  post(input: Input, actor: `trunk:${string}`): void
  now(): number
  /** [0, 1), to spread what is tried again. */
  random(): number
  log: Logger
}

/** What is seen of a trunk on the wire: where it is gone to, and what was answered last. Instants are of the caller's clock. */
export type TrunkWire = {
  target: Target | null
  /** `nextMs`: for how long it was granted, or until it is tried again. */
  registration: { state: 'registered' | 'refused'; reply: string; at: number; contacts: number; nextMs: number } | null
  options: { status: number | null; rttMs: number | null; at: number } | null
}

const quietWire: TrunkWire = { target: null, registration: null, options: null }

/** What a trunk keeps secret: how it registers, the key of the certificate that we show it, and what its calls prove themselves by. */
export type TrunkSecrets = { password: string | null; key: string | null; inbound?: string | null }

type Line = {
  trunk: Trunk
  password: string | null
  inbound: string | null
  targets: Targets
  /** The target that registration and OPTIONS go to now. */
  current: Target | null
  wire: TrunkWire
  resolveAt: number
  resolving: boolean
  /** When a lost connection is opened again. */
  againAt: number
  /** When OPTIONS begin; they go on by themselves then. */
  qualifyAt: number
  resolveError: string | null
  registered: boolean
  /** How the carrier wants our calls to go, as its answer to REGISTER said. */
  serviceRoute: string[]
  registerError: string | null
  /** Why there is no TLS connection; null while nothing speaks against one. */
  connectionError: string | null
  /** Connections that were lost or refused, one after the other. */
  lostInARow: number
  everQualified: boolean
  misses: number
  /** What the floor was told last: null is up, a text is why not; undefined: nothing yet. */
  told: string | null | undefined
}

export class TrunkLines {
  readonly #options: TrunkLinesOptions
  readonly #lines = new Map<TrunkId, Line>()
  /** Gone from here, and their carriers are being told so over TLS: their connections are let go then. */
  readonly #leaving = new Set<TrunkId>()

  constructor(options: TrunkLinesOptions) {
    this.#options = options
  }

  /** Takes over a trunk as saved; called at start and at each change of it or its password. */
  apply(trunk: Trunk, { password, key, inbound = null }: TrunkSecrets): void {
    const before = this.#lines.get(trunk.id)
    if (!trunk.enabled) {
      if (before) this.#leave(before)
      if (before === undefined || before.told === null)
        this.#options.post({ type: 'trunk.down', trunk: trunk.id, reason: 'switched off' }, `trunk:${trunk.id}`)
      return
    }
    if (before) this.#quiet(before, isRegisteredAlike(before.trunk, trunk))
    this.#leaving.delete(trunk.id)
    const { host } = nextHopOf(trunk)
    const line: Line = {
      trunk,
      password,
      inbound,
      targets: new Targets(),
      current: null,
      wire: { ...quietWire },
      serviceRoute: [],
      resolveAt: Number.POSITIVE_INFINITY,
      resolving: false,
      againAt: Number.POSITIVE_INFINITY,
      qualifyAt: Number.POSITIVE_INFINITY,
      resolveError: null,
      registered: false,
      registerError: null,
      connectionError: this.#makeKnown(trunk, key),
      lostInARow: 0,
      everQualified: false,
      misses: 0,
      told: before?.told,
    }
    this.#lines.set(trunk.id, line)
    if (isIP(host)) this.#located(line, [{ address: host, port: nextHopOf(trunk).port }])
    else line.resolveAt = 0
    this.#tell(line)
  }

  remove(id: TrunkId): void {
    const line = this.#lines.get(id)
    if (line) this.#leave(line)
  }

  trunk(id: TrunkId): Trunk | null {
    return this.#lines.get(id)?.trunk ?? null
  }

  password(id: TrunkId): string | null {
    return this.#lines.get(id)?.password ?? null
  }

  /** What answers the trunk's challenges; null when it has none. */
  credentials(id: TrunkId): DigestCredentials | null {
    const line = this.#lines.get(id)
    if (!line || line.trunk.username === null || line.password === null) return null
    return { username: line.trunk.username, password: line.password }
  }

  /** Where a call on this trunk goes; null while its name does not resolve or it is gone. */
  destination(id: TrunkId): Destination | null {
    const line = this.#lines.get(id)
    const target = line?.current
    if (!line || !target) return null
    const { transport } = line.trunk
    return { transport, ...target, ...(transport === 'tls' ? { peer: id } : {}) }
  }

  /**
   * How the trunk is reached that a call came from or was placed at, whose connection is no more: the target that it is at, else the one in use.
   * Null while no trunk is known there.
   */
  wayBack({ transport, source, peer }: Pick<Flow, 'source' | 'transport' | 'peer'>): Destination | null {
    const id = this.trunkOf({ transport, source, peer })
    const line = id === null ? undefined : this.#lines.get(id)
    if (id === null || line === undefined) return null
    const there = line.targets.all.filter(({ address }) => address === source.address)
    const target = there.find(({ port }) => port === source.port) ?? there[0] ?? line.current
    return target && { transport, ...target, ...(transport === 'tls' ? { peer: id } : {}) }
  }

  addresses(id: TrunkId): readonly string[] {
    return this.#lines.get(id)?.targets.all.map(({ address }) => address) ?? []
  }

  /** URIs that a call on this trunk passes first: the carrier's Service-Route, else the outbound proxy. */
  routes(id: TrunkId): readonly string[] {
    const line = this.#lines.get(id)
    if (!line) return []
    return line.serviceRoute.length > 0 ? line.serviceRoute : proxyRoute(line.trunk)
  }

  /** Host and port that its addresses name: what was configured where a name stands for several places, else where it is sent to. */
  host(id: TrunkId): string | null {
    const line = this.#lines.get(id)
    if (!line?.current) return null
    const { lookUp, outboundProxy } = connectionOf(line.trunk)
    if (lookUp === 'services') return formatHost(line.trunk.host)
    if (outboundProxy !== null) return formatHost(line.trunk.host, line.trunk.port)
    return formatHost(line.current.address, line.current.port)
  }

  /** What is seen of the trunk on the wire. */
  wire(id: TrunkId): TrunkWire | null {
    return this.#lines.get(id)?.wire ?? null
  }

  /** A request to this target failed in the transport, was not answered, or got a 503. True when there is another to go to at once. */
  failed(id: TrunkId, target: Target, retryAfterS: number | null = null): boolean {
    const line = this.#lines.get(id)
    if (!line?.targets.failed(target, this.#options.now(), retryAfterS)) return false
    this.#options.log.warn(
      { trunk: line.trunk.name, ...target },
      'a target of this trunk failed; it rests, and another is used',
    )
    this.#follow(line)
    return true
  }

  /**
   * Whose message this is: by what TLS has proved, else by address and port, else by address alone; null: nobody's. What is said to come from
   * a trunk of TLS over anything less is nobody's (addresses of UDP are forged), and so is what shows no certificate where one is asked for.
   */
  trunkOf({ source, transport, peer }: Pick<Flow, 'source' | 'transport' | 'peer'>): TrunkId | null {
    if (peer !== undefined) return this.#lines.has(peer as TrunkId) ? (peer as TrunkId) : null
    let byAddress: TrunkId | null = null
    for (const [id, line] of this.#lines) {
      if (!line.targets.all.some(({ address }) => address === source.address)) continue
      if ((line.trunk.transport === 'tls') !== (transport === 'tls')) continue
      if (connectionOf(line.trunk).trust === 'certificate') continue
      if (line.targets.all.some(each => each.address === source.address && each.port === source.port)) return id
      byAddress ??= id
    }
    return byAddress
  }

  /** What a call of this trunk has to prove itself by; null: it needs not. */
  account(flow: Pick<Flow, 'source' | 'transport' | 'peer'>): Account | null {
    const id = this.trunkOf(flow)
    const line = id === null ? undefined : this.#lines.get(id)
    if (line === undefined) return null
    const { trust, inboundUser } = connectionOf(line.trunk)
    if (trust !== 'password') return null
    return { id: line.trunk.id, username: inboundUser ?? '', password: line.inbound }
  }

  /** A trunk is at this address, whatever it is known by: so somebody who comes from there may be one. */
  isAt(address: string): boolean {
    for (const { targets } of this.#lines.values()) if (targets.all.some(one => one.address === address)) return true
    return false
  }

  /** A TLS connection of this trunk came about or was lost: in that case it is opened again, after a growing pause. */
  connectionChanged({ peer, up, words, at }: ConnectionNews): void {
    const line = this.#lines.get(peer as TrunkId)
    if (line === undefined) return
    const { now, random, log } = this.#options
    if (up) {
      line.connectionError = null
      line.lostInARow = 0
    } else {
      if (words !== null) {
        log.warn({ trunk: line.trunk.name }, `connection lost: ${words}`)
        line.connectionError = words
        if (this.failed(line.trunk.id, at)) {
          line.connectionError = null
          return this.#tell(line)
        }
      }
      const pauseMs = Math.min(firstPauseMs * 2 ** line.lostInARow++, longestPauseMs) * (0.75 + random() / 2)
      line.againAt = now() + pauseMs
    }
    this.#tell(line)
  }

  /** Looks names up again when their time has come. */
  advance(now: number): void {
    for (const line of this.#lines.values()) {
      if (!line.resolving && now >= line.resolveAt) this.#resolve(line)
      this.#follow(line)
      if (now >= line.qualifyAt) this.#qualify(line, now)
      if (now >= line.againAt) this.#again(line)
    }
  }

  /** Takes the user agent's word on registrations and OPTIONS; true when the event was a trunk's. */
  take(event: UaEvent): boolean {
    switch (event.type) {
      case 'registered':
      case 'unregistered':
      case 'registrationFailed': {
        const id = event.registration as TrunkId
        const line = this.#lines.get(id)
        if (!line) {
          if (this.#leaving.delete(id)) this.#options.tls.forget(id)
          return false
        }
        line.registered = event.type === 'registered'
        this.#noteRegistration(line, event)
        line.registerError =
          event.type === 'registrationFailed'
            ? `registration refused: ${event.status ?? 'no answer'} ${event.reason}`.trim()
            : null
        this.#tell(line)
        return true
      }
      case 'qualified': {
        const line = this.#lines.get(event.target as TrunkId)
        if (!line) return false
        // The target in use has not been asked yet: this is said of the one that was left.
        if (Number.isFinite(line.qualifyAt)) return true
        line.misses = event.up ? 0 : line.misses + 1
        line.everQualified ||= event.up
        if (event.up) line.wire.options = { status: event.status, rttMs: event.rttMs, at: this.#options.now() }
        else {
          line.wire.options = { status: null, rttMs: null, at: this.#options.now() }
          if (line.misses >= missesUntilDown && line.current && this.failed(line.trunk.id, line.current))
            line.misses = 0
        }
        this.#tell(line)
        return true
      }
      default:
        return false
    }
  }

  #resolve(line: Line): void {
    line.resolving = true
    const { host, port, named } = nextHopOf(line.trunk)
    const { lookUp, outboundProxy } = connectionOf(line.trunk)
    // A port beside the proxy's name says that no service is to be looked for (RFC 3263 §4.2).
    const services = lookUp === 'services' && !(outboundProxy !== null && named)
    const { now, locate } = this.#options
    locate({ host, port, transport: line.trunk.transport, services }).then(
      ({ targets, holdsMs }) => {
        line.resolving = false
        line.resolveAt = now() + holdsMs
        if (this.#lines.get(line.trunk.id) === line) this.#located(line, targets)
      },
      error => {
        line.resolving = false
        line.resolveAt = now() + resolveRetryMs
        line.resolveError = `the name ${host} does not resolve: ${error instanceof Error ? error.message : String(error)}`
        if (this.#lines.get(line.trunk.id) === line) this.#tell(line)
      },
    )
  }

  #located(line: Line, targets: Target[]): void {
    const { transport } = line.trunk
    const near = targets.filter(({ address }) => this.#options.reaches(transport, address))
    line.resolveError =
      near.length > 0 ? null : `it is at ${targets[0]?.address}, and sip.listen has no address that reaches there`
    line.targets.set(near)
    this.#follow(line)
    this.#tell(line)
  }

  /** Registration and OPTIONS go to the target that is the best now. */
  #follow(line: Line): void {
    const best = line.targets.current(this.#options.now())
    if (best?.address === line.current?.address && best?.port === line.current?.port) return
    line.current = best
    line.wire.target = best
    line.misses = 0
    if (best !== null) this.#begin(line)
  }

  #noteRegistration(line: Line, event: Extract<UaEvent, { registration: string }>): void {
    const at = this.#options.now()
    switch (event.type) {
      case 'registered':
        line.serviceRoute = event.serviceRoute
        line.wire.registration = {
          state: 'registered',
          reply: '200 OK',
          at,
          contacts: event.contacts,
          nextMs: event.expiresInMs,
        }
        return
      case 'registrationFailed': {
        const reply = `${event.status ?? ''} ${event.reason}`.trim()
        line.wire.registration = { state: 'refused', reply, at, contacts: 0, nextMs: event.retryInMs }
        // Nobody there, or nobody who can: another may (RFC 3263 §4.3).
        if ((event.status === null || event.status === 503) && line.current) this.failed(line.trunk.id, line.current)
        return
      }
      case 'unregistered':
        line.wire.registration = null
        return
      default:
        event satisfies never
    }
  }

  #begin(line: Line): void {
    const { now } = this.#options
    const { trunk } = line
    const destination = this.destination(trunk.id)
    if (!destination) return
    // Over TLS a wrong certificate is to be told at once, and calls that come in need the connection.
    const isTls = trunk.transport === 'tls'
    line.qualifyAt = isTls && !trunk.register ? now() : now() + qualifyEveryMs
    this.#register(line, destination)
  }

  /** The connection is opened by what is sent over it; a registration is bound to its connection (RFC 5626 §4.2) and made anew. */
  #again(line: Line): void {
    line.againAt = Number.POSITIVE_INFINITY
    const destination = this.destination(line.trunk.id)
    if (!destination) return
    if (line.trunk.register) this.#register(line, destination)
    else line.qualifyAt = this.#options.now()
  }

  #register({ trunk, password }: Line, destination: Destination): void {
    const { ua, now } = this.#options
    const host = formatHost(trunk.host)
    const scheme = schemeOf(trunk)
    if (trunk.register && trunk.username !== null) {
      ua.register(
        trunk.id,
        {
          registrar: `${scheme}:${host}:${trunk.port}`,
          destination,
          aor: `${scheme}:${trunk.username}@${host}`,
          auth: { username: trunk.username, password: password ?? '' },
          expiresS: connectionOf(trunk).registerS,
          routes: proxyRoute(trunk),
        },
        now(),
      )
    }
  }

  /** The first OPTIONS waits one interval: a call that is placed meanwhile tells sooner and says more. */
  #qualify(line: Line, now: number): void {
    line.qualifyAt = Number.POSITIVE_INFINITY
    const destination = this.destination(line.trunk.id)
    if (!destination) return
    const uri = `${schemeOf(line.trunk)}:${formatHost(line.trunk.host, line.trunk.port)}`
    const routes = proxyRoute(line.trunk)
    this.#options.ua.qualify(line.trunk.id, { uri, destination, everyMs: qualifyEveryMs, routes }, now)
  }

  /** Null, or why the trunk's certificates are of no use. */
  #makeKnown(trunk: Trunk, key: string | null): string | null {
    const { tls } = this.#options
    if (trunk.transport !== 'tls') {
      tls.forget(trunk.id)
      return null
    }
    const { authorities, certificate, trust } = connectionOf(trunk)
    try {
      tls.know({
        name: trunk.id,
        serverName: tlsNameOf(trunk),
        authoritiesPem: authorities,
        certificatePem: key === null ? null : certificate,
        keyPem: certificate === null ? null : key,
        knownByCertificate: trust === 'certificate',
      })
      return null
    } catch (error) {
      return `TLS: a certificate or the key of this trunk cannot be used: ${(error as Error).message.slice(0, 100)}`
    }
  }

  /** What TLS needs for the last word to the carrier is kept until it has been said: at most as long as a transaction takes. */
  #leave(line: Line): void {
    const { trunk, registered } = line
    this.#quiet(line)
    this.#lines.delete(trunk.id)
    if (trunk.transport === 'tls' && registered) this.#leaving.add(trunk.id)
    else this.#options.tls.forget(trunk.id)
  }

  /** `staysRegistered`: the next registration takes the place of this one, and taking it back first might arrive after that. */
  #quiet({ trunk }: Line, staysRegistered = false): void {
    this.#options.ua.stopQualify(trunk.id)
    if (trunk.register && !staysRegistered) this.#options.ua.unregister(trunk.id, this.#options.now())
  }

  #tell(line: Line): void {
    const reason = trouble(line)
    const up = reason === null
    if (line.told === reason) return
    line.told = reason
    const { trunk } = line
    this.#options.log.info({ trunk: trunk.name, up, reason }, up ? 'trunk is up' : 'trunk is down')
    this.#options.post(
      up ? { type: 'trunk.up', trunk: trunk.id } : { type: 'trunk.down', trunk: trunk.id, reason },
      `trunk:${trunk.id}`,
    )
  }
}

/** An outbound proxy is a route that is known before any other (RFC 3261 §8.1.2). */
function proxyRoute(trunk: Trunk): string[] {
  if (connectionOf(trunk).outboundProxy === null) return []
  const { host, port, named } = nextHopOf(trunk)
  const transport = trunk.transport === 'udp' ? '' : `;transport=${trunk.transport}`
  return [`sip:${formatHost(host, named ? port : null)}${transport};lr`]
}

/** The same contact at the same carrier. */
function isRegisteredAlike(before: Trunk, after: Trunk): boolean {
  const what = (trunk: Trunk) => [
    trunk.register,
    trunk.host,
    trunk.port,
    trunk.transport,
    trunk.username,
    schemeOf(trunk),
  ]
  const proxy = (trunk: Trunk) => connectionOf(trunk).outboundProxy
  return what(before).join() === what(after).join() && proxy(before) === proxy(after)
}

/** What the trunk's addresses begin with. */
export const schemeOf = (trunk: Trunk): 'sip' | 'sips' => (connectionOf(trunk).sips ? 'sips' : 'sip')

/** Why the trunk cannot be used, in words; null when it can. */
function trouble(line: Line): string | null {
  if (line.connectionError !== null) return line.connectionError
  if (line.current === null) return line.resolveError ?? 'its name is being looked up'
  if (line.trunk.register && !line.registered) return line.registerError ?? 'registering'
  if (line.everQualified && line.misses >= missesUntilDown) return `OPTIONS not answered ${line.misses} times`
  return null
}
