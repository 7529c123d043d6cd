/** The way out: our Via, where a response goes, and the list of bytes that wait to be drained. */
import { isIP } from 'node:net'
import { formatHost } from '../lib/host.ts'
import type { Address, Destination, Flow, LocalEndpoint, Outgoing, UserAgentOptions } from './events.ts'
import type { Header, HeaderLine, Request } from './message.ts'
import type { RoughVia } from './parse.ts'
import { defaultPort, maySendTo } from './uri.ts'

/** RFC 3261 §8.1.1.7: a branch with the cookie is unique across space and time. */
export const branchCookie = 'z9hG4bK'

export class Wire {
  readonly #endpoints: LocalEndpoint[]
  readonly #secret: (bytes: number) => string
  readonly #forceRport: (source: Address) => boolean
  readonly #tap: UserAgentOptions['tap']
  #out: Outgoing[] = []

  constructor(
    endpoints: LocalEndpoint[],
    secret: (bytes: number) => string,
    forceRport: (source: Address) => boolean = () => false,
    tap?: UserAgentOptions['tap'],
  ) {
    this.#tap = tap
    this.#forceRport = forceRport
    this.#endpoints = endpoints
    this.#secret = secret
  }

  /** 72 bits of chance: two branches never meet. */
  newBranch(): string {
    return branchCookie + this.#secret(9)
  }

  newTag(): string {
    return this.#secret(9)
  }

  /** The endpoint that is named, else the first that can reach the address. */
  endpoint({ transport, address, local }: Destination): LocalEndpoint | null {
    const family = isIP(address)
    for (const one of this.#endpoints)
      if (local === undefined ? one.transport === transport && (one.family ?? 4) === family : one.id === local)
        return one
    return null
  }

  /** The address that this peer should call us at. */
  contact(destination: Destination): Address {
    const endpoint = this.endpoint(destination)
    return endpoint?.contact(destination.address) ?? { address: '0.0.0.0', port: 5060 }
  }

  /** Our Contact for this peer, `<sip:4001@10.0.0.2:5060;transport=tcp>`; `sips:` where the peer uses that scheme (§8.1.1.8, §12.1.1). */
  contactFor(destination: Destination, user: string, scheme: 'sip' | 'sips' = 'sip'): string {
    const { address, port } = this.contact(destination)
    // RFC 5630 §3.1.4: `sips:` says TLS by itself.
    const transport = destination.transport === 'udp' || scheme === 'sips' ? '' : `;transport=${destination.transport}`
    return `<${scheme}:${user === '' ? '' : `${user}@`}${formatHost(address, port)}${transport}>`
  }

  /** With `rport` (RFC 3581), so that answers come back through a NAT. */
  viaFor(destination: Destination, branch: string): string {
    const { address, port } = this.contact(destination)
    return `SIP/2.0/${destination.transport.toUpperCase()} ${formatHost(address, port)};branch=${branch};rport`
  }

  /** An address that must not be sent to is dropped here, whoever asked: the request's timer will tell. */
  send(destination: Destination, bytes: Buffer): void {
    const { transport, address, port } = destination
    const endpoint = this.endpoint(destination)
    if (endpoint === null || !maySendTo(address, port)) return
    const { connection = null, peer = null } = destination
    this.#out.push({ transport, destination: { address, port }, local: endpoint.id, connection, peer, bytes })
    this.#tap?.({
      direction: 'out',
      transport,
      local: endpoint.contact(address),
      remote: { address, port },
      bytes,
    })
  }

  /**
   * §18.2.2 and RFC 3581 §4: over TCP on the connection of the request, or when that is closed on a new one to the port of its Via; over UDP to
   * its source address.
   */
  reply(request: { via: Request['via'] }, flow: Flow, bytes: Buffer): void {
    this.#replyTo({ port: request.via.port, rport: request.via.parameters.has('rport') }, flow, bytes)
  }

  replyRoughly(via: RoughVia, flow: Flow, bytes: Buffer): void {
    this.#replyTo(via, flow, bytes)
  }

  #replyTo(via: RoughVia, flow: Flow, bytes: Buffer): void {
    const back = flow.transport === 'udp' && (via.rport || this.#forceRport(flow.source))
    const port = back ? flow.source.port : (via.port ?? defaultPort(flow.transport))
    const { transport, local, connection, peer } = flow
    this.send({ transport, address: flow.source.address, port, local, connection, peer }, bytes)
  }

  drain(): Outgoing[] {
    const out = this.#out
    this.#out = []
    return out
  }
}

/**
 * The lines every response begins with (§8.2.6): Via as received, with `received` and `rport` filled into the topmost, From, To with our tag,
 * Call-ID, CSeq. Works for broken requests too: what they lack is left out.
 */
export function responseLines(request: { headers: Header[] }, flow: Flow, toTag: string | null): HeaderLine[] {
  const lines: HeaderLine[] = []
  let top = true
  for (const { name, value } of request.headers) {
    if (name === 'via') {
      lines.push(['Via', top ? stampVia(value, flow.source) : value])
      top = false
    } else if (name === 'from') lines.push(['From', value])
    else if (name === 'to')
      lines.push(['To', toTag === null || /;\s*tag\s*=/i.test(value) ? value : `${value};tag=${toTag}`])
    else if (name === 'call-id') lines.push(['Call-ID', value])
    else if (name === 'cseq') lines.push(['CSeq', value])
  }
  return lines
}

/** Adds `received=` and the value of `rport` to the first value of a Via line. */
function stampVia(value: string, source: Address): string {
  const comma = value.indexOf(',')
  const first = comma < 0 ? value : value.slice(0, comma)
  const rest = comma < 0 ? '' : value.slice(comma)
  const clean = first.replace(/;[ \t]{0,8}received[ \t]{0,8}=[^;]*/i, '')
  const stamped = clean.replace(/;[ \t]{0,8}rport[ \t]{0,8}(?:=[^;]*)?(?=;|$)/i, `;rport=${source.port}`)
  return `${stamped};received=${source.address}${rest}`
}

/** The way back to where it came from. */
export function backTo(flow: Flow): Destination {
  return { transport: flow.transport, ...flow.source, local: flow.local, connection: flow.connection, peer: flow.peer }
}
