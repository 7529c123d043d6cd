/**
 * A SIP message as it may be kept: telephone numbers masked wherever they stand, secrets removed, all else as it was on the wire. The rule is
 * turned round on purpose: not "these headers hold numbers" but "seven digits are a number unless they are known to be something else", since a
 * gateway may write a number into Subject, History-Info, a display name, the `o=` line or a Call-ID. What cannot be read as text (ISUP, PASSporT)
 * can hide a number in any coding, so it is left out whole.
 *
 * Texts are bytes read as Latin-1: nothing is lost, and the masked text has the same bytes elsewhere.
 */
import { maskNumber } from '../lib/mask.ts'

export const removed = '(removed)'

/** Values that are secrets, or numbers in a coding that no eye can check (RFC 8224, RFC 7433). */
const secretHeaders = new Set([
  'authorization',
  'proxy-authorization',
  'www-authenticate',
  'proxy-authenticate',
  'authentication-info',
  'proxy-authentication-info',
  'identity',
  'y',
  'identity-info',
  'user-to-user',
])
const schemes = new Set(['digest', 'basic', 'bearer'])

/**
 * What lines became, for as long as one batch is masked: a call says most of its lines seven times over, and to look up a line costs a hundredth
 * of what masking it does. Not for longer: it holds numbers in the clear. Headers and SDP have rules of their own, hence two.
 */
export class MaskedLines {
  readonly #header = new Map<string, string>()
  readonly #sdp = new Map<string, string>()
  readonly header = (line: string): string => remembered(this.#header, line, maskHeader)
  readonly sdp = (line: string): string => remembered(this.#sdp, line, maskSdpLine)
}
/** Of each kind; a batch of strangers' messages in which no line is like another must not grow without end. */
const rememberedMax = 20_000

function remembered(known: Map<string, string>, line: string, mask: (line: string) => string): string {
  let masked = known.get(line)
  if (masked === undefined) {
    masked = mask(line)
    if (known.size < rememberedMax) known.set(line, masked)
  }
  return masked
}

/** `raw` is one whole message; the result has a right Content-Length where the original had one. */
export function maskMessage(raw: string, known = new MaskedLines()): string {
  const headEnd = endOfHead(raw)
  const head = raw.slice(0, headEnd)
  const body = raw.slice(headEnd)
  // A folded line would tear a number or a secret in two (RFC 3261 section 7.3.1).
  const lines = linesOf(head.replace(/\r?\n[ \t]+/g, ' '))
  const masked = body === '' ? '' : maskWhole(body, lines, known)
  return (
    lines
      .map((line, at) =>
        at === 0 ? maskText(line) : (fittingLength(line, body.length, masked.length) ?? known.header(line)),
      )
      .join('\r\n') + masked
  )
}

function maskWhole(body: string, lines: string[], known: MaskedLines): string {
  const type = headerValue(lines, /^(?:content-type|c)[ \t]*:/i)
  const isCoded = headerValue(lines, /^(?:content-encoding|e)[ \t]*:/i) !== ''
  return isCoded ? leftOut(body, 'coded') : maskBody(body, type, known)
}

/** As `split(/\r?\n/)`, without its price. */
function linesOf(text: string): string[] {
  const lines = text.split('\n')
  for (let at = 0; at < lines.length - 1; at++) {
    const line = lines[at]!
    if (line.endsWith('\r')) lines[at] = line.slice(0, -1)
  }
  return lines
}

function endOfHead(raw: string): number {
  const at = raw.indexOf('\r\n\r\n')
  return at < 0 ? raw.length : at + 4
}

function headerValue(lines: string[], name: RegExp): string {
  const line = lines.find((candidate, at) => at > 0 && name.test(candidate))
  return line === undefined ? '' : line.slice(line.indexOf(':') + 1).trim()
}

/** Protocol numbers of at most 32 bits, in the one form they have. */
const protocolNumbers =
  /^(?:cseq|rseq|rack|max-forwards|expires|min-expires|session-expires|x|min-se|retry-after)[ \t]*:[ \t]*(\d{1,10})(?:[ \t]+(\d{1,10}))?(?:[ \t]+[A-Z]{1,12})?(?:;refresher=ua[cs])?[ \t]*$/i
const contentLength = /^(?:content-length|l)([ \t]*:[ \t]*)(\d{1,10})[ \t]*$/i

/** A Content-Length that was right, for the masked body; null: another header, or it was wrong. */
function fittingLength(line: string, bodyWas: number, bodyIs: number): string | null {
  const length = contentLength.exec(line)
  if (length === null || Number(length[2]) !== bodyWas) return null
  return `${line.slice(0, line.indexOf(':'))}${length[1]}${bodyIs}`
}

function maskHeader(line: string): string {
  const colon = line.indexOf(':')
  const name = (colon < 0 ? line : line.slice(0, colon)).trim().toLowerCase()
  if (secretHeaders.has(name)) {
    const scheme = /^[ \t]*(\w{1,10})[ \t]/.exec(line.slice(colon + 1))?.[1] ?? ''
    return `${line.slice(0, colon + 1)} ${schemes.has(scheme.toLowerCase()) ? `${scheme} ` : ''}${removed}`
  }
  const numbers = protocolNumbers.exec(line)
  if (numbers !== null && Number(numbers[1]) < 2 ** 32 && Number(numbers[2] ?? 0) < 2 ** 32) return line
  return maskText(line)
}

function maskBody(body: string, type: string, known: MaskedLines): string {
  const kind = (type.split(';')[0] ?? '').trim().toLowerCase()
  if (kind === 'application/sdp') return eachLine(body, known.sdp)
  // Keys that a person presses are a password as often as not.
  if (kind === 'application/dtmf-relay')
    return eachLine(body, line => (/^\s*signal/i.test(line) ? 'Signal=x' : maskText(line)))
  if (kind === 'application/dtmf') return 'x'
  if (kind === 'multipart/mixed' || kind === 'multipart/alternative') return maskParts(body, type, known)
  const isText = kind.startsWith('text/') || kind === 'message/sipfrag' || kind === 'application/simple-message-summary'
  if (isText || /^application\/(?:[\w.-]{1,60}\+)?xml$/.test(kind)) return eachLine(body, known.header)
  return leftOut(body, kind)
}

/** SIP-I: the SDP is kept, the ISUP beside it is not. */
function maskParts(body: string, type: string, known: MaskedLines): string {
  const boundary = /;[ \t]*boundary[ \t]*=[ \t]*(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(type)
  const mark = boundary?.[1] ?? boundary?.[2]
  if (mark === undefined) return leftOut(body, 'multipart')
  const parts = body.split(`--${mark}`)
  return parts
    .map((part, at) => {
      if (at === 0 || at === parts.length - 1) return maskText(part)
      const headEnd = endOfHead(part)
      const lines = linesOf(part.slice(0, headEnd))
      const inner = headerValue(lines, /^content-type[ \t]*:/i)
      const kept = inner.toLowerCase().startsWith('multipart')
        ? leftOut(part, 'multipart')
        : maskBody(part.slice(headEnd), inner, known)
      return lines.map(maskText).join('\r\n') + kept
    })
    .join(`--${mark}`)
}

function leftOut(body: string, kind: string): string {
  return `(${body.length} octets ${maskText(kind.slice(0, 60))} not kept)\r\n`
}

function eachLine(body: string, mask: (line: string) => string): string {
  return linesOf(body).map(mask).join('\r\n')
}

/** Ports and payload types of a media line stand apart by blanks, as the groups of a number do. */
const mediaLine = /^m=[a-z]{1,16} \d{1,5}(?:\/\d{1,3})? [A-Za-z/]{1,24}(?: \d{1,3})*\s*$/

/** Its numbers are three, unless its user may be the first group of one. */
const origin = /^o=(?:\S*[^\d\s]\S*|\d{7,}) \d{1,20} \d{1,20} IN IP[46] \S+\s*$/

function maskSdpLine(line: string): string {
  if (mediaLine.test(line)) return line
  const crypto = /^a=crypto:(\d{1,9}[ \t]+[A-Z0-9_]{1,40})/i.exec(line)
  if (crypto !== null) return `a=crypto:${crypto[1]} inline:${removed}`
  if (origin.test(line)) return line.split(' ').map(maskText).join(' ')
  const secret = /^(?:a=(?:crypto|key-mgmt|ice-pwd|3ge2ae):?|k=)/i.exec(line)
  if (secret !== null) return `${secret[0]}${removed}`
  return maskText(line)
}

const ipv4 =
  /((?<![0-9.+])(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?!\.?[0-9]))/
/** A digit as ASCII, escaped (RFC 3986) or full width (U+FF10 in UTF-8). */
const digit = '(?:[0-9]|%3[0-9]|\\xEF\\xBC[\\x90-\\x99])'
/** What people and RFC 3966 write between digits. */
const between = '(?:[ \\t.()/_-]|%20|%2[DdEeFf89]|\\xC2\\xA0|\\xE2\\x80[\\x90-\\x95])'
const number = new RegExp(`(?:\\+|%2[Bb])?${digit}(?:${between}{0,3}${digit}){6,}`, 'g')
const anyDigit = new RegExp(digit, 'g')
/** Longer runs hold more than one number: the project's mask would leave the second whole. */
const numberDigitsMax = 15

/** Any text with the numbers in it masked; addresses stay, since who sent what is why this is kept. */
export function maskText(text: string): string {
  if (!isSuspect(text)) return text
  const clean = text
    .replace(/(sips?:[^@:\s<>"]{0,256}):[^@\s<>"]{0,256}@/gi, `$1:${removed}@`)
    .replace(/((?:proxy-)?authori[sz]ation=)[^&>\s"]{0,2048}/gi, `$1${removed}`)
  return clean
    .split(ipv4)
    .map((piece, at) => (at % 2 === 1 ? piece : piece.replace(number, maskRun)))
    .join('')
}

/** Whether it holds what ends seven digits in any of their codings, or a word before a secret: most lines do not. */
function isSuspect(text: string): boolean {
  let digits = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if ((code >= 0x30 && code <= 0x39) || (code >= 0x90 && code <= 0x99)) digits++
  }
  return digits >= 7 || /sips?:|authori[sz]ation=/i.test(text)
}

function maskRun(run: string): string {
  const digits = (run.match(anyDigit) ?? []).map(each => each.charCodeAt(each.length - 1) & 15).join('')
  const plus = run.startsWith('+') || /^%2b/i.test(run) ? '+' : ''
  return digits.length > numberDigitsMax ? `${digits.slice(0, 3)}****${digits.slice(-4)}` : maskNumber(plus + digits)
}
