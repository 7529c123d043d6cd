/**
 * UDP datagrams that came to this machine and found no socket, as its kernel counts them. Once a leg hears its far end its socket is connected to
 * it, and what anybody else sends there finds no socket: the kernel drops it before it costs us anything, and counts it here (and answers with
 * ICMP port unreachable). The count is the whole machine's, of all its ports: what it tells is that somebody scans or injects, and not at whom.
 */
import { readFile } from 'node:fs/promises'

/** null where there is no such kernel. By way of the process: the unit shows it nothing else of /proc (ProcSubset=pid). */
export async function udpUnclaimed(folder = '/proc/self/net'): Promise<number | null> {
  const [four, six] = await Promise.all([
    readFile(`${folder}/snmp`, 'latin1').catch(() => null),
    readFile(`${folder}/snmp6`, 'latin1').catch(() => null),
  ])
  const ofFour = four === null ? null : noPortsOf(four)
  if (ofFour === null) return null
  return ofFour + Number(/^Udp6NoPorts\s+(\d+)/m.exec(six ?? '')?.[1] ?? 0)
}

/** Two lines of `Udp:`, one of names and one of values. */
function noPortsOf(snmp: string): number | null {
  const [names, values] = snmp.split('\n').flatMap(line => (line.startsWith('Udp: ') ? [line.split(' ')] : []))
  const at = names?.indexOf('NoPorts') ?? -1
  const value = at < 0 ? undefined : values?.[at]
  return value === undefined || !/^\d+$/.test(value) ? null : Number(value)
}
