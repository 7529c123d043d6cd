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
const within = 'ip saddr 10.77.0.0/24 ip daddr 10.77.0.0/24'

/** Whether `cutNetwork` can. */
export function hasCuts(): boolean {
  const [command, parameters] = inNamespace(['nft', cuttable])
  return spawnSync(command, parameters, { timeout: 10_000 }).status === 0
}

/**
 * To be called in such a network: nothing comes from one of its 10.77 addresses to another any more, and who sends hears nothing of it. What
 * goes to and from 127.0.0.0/8 still does.
 */
export function cutNetwork(): void {
  execFileSync('nft', [`${cuttable}; add rule ip house arrives ${within} drop`])
}

export function joinNetwork(): void {
  execFileSync('nft', ['flush table ip house'])
}
