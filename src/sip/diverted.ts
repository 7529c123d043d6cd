/**
 * Who sent a call on to us, and why, by what the carrier says: the topmost Diversion, which was added last (RFC 5806); without one that can be
 * read the History-Info (RFC 7044). Of its entries the last one counts by which somebody else was reached: that says `mp` or, in its URI, `cause`
 * (RFC 4458), or, from before RFC 7044, has another user than the entry before it. Who sent it on is the entry that `mp` names, else the one before.
 */
import { parseCount, unquote } from './grammar.ts'
import { type NameAddress, parseNameAddresses, parseSipCause } from './headers.ts'
import { header, headerLines, type Request } from './message.ts'
import { identity, parseUri, type SipUri, unescapeUri } from './uri.ts'

/** RFC 5806. */
export const diversionReasons = [
  'unconditional',
  'user-busy',
  'no-answer',
  'unavailable',
  'time-of-day',
  'do-not-disturb',
  'deflection',
  'follow-me',
  'out-of-service',
  'away',
  'unknown',
] as const
export type DiversionReason = (typeof diversionReasons)[number]
/** `user` as it stands there, in at most 64 characters; null: it is withheld, or says nothing. */
export type Diverted = { user: string | null; reason: DiversionReason }

const userMax = 64
const linesMax = 16
const entriesMax = 64
const uriHeadersMax = 16
const statusMax = 699

/** null: it says of nobody. Never throws. */
export function divertedOf(request: Request): Diverted | null {
  const topmost = header(request, 'diversion')
  const history = headerLines(request, 'history-info')
  if (topmost === null && history.length === 0) return null
  const said = (topmost === null ? null : byDiversion(topmost)) ?? byHistory(history)
  if (said === null) return null
  return headerLines(request, 'privacy').some(hidesHistory) ? { ...said, user: null } : said
}

function byDiversion(line: string): Diverted | null {
  const last = parseNameAddresses(line)?.[0]
  if (last === undefined) return null
  const said = (name: string) => unquote(last.parameters.get(name) ?? '').toLowerCase()
  const privacy = said('privacy')
  // `name` hides the display name, which is not read; `full`, `uri` and what nobody knows hide the number.
  const isShown = privacy === '' || privacy === 'off' || privacy === 'name'
  const reason = diversionReasons.find(one => one === said('reason')) ?? 'unknown'
  return { user: isShown ? userOf(last.uri) : null, reason }
}

function byHistory(lines: string[]): Diverted | null {
  const entries = lines
    .slice(-linesMax)
    .flatMap(line => parseNameAddresses(line) ?? [])
    .slice(-entriesMax)
  for (let at = entries.length - 1; at > 0; at--) {
    const reached = entries[at]!
    const before = entries[at - 1]!
    const index = reached.parameters.get('mp')
    const cause = parseCount(sipUri(reached)?.parameters.get('cause') ?? '', statusMax)
    if (index === undefined && cause === null && !isOtherUser(before, reached)) continue
    const by = entries.find(({ parameters }) => index && parameters.get('index') === index) ?? before
    const isHidden = hidesHistory(uriHeader(by, 'privacy'))
    const reason = cause === null ? answers[parseSipCause(uriHeader(by, 'reason')) ?? 0] : causes[cause]
    return { user: isHidden ? null : userOf(by.uri), reason: reason ?? 'unknown' }
  }
  return null
}

/** `rc` and `np`: the same user at another place. */
function isOtherUser(before: NameAddress, reached: NameAddress): boolean {
  if (reached.parameters.has('rc') || reached.parameters.has('np')) return false
  return userOf(before.uri) !== userOf(reached.uri)
}

/** `cause` of the URI that was reached (RFC 4458, as RFC 7544 §5 names them). */
const causes: Partial<Record<number, DiversionReason>> = {
  302: 'unconditional',
  408: 'no-answer',
  480: 'deflection',
  486: 'user-busy',
  487: 'deflection',
  503: 'unavailable',
}

/** What the one who was left had answered (RFC 7044 §5, Reason). */
const answers: Partial<Record<number, DiversionReason>> = {
  302: 'unconditional',
  408: 'no-answer',
  480: 'unavailable',
  486: 'user-busy',
  487: 'no-answer',
  503: 'unavailable',
  600: 'user-busy',
}

/** RFC 7044 §10: of the whole message, or of one entry in the headers of its URI. */
function hidesHistory(privacy: string): boolean {
  const wanted = privacy.toLowerCase().split(/[;,\s]+/, uriHeadersMax)
  return wanted.some(one => one === 'history' || one === 'header' || one === 'session')
}

function userOf(uri: string): string | null {
  return identity(uri).user.slice(0, userMax) || null
}

function sipUri({ uri }: NameAddress): SipUri | null {
  const parsed = parseUri(uri)
  return typeof parsed === 'string' ? null : parsed
}

/** A header that is escaped into the URI of an entry; '' when there is none. */
function uriHeader(entry: NameAddress, name: string): string {
  for (const part of sipUri(entry)?.headers?.split('&', uriHeadersMax) ?? []) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).toLowerCase() === name) return unescapeUri(part.slice(at + 1)) ?? ''
  }
  return ''
}
