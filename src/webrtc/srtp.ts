/**
 * SRTP and SRTCP of one peer, both directions (RFC 3711, RFC 7714): roll-over, replay protection and the transforms, in place in the media
 * loop's buffers. A packet that is malformed, replayed or not authentic answers -1 and has changed no state.
 */
import { opensslCiphers } from './openssl-ciphers.ts'
import { type CipherSuite, nodeCiphers } from './srtp-ciphers.ts'
import { createTransform, rtcpHeaderBytes, type SrtpProfile, type Transform } from './srtp-transform.ts'

export type { SrtpProfile } from './srtp-transform.ts'

/** What DTLS exported (RFC 5764 section 4.2) or SDP said (RFC 4568): keys of 16 or 32 bytes; salts of 14 (CM) or 12 bytes (GCM). */
export type SrtpKeys = {
  profile: SrtpProfile
  localKey: Uint8Array
  localSalt: Uint8Array
  remoteKey: Uint8Array
  remoteSalt: Uint8Array
}

/** Bytes a packet buffer must have beyond the plain packet: 16 of tag and 4 of SRTCP index. */
export const srtpOverheadMax = 20

/**
 * SSRCs of one key, each way. A browser has one; a desk phone that begins another after each hold, with the keys of its call, may hold all day. Only who
 * has the key can add one, and a kilobyte each.
 */
const streamsMax = 128
const replayWindow = 128

/** `seen`: indices up to `highest` that may not come again; the rest below it are taken as seen. */
export type SavedStream = { ssrc: number; highest: number; seen: number[] | null }
export type SavedSrtp = { sent: SavedStream[]; received: SavedStream[]; receivedRtcp: SavedStream[]; rtcpIndex: number }

export class SrtpSession {
  readonly #ciphers: CipherSuite
  #keys: SrtpKeys
  #seal: Transform
  #open: Transform
  readonly #sent = new Map<number, Stream>()
  readonly #received = new Map<number, Stream>()
  readonly #receivedRtcp = new Map<number, Stream>()
  /** Stands in for an SSRC not heard before, until its first packet proves genuine: noise allocates nothing. */
  #spare = new Stream()
  #rtcpIndex = 0
  #closed = false

  constructor(keys: SrtpKeys, ciphers: CipherSuite = opensslCiphers() ?? nodeCiphers) {
    this.#ciphers = ciphers
    this.#keys = keys
    this.#seal = createTransform(keys.profile, keys.localKey, keys.localSalt, ciphers)
    this.#open = createTransform(keys.profile, keys.remoteKey, keys.remoteSalt, ciphers)
  }

  /**
   * After a re-offer: a direction whose key is the same goes on as it was, roll-over and replay window with it, and one with a new key begins
   * anew (RFC 4568 section 7.1.4).
   */
  rekey(keys: SrtpKeys): void {
    if (this.#closed) return
    const before = this.#keys
    const sameProfile = keys.profile === before.profile
    if (!sameProfile || !sameBytes(keys.localKey, before.localKey) || !sameBytes(keys.localSalt, before.localSalt)) {
      const seal = createTransform(keys.profile, keys.localKey, keys.localSalt, this.#ciphers)
      this.#seal.close()
      this.#seal = seal
      this.#sent.clear()
      this.#rtcpIndex = 0
    }
    if (
      !sameProfile ||
      !sameBytes(keys.remoteKey, before.remoteKey) ||
      !sameBytes(keys.remoteSalt, before.remoteSalt)
    ) {
      const open = createTransform(keys.profile, keys.remoteKey, keys.remoteSalt, this.#ciphers)
      this.#open.close()
      this.#open = open
      this.#received.clear()
      this.#receivedRtcp.clear()
    }
    this.#keys = keys
  }

  /** RTP → SRTP; `buffer` has `srtpOverheadMax` bytes beyond `length`. */
  protect(buffer: Uint8Array, length: number): number {
    const header = rtpHeaderBytes(buffer, length)
    if (this.#closed || header < 0 || length + srtpOverheadMax > buffer.length) return -1
    const ssrc = readWord(buffer, 8)
    const sequence = (buffer[2]! << 8) | buffer[3]!
    const stream = this.#streamOf(this.#sent, ssrc)
    if (stream === undefined) return -1
    const rollover = stream.guessRollover(sequence)
    // A key stream is never used twice (RFC 3711 section 9.1): an index we sent is not sent again.
    if (rollover < 0 || !stream.isNew(rollover * 65536 + sequence)) return -1
    this.#accept(this.#sent, ssrc, stream, rollover, sequence)
    return this.#seal.seal(buffer, header, length, ssrc, rollover, sequence)
  }

  /** SRTP → RTP. */
  unprotect(buffer: Uint8Array, length: number): number {
    const header = rtpHeaderBytes(buffer, length)
    if (this.#closed || header < 0 || length > buffer.length) return -1
    const ssrc = readWord(buffer, 8)
    const sequence = (buffer[2]! << 8) | buffer[3]!
    const stream = this.#streamOf(this.#received, ssrc)
    if (stream === undefined) return -1
    const rollover = stream.guessRollover(sequence)
    if (rollover < 0 || !stream.isNew(rollover * 65536 + sequence)) return -1
    const plain = this.#open.open(buffer, header, length, ssrc, rollover, sequence)
    if (plain < 0) return -1
    this.#accept(this.#received, ssrc, stream, rollover, sequence)
    return plain
  }

  /** RTCP → SRTCP; `buffer` has `srtpOverheadMax` bytes beyond `length`. */
  protectRtcp(buffer: Uint8Array, length: number): number {
    if (this.#closed || length < rtcpHeaderBytes || length + srtpOverheadMax > buffer.length) return -1
    this.#rtcpIndex = (this.#rtcpIndex + 1) & 0x7fffffff
    return this.#seal.sealRtcp(buffer, length, readWord(buffer, 4), this.#rtcpIndex)
  }

  /** SRTCP → RTCP. */
  unprotectRtcp(buffer: Uint8Array, length: number): number {
    if (this.#closed || length < rtcpHeaderBytes + 4 + Math.max(10, this.#open.overhead) || length > buffer.length)
      return -1
    if (buffer[0]! >>> 6 !== 2) return -1
    // The index is the last word with GCM (RFC 7714 section 9.2) and stands before the tag with HMAC (RFC 3711 section 3.4).
    const indexAt = length - this.#open.rtcpIndexFromEnd
    const index = readWord(buffer, indexAt) & 0x7fffffff
    const ssrc = readWord(buffer, 4)
    const stream = this.#streamOf(this.#receivedRtcp, ssrc)
    if (stream === undefined || !stream.isNew(index)) return -1
    const plain = this.#open.openRtcp(buffer, length, ssrc, index)
    if (plain < 0) return -1
    this.#accept(this.#receivedRtcp, ssrc, stream, index >>> 16, index & 0xffff)
    return plain
  }

  /** Where both directions stand, for a thread that goes on with the same keys. */
  save(): SavedSrtp {
    const saved = (streams: Map<number, Stream>) => Array.from(streams, ([ssrc, stream]) => stream.save(ssrc))
    return {
      sent: saved(this.#sent),
      received: saved(this.#received),
      receivedRtcp: saved(this.#receivedRtcp),
      rtcpIndex: this.#rtcpIndex,
    }
  }

  /** Once, before the first packet. */
  restore(saved: SavedSrtp): void {
    for (const stream of saved.sent) this.#sent.set(stream.ssrc, Stream.of(stream))
    for (const stream of saved.received) this.#received.set(stream.ssrc, Stream.of(stream))
    for (const stream of saved.receivedRtcp) this.#receivedRtcp.set(stream.ssrc, Stream.of(stream))
    this.#rtcpIndex = saved.rtcpIndex
  }

  /** The highest index sent with, received from, and received as RTCP from these SSRCs, signed or not; -1: none. Allocates nothing. */
  highestSent(ssrc: number): number {
    return this.#sent.get(ssrc >>> 0)?.highest ?? -1
  }

  highestReceived(ssrc: number): number {
    return this.#received.get(ssrc >>> 0)?.highest ?? -1
  }

  highestRtcp(ssrc: number): number {
    return this.#receivedRtcp.get(ssrc >>> 0)?.highest ?? -1
  }

  get rtcpIndex(): number {
    return this.#rtcpIndex
  }

  /** Frees the keys; every later packet answers -1. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#seal.close()
    this.#open.close()
  }

  /** Undefined when there are too many SSRCs. */
  #streamOf(streams: Map<number, Stream>, ssrc: number): Stream | undefined {
    return streams.get(ssrc) ?? (streams.size < streamsMax ? this.#spare : undefined)
  }

  #accept(streams: Map<number, Stream>, ssrc: number, stream: Stream, rollover: number, sequence: number): void {
    stream.accept(rollover, sequence)
    if (stream !== this.#spare) return
    streams.set(ssrc, stream)
    this.#spare = new Stream()
  }
}

/** One SSRC's highest index and the last `replayWindow` indices seen; an index fits a double exactly (48 bits). */
class Stream {
  #rollover = 0
  #sequence = -1
  #highest = -1
  readonly #seen = new Float64Array(replayWindow).fill(-1)

  static of({ highest, seen }: SavedStream): Stream {
    const stream = new Stream()
    stream.#highest = highest
    stream.#rollover = Math.floor(highest / 65536)
    stream.#sequence = highest % 65536
    if (seen !== null) stream.#seen.set(seen)
    else for (let ago = 0; ago < replayWindow && ago <= highest; ago++) stream.#mark(highest - ago)
    return stream
  }

  save(ssrc: number): SavedStream {
    return { ssrc, highest: this.#highest, seen: [...this.#seen] }
  }

  get highest(): number {
    return this.#highest
  }

  /** RFC 3711 section 3.3.1 and appendix A; -1 for a packet before the first roll-over counter. */
  guessRollover(sequence: number): number {
    if (this.#sequence < 0) return 0
    if (this.#sequence < 32768) return sequence - this.#sequence > 32768 ? this.#rollover - 1 : this.#rollover
    return this.#sequence - 32768 > sequence ? this.#rollover + 1 : this.#rollover
  }

  isNew(index: number): boolean {
    if (index > this.#highest) return true
    return index > this.#highest - replayWindow && this.#seen[index % replayWindow] !== index
  }

  /** Only after authentication. */
  accept(rollover: number, sequence: number): void {
    const index = rollover * 65536 + sequence
    this.#mark(index)
    if (index <= this.#highest) return
    this.#highest = index
    this.#rollover = rollover
    this.#sequence = sequence
  }

  #mark(index: number): void {
    this.#seen[index % replayWindow] = index
  }
}

/** RFC 3550 section 5.1 with its extension; -1 when this is no RTP header. */
function rtpHeaderBytes(packet: Uint8Array, length: number): number {
  if (length < 12 || length > packet.length || packet[0]! >>> 6 !== 2) return -1
  let header = 12 + (packet[0]! & 0x0f) * 4
  if (packet[0]! & 0x10) {
    if (header + 4 > length) return -1
    header += 4 + ((packet[header + 2]! << 8) | packet[header + 3]!) * 4
  }
  return header <= length ? header : -1
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}

function readWord(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}
