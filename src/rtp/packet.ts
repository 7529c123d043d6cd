/** RTP packets (RFC 3550 section 5.1), read and written in place: the relay loop allocates nothing. */

export const headerBytes = 12

/** What `readPacket` found; one object is reused for all packets of a thread. */
export class PacketView {
  payloadType = 0
  marker = false
  sequence = 0
  /** Both as signed 32-bit numbers, which need no memory of their own: every packet would leave garbage behind. */
  timestamp = 0
  ssrc = 0
  /** The payload is `bytes[payloadAt, payloadEnd)`. */
  payloadAt = 0
  payloadEnd = 0
}

/** Fills `view`; false when it is no well-formed RTP packet. Contributing sources, extension and padding are stepped over. */
export function readPacket(bytes: Uint8Array, length: number, view: PacketView): boolean {
  if (length < headerBytes || length > bytes.length || bytes[0]! >> 6 !== 2) return false
  const first = bytes[0]!
  let payloadAt = headerBytes + (first & 15) * 4
  if (first & 0x10) {
    if (payloadAt + 4 > length) return false
    payloadAt += 4 + ((bytes[payloadAt + 2]! << 8) | bytes[payloadAt + 3]!) * 4
  }
  let payloadEnd = length
  if (first & 0x20) {
    const padding = bytes[length - 1]!
    if (padding === 0) return false
    payloadEnd -= padding
  }
  if (payloadAt > payloadEnd) return false
  view.payloadAt = payloadAt
  view.payloadEnd = payloadEnd
  view.payloadType = bytes[1]! & 0x7f
  view.marker = (bytes[1]! & 0x80) !== 0
  view.sequence = (bytes[2]! << 8) | bytes[3]!
  view.timestamp = readInt32(bytes, 4)
  view.ssrc = readInt32(bytes, 8)
  return true
}

/** Writes the 12 bytes before a payload that begins at 12: no extension, no contributing sources, no padding. */
export function writeHeader(
  bytes: Uint8Array,
  payloadType: number,
  marker: boolean,
  sequence: number,
  timestamp: number,
  ssrc: number,
): void {
  bytes[0] = 0x80
  bytes[1] = payloadType | (marker ? 0x80 : 0)
  bytes[2] = sequence >> 8
  bytes[3] = sequence & 0xff
  writeUint32(bytes, 4, timestamp)
  writeUint32(bytes, 8, ssrc)
}

/** RFC 5761 section 4: on a shared port these second octets are RTCP (192–223), all others RTP. */
export function isRtcp(bytes: Uint8Array, length: number): boolean {
  return length >= 8 && bytes[0]! >> 6 === 2 && bytes[1]! >= 192 && bytes[1]! <= 223
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}

function readInt32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
}

/** Signed or not: the same four octets. */
export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = (value >>> 16) & 0xff
  bytes[at + 2] = (value >>> 8) & 0xff
  bytes[at + 3] = value & 0xff
}
