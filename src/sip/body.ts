/** The session description in a message: alone, or beside ISUP and the like in a multipart body, as SIP-T gateways send it (RFC 3372). */
import { parseParameters, Scanner, unquote } from './grammar.ts'
import { header, type Message } from './message.ts'

const partsMax = 16

/** null when there is none. */
export function sdpOf(message: Message): string | null {
  if (message.body.length === 0) return null
  const scan = new Scanner(header(message, 'content-type') ?? '')
  const type = scan.until('; \t').toLowerCase()
  if (type === 'application/sdp') return message.body.toString('utf8')
  if (!type.startsWith('multipart/')) return null
  const boundary = unquote(parseParameters(scan)?.get('boundary') ?? '')
  return boundary === '' || boundary.length > 70 ? null : sdpPart(message.body, boundary)
}

/** The first part of type application/sdp (RFC 2046 §5.1.1). */
function sdpPart(body: Buffer, boundary: string): string | null {
  const delimiter = `\r\n--${boundary}`
  const opening = `--${boundary}`
  let at = body.indexOf(opening, 0, 'latin1')
  if (at !== 0 && (at < 2 || body.toString('latin1', at - 2, at) !== '\r\n')) return null
  at += opening.length
  for (let part = 0; part < partsMax; part++) {
    const end = body.indexOf(delimiter, at, 'latin1')
    if (end < 0) return null
    const headEnd = body.indexOf('\r\n\r\n', at, 'latin1')
    if (headEnd >= 0 && headEnd < end) {
      const head = body.toString('latin1', at, headEnd)
      if (/\r\ncontent-type[ \t]{0,8}:[ \t]{0,8}application\/sdp[ \t]{0,8}(?:;|\r\n|$)/i.test(head))
        return body.toString('utf8', headEnd + 4, end + 2)
    }
    at = end + delimiter.length
  }
  return null
}
