/**
 * What a REFER says and what its NOTIFY says (RFC 3515, RFC 4488): the far end asks us to bring it, or whom it talks to, somewhere else.
 */
import { fromWire, parseCount, Scanner } from './grammar.ts'
import { type NameAddress, parseNameAddress } from './headers.ts'
import { header, headerLines, type Request } from './message.ts'
import { parseReplaces, type Replaces } from './replaces.ts'
import { identity, parseUri, unescapeUri } from './uri.ts'

/** Where a REFER points. */
export type ReferTarget = {
  /** The Refer-To without its headers. */
  uri: string
  /** Number or extension, and host ('' of a `tel:` URI). */
  user: string
  host: string
  /** The call that is to be replaced: an attended transfer. */
  replaces: Replaces | null
}

export type ReferWish = {
  target: ReferTarget
  referredBy: string | null
  /** RFC 4488: false when it wants no NOTIFY. */
  subscribes: boolean
}

const uriCharactersMax = 1_024

/** The wish, or the status it is refused with. */
export function readRefer(request: Request): ReferWish | { status: number } {
  const lines = headerLines(request, 'refer-to')
  const address = lines.length === 1 ? parseNameAddress(lines[0]!) : null
  if (address === null || address.uri.length > uriCharactersMax) return { status: 400 }
  const target = readTarget(address)
  if (target === null) return { status: 400 }
  if (target === 'method') return { status: 403 }
  const by = header(request, 'referred-by')
  const referrer = by === null ? null : parseNameAddress(by)
  return {
    target,
    referredBy: referrer === null ? null : identity(referrer.uri).user || null,
    subscribes: header(request, 'refer-sub')?.trim().toLowerCase() !== 'false',
  }
}

/** `method`: it asks for another request than an INVITE, to send which nobody may make us. */
function readTarget({ uri }: NameAddress): ReferTarget | 'method' | null {
  const parsed = parseUri(uri)
  if (parsed === 'syntax') return null
  if (parsed === 'scheme') {
    const { user } = identity(uri)
    return user === '' ? null : { uri, user, host: '', replaces: null }
  }
  if ((parsed.parameters.get('method') ?? 'INVITE').toUpperCase() !== 'INVITE') return 'method'
  let replaces: Replaces | null = null
  for (const [name, value] of uriHeaders(parsed.headers)) {
    if (name !== 'replaces') continue // what else should be copied into our INVITE is none of the far end's business
    const found = parseReplaces(value)
    if (found === null || replaces !== null) return null
    replaces = found
  }
  const question = uri.indexOf('?')
  return { uri: question < 0 ? uri : uri.slice(0, question), ...identity(uri), replaces }
}

const uriHeadersMax = 16

/** `Replaces=1%40host%3Bto-tag%3Da&Require=replaces` (RFC 3261 §19.1.1). Names in lower case; broken escapes are left out. */
function uriHeaders(text: string | null): [name: string, value: string][] {
  const found: [string, string][] = []
  for (const part of (text ?? '').split('&', uriHeadersMax)) {
    const equals = part.indexOf('=')
    if (equals < 1) continue
    const value = unescapeUri(part.slice(equals + 1))
    if (value !== null) found.push([part.slice(0, equals).toLowerCase(), value])
  }
  return found
}

/** `SIP/2.0 180 Ringing` in a body of message/sipfrag (RFC 3420); null when it is none. */
export function parseSipfrag(contentType: string, body: Buffer): { status: number; reason: string } | null {
  if (!/^message\/sipfrag\b/i.test(contentType) || body.length > 4_096) return null
  const end = body.indexOf('\n')
  const line = body.toString('latin1', 0, Math.min(end < 0 ? body.length : end, 256)).replace(/\r$/, '')
  const match = /^SIP\/2\.0 ([1-6]\d\d)(?: (.{0,200}))?$/i.exec(line)
  return match === null ? null : { status: Number(match[1]), reason: fromWire(match[2] ?? '') }
}

/** `refer;id=93809824` (RFC 3515 §2.4.6); null when it is another event's, `id` null when it has none. */
export function parseReferEvent(value: string | null): { id: number | null } | null {
  if (value === null) return null
  const match = /^refer[ \t]{0,8}(?:;[ \t]{0,8}id=(\d{1,10}))?[ \t]{0,8}$/i.exec(value)
  return match === null ? null : { id: match[1] === undefined ? null : Number(match[1]) }
}

/** Subscription-State: is it the last NOTIFY? */
export function isTerminated(value: string | null): boolean {
  return value !== null && new Scanner(value).token().toLowerCase() === 'terminated'
}

/** Seconds that a SUBSCRIBE asks for. */
export function expiresOf(request: Request): number | null {
  return parseCount(header(request, 'expires') ?? '', 2 ** 32 - 1)
}
