/**
 * A router with a NAT, and phones behind it, for who runs in a network of their own (`namespace.ts`): the house at `houseAt`, the router's outside at
 * `routerAt`, phones in 192.168.7.0/24, where no way leads from the house but by what the kernel's connection tracking remembers. A mapping gets
 * a port by chance, of the tens of thousands from 40000 on.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { inNamespace } from './namespace.ts'

export const [houseAt, routerAt, strangerAt] = ['10.78.0.1', '10.78.0.2', '10.78.0.9'] as const
const inside = '192.168.7'

/** `source`: how the house sees it. */
export type Mapping = { from: string; fromPort: number; to: number; source: number }

export class Router {
  readonly #processes: [ChildProcess, ChildProcess]
  readonly phones: string[]

  private constructor(processes: [ChildProcess, ChildProcess], phones: string[]) {
    this.#processes = processes
    this.phones = phones
  }

  /** `forgetsAfterS`: a mapping by which nothing passes. `phones`: so many addresses; the n-th one's port `control(n)` is led to from outside, by TCP. */
  static async open({ forgetsAfterS, phones }: { forgetsAfterS: number; phones: number }): Promise<Router> {
    const processes = [network(), network()] as [ChildProcess, ChildProcess]
    await Promise.all(processes.map(hasItsOwn))
    const router = new Router(
      processes,
      Array.from({ length: phones }, (_, n) => `${inside}.${20 + n}`),
    )
    const [at, lan] = processes.map(({ pid }) => pid)
    sh(`ip link add wan type veth peer name out && ip link set out netns ${at}`)
    sh(`ip addr add ${houseAt}/24 dev wan && ip addr add ${strangerAt}/24 dev wan && ip link set wan up`)
    router.#atRouter(`ip link add lan type veth peer name eth && ip link set eth netns ${lan}`)
    router.#atRouter(`ip link set lo up && ip addr add ${routerAt}/24 dev out && ip link set out up`)
    router.#atRouter(`ip addr add ${inside}.1/24 dev lan && ip link set lan up && sysctl -q -w net.ipv4.ip_forward=1`)
    router.#atPhones(`ip link set lo up && ip link set eth up`)
    for (const address of router.phones) router.#atPhones(`ip addr add ${address}/24 dev eth`)
    router.#atPhones(`ip route add default via ${inside}.1`)
    const forwards = router.phones.map(
      (address, n) => `iifname "out" tcp dport ${router.control(n).port} dnat to ${address}:${router.control(n).port};`,
    )
    router.#atRouter(
      `nft 'table ip nat { chain post { type nat hook postrouting priority 100; oifname "out" udp sport != 0 masquerade to :40000-65535 fully-random; }; chain pre { type nat hook prerouting priority -100; ${forwards.join(' ')} }; }'`,
    )
    for (const which of ['timeout', 'timeout_stream'])
      router.#atRouter(`sysctl -q -w net.netfilter.nf_conntrack_udp_${which}=${forgetsAfterS}`)
    return router
  }

  /** Where the n-th phone's control port is reached. */
  control(n: number): { address: string; port: number } {
    return { address: routerAt, port: 4444 + n }
  }

  /** What a command begins with that is to run behind the router. */
  get behind(): [string, string[]] {
    return ['nsenter', [`--net=/proc/${this.#processes[1].pid}/ns/net`]]
  }

  mappings(): Mapping[] {
    const listed = this.#atRouter('conntrack -L -p udp 2>/dev/null')
    return [
      ...listed.matchAll(/src=(192\S+) dst=\S+ sport=(\d+) dport=(\d+) .*?src=\S+ dst=\S+ sport=\d+ dport=(\d+)/g),
    ].map(([, from = '', fromPort, to, source]) => ({
      from,
      fromPort: Number(fromPort),
      to: Number(to),
      source: Number(source),
    }))
  }

  /** It has forgotten these, as one does that was restarted. */
  forget(mappings: Mapping[]): void {
    for (const { from, fromPort } of mappings)
      this.#atRouter(`conntrack -D -p udp -s ${from} --orig-port-src ${fromPort} >/dev/null 2>&1 || true`)
  }

  /** Nobody behind it is heard until `passVoices`. */
  stopVoices(): void {
    const voices = `ip saddr ${inside}.0/24 udp sport != 5060`
    this.#atRouter(`nft 'table ip cut { chain on { type filter hook forward priority 0; ${voices} drop; }; }'`)
  }

  passVoices(): void {
    this.#atRouter('nft delete table ip cut')
  }

  #atRouter(command: string): string {
    return sh(command, ['nsenter', [`--net=/proc/${this.#processes[0].pid}/ns/net`]])
  }

  #atPhones(command: string): string {
    return sh(command, this.behind)
  }

  [Symbol.dispose](): void {
    for (const one of this.#processes) one.kill('SIGKILL')
  }
}

/** A network of its own, until it ends. */
const network = () => spawn('unshare', ['--net', 'sleep', '300'], { stdio: 'ignore' })

async function hasItsOwn({ pid }: ChildProcess): Promise<void> {
  const ours = sh('readlink /proc/self/ns/net')
  for (let attempt = 0; attempt < 100; attempt++) {
    if (sh(`readlink /proc/${pid}/ns/net || true`) !== ours && sh(`cat /proc/${pid}/comm`).trim() === 'sleep') return
    await sleep(20)
  }
  throw new Error('unshare made no network')
}

function sh(command: string, [program, parameters]: [string, string[]] = ['env', []]): string {
  return execFileSync(program, [...parameters, 'sh', '-c', command], { encoding: 'utf8' })
}

/** Whether one can be opened here. */
export function hasRouters(): boolean {
  const nat = `nft 'table ip nat { chain post { type nat hook postrouting priority 100; masquerade fully-random; }; }'`
  const [command, parameters] = inNamespace(['sh', '-c', `${nat} && conntrack -L -p udp && nsenter --version`])
  return spawnSync(command, parameters, { timeout: 10_000, stdio: 'ignore' }).status === 0
}
