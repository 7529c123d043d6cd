/** Whom an address counts as. */
import { isIPv6 } from 'node:net'

/**
 * What guesses, floods and places are counted by: an IPv4 address by itself, also where it is written as `::ffff:…`; of an IPv6 address its /64, since
 * whoever has one address has 2^64 of them (RFC 4291 section 2.5.4). What is no address counts by itself.
 */
export function sourceOf(address: string): string {
  if (!address.includes(':')) return address
  const [plain = '', zone] = address.split('%')
  if (!isIPv6(plain)) return address
  const groups = groupsOf(plain)
  const isMapped = groups[5] === 0xffff && groups.slice(0, 5).every(group => group === 0)
  if (isMapped) return [groups[6]! >> 8, groups[6]! & 255, groups[7]! >> 8, groups[7]! & 255].join('.')
  const network = groups.slice(0, 4).map(group => group.toString(16))
  return `${network.join(':')}::/64${zone === undefined ? '' : `%${zone}`}`
}

/** The address by itself, and the network that it is counted with besides; null: none, as of IPv4. */
export function sourcesOf(address: string): { exact: string; network: string | null } {
  const source = sourceOf(address)
  return source.includes('::/64') ? { exact: address, network: source } : { exact: source, network: null }
}

/** All eight. */
function groupsOf(plain: string): number[] {
  const [left = [], right = []] = plain.split('::').map(part => (part === '' ? [] : part.split(':').flatMap(numbersOf)))
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right]
}

function numbersOf(group: string): number[] {
  if (!group.includes('.')) return [Number.parseInt(group, 16)]
  const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
  return [a * 256 + b, c * 256 + d]
}
