import { isIP, SocketAddress } from 'node:net'

/** A host as URIs, Via and HTTP name it: an IPv6 address in brackets (RFC 3986 section 3.2.2), the port when there is one. */
export function formatHost(host: string, port: number | null = null): string {
  const name = host.includes(':') ? `[${host}]` : host
  return port === null ? name : `${name}:${port}`
}

/**
 * An address in the one spelling that sockets tell of whom they hear: `2001:DB8:0::1` is `2001:db8::1`, and an IPv4 address within IPv6 is that
 * IPv4 address. Everything else, and an address with its zone, stays as it is.
 */
export function plainAddress(text: string): string {
  if (isIP(text) !== 6 || text.includes('%')) return text
  return new SocketAddress({ address: text, family: 'ipv6' }).address.replace(/^::ffff:(?=\d+\.)/, '')
}
