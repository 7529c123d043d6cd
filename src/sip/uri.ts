import { isIP } from 'node:net'
import { plainAddress } from '../lib/host.ts'
import { fromWire, hostCharacters, isScheme, parseCount, Scanner } from './grammar.ts'

/** A SIP or SIPS URI (RFC 3261 §19.1). `user` is unescaped; parameters and headers are kept as received. */
export type SipUri = {
  scheme: 'sip' | 'sips'
  user: string | null
  /** Lower case; an IPv6 address without its brackets, as sockets spell it. */
  host: string
  port: number | null
  parameters: Map<string, string | null>
  headers: string | null
}

export type UriFault = 'scheme' | 'syntax'

/** `scheme` when it is a URI but none of SIP's, `syntax` when it is none at all. One pass. */
export function parseUri(text: string): SipUri | UriFault {
  const colon = text.indexOf(':')
  if (colon < 1 || !isScheme(text.slice(0, colon)) || !/^[\x21-\x7e]*$/.test(text) || /[<>"]/.test(text))
    return 'syntax'
  const scheme = text.slice(0, colon).toLowerCase()
  if (scheme !== 'sip' && scheme !== 'sips') return 'scheme'

  const scan = new Scanner(text)
  scan.at = colon + 1
  // The user part may hold `;` and `?`, so the `@` decides, and there is but one that is not escaped.
  const atSign = text.indexOf('@', scan.at)
  let user: string | null = null
  if (atSign >= 0) {
    const userInfo = text.slice(scan.at, atSign)
    const password = userInfo.indexOf(':')
    user = unescapeUri(password < 0 ? userInfo : userInfo.slice(0, password))
    if (user === null || user === '' || text.indexOf('@', atSign + 1) >= 0) return 'syntax'
    scan.at = atSign + 1
  }

  const host = scanHost(scan)
  if (host === null) return 'syntax'
  let port: number | null = null
  if (scan.text[scan.at] === ':') {
    scan.at++
    port = parseCount(scan.until(';?'), 65535)
    if (port === null || port === 0) return 'syntax'
  }

  const parameters = new Map<string, string | null>()
  while (scan.text[scan.at] === ';') {
    scan.at++
    const [name = '', value] = splitOnce(scan.until(';?'), '=')
    if (name === '' || parameters.size === 32) return 'syntax'
    parameters.set(name.toLowerCase(), value ?? null)
  }
  let headers: string | null = null
  if (scan.text[scan.at] === '?') {
    headers = text.slice(scan.at + 1)
    scan.at = text.length
  }
  return scan.done ? { scheme, user, host, port, parameters, headers } : 'syntax'
}

/** User and host of a SIP URI; of a `tel:` URI its number. */
export function identity(uri: string): { user: string; host: string } {
  const parsed = parseUri(uri)
  // Parameters of a telephone number within the user part (RFC 3261 §19.1.6, RFC 4694) are none of the number's.
  if (typeof parsed !== 'string') return { user: fromWire(parsed.user ?? '').split(';', 1)[0]!, host: parsed.host }
  // RFC 3966 §5.1.1: what separates its digits for the eye is none of the number's.
  return { user: /^tel:([^;]{1,64})/i.exec(uri)?.[1]?.replace(/[-.()]/g, '') ?? '', host: '' }
}

/** A host name, IPv4 address or bracketed IPv6 address from where the scanner stands; null when there is none. */
export function scanHost(scan: Scanner): string | null {
  if (scan.text[scan.at] === '[') {
    const end = scan.text.indexOf(']', scan.at)
    if (end < 0 || end - scan.at > 46) return null
    const address = scan.text.slice(scan.at + 1, end)
    scan.at = end + 1
    return isIP(address) === 6 ? plainAddress(address.toLowerCase()) : null
  }
  const host = scan.run(hostCharacters).toLowerCase()
  return host.length > 0 && host.length <= 255 ? host : null
}

/** `%41` → `A`; null when an escape is broken. Characters stay bytes. */
export function unescapeUri(text: string): string | null {
  if (!text.includes('%')) return text
  let plain = ''
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '%') {
      plain += text[at]
      continue
    }
    const hex = text.slice(at + 1, at + 3)
    if (!/^[0-9A-Fa-f]{2}$/.test(hex)) return null
    plain += String.fromCharCode(Number.parseInt(hex, 16))
    at += 2
  }
  return plain
}

/** Escapes what may not stand in a user part. `text` is UTF-8. */
export function escapeUser(text: string): string {
  return encodeURIComponent(text).replace(/%2B/g, '+')
}

/** Escapes a header's value for the headers of a URI (RFC 3261 §19.1.1). */
export const escapeHeader = (value: string) => encodeURIComponent(value)

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

/** Our own addresses to a peer of `sips:` begin with it too. */
export function schemeOf(uri: string): 'sip' | 'sips' {
  return /^sips:/i.test(uri) ? 'sips' : 'sip'
}

/** RFC 3261 §19.1.2: of a URI or Via that names none. */
export function defaultPort(transport: 'udp' | 'tcp' | 'tls'): number {
  return transport === 'tls' ? 5061 : 5060
}

/** An address that a request may be sent to: literal, unicast, with a port. Everything else is refused before any socket sees it. */
export function maySendTo(address: string, port: number): boolean {
  if (!Number.isInteger(port) || port < 1 || port > 65535) return false
  const family = isIP(address)
  if (family === 4) {
    const first = Number(address.slice(0, address.indexOf('.')))
    return first > 0 && first < 224
  }
  return family === 6 && address !== '::' && !/^ff/i.test(address)
}
