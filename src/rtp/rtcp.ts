/** RTCP (RFC 3550 section 6): our sender and receiver reports, and what we heed of theirs. */

import { type BurstGapFigures, gapMin } from './burst-gap.ts'
import { readUint32, writeUint32 } from './packet.ts'
import type { VoipHeard } from './voip-heard.ts'

export const senderReportType = 200
export const receiverReportType = 201
const descriptionType = 202
const byeType = 203
/** RFC 3611: extended reports, and of their blocks the VoIP metrics. */
const extendedType = 207
const voipBlockType = 7
const voipBlockBytes = 36
/** Where a field has a value for "not known", it is this. */
const unknown = 127

/** A report about our stream. `lossFraction` in 1/256; `jitter` in timestamp units; `lastReport` and `delay` in 1/65536 s, 0 when it heard no report of ours. */
export type BlockHeard = { lossFraction: number; lost: number; jitter: number; lastReport: number; delay: number }

/** What one compound packet said. */
export type ReportHeard = {
  senderNtpMiddle: number | null
  /** Null when it held no report about `ourSsrc`. */
  block: BlockHeard | null
  /** The same of an extended report's VoIP metrics. */
  voip: VoipHeard | null
  bye: boolean
}

/** Null when malformed (appendix A.2: version 2, lengths that add up, first packet a report). */
export function readCompound(bytes: Uint8Array, length: number, ourSsrc: number): ReportHeard | null {
  if (length < 8 || length % 4 !== 0) return null
  if (bytes[1] !== senderReportType && bytes[1] !== receiverReportType) return null
  const heard: ReportHeard = { senderNtpMiddle: null, block: null, voip: null, bye: false }
  for (let at = 0; at < length; ) {
    if (at + 4 > length || bytes[at]! >> 6 !== 2) return null
    const end = at + 4 + ((bytes[at + 2]! << 8) | bytes[at + 3]!) * 4
    if (end > length) return null
    const type = bytes[at + 1]!
    if (type === senderReportType && end - at >= 28) heard.senderNtpMiddle = readUint32(bytes, at + 10)
    if (type === senderReportType || type === receiverReportType) {
      const blocksAt = at + (type === senderReportType ? 28 : 8)
      for (let i = 0; i < (bytes[at]! & 31); i++) {
        const block = blocksAt + i * 24
        if (block + 24 > end) return null
        if (readUint32(bytes, block) === ourSsrc >>> 0) heard.block = readBlock(bytes, block)
      }
    }
    if (type === byeType) heard.bye = true
    if (type === extendedType) heard.voip = voipIn(bytes, at + 8, end, ourSsrc) ?? heard.voip
    at = end
  }
  return heard
}

/** The block about our stream among those between `from` and `end`; a length that leads beyond them ends the search. */
function voipIn(bytes: Uint8Array, from: number, end: number, ourSsrc: number): VoipHeard | null {
  for (let at = from; at + 4 <= end; ) {
    const next = at + 4 + short(bytes, at + 2) * 4
    if (next > end) return null
    if (bytes[at] === voipBlockType && next - at === voipBlockBytes && readUint32(bytes, at + 4) === ourSsrc >>> 0)
      return readVoip(bytes, at)
    at = next
  }
  return null
}

/** 127 stands for "not known" where it says so (RFC 3611 sections 4.7.4 and 4.7.5); the signal level is a signed octet. */
function readVoip(bytes: Uint8Array, at: number): VoipHeard {
  const known = (offset: number, per: number) => (bytes[at + offset] === unknown ? null : bytes[at + offset]! / per)
  const level = (bytes[at + 20]! << 24) >> 24
  return {
    loss: bytes[at + 8]! / 256,
    discarded: bytes[at + 9]! / 256,
    roundTripMs: short(bytes, at + 16),
    endSystemMs: short(bytes, at + 18),
    bufferMs: short(bytes, at + 30),
    levelDb: level === unknown ? null : level,
    rFactor: known(24, 1),
    mosListening: known(26, 10),
    mosConversation: known(27, 10),
  }
}

function short(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}

function readBlock(bytes: Uint8Array, at: number): BlockHeard {
  const lost = readUint32(bytes, at + 4) & 0xffffff
  return {
    lossFraction: bytes[at + 4]!,
    lost: lost >= 0x800000 ? lost - 0x1000000 : lost, // duplicates may make it negative
    jitter: readUint32(bytes, at + 12),
    lastReport: readUint32(bytes, at + 16),
    delay: readUint32(bytes, at + 20),
  }
}

export type Report = {
  ssrc: number
  /** Null: we sent nothing since the last report, so this is a receiver's. */
  sent: { unixMs: number; timestamp: number; packets: number; octets: number } | null
  /** Null: nothing was received. */
  received: {
    ssrc: number
    fractionLost: number
    lost: number
    extendedHighest: number
    jitter: number
    /** Middle 32 bits of the last sender report's NTP time and the delay since, 1/65536 s; 0, 0 without one. */
    lastReport: number
    delaySinceLastReport: number
  } | null
  /** CNAME, ASCII, at most 64 characters. */
  name: string
}

/** Writes a compound packet of report and description; answers its length. `bytes` has at least 160 bytes. */
export function writeReport(bytes: Uint8Array, report: Report): number {
  let at = 8
  if (report.sent !== null) {
    const { unixMs, timestamp, packets, octets } = report.sent
    writeUint32(bytes, 8, Math.floor(unixMs / 1000) + 2_208_988_800)
    writeUint32(bytes, 12, Math.floor(((unixMs % 1000) / 1000) * 4_294_967_296))
    writeUint32(bytes, 16, timestamp)
    writeUint32(bytes, 20, packets)
    writeUint32(bytes, 24, octets)
    at = 28
  }
  if (report.received !== null) {
    const { ssrc, fractionLost, lost, extendedHighest, jitter, lastReport, delaySinceLastReport } = report.received
    writeUint32(bytes, at, ssrc)
    writeUint32(bytes, at + 4, Math.min(0x7fffff, lost))
    bytes[at + 4] = fractionLost
    writeUint32(bytes, at + 8, extendedHighest)
    writeUint32(bytes, at + 12, Math.round(jitter))
    writeUint32(bytes, at + 16, lastReport)
    writeUint32(bytes, at + 20, delaySinceLastReport)
    at += 24
  }
  bytes[0] = 0x80 | (report.received === null ? 0 : 1)
  bytes[1] = report.sent === null ? receiverReportType : senderReportType
  writeLength(bytes, 0, at)
  writeUint32(bytes, 4, report.ssrc)
  return writeDescription(bytes, at, report.ssrc, report.name)
}

/** What we say of a stream in the VoIP metrics block (RFC 3611 section 4.7). */
export type VoipSaid = {
  /** Whose packets these are. */
  ssrc: number
  /** 0 to 1: never came; came too late for a buffer of `bufferMs`. */
  loss: number
  discarded: number
  bursts: BurstGapFigures
  packetMs: number
  roundTripMs: number
  endSystemMs: number
  bufferMs: number
  /** dBm0; null: nobody has spoken. */
  levelDb: number | null
  rFactor: number
  mosListening: number
  mosConversation: number
}

/** Writes an extended report behind the compound that ends at `at`; answers where it ends now. `bytes` has 44 more. */
export function writeVoip(bytes: Uint8Array, at: number, ourSsrc: number, said: VoipSaid): number {
  const end = at + 8 + voipBlockBytes
  const block = at + 8
  const octet = (offset: number, value: number) => {
    bytes[block + offset] = Math.max(0, Math.min(255, Math.round(value)))
  }
  const two = (offset: number, value: number) => {
    const whole = Math.max(0, Math.min(0xffff, Math.round(value)))
    bytes[block + offset] = whole >> 8
    bytes[block + offset + 1] = whole & 0xff
  }
  bytes[at] = 0x80
  bytes[at + 1] = extendedType
  writeLength(bytes, at, end)
  writeUint32(bytes, at + 4, ourSsrc)
  bytes.fill(0, block, end)
  octet(0, voipBlockType)
  two(2, voipBlockBytes / 4 - 1)
  writeUint32(bytes, block + 4, said.ssrc)
  octet(8, said.loss * 256)
  octet(9, said.discarded * 256)
  octet(10, said.bursts.burstDensity * 256)
  octet(11, said.bursts.gapDensity * 256)
  two(12, said.bursts.burstLength * said.packetMs)
  two(14, said.bursts.gapLength * said.packetMs)
  two(16, said.roundTripMs)
  two(18, said.endSystemMs)
  bytes[block + 20] = said.levelDb === null ? unknown : Math.max(-128, Math.min(126, Math.round(said.levelDb))) & 0xff
  octet(21, unknown) // noise
  octet(22, unknown) // residual echo
  octet(23, gapMin)
  octet(24, Math.min(100, said.rFactor))
  octet(25, unknown) // an R of another network beyond
  octet(26, said.mosListening * 10)
  octet(27, said.mosConversation * 10)
  octet(28, 0x20) // concealment is the listener's; the buffer that `discarded` speaks of does not adapt
  two(30, said.bufferMs)
  two(32, said.bufferMs)
  two(34, said.bufferMs)
  return end
}

function writeDescription(bytes: Uint8Array, at: number, ssrc: number, name: string): number {
  const end = at + 8 + Math.ceil((2 + name.length + 1) / 4) * 4
  bytes.fill(0, at, end)
  bytes[at] = 0x81
  bytes[at + 1] = descriptionType
  writeLength(bytes, at, end)
  writeUint32(bytes, at + 4, ssrc)
  bytes[at + 8] = 1
  bytes[at + 9] = name.length
  for (let i = 0; i < name.length; i++) bytes[at + 10 + i] = name.charCodeAt(i) & 0x7f
  return end
}

function writeLength(bytes: Uint8Array, from: number, to: number): void {
  const words = (to - from) / 4 - 1
  bytes[from + 2] = words >> 8
  bytes[from + 3] = words & 0xff
}
