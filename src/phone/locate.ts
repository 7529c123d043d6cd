/**
 * Where a carrier is (RFC 3263): NAPTR says which services it has, SRV at which hosts each of them is, A and AAAA where those are. The transport
 * stays what the trunk says: a record of the carrier's, which anyone may forge, does not lead us from TLS to the clear.
 */
import { isIP } from 'node:net'
import { plainAddress } from '../lib/host.ts'
import type { Random } from '../lib/random.ts'
import type { Transport } from '../sip/events.ts'
import { type Target, targetsMax } from './targets.ts'

export type Naptr = { order: number; preference: number; flags: string; service: string; replacement: string }
export type Srv = { priority: number; weight: number; port: number; name: string }

/** A resolver; [] where there is no such record, rejects where nobody could say. */
export type Dns = {
  naptr(name: string): Promise<Naptr[]>
  srv(name: string): Promise<Srv[]>
  /** IPv4 first; `ttlS` null where it is not known. */
  addresses(name: string): Promise<{ address: string; ttlS: number | null }[]>
}

export type Wanted = {
  host: string
  port: number
  transport: Transport
  /** False: the host's own addresses and the port as given, and no service records. */
  services: boolean
}

/** How long an answer holds when its records do not say, and within which bounds they may. */
const usualTtlS = 300
const serviceTtlS = 60
const [leastTtlS, mostTtlS] = [10, 3600]
/** Hosts of one service that are looked at. */
const hostsMax = 8

const services: Record<Transport, { naptr: string; srv: string }> = {
  udp: { naptr: 'sip+d2u', srv: '_sip._udp' },
  tcp: { naptr: 'sip+d2t', srv: '_sip._tcp' },
  tls: { naptr: 'sips+d2t', srv: '_sips._tcp' },
}

/**
 * Rejects with words when there is nowhere to go. `random` decides between what is alike: with the same chances each time, the same answers give
 * the same order, so that nobody who looks up again moves without need.
 */
export async function locate(
  wanted: Wanted,
  { dns, random }: { dns: Dns; random: Random },
): Promise<{ targets: Target[]; holdsMs: number }> {
  const { host, port } = wanted
  if (isIP(host) !== 0) return { targets: [{ address: plainAddress(host), port }], holdsMs: Number.POSITIVE_INFINITY }
  const records = wanted.services ? inTurn(await serviceRecords(wanted, dns), random).slice(0, hostsMax) : []
  if (records.length === 0) {
    const found = spread(await dns.addresses(host), random)
    if (found.length === 0) throw new Error('it has no address')
    return { targets: found.map(({ address }) => ({ address, port })).slice(0, targetsMax), holdsMs: holdsMs(found) }
  }
  // One host without an address does not make the others useless.
  const found = await Promise.all(
    records.map(async record => {
      const addresses = spread(await dns.addresses(record.name).catch(() => []), random)
      return addresses.map(({ address, ttlS }) => ({ address, ttlS, port: record.port }))
    }),
  )
  const all = found.flat()
  if (all.length === 0) throw new Error('none of the hosts of its service has an address')
  const targets = all.map(({ address, port: at }) => ({ address, port: at })).slice(0, targetsMax)
  return { targets, holdsMs: Math.min(serviceTtlS * 1000, holdsMs(all)) }
}

async function serviceRecords({ host, transport }: Wanted, dns: Dns): Promise<Srv[]> {
  const service = services[transport]
  // A resolver that knows no NAPTR says nothing of SRV; and records of other services, or without hosts, say nothing of SIP.
  const pointers = (await dns.naptr(host).catch(() => [])).filter(
    one => one.flags.toLowerCase() === 's' && /^sips?\+d2/i.test(one.service) && one.replacement !== '',
  )
  const best = pointers
    .filter(one => one.service.toLowerCase() === service.naptr)
    .toSorted((a, b) => a.order - b.order || a.preference - b.preference)[0]
  if (pointers.length > 0 && best === undefined)
    throw new Error(`its NAPTR records offer no SIP over ${transport.toUpperCase()}`)
  const records = await dns.srv(best?.replacement ?? `${service.srv}.${host}`)
  // RFC 2782: one record whose target is the root says that the service is decidedly not there.
  if (records.length === 1 && (records[0]!.name === '' || records[0]!.name === '.'))
    throw new Error(`it offers no SIP over ${transport.toUpperCase()}`)
  return records.filter(({ name, port }) => name !== '' && name !== '.' && port > 0 && port < 65_536)
}

/** RFC 2782: by priority; of one priority by chance, in proportion to the weights, those without weight hardly ever first. */
export function inTurn(records: Srv[], random: Random): Srv[] {
  const order: Srv[] = []
  for (const priority of [...new Set(records.map(one => one.priority))].toSorted((a, b) => a - b)) {
    const left = records
      .filter(one => one.priority === priority)
      .toSorted((a, b) => a.weight - b.weight || (a.name < b.name ? -1 : 1))
    while (left.length > 0) {
      const sum = left.reduce((total, { weight }) => total + weight, 0)
      let at = random() * (sum + 1)
      const chosen = left.findIndex(({ weight }) => (at -= weight) < 1)
      order.push(...left.splice(Math.max(0, chosen), 1))
    }
  }
  return order
}

/** IPv4 first; of one family, whichever comes first by chance, and not by the order in which a server told them this time. */
function spread<Found extends { address: string }>(found: Found[], random: Random): Found[] {
  return [4, 6].flatMap(family => {
    const those = found
      .filter(({ address }) => isIP(address) === family)
      .toSorted((a, b) => (a.address < b.address ? -1 : 1))
    const at = Math.floor(random() * those.length)
    return [...those.slice(at), ...those.slice(0, at)]
  })
}

function holdsMs(found: { ttlS: number | null }[]): number {
  const ttlS = found.reduce((least, one) => Math.min(least, one.ttlS ?? usualTtlS), mostTtlS)
  return Math.min(mostTtlS, Math.max(leastTtlS, ttlS)) * 1000
}
