/** Networks whose addresses mean nothing outside them. */
import { BlockList, isIP } from 'node:net'

/** RFC 1918, 6598 and 4193, and what leads no further than one link (RFC 3927, 4291) or one machine (RFC 1122 section 3.2.1.3). */
const networks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16', '127.0.0.0/8']
  .concat('fc00::/7', 'fe80::/10', '::1/128')
  .map(network => {
    const [address = '', bits] = network.split('/')
    const list = new BlockList()
    list.addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4')
    return { network, list }
  })

/** The private network that this address is one of; null: it is public, or no address. */
export function privateNetworkOf(address: string): string | null {
  const plain = address.split('%', 1)[0]!
  const family = isIP(plain)
  if (family === 0) return null
  return networks.find(({ list }) => list.check(plain, family === 6 ? 'ipv6' : 'ipv4'))?.network ?? null
}
