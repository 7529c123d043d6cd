/**
 * Addresses as numbers, so that the relay loop compares and keeps them without allocating: IPv4 as unsigned 32-bit numbers; an IPv6 address that
 * the signalling has named as 2^32 and more, the same in every thread. One that nobody named is a stranger, whoever it is: there is nothing to remember of it.
 */
import { isIPv4, isIPv6 } from 'node:net'

const firstIpv6 = 2 ** 32
const hashMax = 2 ** 20
/** What an IPv6 address is that was never named. */
export const strangerNumber = firstIpv6 * (hashMax + 1)
/** So many IPv6 addresses are known at once to a thread; the oldest goes, long after its call. */
const namesMax = 65_536

/** Both ways; in the order of naming. */
const numbers = new Map<string, number>()
const names = new Map<number, string>()

export const isIpv6Number = (address: number): boolean => address >= firstIpv6

/** RFC 1918, RFC 6598 and link-local, of IPv4: an address that nobody outside can reach. Loopback counts as the machine itself. */
export function isPrivateNumber(address: number): boolean {
  if (isIpv6Number(address)) return false
  const [a, b] = [address >>> 24, (address >>> 16) & 255]
  return (
    a === 10 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128)
  )
}

/** Null when it is no address, or one of a link (`fe80::1%eth0`). From now on it is no stranger to this thread. */
export function addressNumber(text: string): number | null {
  if (isIPv4(text)) {
    const [a, b, c, d] = text.split('.').map(Number) as [number, number, number, number]
    return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
  }
  const bytes = ipv6Bytes(text)
  if (bytes === null) return null
  const name = nameOf(bytes, 0)
  const known = numbers.get(name)
  if (known !== undefined) return known
  // The same in each thread, since a leg takes its numbers along; 52 bits keep those of two addresses apart.
  const number = firstIpv6 * (1 + (hash(name, 0x811c9dc5) % hashMax)) + hash(name, 0x01234567)
  numbers.set(name, number)
  names.set(number, name)
  if (numbers.size > namesMax) {
    const [oldest, its] = numbers.entries().next().value!
    numbers.delete(oldest)
    names.delete(its)
  }
  return number
}

/** FNV-1a, with its last bits mixed once more. */
function hash(name: string, from: number): number {
  let value = from
  for (let at = 0; at < name.length; at++) value = Math.imul(value ^ name.charCodeAt(at), 0x01000193)
  value = Math.imul(value ^ (value >>> 15), 0x85ebca6b)
  return (value ^ (value >>> 13)) >>> 0
}

/** Of the 16 bytes at `at`. */
export function numberOfBytes(bytes: Uint8Array, at: number): number {
  return numbers.get(nameOf(bytes, at)) ?? strangerNumber
}

/** The 16 bytes of an IPv6 number into `bytes` at `at`; zeros for a stranger. */
export function writeIpv6(address: number, bytes: Uint8Array, at: number): void {
  const name = names.get(address)
  for (let byte = 0; byte < 16; byte++) bytes[at + byte] = name === undefined ? 0 : name.charCodeAt(byte)
}

export function addressText(address: number): string {
  if (!isIpv6Number(address))
    return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`
  const bytes = new Uint8Array(16)
  writeIpv6(address, bytes, 0)
  return Array.from({ length: 8 }, (_, at) => ((bytes[2 * at]! << 8) | bytes[2 * at + 1]!).toString(16)).join(':')
}

/** Null when it is no IPv6 address without a zone. */
export function ipv6Bytes(text: string): Uint8Array | null {
  if (!isIPv6(text) || text.includes('%')) return null
  const [head = '', tail] = text.split('::')
  const front = groupsOf(head)
  const back = tail === undefined ? [] : groupsOf(tail)
  const groups = [...front, ...Array<number>(8 - front.length - back.length).fill(0), ...back]
  const bytes = new Uint8Array(16)
  for (const [at, group] of groups.entries()) {
    bytes[2 * at] = group >> 8
    bytes[2 * at + 1] = group & 255
  }
  return bytes
}

/** `1:2`, or `1:10.0.0.1`, whose last four bytes are written as IPv4. */
function groupsOf(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap(group => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)]
    const [a, b, c, d] = group.split('.').map(Number) as [number, number, number, number]
    return [(a << 8) | b, (c << 8) | d]
  })
}

function nameOf(bytes: Uint8Array, at: number): string {
  let name = ''
  for (let byte = 0; byte < 16; byte++) name += String.fromCharCode(bytes[at + byte]!)
  return name
}
