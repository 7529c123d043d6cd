/** A leg's side of the SDP: what we offer, and what an offer or an answer of the far end comes to. We always want audio both ways. */
import type { LegId } from '../lib/ids.ts'
import type { RtpParameters } from '../rtp/bay.ts'
import type { SrtpKeys } from '../rtp/secure-leg.ts'
import { keyOctets } from '../sdp/crypto.ts'
import {
  type Agreed,
  type AgreedSrtp,
  type AudioCodec,
  answerOffer,
  buildOffer,
  type LocalMedia,
  type LocalSrtp,
  readAnswer,
} from '../sdp/negotiate.ts'

export type { Agreed }

/** Our media port as the far end is told; `version` grows with each SDP of ours in a call. */
export type LocalSide = { address: string; port: number; id: LegId; version: number; srtp?: LocalSrtp | null }

export function offerOf(codecs: readonly AudioCodec[], side: LocalSide): string {
  return buildOffer(localMedia(codecs, side))
}

/** Our answer to their offer and what was agreed on; null when there is no audio in it that we can speak. */
export function answerTo(
  offer: string,
  codecs: readonly AudioCodec[],
  side: LocalSide,
): { sdp: string; agreed: Agreed } | null {
  const answered = answerOffer(offer, localMedia(codecs, side))
  return answered.ok ? answered : null
}

/** What their answer to our offer agrees on; null when it has no audio that we can speak. */
export function agree(answer: string, codecs: readonly AudioCodec[], side: LocalSide): Agreed | null {
  const understood = readAnswer(answer, localMedia(codecs, side))
  return understood.ok ? understood.agreed : null
}

/** The bay's parameters for what was agreed on; media may come from the SDP's address and from `sources`. */
export function rtpParameters(agreed: Agreed, latch: boolean, sources: readonly string[] = []): RtpParameters {
  return {
    codec: agreed.codec,
    dtmfPayloadType: agreed.dtmfPayloadType,
    remote: agreed.remote,
    latch,
    allowedSources: [agreed.remote.address, ...sources],
    send: agreed.send,
    receive: agreed.receive,
    ptimeMs: agreed.ptimeMs,
    wantsVoip: agreed.wantsVoip,
    srtp: agreed.srtp && srtpKeys(agreed.srtp),
  }
}

function localMedia(codecs: readonly AudioCodec[], side: LocalSide): LocalMedia {
  return {
    address: side.address,
    port: side.port,
    codecs: [...codecs],
    direction: 'sendrecv',
    session: { id: sessionNumber(side.id), version: side.version },
    ...(side.srtp ? { srtp: side.srtp } : {}),
  }
}

function srtpKeys({ suite, localKey, remoteKey }: AgreedSrtp): SrtpKeys {
  const { key } = keyOctets[suite]
  return {
    profile: suite,
    localKey: localKey.slice(0, key),
    localSalt: localKey.slice(key),
    remoteKey: remoteKey.slice(0, key),
    remoteSalt: remoteKey.slice(key),
  }
}

/** A number that is the same for all SDP of a leg (RFC 8866 section 5.2), from its id by FNV-1a. */
function sessionNumber(id: LegId): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
