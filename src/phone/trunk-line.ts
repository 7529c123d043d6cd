/**
 * One trunk as the wire sees it: what was configured, what is known of its carrier by now, and why it cannot be used. A trunk is up when it is
 * switched on, its registration (if it has one) holds (`trunk-binding.ts`), and somebody is there (`trunk-signs.ts`).
 */
import type { Trunk } from '../centre/entities.ts'
import { connectionOf, nextHopOf, placeOf } from '../centre/trunks/trunk-connection.ts'
import type { Trouble } from '../centre/trunks/trunk-trouble.ts'
import type { OptionsSeen, RegistrationSeen } from '../centre/trunks/trunk-wire.ts'
import { formatHost } from '../lib/host.ts'
import type { Destination, DigestCredentials } from '../sip/events.ts'
import { FirstResponses } from './first-responses.ts'
import { type Target, Targets } from './targets.ts'
import { TrunkBinding } from './trunk-binding.ts'
import { TrunkSigns } from './trunk-signs.ts'

/** What is seen of a trunk on the wire: where it is gone to, and what was answered last. Instants are of the caller's clock. */
export type TrunkWire = {
  target: Target | null
  registration: RegistrationSeen | null
  options: OptionsSeen | null
  /** Why no call that comes from it is let in, though calls may be placed on it. */
  refusing: Trouble | null
}

const quietWire: Line['wire'] = { target: null, options: null, refusing: null }

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
  wire: Omit<TrunkWire, 'registration'>
  resolveAt: number
  resolving: boolean
  /** When a lost connection is opened again. */
  againAt: number
  /** It was saved with another address, and whoever did so waits to see whether anybody is at this one. */
  wasElsewhere: boolean
  /** When OPTIONS begin; they go on by themselves then. */
  qualifyAt: number
  /** When it was asked out of turn last, since a call got no response. */
  hastenedAt: number
  /** When it was told last that the registration is not refreshed. */
  lapsingAt: number
  resolveError: Trouble | null
  binding: TrunkBinding
  signs: TrunkSigns
  firsts: FirstResponses
  /** Why there is no TLS connection; null while nothing speaks against one. */
  connectionError: Trouble | null
  /** Connections that were lost or refused, one after the other. */
  lostInARow: number
  /** What the floor was told last: null is up, a text is why not; undefined: nothing yet. And whether it was told that OPTIONS are answered. */
  told: string | null | undefined
  toldAnswers: boolean
}

/**
 * Of a trunk as saved, before anything was heard of it. Where what was saved says nothing of where it is (`before`), it is found there, and
 * counts as registered and as there or not, until it is known anew. `answersAt`: the place where it has answered OPTIONS.
 */
export function newLine(
  trunk: Trunk,
  { password, inbound = null }: TrunkSecrets,
  connectionError: Trouble | null,
  { before, answersAt }: { before: Line | null; answersAt: string | null },
): Line {
  const there = before !== null && placeOf(before.trunk) === placeOf(trunk) ? before : null
  const bound = before !== null && isRegisteredAlike(before.trunk, trunk) ? before : null
  const binding = bound?.binding ?? new TrunkBinding()
  if (bound !== null && bound.password !== password) binding.passwordChanged()
  return {
    trunk,
    password,
    inbound,
    targets: there?.targets ?? new Targets(),
    current: there?.current ?? null,
    hasBegun: false,
    wire: { ...quietWire, target: there?.current ?? null, refusing: refusingOf(trunk, inbound) },
    resolveAt: Number.POSITIVE_INFINITY,
    resolving: false,
    againAt: Number.POSITIVE_INFINITY,
    wasElsewhere: before !== null && there === null,
    qualifyAt: Number.POSITIVE_INFINITY,
    hastenedAt: Number.NEGATIVE_INFINITY,
    lapsingAt: Number.NEGATIVE_INFINITY,
    resolveError: null,
    binding,
    firsts: there?.firsts ?? new FirstResponses(),
    signs: there?.signs ?? new TrunkSigns(answersAt === placeOf(trunk)),
    connectionError,
    lostInARow: 0,
    told: before?.told,
    toldAnswers: answersAt === placeOf(trunk),
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
export function trouble(line: Line, now: number): Trouble | null {
  if (line.connectionError !== null) return line.connectionError
  if (line.current === null) return line.resolveError ?? { why: 'looking_up', words: 'its name is being looked up' }
  return (line.trunk.register ? line.binding.trouble(now) : null) ?? line.signs.trouble
}

/** An outbound proxy is a route that is known before any other (RFC 3261 §8.1.2). */
export function proxyRoute(trunk: Trunk): string[] {
  if (connectionOf(trunk).outboundProxy === null) return []
  const { host, port, named } = nextHopOf(trunk)
  const transport = trunk.transport === 'udp' ? '' : `;transport=${trunk.transport}`
  return [`sip:${formatHost(host, named ? port : null)}${transport};lr`]
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
