/**
 * The seam between the relay loop and a browser's leg. The media worker owns the socket and sorts what arrives by its first byte (RFC 7983):
 * 0–3 STUN → `onStun`; 20–63 DTLS → the DTLS thread, by message; 128–191 SRTP or SRTCP → `unprotect…` in place, in the relay loop.
 *
 * `webrtc/` supplies `createSecureLeg` (a SecureLegFactory) from `src/webrtc/secure.ts` and the DTLS thread's entry
 * `src/webrtc/dtls-worker.ts`. It need not import this file: the shapes are structural, and `webrtc` never imports `rtp`.
 */
export type SrtpKeys = {
  profile: 'AES_CM_128_HMAC_SHA1_80' | 'AES_CM_128_HMAC_SHA1_32' | 'AEAD_AES_128_GCM' | 'AEAD_AES_256_GCM'
  /** What we send with. */
  localKey: Uint8Array
  localSalt: Uint8Array
  /** What the far end sends with. */
  remoteKey: Uint8Array
  remoteSalt: Uint8Array
}

/** SRTP of a leg whose keys came in SDP (RFC 4568); it lives as long as the leg, through every change of keys. */
export type SrtpCipher = Pick<SecureLeg, 'unprotect' | 'protect' | 'unprotectRtcp' | 'protectRtcp' | 'close'> & {
  /** A direction whose key is the same goes on as it was. */
  rekey(keys: SrtpKeys): void
  /** Another thread has used the keys up to here. */
  restore(saved: SavedSrtp): void
} & SrtpPlace
export type SrtpFactory = (keys: SrtpKeys) => SrtpCipher

/** What another thread must know to go on with the same keys: no index may be sent twice, and none taken twice. */
export type SrtpPlace = {
  save(): SavedSrtp
  /** By SSRC; -1: none. */
  highestSent(ssrc: number): number
  highestReceived(ssrc: number): number
  highestRtcp(ssrc: number): number
  readonly rtcpIndex: number
}

/** `seen`: the last indices that may not come again; null: all up to `highest`. */
export type SavedStream = { ssrc: number; highest: number; seen: number[] | null }
export type SavedSrtp = { sent: SavedStream[]; received: SavedStream[]; receivedRtcp: SavedStream[]; rtcpIndex: number }

export type SecureLeg = {
  /**
   * An ICE-lite agent's answer to one datagram of STUN. `reply` is sent back to where it came from (null: say nothing, it was malformed, not
   * authentic, or overheard and sent again from elsewhere). `valid`: the request was authentic and is heard for the first time, so consent is
   * fresh; `nominated`: it carried USE-CANDIDATE.
   */
  onStun(packet: Uint8Array, source: { address: string; port: number }): StunVerdict
  /** ICE begins anew with these credentials; keys and streams go on. */
  restart(credentials: IceCredentials): void
  /** The checks that were heard, for another thread that goes on with this leg, and to it: none of them is taken twice. */
  readonly checks: string
  rememberChecks(checks: string): void
  /** From the DTLS thread; again after a new handshake. Until the first call `unprotect` answers -1 and nothing is sent. */
  setKeys(keys: SrtpKeys): void
  /** Where the keys stand, or null before the first. */
  readonly srtp: SrtpPlace | null
  /** Like `setKeys`, with keys that another thread has used up to `saved`. */
  resume(keys: SrtpKeys, saved: SavedSrtp | null): void
  /**
   * In place on `packet[0, length)`. Answers the new length, or -1 when not authentic, replayed or malformed. Called for every packet: no
   * allocation, no exception.
   */
  unprotect(packet: Uint8Array, length: number): number
  /** In place; `packet` has at least 64 bytes of room behind `length`. Answers the new length, or -1 without keys. */
  protect(packet: Uint8Array, length: number): number
  unprotectRtcp(packet: Uint8Array, length: number): number
  protectRtcp(packet: Uint8Array, length: number): number
  /** Frees the keys. */
  close(): void
}

export type IceCredentials = { localUfrag: string; localPassword: string; remoteUfrag: string }

export type StunVerdict = { reply: Uint8Array | null; valid: boolean; nominated: boolean }

export type SecureLegFactory = (spec: {
  localUfrag: string
  localPassword: string
  remoteUfrag: string
  remotePassword: string
}) => SecureLeg

/** The DTLS thread's `workerData`. */
export type DtlsIdentity = { certificatePem: string; privateKeyPem: string }

/** To the DTLS thread (its `parentPort`). We are always the DTLS server (`a=setup:passive`). */
export type DtlsRequest =
  /** `remoteFingerprint`: `sha-256 AB:CD:…`; a certificate that differs from it is `lost`. */
  | { type: 'open'; leg: string; remoteFingerprint: string }
  | { type: 'packet'; leg: string; packet: Uint8Array }
  | { type: 'close'; leg: string }

/** From the DTLS thread. */
export type DtlsReply =
  | { type: 'packet'; leg: string; packet: Uint8Array }
  | { type: 'keys'; leg: string; keys: SrtpKeys }
  | { type: 'lost'; leg: string; reason: string }
