/**
 * Where a carrier's 3xx may lead a call: to another address of the same trunk and for the same number, if the trunk's rules say so. A redirection
 * to another number is a call that no gate has judged, and one to another host is a call that somebody else pays for: both are refused.
 */
import { isIP } from 'node:net'
import type { Trunk } from '../centre/entities.ts'
import { rulesOf } from '../centre/trunks/trunk-rules.ts'
import type { Destination, InviteSpec } from '../sip/events.ts'
import { identity, parseUri } from '../sip/uri.ts'

export function redirectOn(
  trunk: Pick<Trunk, 'host' | 'rules'>,
  spec: Pick<InviteSpec, 'target' | 'destination'>,
  addresses: readonly string[],
): InviteSpec['redirect'] {
  if (rulesOf(trunk).redirects !== 'follow') return undefined
  const dialled = digitsOf(spec.target)
  return uri => {
    const parsed = parseUri(uri)
    if (typeof parsed === 'string' || digitsOf(uri) !== dialled) return null
    const isOurs = parsed.host === trunk.host.toLowerCase() || addresses.includes(parsed.host)
    if (!isOurs) return null
    // What began over TLS stays there: the connection is to the same peer, who proves itself again.
    const address = isIP(parsed.host) === 0 ? spec.destination.address : parsed.host
    const { transport, peer } = spec.destination
    const way: Destination = { transport, address, port: parsed.port ?? spec.destination.port }
    return peer === undefined ? way : { ...way, peer }
  }
}

const digitsOf = (uri: string) => identity(uri).user.replace(/^\+/, '')
