/** What a new request says of itself, and what can be answered without knowing anything but the request. */
import { sdpOf } from './body.ts'
import { divertedOf } from './diverted.ts'
import { fromWire } from './grammar.ts'
import { parseNameAddresses, parseTokens } from './headers.ts'
import { allowedMethods, type HeaderLine, header, headerLines, type Request } from './message.ts'
import type { Reply } from './registrar.ts'
import { identity } from './uri.ts'

/** Methods of other RFCs that are known and not offered here. */
export const knownMethods = new Set<string>([
  ...allowedMethods,
  'PRACK',
  'SUBSCRIBE',
  'NOTIFY',
  'PUBLISH',
  'MESSAGE',
  'REFER',
])

export function say(status: number, ...lines: HeaderLine[]): Reply {
  return { status, lines }
}

/**
 * What an INVITE says of itself. A carrier that we registered with calls our Contact, whose user says nothing as a rule (`isContact`): then the
 * number dialled stands in P-Called-Party-ID (RFC 7315 §4.2), or in To, which of a diverted call keeps the number dialled first.
 */
export function offerOf(request: Request, isContact: (user: string) => boolean) {
  const { displayName, uri } = request.from
  const called = identity(request.uri).user
  const said = isContact(called) ? [firstUser(request, 'p-called-party-id'), identity(request.to.uri).user] : []
  const meant = said.find(one => one !== null && one !== '' && one !== called) ?? null
  return {
    from: { ...identity(uri), displayName: displayName === null ? null : fromWire(displayName) },
    to: meant ?? called,
    ...(meant === null ? {} : { registeredAs: called }),
    assertedIdentity: firstUser(request, 'p-asserted-identity'),
    diverted: divertedOf(request),
    sdp: sdpOf(request),
    callId: request.callId,
  }
}

/** Whom it says to call: the user of the Request-URI first, then where that may be our Contact alone, the number dialled. */
export function calledBy(request: Request): string[] {
  const all = [identity(request.uri).user, firstUser(request, 'p-called-party-id'), identity(request.to.uri).user]
  return all.flatMap(user => (user === null || user === '' ? [] : [user]))
}

/** Bodies that we cannot read (§8.2.3), and answers that the caller could not (§20.1). */
export function checkBody(request: Request): Reply | null {
  const encoding = header(request, 'content-encoding')
  if (encoding !== null && encoding.toLowerCase() !== 'identity') return say(415, ['Accept-Encoding', 'identity'])
  if (request.method !== 'INVITE' && request.method !== 'UPDATE' && request.method !== 'PRACK') return null
  if (request.body.length > 0 && sdpOf(request) === null) return say(415, ['Accept', 'application/sdp'])
  const accepted = headerLines(request, 'accept').flatMap(parseTokens)
  if (accepted.length === 0) return null
  const understood = accepted.some(one => ['application/sdp', 'application/*', '*/*'].includes(one.toLowerCase()))
  return understood ? null : say(406, ['Accept', 'application/sdp'])
}

function firstUser(request: Request, name: string): string | null {
  const line = header(request, name)
  const first = line === null ? undefined : parseNameAddresses(line)?.[0]
  const user = first === undefined ? '' : identity(first.uri).user
  return user === '' ? null : user
}
