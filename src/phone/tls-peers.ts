/**
 * Who we speak TLS with: for each peer (a trunk) the authorities it is believed by, the name its certificate must carry, and what we show of
 * ourselves. A peer that does not prove its name is not spoken to: there is no weaker way behind it.
 */
import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import {
  checkServerIdentity,
  createSecureContext,
  getCACertificates,
  type PeerCertificate,
  type SecureContext,
} from 'node:tls'
import type { Trouble, TrunkTrouble } from '../centre/trunks/trunk-trouble.ts'
import type { PeerName } from '../sip/events.ts'

export type TlsPeer = {
  name: PeerName
  /** Host name or address that its certificate must be for, and what SNI asks for. */
  serverName: string
  /** PEM of the authorities that may vouch for it; null: those that this machine trusts. */
  authoritiesPem: string | null
  /** What we show when it asks who we are; both or neither. */
  certificatePem: string | null
  keyPem: string | null
  /** An incoming connection that shows a certificate of this peer is this peer, wherever it comes from. */
  knownByCertificate: boolean
}

/** TLS 1.2 is the floor (RFC 8996), and nobody begins a second handshake within a connection. */
export const minVersion = 'TLSv1.2'
/** `SSL_OP_NO_RENEGOTIATION` of openssl/ssl.h, which node:crypto does not name. */
export const noRenegotiation = 0x4000_0000
/** Leaf, two intermediates, root, and one to spare. */
const chainMax = 5

export class TlsPeers {
  readonly #peers = new Map<PeerName, TlsPeer>()
  /** Made when first needed; a context of many authorities takes some ms. */
  readonly #contexts = new Map<PeerName, SecureContext>()

  get(name: PeerName): TlsPeer | null {
    return this.#peers.get(name) ?? null
  }

  /** Throws when a certificate or key cannot be read; the peer is not known then. */
  set(peer: TlsPeer): void {
    this.delete(peer.name)
    this.#contexts.set(peer.name, contextOf(peer))
    this.#peers.set(peer.name, peer)
  }

  delete(name: PeerName): void {
    this.#peers.delete(name)
    this.#contexts.delete(name)
  }

  context(name: PeerName): SecureContext | null {
    return this.#contexts.get(name) ?? null
  }

  /** Whose client certificate this is; null when it proves nobody. `chain` begins with the leaf, `now` is Unix ms. */
  identify(chain: X509Certificate[], now: number): PeerName | null {
    for (const peer of this.#peers.values())
      if (peer.knownByCertificate && mayVouchFor(peer, chain, now)) return peer.name
    return null
  }
}

/** For `checkServerIdentity`: undefined when the certificate is for the peer's name, by RFC 6125 or as a SIP URI (RFC 5922 §7.1). */
export function serverFault(serverName: string, certificate: PeerCertificate): Error | undefined {
  const uris = (certificate.subjectaltname ?? '').split(', ')
  if (uris.some(one => one.toLowerCase() === `uri:sip:${serverName.toLowerCase()}`)) return undefined
  return checkServerIdentity(serverName, certificate)
}

/** What to ask by SNI; an address is none (RFC 6066 §3). */
export const serverNameIndication = (serverName: string) => (isIP(serverName) === 0 ? serverName : '')

function contextOf(peer: TlsPeer): SecureContext {
  return createSecureContext({
    ca: peer.authoritiesPem === null ? machineAuthorities() : splitPem(peer.authoritiesPem),
    ...(peer.certificatePem !== null && peer.keyPem !== null ? { cert: peer.certificatePem, key: peer.keyPem } : {}),
    minVersion,
    secureOptions: noRenegotiation,
  })
}

let known: string[] | undefined

/** The public authorities, and what the administrator of this machine has added to them. */
function machineAuthorities(): string[] {
  known ??= [...new Set([...getCACertificates('default'), ...getCACertificates('system')])]
  return known
}

/** The certificates of a PEM file, one by one. */
export function splitPem(pem: string): string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]{1,20000}-----END CERTIFICATE-----/g) ?? []
}

/** The leaf is for the peer's name, and one of the peer's own authorities stands at the end of the chain. */
function mayVouchFor(peer: TlsPeer, chain: X509Certificate[], now: number): boolean {
  const leaf = chain[0]
  if (leaf === undefined || peer.authoritiesPem === null || !isFor(leaf, peer.serverName) || leaf.ca) return false
  // A certificate for web servers alone is none for clients (RFC 5280 §4.2.1.12); SIP servers often show the one they serve with.
  const uses = leaf.keyUsage as string[] | undefined
  if (uses !== undefined && !uses.some(use => use === clientAuth || use === serverAuth)) return false
  const authorities = splitPem(peer.authoritiesPem).map(pem => new X509Certificate(pem))
  let last = leaf
  for (let depth = 0; depth < chainMax; depth++) {
    if (!isInForce(last, now)) return false
    const by = (authority: X509Certificate) =>
      authority.ca && last.checkIssued(authority) && last.verify(authority.publicKey)
    if (authorities.some(authority => isInForce(authority, now) && by(authority))) return true
    const next = chain[depth + 1]
    if (next === undefined || !by(next)) return false
    last = next
  }
  return false
}

const serverAuth = '1.3.6.1.5.5.7.3.1'
const clientAuth = '1.3.6.1.5.5.7.3.2'

function isFor(leaf: X509Certificate, name: string): boolean {
  if ((leaf.subjectAltName ?? '').split(', ').some(one => one.toLowerCase() === `uri:sip:${name.toLowerCase()}`))
    return true
  return (isIP(name) === 0 ? leaf.checkHost(name) : leaf.checkIP(name)) !== undefined
}

function isInForce(certificate: X509Certificate, now: number): boolean {
  return certificate.validFromDate.getTime() <= now && now < certificate.validToDate.getTime()
}

/** Why a connection did not come about or broke, for the trunk's page. */
export function connectionFault(error: NodeJS.ErrnoException, serverName: string): Trouble {
  const code = error.code ?? ''
  const fault = (why: TrunkTrouble, words: string): Trouble => ({ why, words })
  if (untrusted.has(code))
    return fault(
      'tls_untrusted',
      'TLS: no authority that this trunk trusts has signed its certificate; give the trunk the certificate of the authority',
    )
  const fixed = faults[code]
  if (fixed !== undefined) return fixed
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const named = /(?:is not in the cert's (?:altnames|list): ?|is not cert's CN: ?)(.{0,120})/.exec(error.message)?.[1]
    return fault('tls_name', `TLS: its certificate is not for ${serverName}${named ? ` but for ${named.trim()}` : ''}`)
  }
  if (/wrong version number|packet length too long|unsupported protocol|http request/i.test(error.message))
    return fault('tls_none', 'TLS: what answers at that port does not speak TLS 1.2 or newer')
  if (
    /alert (?:bad certificate|certificate unknown|unknown ca|certificate required|certificate expired|access denied|handshake failure)/i.test(
      error.message,
    )
  )
    return fault('tls_refused', 'TLS: it refuses us; does it want another client certificate?')
  return fault('tls_other', `TLS: ${(error.message || code).split('\n', 1)[0]!.slice(0, 120)}`)
}

const untrusted = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_UNTRUSTED',
  'INVALID_CA',
])

const faults: Record<string, Trouble> = {
  CERT_HAS_EXPIRED: { why: 'tls_expired', words: 'TLS: its certificate has ended' },
  CERT_NOT_YET_VALID: {
    why: 'tls_not_yet',
    words: 'TLS: its certificate is not in force yet; is the clock of this machine right?',
  },
  CERT_REVOKED: { why: 'tls_revoked', words: 'TLS: its certificate was revoked' },
  ECONNREFUSED: { why: 'nobody_listens', words: 'nobody listens at its port' },
  ECONNRESET: { why: 'closed', words: 'it closed the connection' },
  EPIPE: { why: 'closed', words: 'it closed the connection' },
  ETIMEDOUT: { why: 'no_answer', words: 'it does not answer' },
  EHOSTUNREACH: { why: 'no_way', words: 'no way leads there' },
  ENETUNREACH: { why: 'no_way', words: 'no way leads there' },
}
