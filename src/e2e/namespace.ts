/** A network of its own for a command: 127.0.0.1, and 10.77.0.1 and 10.77.0.2 on an interface that leads nowhere. */
import { execFileSync, spawnSync } from 'node:child_process'

const setUp = [
  'ip link set lo up',
  'ip link add near type veth peer name far',
  'ip addr add 10.77.0.1/24 dev near',
  'ip addr add 10.77.0.2/24 dev near',
  'ip link set near up',
  'ip link set far up',
  'ip route add default via 10.77.0.9',
].join(' && ')

/** Command and parameters that run `command` there; all of it is gone with the process. */
export function inNamespace(command: readonly string[]): [string, string[]] {
  return ['unshare', ['--net', 'sh', '-c', `${setUp} && exec "$@"`, 'sh', ...command]]
}

export function hasNamespaces(): boolean {
  const [command, parameters] = inNamespace(['true'])
  return spawnSync(command, parameters, { timeout: 10_000 }).status === 0
}

const cuttable = 'table ip house { chain arrives { type filter hook input priority 0; }; }'

/** Whether `cutNetwork` can. */
export function hasCuts(): boolean {
  const [command, parameters] = inNamespace(['nft', cuttable])
  return spawnSync(command, parameters, { timeout: 10_000 }).status === 0
}

/** To be called in such a network: what `address` sends and is sent is lost, and who sends hears nothing of it. But for those of the net `but`. */
export function cutNetwork(address: string, but: string): void {
  const lost = [`ip daddr ${address} ip saddr != ${but}`, `ip saddr ${address} ip daddr != ${but}`]
  execFileSync('nft', [[cuttable, ...lost.map(what => `add rule ip house arrives ${what} drop`)].join('; ')])
}

export function joinNetwork(): void {
  execFileSync('nft', ['flush table ip house'])
}

function lossy(address: string, sipPort: number): string {
  const between = `ip saddr ${address} ip daddr ${address}`
  const rules = [
    `${between} udp sport ${sipPort} numgen inc mod 3 < 1 counter drop`,
    `${between} udp dport ${sipPort} numgen inc mod 3 < 1 counter drop`,
    `${between} udp sport != ${sipPort} udp dport != ${sipPort} numgen random mod 10 < 1 counter drop`,
  ]
  return `table ip lossy { chain arrives { type filter hook input priority 0; ${rules.join('; ')}; }; }`
}

/** Whether `loseBetween` can. */
export function hasLosses(): boolean {
  const [command, parameters] = inNamespace(['nft', lossy('10.77.0.1', 5060)])
  return spawnSync(command, parameters, { timeout: 10_000 }).status === 0
}

/**
 * To be called in such a network: of what those at `address` send each other by UDP a tenth is lost, by chance; of what comes from this port every
 * third packet, and of what goes to it: so much is lost whatever chance does, and never twice in a row.
 */
export function loseBetween(address: string, sipPort: number): void {
  execFileSync('nft', [lossy(address, sipPort)])
}

/** Packets: from the port, to it, and of the sound. */
export function lostSoFar(): number[] {
  const listed = execFileSync('nft', ['list', 'table', 'ip', 'lossy'], { encoding: 'utf8' })
  return Array.from(listed.matchAll(/counter packets (\d+)/g), ([, packets]) => Number(packets))
}
