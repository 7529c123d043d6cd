/**
 * The little of JSEP (RFC 9429) that one audio leg needs: read a browser's offer, write our answer. One POST each way: candidates of the
 * browser are not needed, since its checks come to us (RFC 8445 section 7.3.1.3), and ours are all in the answer.
 */
export type Offer = {
  ufrag: string
  password: string
  /** `sha-256 AB:CD:…`. */
  fingerprint: string
  codec: 'pcma' | 'pcmu'
  payloadType: number
  dtmfPayloadType: number | null
  /** SSRC that the browser announced for its microphone, or null. */
  ssrc: number | null
  /** Every m= section in the offer's order: the answer must repeat them (RFC 3264 section 6); all but `audio` are refused. */
  sections: Section[]
  audio: number
}

export type Section = { media: string; protocol: string; formats: string; mid: string | null }

export type Answer = {
  ufrag: string
  password: string
  fingerprint: string
  /** Where the browser reaches us; several when the machine has several networks, the most likely first. */
  candidates: { address: string; port: number }[]
  ssrc: number
  /** Identifies this leg to RTCP (RFC 8834: random, no name of a person). */
  cname: string
  /** RFC 8866 section 5.2. */
  /** Grows with each answer of a session; left out: 1. */
  version?: number
  sessionId: number
}

/** The browser's offer cannot be used; the words say why, for the agent and the log. */
export class OfferError extends Error {
  override name = 'OfferError'
}

/** Chromium's audio-only offer is 3 KB, with every codec and extension 10 KB. */
const offerBytesMax = 65_536
const sectionsMax = 8

export function readOffer(sdp: string): Offer {
  if (sdp.length > offerBytesMax) throw new OfferError('the offer is too long')
  if (!sdp.startsWith('v=0')) throw new OfferError('the offer is not SDP')
  const [session = [], ...sections] = split(sdp)
  if (sections.length > sectionsMax) throw new OfferError(`the offer has more than ${sectionsMax} media sections`)
  const audio = sections.findIndex(lines => /^m=audio [1-9]\d{0,4} UDP\/TLS\/RTP\/SAVPF /.test(lines[0] ?? ''))
  if (audio < 0) throw new OfferError('the offer has no audio over DTLS-SRTP')
  const lines = sections[audio]!
  const either = (name: string, shape: RegExp) => firstValue(lines, name, shape) ?? firstValue(session, name, shape)
  if (firstValue(lines, 'rtcp-mux', /^$/) === null) throw new OfferError('the browser must multiplex RTP and RTCP')
  const setup = either('setup', /^(actpass|active)$/)
  if (setup === null) throw new OfferError('the browser must offer to be the DTLS client')
  const ssrc = firstValue(lines, 'ssrc', /^(\d{1,10})(?: |$)/)
  return {
    // RFC 8839 section 5.4: 4 to 256 and 22 to 256 characters of ice-char.
    ufrag: required(either('ice-ufrag', /^([A-Za-z0-9+/]{4,256})$/), 'ICE user name'),
    password: required(either('ice-pwd', /^([A-Za-z0-9+/]{22,256})$/), 'ICE password'),
    fingerprint: fingerprintIn(either('fingerprint', /^(sha-256 (?:[0-9a-f]{2}:){31}[0-9a-f]{2})$/i)),
    ...codecIn(lines),
    ssrc: ssrc === null ? null : Number(ssrc) >>> 0,
    sections: sections.map(sectionOf),
    audio,
  }
}

export function writeAnswer(offer: Offer, answer: Answer): string {
  const mid = offer.sections[offer.audio]!.mid
  const lines = [
    'v=0',
    `o=- ${answer.sessionId} ${answer.version ?? 1} IN IP4 0.0.0.0`,
    's=-',
    't=0 0',
    ...(mid === null ? [] : [`a=group:BUNDLE ${mid}`]),
    'a=ice-lite',
    ...offer.sections.flatMap((section, at) =>
      at === offer.audio ? audioSection(offer, answer, section) : refusedSection(section),
    ),
  ]
  return `${lines.join('\r\n')}\r\n`
}

function audioSection(offer: Offer, answer: Answer, section: Section): string[] {
  const first = answer.candidates[0]
  if (first === undefined) throw new RangeError('an answer has a candidate')
  const { payloadType, dtmfPayloadType: dtmf } = offer
  const formats = dtmf === null ? `${payloadType}` : `${payloadType} ${dtmf}`
  return [
    `m=audio ${first.port} UDP/TLS/RTP/SAVPF ${formats}`,
    `c=IN ${family(first.address)} ${first.address}`,
    'a=rtcp-mux',
    ...(section.mid === null ? [] : [`a=mid:${section.mid}`]),
    'a=sendrecv',
    `a=ice-ufrag:${answer.ufrag}`,
    `a=ice-pwd:${answer.password}`,
    `a=fingerprint:${answer.fingerprint}`,
    'a=setup:passive',
    `a=rtpmap:${payloadType} ${offer.codec.toUpperCase()}/8000`,
    ...(dtmf === null ? [] : [`a=rtpmap:${dtmf} telephone-event/8000`, `a=fmtp:${dtmf} 0-15`]),
    'a=ptime:20',
    'a=msid:switchroom line',
    `a=ssrc:${answer.ssrc} cname:${answer.cname}`,
    ...answer.candidates.map(
      // RFC 8445 section 5.1.2.1: host candidates, the earlier the dearer.
      ({ address, port }, at) => `a=candidate:${at + 1} 1 udp ${2130706431 - at * 256} ${address} ${port} typ host`,
    ),
    'a=end-of-candidates',
  ]
}

function refusedSection(section: Section): string[] {
  const lines = [`m=${section.media} 0 ${section.protocol} ${section.formats}`, 'c=IN IP4 0.0.0.0', 'a=inactive']
  return section.mid === null ? lines : [...lines, `a=mid:${section.mid}`]
}

function split(sdp: string): string[][] {
  const parts: string[][] = [[]]
  for (const line of sdp.split(/\r?\n/)) {
    if (line.startsWith('m=')) parts.push([])
    parts.at(-1)!.push(line)
  }
  return parts
}

/** First `a=name` whose value has the shape: its first group, or the whole value. */
function firstValue(lines: string[], name: string, shape: RegExp): string | null {
  for (const line of lines) {
    if (!line.startsWith(`a=${name}`)) continue
    const rest = line.slice(2 + name.length)
    if (rest !== '' && !rest.startsWith(':')) continue
    const match = shape.exec(rest.slice(1).trimEnd())
    if (match) return match[1] ?? match[0]
  }
  return null
}

function required(value: string | null, what: string): string {
  if (value === null) throw new OfferError(`the offer has no valid ${what}`)
  return value
}

function fingerprintIn(value: string | null): string {
  const fingerprint = required(value, 'SHA-256 certificate fingerprint')
  return `sha-256 ${fingerprint.slice(8).toUpperCase()}`
}

/** The first of PCMA and PCMU in the browser's order; our page puts the trunk's first. */
function codecIn(lines: string[]): Pick<Offer, 'codec' | 'payloadType' | 'dtmfPayloadType'> {
  const formats = lines[0]!.trimEnd().split(' ').slice(3)
  const named = new Map([
    ['0', 'pcmu/8000'],
    ['8', 'pcma/8000'],
  ])
  for (const line of lines) {
    const map = /^a=rtpmap:(\d{1,3}) ([A-Za-z0-9-]+\/\d+)(?:\/1)?\s*$/.exec(line)
    if (map && Number(map[1]) < 128) named.set(map[1]!, map[2]!.toLowerCase())
  }
  const speech = formats.find(format => /^pcm[au]\/8000$/.test(named.get(format) ?? ''))
  if (speech === undefined) throw new OfferError('the browser offers neither PCMA nor PCMU')
  const dtmf = formats.find(format => named.get(format) === 'telephone-event/8000')
  return {
    codec: named.get(speech) === 'pcma/8000' ? 'pcma' : 'pcmu',
    payloadType: Number(speech),
    dtmfPayloadType: dtmf === undefined ? null : Number(dtmf),
  }
}

function sectionOf(lines: string[]): Section {
  const match = /^m=([a-z]+) \d+ ([A-Za-z0-9/]+) ([\x21-\x7e ]+)$/.exec((lines[0] ?? '').trimEnd())
  if (!match) throw new OfferError('the offer has a malformed media section')
  return {
    media: match[1]!,
    protocol: match[2]!,
    formats: match[3]!,
    mid: firstValue(lines, 'mid', /^([\x21-\x7e]{1,32})$/),
  }
}

function family(address: string): 'IP4' | 'IP6' {
  return address.includes(':') ? 'IP6' : 'IP4'
}
