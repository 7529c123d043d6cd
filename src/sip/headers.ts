/** The headers that the stack itself reads, from text to values and back. Each parser answers null for what the grammar does not allow. */
import { formatHost } from '../lib/host.ts'
import {
  formatParameters,
  fromWire,
  nameCharacters,
  type Parameters,
  parseCount,
  parseParameters,
  Scanner,
  unquote,
} from './grammar.ts'
import { scanHost } from './uri.ts'

/** RFC 3261 §20.42. */
export type Via = { transport: string; host: string; port: number | null; parameters: Parameters }

/** One Via value: `SIP / 2.0 / UDP host : 5060 ; branch=…`, with blanks wherever the RFC allows them. */
function scanVia(scan: Scanner): Via | null {
  if (scan.token().toUpperCase() !== 'SIP' || !scan.take('/')) return null
  if (scan.token() !== '2.0' || !scan.take('/')) return null
  const transport = scan.token().toUpperCase()
  const before = scan.at
  scan.space()
  if (transport === '' || scan.at === before) return null
  const host = scanHost(scan)
  if (host === null) return null
  let port: number | null = null
  if (scan.take(':')) {
    port = parseCount(scan.token(), 65535)
    if (port === null || port === 0) return null
  }
  const parameters = parseParameters(scan)
  return parameters && { transport, host, port, parameters }
}

/** All values of one Via header line. */
export function parseVias(value: string): Via[] | null {
  return parseList(value, scanVia)
}

export function formatVia(via: Via): string {
  return `SIP/2.0/${via.transport} ${formatHost(via.host, via.port)}${formatParameters(via.parameters)}`
}

/** From, To, Contact, Route and the like (RFC 3261 §20.10). `uri` is the text between the angle brackets. */
export type NameAddress = { displayName: string | null; uri: string; parameters: Parameters }

function scanNameAddress(scan: Scanner): NameAddress | null {
  let displayName: string | null = null
  let bracketed = false
  if (scan.peek() === 34) {
    displayName = scan.quoted()
    if (displayName === null) return null
    displayName = unquote(displayName)
    scan.space()
    if (scan.text[scan.at] !== '<') return null
    bracketed = true
  } else if (scan.text[scan.at] === '<') {
    bracketed = true
  } else {
    // Words before `<` are a display name, anything else is a bare URI. Reading words decides, and costs each character once more at most.
    const from = scan.at
    while (!scan.done && scan.run(nameCharacters) !== '') scan.space()
    if (scan.text[scan.at] === '<') {
      displayName = scan.text.slice(from, scan.at).trim()
      bracketed = true
    } else scan.at = from
  }

  let uri: string
  if (bracketed) {
    scan.at++
    uri = scan.until('>')
    if (scan.done || uri === '' || uri.includes('<') || uri.includes(' ') || uri.includes('\t')) return null
    scan.at++
  } else {
    // Outside brackets `;` belongs to the header and `,` and `?` may not stand at all (§20.10).
    uri = scan.until('; \t,?<>"')
    if (uri === '' || scan.text[scan.at] === '?') return null
  }
  const parameters = parseParameters(scan)
  return parameters && { displayName, uri, parameters }
}

export function parseNameAddress(value: string): NameAddress | null {
  const scan = new Scanner(value)
  scan.space()
  const address = scanNameAddress(scan)
  scan.space()
  return address && scan.done ? address : null
}

export function parseNameAddresses(value: string): NameAddress[] | null {
  return parseList(value, scanNameAddress)
}

const listMax = 64

function parseList<T>(value: string, one: (scan: Scanner) => T | null): T[] | null {
  const scan = new Scanner(value)
  const list: T[] = []
  do {
    scan.space()
    const item = one(scan)
    if (item === null || list.length === listMax) return null
    list.push(item)
    scan.space()
  } while (scan.take(','))
  return scan.done ? list : null
}

export type CSeq = { number: number; method: string }

/** RFC 3261 §8.1.1.5: below 2³¹. */
export function parseCSeq(value: string): CSeq | null {
  const scan = new Scanner(value)
  const number = parseCount(scan.token(), 2 ** 31 - 1)
  const before = scan.at
  scan.space()
  const blank = scan.at > before
  const method = scan.token()
  return number !== null && blank && method !== '' && scan.done ? { number, method } : null
}

/** A challenge or credentials: `Digest realm="…", nonce="…"` (RFC 3261 §20.7, §20.44). Names lower case, values without their quotes. */
export type Authentication = { scheme: string; parameters: Map<string, string> }

export function parseAuthentication(value: string): Authentication | null {
  const scan = new Scanner(value)
  const scheme = scan.token()
  if (scheme === '') return null
  scan.space()
  const parameters = new Map<string, string>()
  while (!scan.done) {
    const name = scan.token().toLowerCase()
    if (name === '' || !scan.take('=')) return null
    const text = scan.peek() === 34 ? scan.quoted() : scan.until(', \t')
    if (text === null || parameters.has(name) || parameters.size === 32) return null
    parameters.set(name, unquote(text))
    scan.space()
    if (!scan.done && !scan.take(',')) return null
  }
  return { scheme: scheme.toLowerCase(), parameters }
}

/** `a, b, c` of tokens: Require, Supported, Allow, Accept without its parameters. */
export function parseTokens(value: string): string[] {
  const tokens: string[] = []
  for (const part of value.split(',', listMax)) {
    const token = part.split(';', 1)[0]!.trim()
    if (token !== '') tokens.push(token)
  }
  return tokens
}

/** Reason: `Q.850;cause=17;text="User busy"` (RFC 3326); null when no Q.850 cause is among the values. */
export const parseQ850 = (value: string) => parseCause(value, 'Q.850', 127)
/** The same of `SIP;cause=486`. */
export const parseSipCause = (value: string) => parseCause(value, 'SIP', 699)

function parseCause(value: string, of: string, max: number): number | null {
  const scan = new Scanner(value)
  do {
    scan.space()
    const protocol = scan.token()
    const parameters = parseParameters(scan)
    if (protocol === '' || parameters === null) return null
    const cause = parameters.get('cause')
    if (protocol.toUpperCase() === of && cause) return parseCount(cause, max)
  } while (scan.take(','))
  return null
}

/** Why, in words: the first text of a Reason (RFC 3326); null when it has none. */
export function parseReasonText(value: string): string | null {
  const scan = new Scanner(value)
  do {
    scan.space()
    const protocol = scan.token()
    const parameters = parseParameters(scan)
    if (protocol === '' || parameters === null) return null
    const text = parameters.get('text')
    if (text) return fromWire(unquote(text))
  } while (scan.take(','))
  return null
}

export const formatQ850 = (cause: number) => `Q.850;cause=${cause}`
