/**
 * One direction's packet transforms, RTP and RTCP: AES_CM_128_HMAC_SHA1_80 and _32 (RFC 3711), AEAD_AES_128_GCM and _256 (RFC 7714). They know nothing of
 * replay or roll-over: the index is given. All work in place and answer the new length, or -1 when authentication fails.
 */
import { createCipheriv } from 'node:crypto'
import type { Aead, CipherSuite, KeyStream, Mac } from './srtp-ciphers.ts'

export type SrtpProfile =
  | 'AES_CM_128_HMAC_SHA1_80'
  | 'AES_CM_128_HMAC_SHA1_32'
  | 'AEAD_AES_128_GCM'
  | 'AEAD_AES_256_GCM'

/** Bytes of master key and salt: RFC 3711 section 4.1.1 and RFC 7714 section 12. */
export const keyBytes: Record<SrtpProfile, number> = {
  AES_CM_128_HMAC_SHA1_80: 16,
  AES_CM_128_HMAC_SHA1_32: 16,
  AEAD_AES_128_GCM: 16,
  AEAD_AES_256_GCM: 32,
}
export const saltBytes: Record<SrtpProfile, number> = {
  AES_CM_128_HMAC_SHA1_80: 14,
  AES_CM_128_HMAC_SHA1_32: 14,
  AEAD_AES_128_GCM: 12,
  AEAD_AES_256_GCM: 12,
}

export type Transform = {
  /** Most bytes that sealing adds to an RTP packet; the buffer must have room. */
  readonly overhead: number
  /** From the end of an SRTCP packet back to its index. */
  readonly rtcpIndexFromEnd: number
  seal(packet: Uint8Array, header: number, length: number, ssrc: number, rollover: number, sequence: number): number
  open(packet: Uint8Array, header: number, length: number, ssrc: number, rollover: number, sequence: number): number
  /** `index` is the 31-bit SRTCP index. */
  sealRtcp(packet: Uint8Array, length: number, ssrc: number, index: number): number
  openRtcp(packet: Uint8Array, length: number, ssrc: number, index: number): number
  close(): void
}

export function createTransform(
  profile: SrtpProfile,
  key: Uint8Array,
  salt: Uint8Array,
  ciphers: CipherSuite,
): Transform {
  if (key.length !== keyBytes[profile] || salt.length !== saltBytes[profile])
    throw new RangeError(`${profile} takes a key of ${keyBytes[profile]} and a salt of ${saltBytes[profile]} bytes`)
  const derive = (labelByte: number, bytes: number) => deriveKey(key, salt, labelByte, bytes)
  if (profile === 'AEAD_AES_128_GCM' || profile === 'AEAD_AES_256_GCM')
    return new GcmTransform(
      {
        rtpKey: derive(0, key.length),
        rtpSalt: derive(2, 12),
        rtcpKey: derive(3, key.length),
        rtcpSalt: derive(5, 12),
      },
      ciphers,
    )
  return new CounterTransform(
    {
      rtpKey: derive(0, 16),
      rtpAuth: derive(1, 20),
      rtpSalt: derive(2, 14),
      rtcpKey: derive(3, 16),
      rtcpAuth: derive(4, 20),
      rtcpSalt: derive(5, 14),
    },
    profile === 'AES_CM_128_HMAC_SHA1_32' ? 4 : 10,
    ciphers,
  )
}

/** What the master key and salt become, by the labels 0 to 5 of RFC 3711 section 4.3.2. */
export type SessionKeys = { rtpKey: Uint8Array; rtpSalt: Uint8Array; rtcpKey: Uint8Array; rtcpSalt: Uint8Array }

/**
 * RFC 3711 section 4.3.3, with a key derivation rate of 0. A 96-bit salt is padded on the right (RFC 7714 section 11); a key of 256 bits is
 * derived from by AES-256 (RFC 6188).
 */
export function deriveKey(key: Uint8Array, salt: Uint8Array, labelByte: number, bytes: number): Uint8Array {
  const iv = new Uint8Array(16)
  iv.set(salt)
  iv[7]! ^= labelByte
  return createCipheriv(`aes-${key.length * 8}-ctr`, key, iv).update(new Uint8Array(bytes))
}

/** Of SRTCP, with either length for SRTP (RFC 4568 section 6.2.2). */
const rtcpTagBytes = 10
/** The E flag and the 31-bit index that follow an SRTCP packet. */
const rtcpIndexBytes = 4
/** SRTCP leaves the first RTCP header and the sender's SSRC in clear. */
export const rtcpHeaderBytes = 8

class CounterTransform implements Transform {
  readonly overhead: number
  readonly rtcpIndexFromEnd = rtcpTagBytes + rtcpIndexBytes
  readonly #rtp: KeyStream
  readonly #rtpMac: Mac
  readonly #rtpSalt: Uint8Array
  readonly #rtcp: KeyStream
  readonly #rtcpMac: Mac
  readonly #rtcpSalt: Uint8Array
  readonly #tag = new Uint8Array(rtcpTagBytes)

  /** `tagBytes`: 10 or 4, of an RTP packet. */
  constructor(
    keys: SessionKeys & { rtpAuth: Uint8Array; rtcpAuth: Uint8Array },
    tagBytes: number,
    ciphers: CipherSuite,
  ) {
    this.overhead = tagBytes
    this.#rtp = ciphers.keyStream(keys.rtpKey)
    this.#rtpMac = ciphers.mac(keys.rtpAuth)
    this.#rtpSalt = keys.rtpSalt
    this.#rtcp = ciphers.keyStream(keys.rtcpKey)
    this.#rtcpMac = ciphers.mac(keys.rtcpAuth)
    this.#rtcpSalt = keys.rtcpSalt
  }

  seal(packet: Uint8Array, header: number, length: number, ssrc: number, rollover: number, sequence: number): number {
    counterIv(this.#rtp.iv, this.#rtpSalt, ssrc, rollover, sequence)
    this.#rtp.apply(packet, header, length)
    writeWord(packet, length, rollover) // section 4.2: the MAC covers the packet and the roll-over counter
    this.#rtpMac.sum(packet, length + 4)
    copyTag(this.#rtpMac.digest, packet, length, this.overhead)
    return length + this.overhead
  }

  open(packet: Uint8Array, header: number, length: number, ssrc: number, rollover: number, sequence: number): number {
    const tagBytes = this.overhead
    const end = length - tagBytes
    if (end < header) return -1
    for (let at = 0; at < tagBytes; at++) this.#tag[at] = packet[end + at]!
    writeWord(packet, end, rollover)
    this.#rtpMac.sum(packet, end + 4)
    const genuine = tagsEqual(this.#rtpMac.digest, this.#tag, tagBytes)
    for (let at = 0; at < 4; at++) packet[end + at] = this.#tag[at]! // as it came, for a second try with another index
    if (!genuine) return -1
    counterIv(this.#rtp.iv, this.#rtpSalt, ssrc, rollover, sequence)
    this.#rtp.apply(packet, header, end)
    return end
  }

  sealRtcp(packet: Uint8Array, length: number, ssrc: number, index: number): number {
    counterIv(this.#rtcp.iv, this.#rtcpSalt, ssrc, index >>> 16, index & 0xffff)
    this.#rtcp.apply(packet, rtcpHeaderBytes, length)
    writeWord(packet, length, (index | 0x80000000) >>> 0)
    this.#rtcpMac.sum(packet, length + rtcpIndexBytes)
    copyTag(this.#rtcpMac.digest, packet, length + rtcpIndexBytes, rtcpTagBytes)
    return length + rtcpIndexBytes + rtcpTagBytes
  }

  openRtcp(packet: Uint8Array, length: number, ssrc: number, index: number): number {
    const end = length - rtcpTagBytes - rtcpIndexBytes
    if (end < rtcpHeaderBytes) return -1
    this.#rtcpMac.sum(packet, end + rtcpIndexBytes)
    for (let at = 0; at < rtcpTagBytes; at++) this.#tag[at] = packet[end + rtcpIndexBytes + at]!
    if (!tagsEqual(this.#rtcpMac.digest, this.#tag, rtcpTagBytes)) return -1
    if (packet[end]! & 0x80) {
      counterIv(this.#rtcp.iv, this.#rtcpSalt, ssrc, index >>> 16, index & 0xffff)
      this.#rtcp.apply(packet, rtcpHeaderBytes, end)
    }
    return end
  }

  close(): void {
    for (const part of [this.#rtp, this.#rtpMac, this.#rtcp, this.#rtcpMac]) part.close()
  }
}

/** RFC 3711 section 4.1.1: IV = (salt × 2^16) XOR (SSRC × 2^64) XOR (index × 2^16); the index is given as 32 high and 16 low bits. */
function counterIv(iv: Uint8Array, salt: Uint8Array, ssrc: number, high: number, low: number): void {
  for (let at = 0; at < 14; at++) iv[at] = salt[at]!
  iv[14] = 0
  iv[15] = 0
  xorWord(iv, 4, ssrc)
  xorWord(iv, 8, high)
  iv[12]! ^= low >>> 8
  iv[13]! ^= low & 0xff
}

function copyTag(digest: Uint8Array, packet: Uint8Array, at: number, bytes: number): void {
  for (let byte = 0; byte < bytes; byte++) packet[at + byte] = digest[byte]!
}

/** In constant time. */
function tagsEqual(digest: Uint8Array, tag: Uint8Array, bytes: number): boolean {
  let difference = 0
  for (let byte = 0; byte < bytes; byte++) difference |= digest[byte]! ^ tag[byte]!
  return difference === 0
}

const gcmTagBytes = 16

export class GcmTransform implements Transform {
  readonly overhead = gcmTagBytes
  readonly rtcpIndexFromEnd = rtcpIndexBytes
  readonly #rtp: Aead
  readonly #rtpSalt: Uint8Array
  readonly #rtcp: Aead
  readonly #rtcpSalt: Uint8Array

  constructor(keys: SessionKeys, ciphers: CipherSuite) {
    this.#rtp = ciphers.aead(keys.rtpKey)
    this.#rtpSalt = keys.rtpSalt
    this.#rtcp = ciphers.aead(keys.rtcpKey)
    this.#rtcpSalt = keys.rtcpSalt
  }

  seal(packet: Uint8Array, header: number, length: number, ssrc: number, rollover: number, sequence: number): number {
    gcmIv(this.#rtp.iv, this.#rtpSalt, ssrc, rollover, sequence)
    this.#rtp.seal(packet, header, length, -1)
    return length + gcmTagBytes
  }

  open(packet: Uint8Array, header: number, length: number, ssrc: number, rollover: number, sequence: number): number {
    const end = length - gcmTagBytes
    if (end < header) return -1
    gcmIv(this.#rtp.iv, this.#rtpSalt, ssrc, rollover, sequence)
    return this.#rtp.open(packet, header, end, -1) ? end : -1
  }

  sealRtcp(packet: Uint8Array, length: number, ssrc: number, index: number): number {
    gcmIv(this.#rtcp.iv, this.#rtcpSalt, ssrc, index >>> 16, index & 0xffff)
    writeWord(packet, length + gcmTagBytes, (index | 0x80000000) >>> 0)
    this.#rtcp.seal(packet, rtcpHeaderBytes, length, length + gcmTagBytes)
    return length + gcmTagBytes + rtcpIndexBytes
  }

  openRtcp(packet: Uint8Array, length: number, ssrc: number, index: number): number {
    const end = length - gcmTagBytes - rtcpIndexBytes
    if (end < rtcpHeaderBytes) return -1
    gcmIv(this.#rtcp.iv, this.#rtcpSalt, ssrc, index >>> 16, index & 0xffff)
    if (packet[length - rtcpIndexBytes]! & 0x80)
      return this.#rtcp.open(packet, rtcpHeaderBytes, end, length - rtcpIndexBytes) ? end : -1
    return -1 // section 9.3 allows an unencrypted SRTCP packet; no browser sends one, and DTLS-SRTP asks for encryption
  }

  close(): void {
    this.#rtp.close()
    this.#rtcp.close()
  }
}

/** RFC 7714 sections 8.1 and 9.1: two zero bytes, SSRC, 48 bits of index, XOR salt. */
function gcmIv(iv: Uint8Array, salt: Uint8Array, ssrc: number, high: number, low: number): void {
  for (let at = 0; at < 12; at++) iv[at] = salt[at]!
  xorWord(iv, 2, ssrc)
  xorWord(iv, 6, high)
  iv[10]! ^= low >>> 8
  iv[11]! ^= low & 0xff
}

function xorWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at]! ^= word >>> 24
  bytes[at + 1]! ^= (word >>> 16) & 0xff
  bytes[at + 2]! ^= (word >>> 8) & 0xff
  bytes[at + 3]! ^= word & 0xff
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24
  bytes[at + 1] = (word >>> 16) & 0xff
  bytes[at + 2] = (word >>> 8) & 0xff
  bytes[at + 3] = word & 0xff
}
