/**
 * The states of the trunks (`trunk-line.ts`), and what brings them about: names are looked up, registrations and OPTIONS go to the target that
 * is the best now, and the floor is told what is up and what is down, and why.
 */
import { isIP } from 'node:net'
import type { Trunk } from '../centre/entities.ts'
import type { Input } from '../centre/inputs.ts'
import { connectionOf, nextHopOf, placeOf, tlsNameOf } from '../centre/trunks/trunk-connection.ts'
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
  newLine,
  proxyRoute,
  schemeOf,
  type TrunkSecrets,
  type TrunkWire,
  trouble,
  wayTo,
} from './trunk-line.ts'
import type { CallHeard } from './trunk-signs.ts'

/** How soon a trunk is asked by OPTIONS whether it is there, spread over that time, and how often then. */
export type Asking = { firstMs: { from: number; to: number }; everyMs: number }
const usualAsking: Asking = { firstMs: { from: 0, to: 2_000 }, everyMs: 30_000 }
/** A trunk at which calls get no response is asked at once, no more often than this: an answer takes 4 s at most. */
const hastenEveryMs = 10_000
/** Refreshes of a registration that fail in a row until people are told: one alone is often made good by the next. */
const lapsingAfter = 2
/** A registrar that fails two refreshes of three is one alarm a day, and buries no other. */
const lapsingEveryMs = 24 * 3_600_000
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
  /** Left out: as usual. */
  asking?: Asking
}

export class TrunkLines {
  readonly #options: TrunkLinesOptions
  readonly #lines = new Map<TrunkId, Line>()
  /** Whose calls come in. */
  readonly callers = new TrunkCallers(this.#lines)
  readonly #asking: Asking
  #advancedAt = Number.NEGATIVE_INFINITY
  /** Gone from here, and their carriers are being told so over TLS: their connections are let go then. */
  readonly #leaving = new Set<TrunkId>()

  constructor(options: TrunkLinesOptions) {
    this.#options = options
    this.#asking = options.asking ?? usualAsking
  }

  /** Takes over a trunk as saved; called at start and at each change of it or its password. `answersAt`: where it has answered OPTIONS, ever. */
  apply(trunk: Trunk, secrets: TrunkSecrets, answersAt: string | null = null): void {
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
    const known = this.#makeKnown(trunk, secrets.key)
    const line = newLine(trunk, secrets, known, { before: before ?? null, answersAt })
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
    const { serviceRoute } = line.binding
    return serviceRoute.length > 0 ? serviceRoute : proxyRoute(line.trunk)
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
    const line = this.#lines.get(id)
    return line ? { ...line.wire, registration: line.binding.seen(this.#options.now()) } : null
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

  /** A call at this target got a response. */
  heard(id: TrunkId, target: Target, heard: CallHeard): void {
    const line = this.#lines.get(id)
    if (!line || !isSame(target, line.current)) return
    line.signs.callHeard(heard)
    this.#tell(line)
  }

  /** A first response of this trunk came `ms` after the INVITE. Answers whether that was late. */
  responded(id: TrunkId, ms: number): boolean {
    return this.#lines.get(id)?.firsts.came(ms, this.#options.now()) ?? false
  }

  /** Whether a first response of this trunk that has not come `ms` after the INVITE is late. */
  isOverdue(id: TrunkId, ms: number): boolean {
    const lateMs = this.#lines.get(id)?.firsts.lateMs ?? null
    return lateMs !== null && ms >= lateMs
  }

  /** A call at this target got no response at all, not even a 100. True when there is another to go to at once. */
  unheard(id: TrunkId, target: Target): boolean {
    if (this.failed(id, target)) return true
    const line = this.#lines.get(id)
    if (!line || !isSame(target, line.current)) return false
    line.signs.callSilent()
    const now = this.#options.now()
    if (!line.signs.missed && now - line.hastenedAt >= hastenEveryMs) line.hastenedAt = line.qualifyAt = now
    this.#tell(line)
    return false
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
      if (line.binding.ranOut(this.#advancedAt, now)) this.#tell(line)
    }
    this.#advancedAt = now
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
        this.#noteRegistration(line, event)
        this.#tell(line)
        return true
      }
      case 'qualified': {
        const line = this.#lines.get(event.target as TrunkId)
        if (!line) return false
        // The target in use has not been asked yet: this is said of the one that was left.
        if (Number.isFinite(line.qualifyAt)) return true
        const { up, status, rttMs } = event
        line.signs.optionsTold(up, status)
        line.wire.options = { up, status, rttMs, at: this.#options.now() }
        if (line.signs.isLost && line.current) this.failed(line.trunk.id, line.current)
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
    const stays = isSame(best, line.current)
    if (line.hasBegun && stays) return
    line.hasBegun = true
    line.current = best
    line.wire.target = best
    if (!stays) line.signs.moved(line.told != null)
    if (best !== null) this.#begin(line)
  }

  #noteRegistration(line: Line, event: Extract<UaEvent, { registration: string }>): void {
    const { now, log, post } = this.#options
    line.binding.take(event, now())
    if (event.type !== 'registrationFailed') return
    const { refresh, until } = line.binding.seen(now()) ?? {}
    if (refresh != null && until != null)
      log.warn(
        { trunk: line.trunk.name, reply: refresh.reply, holdsS: Math.round((until - now()) / 1000) },
        'the registration of this trunk is not refreshed; it holds for a while yet',
      )
    const { id } = line.trunk
    if (refresh != null && line.binding.failedInARow === lapsingAfter && now() - line.lapsingAt >= lapsingEveryMs) {
      line.lapsingAt = now()
      post({ type: 'trunk.lapsing', trunk: id, reply: refresh.reply }, `trunk:${id}`)
    }
    // Nobody there, or nobody who can: another may (RFC 3263 §4.3).
    if ((event.status === null || event.status === 503) && line.current) this.failed(line.trunk.id, line.current)
  }

  #begin(line: Line): void {
    const { now, random } = this.#options
    const { trunk } = line
    const destination = this.destination(trunk.id)
    if (!destination) return
    // Over TLS a wrong certificate is to be told at once, and calls that come in need the connection.
    const isTls = trunk.transport === 'tls'
    const { from, to } = this.#asking.firstMs
    const isAtOnce = line.wasElsewhere || (isTls && !trunk.register)
    line.wasElsewhere = false
    line.qualifyAt = now() + (isAtOnce ? 0 : from + random() * (to - from))
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

  #qualify(line: Line, now: number): void {
    line.qualifyAt = Number.POSITIVE_INFINITY
    const destination = this.destination(line.trunk.id)
    if (!destination) return
    const uri = `${schemeOf(line.trunk)}:${formatHost(line.trunk.host, line.trunk.port)}`
    const routes = proxyRoute(line.trunk)
    this.#options.ua.qualify(line.trunk.id, { uri, destination, everyMs: this.#asking.everyMs, routes }, now)
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
    const { trunk, binding } = line
    this.#quiet(line)
    this.#lines.delete(trunk.id)
    if (trunk.transport === 'tls' && binding.holds(this.#options.now())) this.#leaving.add(trunk.id)
    else this.#options.tls.forget(trunk.id)
  }

  /** `staysRegistered`: the next registration takes the place of this one, and taking it back first might arrive after that. */
  #quiet({ trunk }: Line, staysRegistered = false): void {
    this.#options.ua.stopQualify(trunk.id)
    if (trunk.register && !staysRegistered) this.#options.ua.unregister(trunk.id, this.#options.now())
  }

  #tell(line: Line): void {
    const { log, post, now } = this.#options
    const found = trouble(line, now())
    const reason = found?.words ?? null
    const { trunk, signs } = line
    if (line.told === reason && line.toldAnswers === signs.answersOptions) return
    if (line.told !== reason) log.info({ trunk: trunk.name, up: found === null, reason }, wordsOf(found))
    const answers = signs.answersOptions ? { answersAt: placeOf(trunk) } : line.toldAnswers ? { answersAt: null } : {}
    line.told = reason
    line.toldAnswers = signs.answersOptions
    const about = { trunk: trunk.id, ...answers }
    post(
      found === null
        ? { type: 'trunk.up', ...about }
        : { type: 'trunk.down', ...about, reason: found.words, why: found.why },
      `trunk:${trunk.id}`,
    )
  }
}

const wordsOf = (found: Trouble | null) => (found === null ? 'trunk is up' : 'trunk is down')

const isSame = (a: Target | null, b: Target | null) => a?.address === b?.address && a?.port === b?.port
