/**
 * STUN messages (RFC 8489) as ICE connectivity checks need them: a strict reader of one datagram, and the writers of its answers. Pure:
 * bytes in, bytes out; nothing here throws on hostile input.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'
import { crc32 } from 'node:zlib'

const magicCookie = 0x2112a442
const headerBytes = 20
/** RFC 8489 section 6.1 wants small requests; a check of a browser is about 100 bytes. */
export const stunBytesMax = 1280
const attributesMax = 32

export const method = { bindingRequest: 0x0001, bindingIndication: 0x0011, success: 0x0101, error: 0x0111 } as const

export const attribute = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  xorMappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  fingerprint: 0x8028,
  iceControlled: 0x8029,
  iceControlling: 0x802a,
} as const

export type StunMessage = {
  type: number
  /** 12 bytes, a view. */
  transaction: Uint8Array
  /** First of each kind; views. Those after MESSAGE-INTEGRITY are left out, but FINGERPRINT (RFC 8489 section 14.5). */
  attributes: Map<number, Uint8Array>
  /** Where MESSAGE-INTEGRITY begins, or -1. */
  integrityAt: number
}

/** Null unless the datagram is one well-formed STUN message; a FINGERPRINT, when there, must be right. */
export function readStun(packet: Uint8Array): StunMessage | null {
  if (packet.length < headerBytes || packet.length > stunBytesMax || packet[0]! > 3) return null
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length)
  if (view.getUint32(4) !== magicCookie || view.getUint16(2) !== packet.length - headerBytes) return null
  if (packet.length % 4 !== 0) return null
  const attributes = new Map<number, Uint8Array>()
  let integrityAt = -1
  let count = 0
  for (let at = headerBytes; at < packet.length; ) {
    if (at + 4 > packet.length || ++count > attributesMax) return null
    const kind = view.getUint16(at)
    const end = at + 4 + view.getUint16(at + 2)
    if (end > packet.length) return null
    const value = packet.subarray(at + 4, end)
    if (kind === attribute.fingerprint) {
      if (end !== packet.length || value.length !== 4) return null // the last attribute, RFC 8489 section 14.7
      if (view.getUint32(at + 4) !== fingerprint(packet.subarray(0, at))) return null
    } else if (kind === attribute.messageIntegrity && integrityAt < 0) {
      if (value.length !== 20) return null
      integrityAt = at
    }
    const counts = integrityAt < 0 || integrityAt === at || kind === attribute.fingerprint
    if (counts && !attributes.has(kind)) attributes.set(kind, value)
    at = end + ((4 - (end % 4)) % 4)
  }
  return { type: view.getUint16(0), transaction: packet.subarray(8, headerBytes), attributes, integrityAt }
}

/** RFC 8489 section 14.5: HMAC-SHA1 up to the attribute, with the length as if it were the last. Short-term credentials. */
export function isAuthentic(packet: Uint8Array, message: StunMessage, password: string): boolean {
  const stated = message.attributes.get(attribute.messageIntegrity)
  if (message.integrityAt < 0 || stated === undefined) return false
  return timingSafeEqual(stated, integrity(packet.subarray(0, message.integrityAt), password))
}

/** A message to be built attribute by attribute; `seal` closes it with MESSAGE-INTEGRITY and FINGERPRINT. */
export class StunWriter {
  readonly #bytes = Buffer.alloc(256)
  #length = headerBytes

  constructor(type: number, transaction: Uint8Array) {
    this.#bytes.writeUInt16BE(type, 0)
    this.#bytes.writeUInt32BE(magicCookie, 4)
    this.#bytes.set(transaction, 8)
  }

  add(kind: number, value: Uint8Array): this {
    this.#bytes.writeUInt16BE(kind, this.#length)
    this.#bytes.writeUInt16BE(value.length, this.#length + 2)
    this.#bytes.set(value, this.#length + 4)
    this.#length += 4 + value.length + ((4 - (value.length % 4)) % 4)
    return this
  }

  addError(code: number, reason: string): this {
    return this.add(
      attribute.errorCode,
      Buffer.concat([Buffer.from([0, 0, Math.trunc(code / 100), code % 100]), Buffer.from(reason)]),
    )
  }

  addXorAddress(address: string, port: number): this {
    return this.add(attribute.xorMappedAddress, xorAddress(address, port, this.#bytes.subarray(4, headerBytes)))
  }

  seal(password: string): Uint8Array {
    this.add(attribute.messageIntegrity, integrity(this.#bytes.subarray(0, this.#length), password))
    return this.finish()
  }

  /** Without MESSAGE-INTEGRITY: to somebody with whom no password is shared. */
  finish(): Uint8Array {
    this.#bytes.writeUInt16BE(this.#length - headerBytes + 8, 2)
    const crc = Buffer.alloc(4)
    crc.writeUInt32BE(fingerprint(this.#bytes.subarray(0, this.#length)))
    this.add(attribute.fingerprint, crc)
    return this.#bytes.subarray(0, this.#length)
  }
}

function integrity(before: Uint8Array, password: string): Uint8Array {
  const header = Buffer.from(before.subarray(0, headerBytes))
  header.writeUInt16BE(before.length - headerBytes + 24, 2)
  return createHmac('sha1', password).update(header).update(before.subarray(headerBytes)).digest()
}

/** RFC 8489 section 14.7; the length field already counts the fingerprint. */
function fingerprint(before: Uint8Array): number {
  return (crc32(before) ^ 0x5354554e) >>> 0
}

/** RFC 8489 section 14.2; `mask` is the cookie and the transaction. */
function xorAddress(address: string, port: number, mask: Uint8Array): Uint8Array {
  const bytes = addressBytes(address)
  const value = Buffer.alloc(4 + bytes.length)
  value[1] = bytes.length === 4 ? 1 : 2
  value.writeUInt16BE(port ^ (magicCookie >>> 16), 2)
  for (const [at, byte] of bytes.entries()) value[4 + at] = byte ^ mask[at]!
  return value
}

function addressBytes(address: string): Uint8Array {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (isIPv4(plain)) return Uint8Array.from(plain.split('.'), Number)
  if (!isIPv6(plain)) throw new RangeError('a socket names its peer by address')
  const [head = '', tail] = plain.split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':').map(group => Number.parseInt(group, 16)))
  const before = groups(head)
  const after = tail === undefined ? [] : groups(tail)
  const filler = new Array<number>(8 - before.length - after.length).fill(0)
  return Uint8Array.from([...before, ...filler, ...after].flatMap(group => [group >>> 8, group & 0xff]))
}
