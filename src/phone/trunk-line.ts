/**
 * One trunk as the wire sees it: what was configured, what is known of its carrier by now, and why it cannot be used. A trunk is up when it is
 * switched on, its registration (if it has one) holds, and OPTIONS is answered; one that has never answered OPTIONS is believed up, since some
 * gateways never do, and a refusal of a call tells soon enough.
 */
import type { Trunk } from '../centre/entities.ts'
import { connectionOf, nextHopOf } from '../centre/trunks/trunk-connection.ts'
import type { Trouble } from '../centre/trunks/trunk-trouble.ts'
import { formatHost } from '../lib/host.ts'
import type { Destination, DigestCredentials } from '../sip/events.ts'
import { type Target, Targets } from './targets.ts'

/** OPTIONS in a row without an answer until a trunk that used to answer is down. */
export const missesUntilDown = 2

/** What is seen of a trunk on the wire: where it is gone to, and what was answered last. Instants are of the caller's clock. */
export type TrunkWire = {
  target: Target | null
  /** `nextMs`: for how long it was granted, or until it is tried again. */
  registration: { state: 'registered' | 'refused'; reply: string; at: number; contacts: number; nextMs: number } | null
  options: { status: number | null; rttMs: number | null; at: number } | null
  /** Why no call that comes from it is let in, though calls may be placed on it. */
  refusing: Trouble | null
}

const quietWire: TrunkWire = { target: null, registration: null, options: null, refusing: null }

/** What a trunk keeps secret: how it registers, the key of the certificate that we show it, and what its calls prove themselves by. */
export type TrunkSecrets = { password: string | null; key: string | null; inbound?: string | null }

export type Line = {
  trunk: Trunk
  password: string | null
  inbound: string | null
  targets: Targets
  /** The target that registration and OPTIONS go to now. */
  current: Target | null
  /** It registers there, and is asked by OPTIONS. */
  hasBegun: boolean
  wire: TrunkWire
  resolveAt: number
  resolving: boolean
  /** When a lost connection is opened again. */
  againAt: number
  /** When OPTIONS begin; they go on by themselves then. */
  qualifyAt: number
  resolveError: Trouble | null
  registered: boolean
  /** How the carrier wants our calls to go, as its answer to REGISTER said. */
  serviceRoute: string[]
  registerError: Trouble | null
  /** Why there is no TLS connection; null while nothing speaks against one. */
  connectionError: Trouble | null
  /** Connections that were lost or refused, one after the other. */
  lostInARow: number
  everQualified: boolean
  misses: number
  /** What the floor was told last: null is up, a text is why not; undefined: nothing yet. */
  told: string | null | undefined
}

/**
 * Of a trunk as saved, before anything was heard of it. Where what was saved says nothing of where it is (`before`), it is found there, and
 * counts as registered, until it is known anew.
 */
export function newLine(
  trunk: Trunk,
  { password, inbound = null }: TrunkSecrets,
  connectionError: Trouble | null,
  before: Line | null,
): Line {
  const there = before !== null && isPlacedAlike(before.trunk, trunk) ? before : null
  const bound = before !== null && isRegisteredAlike(before.trunk, trunk) ? before : null
  return {
    trunk,
    password,
    inbound,
    targets: there?.targets ?? new Targets(),
    current: there?.current ?? null,
    hasBegun: false,
    wire: { ...quietWire, target: there?.current ?? null, refusing: refusingOf(trunk, inbound) },
    serviceRoute: bound?.serviceRoute ?? [],
    resolveAt: Number.POSITIVE_INFINITY,
    resolving: false,
    againAt: Number.POSITIVE_INFINITY,
    qualifyAt: Number.POSITIVE_INFINITY,
    resolveError: null,
    registered: bound?.registered ?? false,
    registerError: null,
    connectionError,
    lostInARow: 0,
    everQualified: false,
    misses: 0,
    told: before?.told,
  }
}

/** Nobody can prove to know a password that we do not. */
function refusingOf(trunk: Trunk, inbound: string | null): Trouble | null {
  if (connectionOf(trunk).trust !== 'password' || inbound !== null) return null
  const words = 'the password that its calls prove themselves by is not there or cannot be read: they are answered 503'
  return { why: 'inbound_secret', words }
}

/** What answers its challenges; null when it has none. */
export function credentialsOf({ trunk: { username }, password }: Line): DigestCredentials | null {
  return username === null || password === null ? null : { username, password }
}

/** The way to one of its targets; over TLS whoever is there has to prove to be this trunk. */
export function wayTo({ trunk: { id, transport } }: Line, target: Target): Destination {
  return { transport, ...target, ...(transport === 'tls' ? { peer: id } : {}) }
}

/** Why the trunk cannot be used; null when it can. */
export function trouble(line: Line): Trouble | null {
  if (line.connectionError !== null) return line.connectionError
  if (line.current === null) return line.resolveError ?? { why: 'looking_up', words: 'its name is being looked up' }
  if (line.trunk.register && !line.registered) return line.registerError ?? { why: 'registering', words: 'registering' }
  if (line.everQualified && line.misses >= missesUntilDown)
    return { why: 'options_silent', words: `OPTIONS not answered ${line.misses} times` }
  return null
}

/** An outbound proxy is a route that is known before any other (RFC 3261 §8.1.2). */
export function proxyRoute(trunk: Trunk): string[] {
  if (connectionOf(trunk).outboundProxy === null) return []
  const { host, port, named } = nextHopOf(trunk)
  const transport = trunk.transport === 'udp' ? '' : `;transport=${trunk.transport}`
  return [`sip:${formatHost(host, named ? port : null)}${transport};lr`]
}

/** Looked for at the same place. */
function isPlacedAlike(before: Trunk, after: Trunk): boolean {
  const what = (trunk: Trunk) => {
    const { lookUp, outboundProxy } = connectionOf(trunk)
    return [trunk.host, trunk.port, trunk.transport, lookUp, outboundProxy].join()
  }
  return what(before) === what(after)
}

/** The same contact at the same carrier. */
export function isRegisteredAlike(before: Trunk, after: Trunk): boolean {
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
