/**
 * A SIP message: its start line, its headers in the order received, its body. Text is Latin-1, one character a byte, so that a Via or a tag
 * goes back exactly as it came; `fromWire` turns what people read into UTF-8.
 */
import type { CSeq, NameAddress, Via } from './headers.ts'

/** `name` is the long form in lower case; `value` is unfolded and trimmed. */
export type Header = { name: string; value: string }

/** What every valid message has, read once by `validate`. */
type Essentials = {
  headers: Header[]
  body: Buffer
  /** Topmost Via. */
  via: Via
  from: NameAddress
  to: NameAddress
  fromTag: string | null
  toTag: string | null
  callId: string
  cseq: CSeq
}

export type Request = Essentials & { kind: 'request'; method: string; uri: string }
export type Response = Essentials & { kind: 'response'; status: number; reason: string }
export type Message = Request | Response

/** The methods we understand; others get 405 or, unheard of, 501. */
export const allowedMethods = [
  'INVITE',
  'ACK',
  'CANCEL',
  'BYE',
  'OPTIONS',
  'INFO',
  'UPDATE',
  'PRACK',
  'REFER',
  'NOTIFY',
  'REGISTER',
] as const
export const allow = allowedMethods.join(', ')

/** The extensions that a far end may require of us. */
export const supportedOptions: readonly string[] = ['100rel', 'timer', 'replaces', 'norefersub']
export const supported = supportedOptions.join(', ')

/** The first value of a header, or null. `name` in lower case. */
export function header(message: { headers: Header[] }, name: string): string | null {
  for (const one of message.headers) if (one.name === name) return one.value
  return null
}

/** Every value of a header, one a line as received. */
export function headerLines(message: { headers: Header[] }, name: string): string[] {
  const values: string[] = []
  for (const one of message.headers) if (one.name === name) values.push(one.value)
  return values
}

export type HeaderLine = readonly [name: string, value: string]

/** Bytes of a message. Content-Length is added; a line break in a value would split the message and is a bug of ours. */
export function serialise(startLine: string, lines: Iterable<HeaderLine>, body: string | Buffer = ''): Buffer {
  let head = `${startLine}\r\n`
  for (const [name, value] of lines) head += `${name}: ${value}\r\n`
  const content = typeof body === 'string' ? Buffer.from(body, 'utf8') : body
  head += `Content-Length: ${content.length}\r\n\r\n`
  const bytes = Buffer.allocUnsafe(head.length + content.length)
  bytes.write(head, 0, 'latin1')
  content.copy(bytes, head.length)
  return bytes
}

/** What may stand in a header value that comes from configuration or from another message. */
export function isHeaderValue(text: string): boolean {
  return !/[\r\n\0]/.test(text) && text.length <= 4096
}

const reasons: Record<number, string> = {
  100: 'Trying',
  180: 'Ringing',
  181: 'Call Is Being Forwarded',
  182: 'Queued',
  183: 'Session Progress',
  200: 'OK',
  202: 'Accepted',
  300: 'Multiple Choices',
  301: 'Moved Permanently',
  302: 'Moved Temporarily',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  410: 'Gone',
  413: 'Request Entity Too Large',
  415: 'Unsupported Media Type',
  416: 'Unsupported URI Scheme',
  420: 'Bad Extension',
  422: 'Session Interval Too Small',
  423: 'Interval Too Brief',
  480: 'Temporarily Unavailable',
  481: 'Call/Transaction Does Not Exist',
  482: 'Loop Detected',
  483: 'Too Many Hops',
  484: 'Address Incomplete',
  486: 'Busy Here',
  487: 'Request Terminated',
  488: 'Not Acceptable Here',
  489: 'Bad Event',
  491: 'Request Pending',
  500: 'Server Internal Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  504: 'Server Time-out',
  505: 'Version Not Supported',
  513: 'Message Too Large',
  600: 'Busy Everywhere',
  603: 'Decline',
  604: 'Does Not Exist Anywhere',
}

export function reasonOf(status: number): string {
  return reasons[status] ?? reasons[Math.floor(status / 100) * 100] ?? 'Unknown'
}
