/** A host as URIs, Via and HTTP name it: an IPv6 address in brackets (RFC 3986 section 3.2.2), the port when there is one. */
export function formatHost(host: string, port: number | null = null): string {
  const name = host.includes(':') ? `[${host}]` : host
  return port === null ? name : `${name}:${port}`
}
