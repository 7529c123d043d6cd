/** Redirections (RFC 3261 §8.1.3.4): where a 3xx says that the one called is to be found. Whether to go there is the caller's policy. */
import { parseNameAddresses } from './headers.ts'
import { headerLines, type Response } from './message.ts'
import { parseUri } from './uri.ts'

/** INVITEs of one call: a ring of gateways that send us on to each other ends there. */
export const redirectsMax = 4
const contactsMax = 8

/** SIP URIs of the Contacts, without headers, the best first: by `q`, then as they stand. */
export function contactsOf(answer: Response): string[] {
  const found: { uri: string; q: number }[] = []
  for (const line of headerLines(answer, 'contact').slice(0, contactsMax))
    for (const { uri, parameters } of parseNameAddresses(line)?.slice(0, contactsMax) ?? []) {
      const parsed = parseUri(uri)
      if (typeof parsed === 'string' || parsed.headers !== null) continue
      const q = /^(?:0(?:\.\d{1,3})?|1(?:\.0{1,3})?)$/.test(parameters.get('q') ?? '') ? Number(parameters.get('q')) : 1
      found.push({ uri, q })
    }
  return found
    .sort((a, b) => b.q - a.q)
    .slice(0, contactsMax)
    .map(one => one.uri)
}
