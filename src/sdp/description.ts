/**
 * Session descriptions (RFC 8866) as far as an audio call needs them. One pass, within bounds; what is not understood is passed over, what
 * contradicts itself is refused.
 */
import { isIP } from 'node:net'

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'

export type Format = {
  payloadType: number /** Lower case, e.g. `pcma`, `telephone-event`. */
  name: string
  clockRate: number
}

export type Media = {
  kind: string
  /** 0: refused or closed. */
  port: number
  protocol: string
  /** In order of preference; those without an rtpmap that RFC 3551 does not number are left out. */
  formats: Format[]
  /** Payload types, or other words, as written. */
  formatWords: string[]
  /** From the media's own c= line, else the session's; null when there is none. */
  address: string | null
  direction: Direction
  ptimeMs: number | null
  /** Values of its `a=crypto:` lines, at most 16. */
  crypto: string[]
  /** What it asks for in extended reports (RFC 3611 §5.1): its own line, else the session's; names without their values, at most 16. */
  extendedReports: string[]
}

export type Description = { origin: { id: string; version: string; address: string } | null; media: Media[] }

export const sdpBytesMax = 8 * 1024
const mediaMax = 8
const formatsMax = 64
const cryptoMax = 16
const extendedReportsMax = 16

/** RFC 3551 §6: the numbers that need no rtpmap and that we care to name. */
const staticFormats: Record<number, [string, number]> = {
  0: ['pcmu', 8000],
  3: ['gsm', 8000],
  4: ['g723', 8000],
  8: ['pcma', 8000],
  9: ['g722', 8000],
  13: ['cn', 8000],
  18: ['g729', 8000],
}

const directions = new Set<string>(['sendrecv', 'sendonly', 'recvonly', 'inactive'])

/** null when it is no SDP at all. */
export function parseSdp(text: string): Description | null {
  if (text.length > sdpBytesMax) return null
  const lines = text.split(/\r?\n/)
  if (lines[0]?.trim() !== 'v=0') return null

  const description: Description = { origin: null, media: [] }
  let sessionAddress: string | null = null
  let sessionDirection: Direction = 'sendrecv'
  let sessionPtimeMs: number | null = null
  let sessionReports: string[] = []
  let media: Media | null = null
  const rtpmaps = new Map<string, [string, number]>()

  const closeMedia = () => {
    if (media === null) return
    media.formats = formatsOf(media.formatWords, rtpmaps)
    rtpmaps.clear()
  }

  for (const line of lines) {
    if (line === '') continue
    if (line[1] !== '=') return null
    const value = line.slice(2).trim()
    switch (line[0]) {
      case 'o':
        description.origin = parseOrigin(value)
        break
      case 'c': {
        const address = parseConnection(value)
        if (address === null) return null
        if (media === null) sessionAddress = address
        else media.address = address
        break
      }
      case 'm': {
        closeMedia()
        media = parseMedia(value)
        if (media === null || description.media.length === mediaMax) return null
        media.address = sessionAddress
        media.direction = sessionDirection
        media.ptimeMs = sessionPtimeMs
        media.extendedReports = sessionReports
        description.media.push(media)
        break
      }
      case 'a': {
        if (directions.has(value)) {
          if (media === null) sessionDirection = value as Direction
          else media.direction = value as Direction
        } else if (value.startsWith('ptime:')) {
          const ptimeMs = Number(value.slice(6))
          if (!Number.isInteger(ptimeMs) || ptimeMs < 1 || ptimeMs > 200) break
          if (media === null) sessionPtimeMs = ptimeMs
          else media.ptimeMs = ptimeMs
        } else if (value === 'rtcp-xr' || value.startsWith('rtcp-xr:')) {
          const names = reportsOf(value.slice(8))
          if (media === null) sessionReports = names
          else media.extendedReports = names
        } else if (media !== null && value.startsWith('crypto:')) {
          if (media.crypto.length < cryptoMax) media.crypto.push(value.slice(7))
        } else if (media !== null && value.startsWith('rtpmap:') && rtpmaps.size < formatsMax) {
          const match = /^rtpmap:(\d{1,3}) {1,4}([\w.-]{1,32})\/(\d{1,6})/.exec(value)
          if (match !== null) rtpmaps.set(match[1]!, [match[2]!.toLowerCase(), Number(match[3])])
        }
        break
      }
    }
  }
  closeMedia()
  return description
}

/** `pkt-loss-rle=64 voip-metrics` → their names. */
function reportsOf(value: string): string[] {
  return value
    .split(' ')
    .filter(word => word !== '')
    .slice(0, extendedReportsMax)
    .map(word => word.split(/[=:]/, 1)[0]!.toLowerCase())
}

function parseOrigin(value: string): Description['origin'] {
  const [, id = '', version = '', , , address = ''] = value.split(' ', 8)
  return { id, version, address }
}

/** `IN IP4 10.0.0.1`, or with a name, which is kept; null when it is broken. */
function parseConnection(value: string): string | null {
  const [net, family, address] = value.split(' ', 4)
  if (net !== 'IN' || address === undefined) return null
  const literal = address.split('/', 1)[0]!
  if (family === 'IP4' && isIP(literal) === 6) return null
  if (family === 'IP6' && isIP(literal) === 4) return null
  return (family === 'IP4' || family === 'IP6') && /^[\w.:-]{1,255}$/.test(literal) ? literal : null
}

function parseMedia(value: string): Media | null {
  const [kind, port, protocol, ...formatWords] = value.split(' ', formatsMax + 3)
  const number = /^(\d{1,5})(?:\/\d{1,3})?$/.exec(port ?? '')?.[1]
  if (!kind || number === undefined || Number(number) > 65535 || protocol === undefined) return null
  return {
    kind,
    port: Number(number),
    protocol,
    formats: [],
    formatWords: formatWords.filter(word => word !== ''),
    address: null,
    direction: 'sendrecv',
    ptimeMs: null,
    crypto: [],
    extendedReports: [],
  }
}

function formatsOf(words: string[], rtpmaps: Map<string, [string, number]>): Format[] {
  const formats: Format[] = []
  for (const word of words) {
    const payloadType = /^\d{1,3}$/.test(word) ? Number(word) : -1
    const known = rtpmaps.get(word) ?? staticFormats[payloadType]
    if (known !== undefined && payloadType >= 0 && payloadType < 128)
      formats.push({ payloadType, name: known[0], clockRate: known[1] })
  }
  return formats
}
