/**
 * Whose call this is that comes in, what it has to prove itself by, and how its trunk is reached again. Nobody else speaks for a trunk: what is
 * known here decides who may call, and who may touch a trunk's calls.
 */
import { connectionOf } from '../centre/trunk-connection.ts'
import type { TrunkId } from '../lib/ids.ts'
import type { Account, Destination, Flow } from '../sip/events.ts'
import { type Line, wayTo } from './trunk-line.ts'

export class TrunkCallers {
  /** As they stand now; kept by `TrunkLines`. */
  readonly #lines: ReadonlyMap<TrunkId, Line>

  constructor(lines: ReadonlyMap<TrunkId, Line>) {
    this.#lines = lines
  }

  /**
   * Whose message this is: by what TLS has proved, else by address and port, else by address alone; null: nobody's. What is said to come from
   * a trunk of TLS over anything less is nobody's (addresses of UDP are forged), and so is what shows no certificate where one is asked for.
   */
  trunkOf({ source, transport, peer }: Pick<Flow, 'source' | 'transport' | 'peer'>): TrunkId | null {
    if (peer !== undefined) return this.#lines.has(peer as TrunkId) ? (peer as TrunkId) : null
    let byAddress: TrunkId | null = null
    for (const [id, line] of this.#lines) {
      if (!line.targets.all.some(({ address }) => address === source.address)) continue
      if ((line.trunk.transport === 'tls') !== (transport === 'tls')) continue
      if (connectionOf(line.trunk).trust === 'certificate') continue
      if (line.targets.all.some(each => each.address === source.address && each.port === source.port)) return id
      byAddress ??= id
    }
    return byAddress
  }

  /** What a call of this trunk has to prove itself by; null: it needs not. */
  account(flow: Pick<Flow, 'source' | 'transport' | 'peer'>): Account | null {
    const id = this.trunkOf(flow)
    const line = id === null ? undefined : this.#lines.get(id)
    if (line === undefined) return null
    const { trust, inboundUser } = connectionOf(line.trunk)
    if (trust !== 'password') return null
    return { id: line.trunk.id, username: inboundUser ?? '', password: line.inbound }
  }

  /** A trunk is at this address, whatever it is known by: so somebody who comes from there may be one. */
  isAt(address: string): boolean {
    for (const { targets } of this.#lines.values()) if (targets.all.some(one => one.address === address)) return true
    return false
  }

  /**
   * How the trunk is reached that a call came from or was placed at, whose connection is no more: the target that it is at, else the one in use.
   * Null while no trunk is known there.
   */
  wayBack({ transport, source, peer }: Pick<Flow, 'source' | 'transport' | 'peer'>): Destination | null {
    const id = this.trunkOf({ transport, source, peer })
    const line = id === null ? undefined : this.#lines.get(id)
    if (line === undefined) return null
    const there = line.targets.all.filter(({ address }) => address === source.address)
    const target = there.find(({ port }) => port === source.port) ?? there[0] ?? line.current
    return target && wayTo(line, target)
  }
}
