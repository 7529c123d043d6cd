/**
 * Ogg pages (RFC 3533) around the packets of one logical stream: what an encoder of packets lacks to make a file. Written one after the other,
 * never read here; a page goes out when it holds about a second, so that a player seeks as finely as that.
 */

/** Of one page: 255 lacing values, each at most 255 octets of a packet (RFC 3533 section 6). */
const segmentsMax = 255
const headerBytes = 27

const firstOfStream = 2
const lastOfStream = 4

export class OggWriter {
  readonly #serial: number
  readonly #write: (page: Uint8Array) => void
  #sequence = 0
  #lacing: number[] = []
  #packets: Uint8Array[] = []
  #granule = 0n

  /** `serial`: tells streams in one file apart; 32 bits. */
  constructor(serial: number, write: (page: Uint8Array) => void) {
    this.#serial = serial >>> 0
    this.#write = write
  }

  /** `granule`: where the stream is once this packet has been played. A packet is far smaller than a page here: at most 64,770 octets. */
  packet(packet: Uint8Array, granule: bigint): void {
    const segments = Math.floor(packet.length / 255) + 1
    if (segments > segmentsMax) throw new RangeError(`a packet of ${packet.length} octets; one page holds 64770`)
    if (this.#lacing.length + segments > segmentsMax) this.flush()
    for (let left = packet.length; left >= 0; left -= 255) this.#lacing.push(Math.min(left, 255))
    this.#packets.push(packet)
    this.#granule = granule
  }

  /** Ends the page. `isLast`: and the stream; `granule` then cuts off what the last packet holds too much (RFC 7845 section 4.4). */
  flush(isLast = false, granule = this.#granule): void {
    if (this.#lacing.length === 0 && !isLast) return
    const body = this.#packets.reduce((bytes, packet) => bytes + packet.length, 0)
    const page = Buffer.alloc(headerBytes + this.#lacing.length + body)
    page.write('OggS', 0, 'latin1')
    page[5] = (this.#sequence === 0 ? firstOfStream : 0) | (isLast ? lastOfStream : 0)
    page.writeBigInt64LE(granule, 6)
    page.writeUInt32LE(this.#serial, 14)
    page.writeUInt32LE(this.#sequence++, 18)
    page[26] = this.#lacing.length
    page.set(this.#lacing, headerBytes)
    let at = headerBytes + this.#lacing.length
    for (const packet of this.#packets) {
      page.set(packet, at)
      at += packet.length
    }
    page.writeUInt32LE(checksum(page), 22)
    this.#lacing = []
    this.#packets = []
    this.#write(page)
  }
}

const table = Uint32Array.from({ length: 256 }, (_, octet) => {
  let value = octet << 24
  for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1
  return value >>> 0
})

/** CRC-32 with the polynomial 0x04c11db7, not reflected, from 0 and without a final inversion (RFC 3533 section 6, field 7). */
export function checksum(page: Uint8Array): number {
  let crc = 0
  for (const octet of page) crc = ((crc << 8) ^ table[((crc >>> 24) ^ octet) & 0xff]!) >>> 0
  return crc
}
