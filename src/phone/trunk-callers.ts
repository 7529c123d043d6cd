/**
 * Whose call this is that comes in, what it has to prove itself by, and how its trunk is reached again. Nobody else speaks for a trunk: what is
 * known here decides who may call, and who may touch a trunk's calls.
 */
import type { Trunk } from '../centre/entities.ts'
import { connectionOf } from '../centre/trunks/trunk-connection.ts'
import { rewritten, saysNumber } from '../centre/trunks/trunk-numbers.ts'
import { rulesOf } from '../centre/trunks/trunk-rules.ts'
import type { TrunkId } from '../lib/ids.ts'
import type { Account, Caller, Destination, DigestCredentials, Flow, KeptDialog, Transport } from '../sip/events.ts'
import { credentialsOf, type Line, wayTo } from './trunk-line.ts'

type Left = Pick<KeptDialog, 'caller' | 'peer'>

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
      if (!isKnownAt(line, source.address, transport)) continue
      if (line.targets.all.some(each => each.address === source.address && each.port === source.port)) return id
      byAddress ??= id
    }
    return byAddress
  }

  /**
   * Whose call this is that comes in, which names these as `called`. Of several at one address that prove themselves by a password, it is whose name it
   * proves; of several that are known by their address alone, whose registration, number or caller ID is called, else the first.
   */
  caller(flow: Pick<Flow, 'source' | 'transport' | 'peer'>, called: readonly string[] = []): Caller | null {
    const id = this.trunkOf(flow)
    const line = id === null ? undefined : this.#lines.get(id)
    if (line === undefined) return null
    const { source, transport, peer } = flow
    const others = [...this.#lines.values()].filter(
      one => one !== line && isAsked(one) === isAsked(line) && isKnownAt(one, source.address, transport),
    )
    if (!isAsked(line)) {
      const one = peer !== undefined || others.length === 0 ? line : (calledOf([line, ...others], called) ?? line)
      return { id: one.trunk.id, accounts: [] }
    }
    return { id: line.trunk.id, accounts: [line, ...(peer === undefined ? others : [])].map(accountOf) }
  }

  /** Whether who calls as the one may speak for the other: they are known by one address, and by nothing else. */
  areOne(a: TrunkId, b: TrunkId): boolean {
    if (a === b) return true
    const [one, other] = [this.#lines.get(a), this.#lines.get(b)]
    if (one === undefined || other === undefined || isAsked(one) || isAsked(other)) return false
    const { transport } = one.trunk
    return one.targets.all.some(
      ({ address }) => isKnownAt(one, address, transport) && isKnownAt(other, address, transport),
    )
  }

  /** What answers a challenge in a call that came from this trunk: to the trunk itself, and never to where else its Contact may lead. */
  credentials(id: TrunkId, to: Destination): DigestCredentials | null {
    const line = this.#lines.get(id)
    return line !== undefined && isAt(line, to) ? credentialsOf(line) : null
  }

  /** The same for a call that an earlier process took. Until the trunk's name is looked up, it is where the call came from. */
  credentialsOfLeft(left: Left, to: Destination): DigestCredentials | null {
    const id = this.#callerOf(left)
    const line = id === null ? undefined : this.#lines.get(id)
    if (line === undefined) return null
    const isThere = isAt(line, to) || (isNowhereYet(line) && isFrom(line, left.peer, to))
    return isThere ? credentialsOf(line) : null
  }

  /** A trunk is at this address, whatever it is known by: so somebody who comes from there may be one. */
  isAt(address: string): boolean {
    for (const { targets } of this.#lines.values()) if (targets.all.some(one => one.address === address)) return true
    return false
  }

  /** A trunk at this address is answered where its requests come from, whatever port their Via names. */
  forcesRport(address: string): boolean {
    for (const { trunk, targets } of this.#lines.values())
      if (rulesOf(trunk).forceRport && targets.all.some(one => one.address === address)) return true
    return false
  }

  /**
   * How the trunk is reached that a call came from or was placed at, whose connection is no more: the target that it is at, else the one in use.
   * Null while no trunk is known there.
   */
  wayBack(left: Left): Destination | null {
    const id = this.#callerOf(left)
    const line = id === null ? undefined : this.#lines.get(id)
    if (line === undefined) return null
    const there = line.targets.all.filter(({ address }) => address === left.peer.address)
    const target = there.find(({ port }) => port === left.peer.port) ?? there[0] ?? line.current
    return target && wayTo(line, target)
  }

  #callerOf({ caller, peer: { transport, peer, ...source } }: Left): TrunkId | null {
    if (caller !== null && this.#lines.has(caller as TrunkId)) return caller as TrunkId
    return this.trunkOf({ transport, peer, source })
  }
}

/**
 * Which of these is called: the one that registered with the user of the Request-URI, which is our Contact then; else the first that a user who is
 * called is the number or name of by which it is registered; else the first of whose caller IDs it is. Null: none.
 */
function calledOf(lines: readonly Line[], called: readonly string[]): Line | null {
  const account = ({ trunk }: Line) => (trunk.register ? trunk.username : null)
  const says = ({ trunk }: Line, number: string) => {
    const { numbersIn } = rulesOf(trunk)
    return called.some(user => saysNumber(rewritten(numbersIn, user).number, rewritten(numbersIn, number).number))
  }
  return (
    lines.find(line => account(line) !== null && account(line) === called[0]) ??
    lines.find(line => called.some(user => user === account(line)) || says(line, account(line) ?? '')) ??
    lines.find(line => line.trunk.callerIds.some(callerId => says(line, callerId))) ??
    null
  )
}

const isAsked = ({ trunk }: Line) => connectionOf(trunk).trust === 'password'

function accountOf({ trunk, inbound }: Line): Account {
  return { id: trunk.id, username: connectionOf(trunk).inboundUser ?? '', password: inbound }
}

/** It is known by this address, without more or together with a password. */
function isKnownAt({ trunk, targets }: Line, address: string, transport: Transport): boolean {
  return targets.all.some(one => one.address === address) && isByAddress(trunk, transport)
}

/** Over this it is known by where it is, and by nothing that TLS proves. */
function isByAddress(trunk: Trunk, transport: Transport): boolean {
  return (trunk.transport === 'tls') === (transport === 'tls') && connectionOf(trunk).trust !== 'certificate'
}

const isNowhereYet = ({ targets }: Line) => targets.all.length === 0

/** `to` is where a call of this trunk came from. */
function isFrom({ trunk }: Line, from: Destination, { transport, address, peer }: Destination): boolean {
  return peer === undefined && isByAddress(trunk, transport) && transport === from.transport && address === from.address
}

/** Who is reached there is this trunk, as surely as who comes from there is. */
function isAt(line: Line, { transport, address, peer }: Destination): boolean {
  return peer === undefined ? isKnownAt(line, address, transport) : peer === line.trunk.id
}
