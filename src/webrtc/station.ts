/** An agent's browser becomes a leg of the bay: its offer opens the leg, our answer tells it where and how to reach it. */
import { randomBytes, randomInt } from 'node:crypto'
import type { LegId } from '../lib/ids.ts'
import { type Offer, OfferError, readOffer, writeAnswer } from './sdp.ts'

/** The door of the bay that this needs; structural, since `rtp` uses `webrtc` and not the other way round. */
export type BrowserLegs = {
  open(leg: LegId, spec: BrowserLegSpec): Promise<{ address: string; port: number }>
}

export type BrowserLegSpec = {
  kind: 'webrtc'
  localUfrag: string
  localPassword: string
  silenceMs: number
  parameters: {
    remoteUfrag: string
    remotePassword: string
    remoteFingerprint: string
    codec: 'pcma' | 'pcmu'
    payloadType: number
    dtmfPayloadType: number | null
    /** What we send with: the answer announces it. */
    ssrc: number
  }
}

export type StationOptions = {
  bay: BrowserLegs
  /** Of the certificate that the bay's DTLS thread presents: `sha-256 AB:CD:…`. */
  fingerprint: string
  /** Our addresses as browsers see them, the most likely first; [] means the one that the bay's socket is bound to. */
  addresses: string[]
  /** ms without a packet until the bay calls the leg silent. */
  silenceMs: number
}

/** What a later restart must know of a leg that was answered. */
export type StationLine = {
  fingerprint: string
  addresses: { address: string; port: number }[]
  ssrc: number
  cname: string
  sessionId: number
  /** Of our SDP; grows with each answer (RFC 8829 section 5.3.1). */
  version: number
}

/** `(leg, offer) → answer`. Rejects with OfferError when the offer cannot be used, with MediaError when the bay has no port. */
export function offerAnswerer(
  options: StationOptions,
): (leg: LegId, offerSdp: string) => Promise<{ sdp: string; line: StationLine }> {
  return async (leg, offerSdp) => {
    const offer = readOffer(offerSdp)
    const local = freshCredentials()
    const ssrc = randomInt(1, 2 ** 32)
    const bound = await options.bay.open(leg, {
      kind: 'webrtc',
      ...local,
      silenceMs: options.silenceMs,
      parameters: {
        remoteUfrag: offer.ufrag,
        remotePassword: offer.password,
        remoteFingerprint: offer.fingerprint,
        codec: offer.codec,
        payloadType: offer.payloadType,
        dtmfPayloadType: offer.dtmfPayloadType,
        ssrc,
      },
    })
    const addresses = options.addresses.length > 0 ? options.addresses : [bound.address]
    const line = {
      ...{ fingerprint: offer.fingerprint, ssrc, cname: iceText(9), sessionId: randomInt(1, 2 ** 47), version: 1 },
      addresses: addresses.map(address => ({ address, port: bound.port })),
    }
    return { sdp: answerWith(offer, line, local, options.fingerprint), line }
  }
}

/**
 * The same browser offers again with other ICE credentials: our answer, and the credentials that the leg takes from now on. Throws OfferError
 * when the offer is of another connection, which needs a leg of its own.
 */
export function restartAnswer(
  line: StationLine,
  offerSdp: string,
  fingerprint: string,
): { sdp: string; credentials: { localUfrag: string; localPassword: string; remoteUfrag: string } } {
  const offer = readOffer(offerSdp)
  if (offer.fingerprint.toLowerCase() !== line.fingerprint.toLowerCase())
    throw new OfferError('the offer is of another connection')
  const local = freshCredentials()
  line.version++
  return { sdp: answerWith(offer, line, local, fingerprint), credentials: { ...local, remoteUfrag: offer.ufrag } }
}

type Local = { localUfrag: string; localPassword: string }

/** RFC 8445 section 5.3: at least 24 and 128 bits of randomness. */
function freshCredentials(): Local {
  return { localUfrag: iceText(6), localPassword: iceText(24) }
}

function answerWith(offer: Offer, line: StationLine, local: Local, fingerprint: string): string {
  const { ssrc, cname, sessionId, version, addresses: candidates } = line
  const { localUfrag: ufrag, localPassword: password } = local
  return writeAnswer(offer, { ufrag, password, fingerprint, candidates, ssrc, cname, sessionId, version })
}

/** `bytes` of chance in ice-char (letters, digits, + and /). */
function iceText(bytes: number): string {
  return randomBytes(bytes).toString('base64').replace(/=+$/, '')
}
