/**
 * The trunks as the wire sees them: where each one is, whether it is reachable, and whose packet this is. A trunk is up when it is switched
 * on, its registration (if it has one) holds, and OPTIONS is answered; one that has never answered OPTIONS is believed up, since some gateways
 * never do, and a refusal of a call tells soon enough.
 */
import { isIP } from 'node:net'
import type { Trunk } from '../centre/entities.ts'
import type { Input } from '../centre/inputs.ts'
import { connectionOf, nextHopOf, tlsNameOf } from '../centre/trunk-connection.ts'
import type { TrunkId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import type { Destination, Flow, PeerName, UaEvent, UserAgentPort } from '../sip/events.ts'
import type { TlsPeer } from './tls-peers.ts'

const qualifyEveryMs = 30_000
/** How often names are looked up again, and how soon after a failed look-up. */
const resolveEveryMs = 300_000
const resolveRetryMs = 10_000
/** OPTIONS in a row without an answer until a trunk that used to answer is down. */
const missesUntilDown = 2
/** Before a lost TLS connection is opened again: doubled each time, spread by half. */
const firstPauseMs = 1_000
const longestPauseMs = 60_000

/** All addresses of a host name; rejects when there are none. */
export type Resolve = (host: string) => Promise<string[]>

export type TrunkLinesOptions = {
  ua: UserAgentPort
  tls: {
    /** Throws when its certificates cannot be read. */
    know(peer: TlsPeer): void
    forget(name: PeerName): void
  }
  resolve: Resolve
  post(input: Input, actor: `trunk:${string}`): void
  now(): number
  /** [0, 1), to spread what is tried again. */
  random(): number
  log: Logger
}

/** What a trunk keeps secret: how it registers, and the key of the certificate that we show it. */
export type TrunkSecrets = { password: string | null; key: string | null }

type Line = {
  trunk: Trunk
  password: string | null
  addresses: string[]
  resolveAt: number
  resolving: boolean
  /** When a lost connection is opened again. */
  againAt: number
  /** When OPTIONS begin; they go on by themselves then. */
  qualifyAt: number
  resolveError: string | null
  registered: boolean
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

  constructor(options: TrunkLinesOptions) {
    this.#options = options
  }

  /** Takes over a trunk as saved; called at start and at each change of it or its password. */
  apply(trunk: Trunk, { password, key }: TrunkSecrets): void {
    const before = this.#lines.get(trunk.id)
    if (before) this.#quiet(before)
    if (!trunk.enabled) {
      this.#lines.delete(trunk.id)
      this.#options.tls.forget(trunk.id)
      if (before === undefined || before.told === null)
        this.#options.post({ type: 'trunk.down', trunk: trunk.id, reason: 'switched off' }, `trunk:${trunk.id}`)
      return
    }
    const { host } = nextHopOf(trunk)
    const line: Line = {
      trunk,
      password,
      addresses: isIP(host) ? [host] : [],
      resolveAt: isIP(host) ? Number.POSITIVE_INFINITY : 0,
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
    if (line.addresses.length > 0) this.#begin(line)
    this.#tell(line)
  }

  remove(id: TrunkId): void {
    const line = this.#lines.get(id)
    if (!line) return
    this.#quiet(line)
    this.#lines.delete(id)
    this.#options.tls.forget(id)
  }

  trunk(id: TrunkId): Trunk | null {
    return this.#lines.get(id)?.trunk ?? null
  }

  password(id: TrunkId): string | null {
    return this.#lines.get(id)?.password ?? null
  }

  /** Where a call on this trunk goes; null while its name does not resolve or it is gone. */
  destination(id: TrunkId): Destination | null {
    const line = this.#lines.get(id)
    const address = line?.addresses[0]
    if (!line || address === undefined) return null
    const { transport } = line.trunk
    return { transport, address, port: nextHopOf(line.trunk).port, ...(transport === 'tls' ? { peer: id } : {}) }
  }

  addresses(id: TrunkId): readonly string[] {
    return this.#lines.get(id)?.addresses ?? []
  }

  /**
   * Whose message this is: by what TLS has proved, else by address and port, else by address alone; null: nobody's. What is said to come from
   * a trunk of TLS over anything less is nobody's (addresses of UDP are forged), and so is what shows no certificate where one is asked for.
   */
  trunkOf({ source, transport, peer }: Pick<Flow, 'source' | 'transport' | 'peer'>): TrunkId | null {
    if (peer !== undefined) return this.#lines.has(peer as TrunkId) ? (peer as TrunkId) : null
    let byAddress: TrunkId | null = null
    for (const [id, line] of this.#lines) {
      if (!line.addresses.includes(source.address)) continue
      if ((line.trunk.transport === 'tls') !== (transport === 'tls')) continue
      if (connectionOf(line.trunk).trust === 'certificate') continue
      if (line.trunk.port === source.port) return id
      byAddress ??= id
    }
    return byAddress
  }

  /** A TLS connection of this trunk came about or was lost: in that case it is opened again, after a growing pause. */
  connectionChanged({ peer, up, words }: { peer: PeerName; up: boolean; words: string | null }): void {
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
        const line = this.#lines.get(event.registration as TrunkId)
        if (!line) return false
        line.registered = event.type === 'registered'
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
        line.misses = event.up ? 0 : line.misses + 1
        line.everQualified ||= event.up
        this.#tell(line)
        return true
      }
      default:
        return false
    }
  }

  #resolve(line: Line): void {
    line.resolving = true
    this.#options.resolve(nextHopOf(line.trunk).host).then(
      addresses => {
        line.resolving = false
        line.resolveAt = this.#options.now() + resolveEveryMs
        line.resolveError = null
        if (this.#lines.get(line.trunk.id) !== line) return
        const moved = line.addresses[0] !== addresses[0]
        line.addresses = addresses
        if (moved) this.#begin(line)
        this.#tell(line)
      },
      error => {
        line.resolving = false
        line.resolveAt = this.#options.now() + resolveRetryMs
        line.resolveError = `the name ${nextHopOf(line.trunk).host} does not resolve: ${error instanceof Error ? error.message : String(error)}`
        if (this.#lines.get(line.trunk.id) === line) this.#tell(line)
      },
    )
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
    const host = literal(trunk.host)
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
    const uri = `${schemeOf(line.trunk)}:${literal(line.trunk.host)}:${line.trunk.port}`
    this.#options.ua.qualify(line.trunk.id, { uri, destination, everyMs: qualifyEveryMs }, now)
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

  #quiet(line: Line): void {
    this.#options.ua.stopQualify(line.trunk.id)
    if (line.trunk.register) this.#options.ua.unregister(line.trunk.id, this.#options.now())
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

/** What the trunk's addresses begin with. */
export const schemeOf = (trunk: Trunk): 'sip' | 'sips' => (connectionOf(trunk).sips ? 'sips' : 'sip')

/** An IPv6 address as a URI wants it. */
function literal(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** Why the trunk cannot be used, in words; null when it can. */
function trouble(line: Line): string | null {
  if (line.connectionError !== null) return line.connectionError
  if (line.addresses.length === 0) return line.resolveError ?? 'its name is being looked up'
  if (line.trunk.register && !line.registered) return line.registerError ?? 'registering'
  if (line.everQualified && line.misses >= missesUntilDown) return `OPTIONS not answered ${line.misses} times`
  return null
}
