/** Offers and answers (RFC 3264) for one G.711 audio stream with telephone-event; pure functions from texts and wishes to texts and results. */
import { isIP } from 'node:net'
import { type Crypto, type CryptoSuite, cryptoSuites, formatCrypto, parseCrypto } from './crypto.ts'
import { type Description, type Direction, type Media, parseSdp } from './description.ts'

export type AudioCodec = 'pcma' | 'pcmu'
export const payloadTypes: Record<AudioCodec, number> = { pcma: 8, pcmu: 0 }
const dtmfPayloadType = 101

/** What we say of ourselves. */
export type LocalMedia = {
  address: string
  port: number
  /** In order of preference. */
  codecs: AudioCodec[]
  direction: Direction
  /** o= line: the id stays for the whole call, the version grows with each change of ours. */
  session: { id: number; version: number }
  ptimeMs?: number
  /** Encryption by keys in SDP (RFC 4568); left out: none. */
  srtp?: LocalSrtp
}

/**
 * `wanted` is offered as RFC 8643 has it, beside plain RTP: who knows no SRTP passes over the keys. `required` is RTP/SAVP, which such a one
 * refuses. `keyOf`: our master key and salt for a suite, the same for as long as the leg keeps that suite.
 */
export type LocalSrtp = { use: 'wanted' | 'required'; keyOf(suite: CryptoSuite): Uint8Array }

/** Master keys with their salts: what we send is protected with `localKey`, what comes with `remoteKey`. */
export type AgreedSrtp = { suite: CryptoSuite; localKey: Uint8Array; remoteKey: Uint8Array }

/** What was agreed on. */
export type Agreed = {
  codec: AudioCodec
  payloadType: number
  /** null: the far end has no RFC 4733. */
  dtmfPayloadType: number | null
  /** Where our packets go. */
  remote: { address: string; port: number }
  /** What we may do. */
  send: boolean
  receive: boolean
  /** The far end put us on hold: it wants nothing from us, or nothing either way. */
  held: boolean
  ptimeMs: number
  /** The far end asks for VoIP metrics in our extended reports (RFC 3611 §5.1). */
  wantsVoip: boolean
  /** null: in the clear. */
  srtp: AgreedSrtp | null
}

export type SdpFault = 'syntax' | 'no audio' | 'no common codec' | 'bad address' | 'no common encryption'

export type Answered = { ok: true; sdp: string; agreed: Agreed } | { ok: false; why: SdpFault }
export type Understood = { ok: true; agreed: Agreed } | { ok: false; why: SdpFault }

export function buildOffer(local: LocalMedia): string {
  const formats = local.codecs.map(codec => ({ payloadType: payloadTypes[codec], name: codec }))
  const protocol = local.srtp?.use === 'required' ? 'RTP/SAVP' : 'RTP/AVP'
  return write(local, [
    audioSection(local, { formats, events: dtmfPayloadType, protocol, crypto: offered(local) }, local.direction),
  ])
}

/**
 * Answers an offer. `local.direction` is our wish; the answer grants no more than the offer allows. Streams beside the first usable audio
 * stream are refused with port 0, each in its place (RFC 3264 §6).
 */
export function answerOffer(offer: string, local: LocalMedia): Answered {
  const description = parseSdp(offer)
  if (description === null) return { ok: false, why: 'syntax' }
  const found = findAudio(description, local, cryptoOfOffer)
  if (!found.ok) return found
  const { media, agreed, crypto } = found
  const direction = answerDirection(media, local.direction)
  const sections = description.media.map(one =>
    one === media
      ? audioSection(
          local,
          {
            formats: [{ payloadType: agreed.payloadType, name: agreed.codec }],
            events: agreed.dtmfPayloadType,
            protocol: isSecure(media) ? media.protocol : 'RTP/AVP',
            crypto: crypto === null ? [] : [crypto],
            asksVoip: agreed.wantsVoip,
          },
          direction,
        )
      : [`m=${one.kind} 0 ${one.protocol} ${one.formatWords[0] ?? '0'}`],
  )
  return {
    ok: true,
    sdp: write(local, sections),
    agreed: {
      ...agreed,
      send: agreed.send && maySend(local.direction),
      receive: agreed.receive && mayReceive(local.direction),
    },
  }
}

/** Where the far end wants its audio, to choose a socket of that family; null when it is no address. */
export function audioAddressOf(sdp: string): string | null {
  const audio = parseSdp(sdp)?.media.find(({ kind, port }) => kind === 'audio' && port > 0)
  return audio?.address && isIP(audio.address) !== 0 ? audio.address : null
}

/** Reads the answer to our offer. */
export function readAnswer(answer: string, local: LocalMedia): Understood {
  const description = parseSdp(answer)
  if (description === null) return { ok: false, why: 'syntax' }
  const found = findAudio(description, local, cryptoOfAnswer)
  if (!found.ok) return found
  const { agreed } = found
  return {
    ok: true,
    agreed: {
      ...agreed,
      send: agreed.send && maySend(local.direction),
      receive: agreed.receive && mayReceive(local.direction),
    },
  }
}

/** `crypto`: our line of what was agreed on, for an answer. */
type Found = { ok: true; media: Media; agreed: Agreed; crypto: Crypto | null } | { ok: false; why: SdpFault }

/** What the stream and we can agree on: their line and ours; null: in the clear; undefined: nothing. */
type Chosen = { theirs: Crypto; ours: Crypto } | null | undefined
type ChooseCrypto = (media: Media, srtp: LocalSrtp | undefined) => Chosen

const isSecure = (media: Media) => /^RTP\/SAVPF?$/.test(media.protocol)

function offered({ srtp }: LocalMedia): Crypto[] {
  return srtp === undefined ? [] : cryptoSuites.map((suite, at) => ({ tag: at + 1, suite, key: srtp.keyOf(suite) }))
}

/** The first of theirs that we can (§5.1.2). RTP/SAVP without one is refused, and so is RTP/AVP where we require it. */
function cryptoOfOffer(media: Media, srtp: LocalSrtp | undefined): Chosen {
  const theirs = srtp && media.crypto.map(parseCrypto).find(one => one !== null)
  if (srtp && theirs) return { theirs, ours: { ...theirs, key: srtp.keyOf(theirs.suite) } }
  return isSecure(media) || srtp?.use === 'required' ? undefined : null
}

/** One line of those we offered, by tag and suite (§5.1.3); another would be somebody else's. */
function cryptoOfAnswer(media: Media, srtp: LocalSrtp | undefined): Chosen {
  if (srtp !== undefined && media.crypto.length > 0) {
    const theirs = media.crypto.length === 1 ? parseCrypto(media.crypto[0]!) : null
    if (theirs === null || cryptoSuites[theirs.tag - 1] !== theirs.suite) return undefined
    return { theirs, ours: { ...theirs, key: srtp.keyOf(theirs.suite) } }
  }
  return isSecure(media) || srtp?.use === 'required' ? undefined : null
}

/** The first audio stream that is open and speaks G.711; the offerer's order of codecs counts, among ours. */
function findAudio(description: Description, { address, codecs, srtp }: LocalMedia, choose: ChooseCrypto): Found {
  let why: SdpFault = 'no audio'
  // Of a secured and a plain stream the secured one is taken, wherever it stands.
  const secured = (media: Media) => Number(srtp !== undefined && media.crypto.length > 0)
  for (const media of description.media.toSorted((a, b) => secured(b) - secured(a))) {
    if (media.kind !== 'audio' || media.port === 0 || !/^RTP\/S?AVPF?$/.test(media.protocol)) continue
    const chosen = media.formats.find(one => one.clockRate === 8000 && codecs.includes(one.name as AudioCodec))
    if (chosen === undefined) {
      why = 'no common codec'
      continue
    }
    // c=0.0.0.0 is how RFC 2543 held a call: there is nowhere to send to.
    const nowhere = media.address === '0.0.0.0' || media.address === '::'
    // Our socket is of one family and sends to no other.
    if (media.address === null || (isIP(media.address) !== isIP(address) && !nowhere) || isIP(media.address) === 0) {
      why = 'bad address'
      continue
    }
    const crypto = choose(media, srtp)
    if (crypto === undefined) {
      why = 'no common encryption'
      continue
    }
    const events = media.formats.find(one => one.name === 'telephone-event' && one.clockRate === 8000)
    const wanted = mayReceive(media.direction) && !nowhere
    return {
      ok: true,
      media,
      agreed: {
        codec: chosen.name as AudioCodec,
        payloadType: chosen.payloadType,
        dtmfPayloadType: events?.payloadType ?? null,
        remote: { address: media.address, port: media.port },
        send: wanted,
        receive: maySend(media.direction),
        held: !wanted,
        ptimeMs: media.ptimeMs ?? 20,
        wantsVoip: media.extendedReports.includes('voip-metrics'),
        srtp: crypto && { suite: crypto.ours.suite, localKey: crypto.ours.key, remoteKey: crypto.theirs.key },
      },
      crypto: crypto?.ours ?? null,
    }
  }
  return { ok: false, why }
}

const maySend = (direction: Direction) => direction === 'sendrecv' || direction === 'sendonly'
const mayReceive = (direction: Direction) => direction === 'sendrecv' || direction === 'recvonly'

function directionOf(send: boolean, receive: boolean): Direction {
  if (send) return receive ? 'sendrecv' : 'sendonly'
  return receive ? 'recvonly' : 'inactive'
}

/** RFC 3264 §6.1: sendonly is answered recvonly or inactive, and so on. With c=0.0.0.0 the direction stays as offered (§8.4). */
function answerDirection(offered: Media, wish: Direction): Direction {
  return directionOf(mayReceive(offered.direction) && maySend(wish), maySend(offered.direction) && mayReceive(wish))
}

function audioSection(
  local: LocalMedia,
  stream: {
    formats: { payloadType: number; name: string }[]
    events: number | null
    protocol: string
    crypto: Crypto[]
    /** What we want to be told, of whoever shows that they know it: so nobody meets a line that is new to them. */
    asksVoip?: boolean
  },
  direction: Direction,
): string[] {
  const { formats, events, protocol, crypto } = stream
  const types = [...formats.map(one => one.payloadType), ...(events === null ? [] : [events])]
  const lines = [`m=audio ${local.port} ${protocol} ${types.join(' ')}`]
  for (const { payloadType, name } of formats) lines.push(`a=rtpmap:${payloadType} ${name.toUpperCase()}/8000`)
  if (events !== null) lines.push(`a=rtpmap:${events} telephone-event/8000`, `a=fmtp:${events} 0-15`)
  lines.push(...crypto.map(formatCrypto))
  if (stream.asksVoip) lines.push('a=rtcp-xr:voip-metrics')
  lines.push(`a=ptime:${local.ptimeMs ?? 20}`, `a=${direction}`)
  return lines
}

function write(local: LocalMedia, sections: string[][]): string {
  const family = isIP(local.address) === 6 ? 'IP6' : 'IP4'
  const { id, version } = local.session
  const lines = [
    'v=0',
    `o=- ${id} ${version} IN ${family} ${local.address}`,
    's=-',
    `c=IN ${family} ${local.address}`,
    't=0 0',
    ...sections.flat(),
  ]
  return `${lines.join('\r\n')}\r\n`
}
