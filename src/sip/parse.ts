/**
 * Bytes → message, in one pass and within bounds. Syntax and the rules that need no knowledge of any dialog (RFC 3261 §8.2, §18.3) are both
 * checked here, so that what comes out can be trusted by every layer above; what cannot be, says why and what to answer.
 *
 * Why not node-sip's parser: within the same bounds four `Authorization: aaaa…` lines take it 66 ms, and it unescapes method names, merges
 * repeated single headers and reads `To: "Mr. …` as a URI (RFC 4475), so a guard around it would have to parse first. It stays as the oracle
 * in `parse.test.ts`.
 */
import { isCallId, isToken, parseCount } from './grammar.ts'
import {
  type CSeq,
  type NameAddress,
  parseCSeq,
  parseNameAddress,
  parseNameAddresses,
  parseVias,
  type Via,
} from './headers.ts'
import type { Header, Message } from './message.ts'
import { parseUri } from './uri.ts'

export const messageBytesMax = 16 * 1024
export const lineBytesMax = 4 * 1024
export const headersMax = 128

export type Parsed =
  | { type: 'message'; message: Message }
  /** CRLFs only (RFC 5626 §3.5.1). `ping` asks for a CRLF back. */
  | { type: 'keepAlive'; ping: boolean }
  /** A request that can be answered, though not taken. */
  | { type: 'refused'; status: number; why: string; head: RefusedHead }
  | { type: 'dropped'; why: string }

/** What a response to a broken request repeats: whatever of these it had. */
export type RefusedHead = { via: RoughVia; headers: Header[] }
/** As much of a Via as it takes to send an answer back. */
export type RoughVia = { port: number | null; rport: boolean }

const compactNames: Record<string, string> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  d: 'request-disposition',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  j: 'reject-contact',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
  x: 'session-expires',
}

/** Headers that may stand once only (RFC 3261 §7.3.1). */
const singleHeaders = new Set([
  'call-id',
  'content-length',
  'content-type',
  'cseq',
  'expires',
  'from',
  'max-forwards',
  'rack',
  'refer-to',
  'replaces',
  'to',
])

type StartLine =
  | { kind: 'request'; method: string; uri: string; version: string }
  | { kind: 'response'; status: number; reason: string }

/** `stream`: the bytes were framed by Content-Length, which must then be there. */
export function parseMessage(bytes: Buffer, stream = false): Parsed {
  if (bytes.length > messageBytesMax) return dropped('larger than 16 KB')
  let start = 0
  while (start < bytes.length && (bytes[start] === 13 || bytes[start] === 10)) start++
  if (start === bytes.length) return { type: 'keepAlive', ping: bytes.length >= 4 }

  const blankLine = bytes.indexOf('\r\n\r\n', start, 'latin1')
  const headEnd = blankLine < 0 ? bytes.length : blankLine
  const lines = splitLines(bytes.toString('latin1', start, headEnd))
  if (lines === null) return dropped('a line over 4 KB or too many of them')

  const startLine = parseStartLine(lines[0]!)
  if (startLine === null) return dropped('no SIP start line')
  const { headers, fault: headerFault } = parseHeaders(lines)

  const refuse = (status: number, why: string): Parsed => {
    if (startLine.kind === 'response' || startLine.method === 'ACK') return dropped(why)
    const via = roughTopVia(headers)
    return via === null ? dropped(why) : { type: 'refused', status, why, head: { via, headers } }
  }
  if (blankLine < 0) return refuse(400, 'no end of head')
  if (startLine.kind === 'request' && startLine.version !== '2.0')
    return refuse(505, `SIP version ${startLine.version}`)
  if (headerFault !== null) return refuse(400, headerFault)

  const essentials = parseEssentials(headers)
  if (typeof essentials === 'string') return refuse(400, essentials)
  const body = takeBody(headers, bytes.subarray(headEnd + 4), stream)
  if (typeof body === 'string') return refuse(400, body)

  const message: Message = { ...startLine, headers, body, ...essentials }
  if (message.kind === 'response') return { type: 'message', message }

  const fault = checkRequest(message.uri, message.method, essentials.cseq, headers)
  return fault === null ? { type: 'message', message } : refuse(fault.status, fault.why)
}

function dropped(why: string): Parsed {
  return { type: 'dropped', why }
}

/** Lines of the head, folded ones joined by one blank (§7.3.1). null over the bounds; a lone CR or LF stays in its line and is refused there. */
function splitLines(head: string): string[] | null {
  const lines: string[] = []
  let at = 0
  while (at <= head.length) {
    let end = head.indexOf('\r\n', at)
    if (end < 0) end = head.length
    const first = head.charCodeAt(at)
    if (lines.length > 0 && (first === 32 || first === 9)) {
      const joined = `${lines[lines.length - 1]} ${head.slice(at, end).trim()}`
      if (joined.length > lineBytesMax) return null
      lines[lines.length - 1] = joined
    } else {
      if (end - at > lineBytesMax || lines.length > headersMax) return null
      lines.push(head.slice(at, end))
    }
    at = end + 2
  }
  return lines
}

/** Exactly one blank between the parts (§7.1): a URI with a blank in it cannot be told from anything else. */
function parseStartLine(line: string): StartLine | null {
  if (line.startsWith('SIP/')) {
    const status = line.slice(8, 11)
    if (line.slice(0, 8).toUpperCase() !== 'SIP/2.0 ' || (line.length > 11 && line[11] !== ' ')) return null
    const code = status.length === 3 ? parseCount(status, 699) : null
    return code === null || code < 100 ? null : { kind: 'response', status: code, reason: line.slice(12) }
  }
  const parts = line.split(' ', 8)
  const method = parts[0]!
  const version = parts[parts.length - 1]!
  if (!isToken(method) || parts.length < 3) return null
  // Something like a request, though its parts cannot be told: the URI is left empty and refused below.
  if (parts.length !== 3) return { kind: 'request', method, uri: '', version: '2.0' }
  if (!version.toUpperCase().startsWith('SIP/')) return null
  return { kind: 'request', method, uri: parts[1]!, version: version.slice(4) }
}

function parseHeaders(lines: string[]): { headers: Header[]; fault: string | null } {
  const headers: Header[] = []
  const seen = new Set<string>()
  let fault: string | null = null
  for (let at = 1; at < lines.length; at++) {
    const line = lines[at]!
    const colon = line.indexOf(':')
    const written = colon < 0 ? '' : trimBlanks(line.slice(0, colon)).toLowerCase()
    if (!isToken(written) || /[\r\n]/.test(line)) {
      fault ??= `not a header: ${line.slice(0, 40)}`
      continue
    }
    const name = compactNames[written] ?? written
    const value = trimBlanks(line.slice(colon + 1))
    if (singleHeaders.has(name) && seen.has(name)) fault ??= `${name} more than once`
    seen.add(name)
    headers.push({ name, value })
  }
  return { headers, fault }
}

/** Blanks only: `trim` would take a Latin-1 no-break space, which is half of a UTF-8 character here. */
function trimBlanks(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && isBlank(text.charCodeAt(from))) from++
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--
  return text.slice(from, to)
}

const isBlank = (code: number) => code === 32 || code === 9

/** The answer goes to where the request came from anyway; only its port may be the Via's (§18.2.2). */
function roughTopVia(headers: Header[]): RoughVia | null {
  const value = headers.find(one => one.name === 'via')?.value
  if (value === undefined) return null
  const match = /^SIP *\/ *[0-9.]{1,8} *\/ *[A-Za-z]{1,8} {1,8}[^ ;:,]{1,255}(?::([0-9]{1,5}))?/.exec(value)
  if (match === null) return null
  return { port: match[1] === undefined ? null : Number(match[1]), rport: /; *rport/i.test(value) }
}

type Essentials = {
  via: Via
  from: NameAddress
  to: NameAddress
  fromTag: string | null
  toTag: string | null
  callId: string
  cseq: CSeq
}

/** The six headers without which there is no SIP (§8.1.1), or what is wrong with them. */
function parseEssentials(headers: Header[]): Essentials | string {
  let via: Via | null = null
  let from: NameAddress | null = null
  let to: NameAddress | null = null
  let callId: string | null = null
  let cseq: CSeq | null = null
  for (const { name, value } of headers) {
    if (name === 'via') {
      const vias = parseVias(value)
      if (vias === null) return 'bad Via'
      via ??= vias[0]!
    } else if (name === 'from') from = parseNameAddress(value)
    else if (name === 'to') to = parseNameAddress(value)
    else if (name === 'call-id') callId = isCallId(value) ? value : null
    else if (name === 'cseq') cseq = parseCSeq(value)
  }
  if (via === null) return 'no Via'
  if (from === null || parseUri(from.uri) === 'syntax') return 'bad or no From'
  if (to === null || parseUri(to.uri) === 'syntax') return 'bad or no To'
  if (callId === null) return 'bad or no Call-ID'
  if (cseq === null) return 'bad or no CSeq'
  const [fromTag, toTag] = [from, to].map(one => one.parameters.get('tag') ?? null)
  return { via, from, to, fromTag: fromTag!, toTag: toTag!, callId, cseq }
}

/** The body that Content-Length names (§18.3); over UDP without one, the rest of the datagram. */
function takeBody(headers: Header[], rest: Buffer, stream: boolean): Buffer | string {
  const given = headers.find(one => one.name === 'content-length')
  if (given === undefined) return stream ? 'no Content-Length' : rest
  const length = parseCount(given.value, 2 ** 31)
  if (length === null) return 'bad Content-Length'
  return length > rest.length ? 'Content-Length beyond the end' : rest.subarray(0, length)
}

type Fault = { status: number; why: string }

const ofInvite = new Set(['INVITE', 'CANCEL', 'ACK'])

function checkRequest(uri: string, method: string, cseq: CSeq, headers: Header[]): Fault | null {
  if (cseq.method !== method) return { status: 400, why: 'CSeq names another method' }
  const target = parseUri(uri)
  // A network may call by the number alone (RFC 3966); what withdraws or acknowledges that INVITE repeats its URI.
  if (target === 'scheme' && !(ofInvite.has(method) && /^tel:\+?[0-9]/i.test(uri)))
    return { status: 416, why: 'Request-URI is not a SIP URI' }
  if (target === 'syntax') return { status: 400, why: 'bad Request-URI' }
  if (typeof target !== 'string' && target.headers !== null) return { status: 400, why: 'headers in the Request-URI' }
  for (const { name, value } of headers) {
    if (name === 'max-forwards' && parseCount(value, 255) === null) return { status: 400, why: 'bad Max-Forwards' }
    if (name === 'expires' && parseCount(value, 2 ** 32 - 1) === null) return { status: 400, why: 'bad Expires' }
    if ((name === 'contact' && value !== '*') || name === 'record-route' || name === 'route') {
      const addresses = parseNameAddresses(value)
      if (addresses === null || addresses.some(one => parseUri(one.uri) === 'syntax'))
        return { status: 400, why: `bad ${name}` }
    }
  }
  return null
}
