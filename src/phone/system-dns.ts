/** The resolver of this machine, or the servers given. */
import { lookup, Resolver } from 'node:dns/promises'
import type { Dns } from './locate.ts'

const timeoutMs = 2_000
const tries = 2
/** There is no such name, or no such record: an answer, and no fault. */
const nothing = new Set(['ENOTFOUND', 'ENODATA'])

/** `servers`: `ADDRESS` or `ADDRESS:PORT` each; left out: those of the machine, whose hosts file is read too. */
export function systemDns(servers?: string[]): Dns {
  const resolver = new Resolver({ timeout: timeoutMs, tries })
  if (servers) resolver.setServers(servers)
  return {
    naptr: name => orNone(resolver.resolveNaptr(name)),
    srv: name => orNone(resolver.resolveSrv(name)),
    async addresses(name) {
      if (!servers) {
        const found = await lookup(name, { all: true, order: 'ipv4first' })
        return found.map(({ address }) => ({ address, ttlS: null }))
      }
      const [four, six] = await Promise.all([
        orNone(resolver.resolve4(name, { ttl: true })),
        orNone(resolver.resolve6(name, { ttl: true })),
      ])
      return [...four, ...six].map(({ address, ttl }) => ({ address, ttlS: ttl }))
    },
  }
}

async function orNone<T>(asked: Promise<T[]>): Promise<T[]> {
  try {
    return await asked
  } catch (error) {
    if (nothing.has((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
}
