/** An agent's browser becomes a leg of the bay: its offer opens the leg, our answer tells it where and how to reach it. */
import { randomBytes, randomInt } from 'node:crypto'
import type { LegId } from '../lib/ids.ts'
import { readOffer, writeAnswer } from './sdp.ts'

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

/** `(leg, offer) → answer`. Rejects with OfferError when the offer cannot be used, with MediaError when the bay has no port. */
export function offerAnswerer(options: StationOptions): (leg: LegId, offerSdp: string) => Promise<string> {
  return async (leg, offerSdp) => {
    const offer = readOffer(offerSdp)
    // RFC 8445 section 5.3: at least 24 and 128 bits of randomness.
    const localUfrag = iceText(6)
    const localPassword = iceText(24)
    const ssrc = randomInt(1, 2 ** 32)
    const bound = await options.bay.open(leg, {
      kind: 'webrtc',
      localUfrag,
      localPassword,
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
    return writeAnswer(offer, {
      ufrag: localUfrag,
      password: localPassword,
      fingerprint: options.fingerprint,
      candidates: addresses.map(address => ({ address, port: bound.port })),
      ssrc,
      cname: iceText(9),
      sessionId: randomInt(1, 2 ** 47),
    })
  }
}

/** `bytes` of chance in ice-char (letters, digits, + and /). */
function iceText(bytes: number): string {
  return randomBytes(bytes).toString('base64').replace(/=+$/, '')
}
