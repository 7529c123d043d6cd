/**
 * The trunks as the wire sees them: where each one is, whether it is reachable, and whose packet this is. A trunk is up when it is switched
 * on, its registration (if it has one) holds, and OPTIONS is answered; one that has never answered OPTIONS is believed up, since some gateways
 * never do, and a refusal of a call tells soon enough.
 */
import { isIP } from 'node:net'
import type { Trunk } from '../centre/entities.ts'
import type { Input } from '../centre/inputs.ts'
import type { TrunkId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import type { Destination, UaEvent, UserAgentPort } from '../sip/events.ts'

const qualifyEveryMs = 30_000
/** How often names are looked up again, and how soon after a failed look-up. */
const resolveEveryMs = 300_000
const resolveRetryMs = 10_000
/** OPTIONS in a row without an answer until a trunk that used to answer is down. */
const missesUntilDown = 2

/** All addresses of a host name; rejects when there are none. */
export type Resolve = (host: string) => Promise<string[]>

export type TrunkLinesOptions = {
  ua: UserAgentPort
  resolve: Resolve
  post(input: Input, actor: `trunk:${string}`): void
  now(): number
  log: Logger
}

type Line = {
  trunk: Trunk
  password: string | null
  addresses: string[]
  resolveAt: number
  resolving: boolean
  /** When OPTIONS begin; they go on by themselves then. */
  qualifyAt: number
  resolveError: string | null
  registered: boolean
  registerError: string | null
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
  apply(trunk: Trunk, password: string | null): void {
    const before = this.#lines.get(trunk.id)
    if (before) this.#quiet(before)
    if (!trunk.enabled) {
      this.#lines.delete(trunk.id)
      if (before === undefined || before.told === null)
        this.#options.post({ type: 'trunk.down', trunk: trunk.id, reason: 'switched off' }, `trunk:${trunk.id}`)
      return
    }
    const line: Line = {
      trunk,
      password,
      addresses: isIP(trunk.host) ? [trunk.host] : [],
      resolveAt: isIP(trunk.host) ? Number.POSITIVE_INFINITY : 0,
      resolving: false,
      qualifyAt: Number.POSITIVE_INFINITY,
      resolveError: null,
      registered: false,
      registerError: null,
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
    return { transport: line.trunk.transport, address, port: line.trunk.port }
  }

  addresses(id: TrunkId): readonly string[] {
    return this.#lines.get(id)?.addresses ?? []
  }

  /** Whose packet this is: by address and port, else by address alone; null: nobody's. */
  trunkAt(address: string, port: number): TrunkId | null {
    let byAddress: TrunkId | null = null
    for (const [id, line] of this.#lines) {
      if (!line.addresses.includes(address)) continue
      if (line.trunk.port === port) return id
      byAddress ??= id
    }
    return byAddress
  }

  /** Looks names up again when their time has come. */
  advance(now: number): void {
    for (const line of this.#lines.values()) {
      if (!line.resolving && now >= line.resolveAt) this.#resolve(line)
      if (now >= line.qualifyAt) this.#qualify(line, now)
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
    this.#options.resolve(line.trunk.host).then(
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
        line.resolveError = `the name ${line.trunk.host} does not resolve: ${error instanceof Error ? error.message : String(error)}`
        if (this.#lines.get(line.trunk.id) === line) this.#tell(line)
      },
    )
  }

  #begin(line: Line): void {
    const { ua, now } = this.#options
    const { trunk } = line
    const destination = this.destination(trunk.id)
    if (!destination) return
    const host = literal(trunk.host)
    line.qualifyAt = now() + qualifyEveryMs
    if (trunk.register && trunk.username !== null) {
      ua.register(
        trunk.id,
        {
          registrar: `sip:${host}:${trunk.port}`,
          destination,
          aor: `sip:${trunk.username}@${host}`,
          auth: { username: trunk.username, password: line.password ?? '' },
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
    const uri = `sip:${literal(line.trunk.host)}:${line.trunk.port}`
    this.#options.ua.qualify(line.trunk.id, { uri, destination, everyMs: qualifyEveryMs }, now)
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

/** An IPv6 address as a URI wants it. */
function literal(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** Why the trunk cannot be used, in words; null when it can. */
function trouble(line: Line): string | null {
  if (line.addresses.length === 0) return line.resolveError ?? 'its name is being looked up'
  if (line.trunk.register && !line.registered) return line.registerError ?? 'registering'
  if (line.everQualified && line.misses >= missesUntilDown) return `OPTIONS not answered ${line.misses} times`
  return null
}
