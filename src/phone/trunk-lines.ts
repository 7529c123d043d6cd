/**
 * The states of the trunks (`trunk-line.ts`), and what brings them about: names are looked up, registrations and OPTIONS go to the target that
 * is the best now, and the floor is told what is up and what is down, and why.
 */
import { isIP } from 'node:net'
import type { Trunk } from '../centre/entities.ts'
import type { Input } from '../centre/inputs.ts'
import { connectionOf, nextHopOf, tlsNameOf } from '../centre/trunks/trunk-connection.ts'
import type { Trouble } from '../centre/trunks/trunk-trouble.ts'
import { formatHost } from '../lib/host.ts'
import type { TrunkId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import type { Destination, DigestCredentials, PeerName, Transport, UaEvent, UserAgentPort } from '../sip/events.ts'
import type { ConnectionNews } from './connections.ts'
import type { Wanted } from './locate.ts'
import type { Target } from './targets.ts'
import type { TlsPeer } from './tls-peers.ts'
import { TrunkCallers } from './trunk-callers.ts'
import {
  credentialsOf,
  isRegisteredAlike,
  type Line,
  missesUntilDown,
  newLine,
  proxyRoute,
  schemeOf,
  type TrunkSecrets,
  type TrunkWire,
  trouble,
  wayTo,
} from './trunk-line.ts'

const qualifyEveryMs = 30_000
/** How soon a name is looked up again after a failed look-up. */
const resolveRetryMs = 10_000
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

export class TrunkLines {
  readonly #options: TrunkLinesOptions
  readonly #lines = new Map<TrunkId, Line>()
  /** Whose calls come in. */
  readonly callers = new TrunkCallers(this.#lines)
  /** Gone from here, and their carriers are being told so over TLS: their connections are let go then. */
  readonly #leaving = new Set<TrunkId>()

  constructor(options: TrunkLinesOptions) {
    this.#options = options
  }

  /** Takes over a trunk as saved; called at start and at each change of it or its password. */
  apply(trunk: Trunk, secrets: TrunkSecrets): void {
    const before = this.#lines.get(trunk.id)
    if (!trunk.enabled) {
      if (before) this.#leave(before)
      if (before === undefined || before.told === null)
        this.#options.post(
          { type: 'trunk.down', trunk: trunk.id, reason: 'switched off', why: 'switched_off' },
          `trunk:${trunk.id}`,
        )
      return
    }
    if (before) this.#quiet(before, isRegisteredAlike(before.trunk, trunk))
    this.#leaving.delete(trunk.id)
    const { host } = nextHopOf(trunk)
    const line = newLine(trunk, secrets, this.#makeKnown(trunk, secrets.key), before ?? null)
    this.#lines.set(trunk.id, line)
    const { refusing } = line.wire
    if (refusing !== null) this.#options.log.error({ trunk: trunk.name }, refusing.words)
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
    return line ? credentialsOf(line) : null
  }

  /** Where a call on this trunk goes; null while its name does not resolve or it is gone. */
  destination(id: TrunkId): Destination | null {
    const line = this.#lines.get(id)
    return line?.current ? wayTo(line, line.current) : null
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

  /** A TLS connection of this trunk came about or was lost: in that case it is opened again, after a growing pause. */
  connectionChanged({ peer, up, fault, at }: ConnectionNews): void {
    const line = this.#lines.get(peer as TrunkId)
    if (line === undefined) return
    const { now, random, log } = this.#options
    if (up) {
      line.connectionError = null
      line.lostInARow = 0
    } else {
      if (fault !== null) {
        log.warn({ trunk: line.trunk.name }, `connection lost: ${fault.words}`)
        line.connectionError = fault
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
            ? {
                why: event.status === null ? 'registration_silent' : 'registration_refused',
                words: `registration refused: ${event.status ?? 'no answer'} ${event.reason}`.trim(),
              }
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
        const cause = error instanceof Error ? error.message : String(error)
        line.resolveError = { why: 'not_found', words: `the name ${host} does not resolve: ${cause}` }
        if (this.#lines.get(line.trunk.id) === line) this.#tell(line)
      },
    )
  }

  #located(line: Line, targets: Target[]): void {
    const { transport } = line.trunk
    const near = targets.filter(({ address }) => this.#options.reaches(transport, address))
    line.resolveError =
      near.length > 0
        ? null
        : {
            why: 'out_of_reach',
            words: `it is at ${targets[0]?.address}, and sip.listen has no address that reaches there`,
          }
    line.targets.set(near)
    this.#follow(line)
    this.#tell(line)
  }

  /** Registration and OPTIONS go to the target that is the best now. */
  #follow(line: Line): void {
    const best = line.targets.current(this.#options.now())
    const isSame = best?.address === line.current?.address && best?.port === line.current?.port
    if (line.hasBegun && isSame) return
    line.hasBegun = true
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
  #makeKnown(trunk: Trunk, key: string | null): Trouble | null {
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
      const cause = (error as Error).message.slice(0, 100)
      return { why: 'tls_files', words: `TLS: a certificate or the key of this trunk cannot be used: ${cause}` }
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
    const found = trouble(line)
    const up = found === null
    const reason = found?.words ?? null
    if (line.told === reason) return
    line.told = reason
    const { trunk } = line
    this.#options.log.info({ trunk: trunk.name, up, reason }, up ? 'trunk is up' : 'trunk is down')
    this.#options.post(
      up
        ? { type: 'trunk.up', trunk: trunk.id }
        : { type: 'trunk.down', trunk: trunk.id, reason: found.words, why: found.why },
      `trunk:${trunk.id}`,
    )
  }
}
