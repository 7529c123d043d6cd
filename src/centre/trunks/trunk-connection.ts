/** How the carrier at the other end of a trunk is reached, beside its host and transport; what is left out is as it always was. */
import type { Trunk } from '../entities.ts'

/** `wanted`: offered, and done without where the far end has none; `required`: no call without it. */
export const srtpUses = ['off', 'wanted', 'required'] as const
export type SrtpUse = (typeof srtpUses)[number]

/** `address`: the host has an address; `services`: NAPTR and SRV records of the host say where it is (RFC 3263). */
export const lookUps = ['address', 'services'] as const
export type LookUp = (typeof lookUps)[number]

/**
 * Whose calls these are: the trunk's by the address they come from, by that and the password with which each call answers our challenge
 * (addresses of UDP are forged), or by the certificate that is shown.
 */
export const trusts = ['address', 'password', 'certificate'] as const
export type Trust = (typeof trusts)[number]

export type TrunkConnection = {
  /** `HOST` or `HOST:PORT` that everything is sent to instead of the host. */
  outboundProxy: string | null
  lookUp: LookUp
  /** Name in the carrier's certificate; null: the host (of the outbound proxy where there is one). */
  tlsName: string | null
  /** PEM of the authorities that may sign it; null: those that this machine trusts. */
  authorities: string | null
  /** PEM of what we show when we are asked who we are; its key is a secret. */
  certificate: string | null
  /** Addresses begin with `sips:`: TLS on the whole way is asked for. */
  sips: boolean
  trust: Trust
  /** The name that calls prove themselves by, where a password is asked for; that is a secret. */
  inboundUser: string | null
  srtp: SrtpUse
  /** SRTP keys are sent over UDP and TCP too, where everybody on the way can read them. */
  srtpInClear: boolean
  /** How long a registration is asked for. */
  registerS: number
}

export const plainConnection: TrunkConnection = {
  outboundProxy: null,
  lookUp: 'address',
  tlsName: null,
  authorities: null,
  certificate: null,
  sips: false,
  trust: 'address',
  inboundUser: null,
  srtp: 'off',
  srtpInClear: false,
  registerS: 3600,
}

export function connectionOf(trunk: Pick<Trunk, 'connection'>): TrunkConnection {
  return { ...plainConnection, ...trunk.connection }
}

/** Where it is looked for, in one line: trunks with the same are at the same place. */
export function placeOf(trunk: Pick<Trunk, 'connection' | 'host' | 'port' | 'transport'>): string {
  const { lookUp, outboundProxy } = connectionOf(trunk)
  return [trunk.host, trunk.port, trunk.transport, lookUp, outboundProxy].join()
}

/** Where requests go: the outbound proxy, else the host; an address without brackets. */
export function nextHopOf(trunk: Pick<Trunk, 'connection' | 'host' | 'port'>): {
  host: string
  port: number
  named: boolean
} {
  const proxy = connectionOf(trunk).outboundProxy
  const [, v6, name, port] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^[\]:]+))(?::(\d{1,5}))?$/.exec(proxy ?? '') ?? []
  const host = v6 ?? name
  if (host === undefined) return { host: trunk.host, port: trunk.port, named: true }
  return { host, port: port === undefined ? trunk.port : Number(port), named: port !== undefined }
}

/** The name that the carrier's certificate must carry. */
export function tlsNameOf(trunk: Pick<Trunk, 'connection' | 'host' | 'port'>): string {
  return connectionOf(trunk).tlsName ?? nextHopOf(trunk).host
}
