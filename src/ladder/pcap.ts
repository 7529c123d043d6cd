/**
 * SIP messages as a capture file that Wireshark opens (pcap 2.4, link type 101: raw IP). Each message stands in a UDP datagram of its own
 * between the addresses it went between, whatever carried it: TCP's segments and TLS's records are no help to who reads a call. Above what one
 * datagram holds it is cut off.
 */
import { isIP } from 'node:net'
import type { SipNote } from '../store/telephony/ladder-file.ts'
import { readEndpoint } from './sip-note.ts'

const linkTypeRaw = 101
const snapLength = 65_535
const payloadMax = 65_000
const [ip4Bytes, ip6Bytes, udpBytes] = [20, 40, 8]
const udp = 17

export function pcapOf(notes: readonly SipNote[]): Buffer {
  const head = Buffer.alloc(24)
  head.writeUInt32LE(0xa1b2c3d4, 0) // microseconds
  head.writeUInt16LE(2, 4)
  head.writeUInt16LE(4, 6)
  head.writeUInt32LE(snapLength, 16)
  head.writeUInt32LE(linkTypeRaw, 20)
  return Buffer.concat([head, ...notes.flatMap(packetOf)])
}

/** Nothing for a message between addresses that cannot be read. */
function packetOf(note: SipNote): Buffer[] {
  const [local, remote] = [readEndpoint(note.local), readEndpoint(note.remote)]
  if (local === null || remote === null) return []
  const [from, to] = note.direction === 'in' ? [remote, local] : [local, remote]
  if (isIP(from.address) === 0 || isIP(from.address) !== isIP(to.address)) return []
  const payload = Buffer.from(note.text, 'latin1').subarray(0, payloadMax)
  const segment = Buffer.alloc(udpBytes + payload.length)
  segment.writeUInt16BE(from.port, 0)
  segment.writeUInt16BE(to.port, 2)
  segment.writeUInt16BE(segment.length, 4)
  payload.copy(segment, udpBytes)
  const [source, target] = [addressBytes(from.address), addressBytes(to.address)]
  segment.writeUInt16BE(udpChecksum(source, target, segment), 6)
  const packet = Buffer.concat([
    source.length === 4 ? ip4Head(source, target, segment.length) : ip6Head(source, target, segment.length),
    segment,
  ])
  const head = Buffer.alloc(16)
  head.writeUInt32LE(Math.floor(note.at / 1000), 0)
  head.writeUInt32LE(Math.floor((note.at % 1000) * 1000), 4)
  head.writeUInt32LE(packet.length, 8)
  head.writeUInt32LE(packet.length, 12)
  return [head, packet]
}

function ip4Head(source: Buffer, target: Buffer, length: number): Buffer {
  const head = Buffer.alloc(ip4Bytes)
  head[0] = 0x45
  head.writeUInt16BE(ip4Bytes + length, 2)
  head.writeUInt16BE(0x4000, 6) // not to be fragmented
  head[8] = 64
  head[9] = udp
  source.copy(head, 12)
  target.copy(head, 16)
  head.writeUInt16BE(folded(sum16(head)), 10)
  return head
}

function ip6Head(source: Buffer, target: Buffer, length: number): Buffer {
  const head = Buffer.alloc(ip6Bytes)
  head[0] = 0x60
  head.writeUInt16BE(length, 4)
  head[6] = udp
  head[7] = 64
  source.copy(head, 8)
  target.copy(head, 24)
  return head
}

/** RFC 768 and RFC 8200 section 8.1: over addresses, protocol and length too; 0 stands as its complement. */
function udpChecksum(source: Buffer, target: Buffer, segment: Buffer): number {
  return folded(sum16(source) + sum16(target) + udp + segment.length + sum16(segment)) || 0xffff
}

function sum16(bytes: Buffer): number {
  let sum = 0
  for (let at = 0; at + 1 < bytes.length; at += 2) sum += bytes.readUInt16BE(at)
  return bytes.length % 2 === 0 ? sum : sum + (bytes[bytes.length - 1]! << 8)
}

function folded(sum: number): number {
  let rest = sum
  while (rest > 0xffff) rest = (rest & 0xffff) + Math.floor(rest / 0x10000)
  return ~rest & 0xffff
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number))
  // `::` stands for as many zero groups as are missing; the last group may be an IPv4 address (RFC 4291 section 2.2).
  const four = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)
  const hex = (high: string, low: string) => ((Number(high) << 8) | Number(low)).toString(16)
  const plain = (four === null ? address : `${four[1]}${hex(four[2]!, four[3]!)}:${hex(four[4]!, four[5]!)}`).split(
    '%',
  )[0]!
  const [left, right] = plain.split('::')
  const groups = (text: string | undefined) => (text === undefined || text === '' ? [] : text.split(':'))
  const [before, after] = [groups(left), groups(right)]
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0')
  const bytes = Buffer.alloc(16)
  for (const [at, group] of [...before, ...zeros, ...after].slice(0, 8).entries())
    bytes.writeUInt16BE(Number.parseInt(group, 16) & 0xffff, at * 2)
  return bytes
}
