/**
 * DTLS 1.2 (RFC 6347) with the SRTP extension (RFC 5764) on the OpenSSL inside node, without a socket: datagrams in, datagrams, keys or a
 * reason out, and the next deadline. One bad peer costs its own association only.
 */
import { X509Certificate } from 'node:crypto'
import { assert } from '../lib/assert.ts'
import { type Address, loadOpenssl, NativeMemory, type Openssl, readUlong } from './openssl.ts'
import type { SrtpKeys } from './srtp.ts'
import { type SrtpProfile, saltBytes } from './srtp-transform.ts'

export type DtlsIdentity = { certificatePem: string; privateKeyPem: string }

/** This platform's node has no OpenSSL to call, so there are no browser legs here. */
export class DtlsUnavailable extends Error {
  override name = 'DtlsUnavailable'
}

/** `a=fingerprint` of a certificate, RFC 8122: `sha-256 AB:CD:…`. */
export function fingerprintOf(identity: DtlsIdentity): string {
  return `sha-256 ${new X509Certificate(identity.certificatePem).fingerprint256}`
}

/** Any DTLS record is smaller on a LAN; OpenSSL fragments its flights to this many bytes of UDP payload. */
const mtuBytes = 1200
const datagramBytesMax = 2048
/** A browser's flight is under 2 KB. OpenSSL refuses a peer's certificates beyond this. */
const certificateBytesMax = 8192

/** Values from openssl/ssl.h and openssl/tls1.h. */
const ssl = {
  ctrlSetMtu: 17,
  ctrlMode: 33,
  ctrlSetSessionCacheMode: 44,
  ctrlSetMaxCertificateList: 51,
  dtlsCtrlGetTimeout: 73,
  dtlsCtrlHandleTimeout: 74,
  ctrlSetMinVersion: 123,
  ctrlSetMaxVersion: 124,
  dtls12: 0xfefd,
  modeReleaseBuffers: 0x10,
  noQueryMtu: 2 ** 12,
  noTicket: 2 ** 14,
  noRenegotiation: 2 ** 30,
  verifyPeerAndRequire: 0x01 | 0x02,
  errorWantRead: 2,
  errorWantWrite: 3,
  errorZeroReturn: 6,
  receivedShutdown: 2,
}

const profiles: Record<number, SrtpProfile> = { 1: 'AES_CM_128_HMAC_SHA1_80', 7: 'AEAD_AES_128_GCM' }

/** Certificate, ciphers and limits that all associations of a thread share. Throws DtlsUnavailable. */
export class DtlsContext {
  readonly openssl: Openssl
  readonly context: Address
  /** Through which datagrams, keys and digests pass between JavaScript and OpenSSL. */
  readonly page = new NativeMemory(datagramBytesMax)
  readonly text = new NativeMemory(512)

  constructor(identity: DtlsIdentity) {
    const bound = loadOpenssl()
    if (bound === null)
      throw new DtlsUnavailable('node does not export an OpenSSL of 3.2 or later, or koffi did not load')
    const { openssl, acceptAny } = bound
    this.openssl = openssl
    this.context = openssl.SSL_CTX_new(openssl.DTLS_method())
    assert(this.context !== 0, 'a DTLS context')
    openssl.SSL_CTX_ctrl(this.context, ssl.ctrlSetMinVersion, ssl.dtls12, 0)
    openssl.SSL_CTX_ctrl(this.context, ssl.ctrlSetMaxVersion, ssl.dtls12, 0)
    openssl.SSL_CTX_ctrl(this.context, ssl.ctrlSetSessionCacheMode, 0, 0)
    openssl.SSL_CTX_ctrl(this.context, ssl.ctrlMode, ssl.modeReleaseBuffers, 0)
    openssl.SSL_CTX_ctrl(this.context, ssl.ctrlSetMaxCertificateList, certificateBytesMax, 0)
    openssl.SSL_CTX_set_options(this.context, ssl.noQueryMtu + ssl.noTicket + ssl.noRenegotiation)
    openssl.SSL_CTX_set_verify(this.context, ssl.verifyPeerAndRequire, acceptAny)
    const ciphers = 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305'
    assert(openssl.SSL_CTX_set_cipher_list(this.context, this.#string(ciphers)) === 1, 'the cipher list')
    // 0 is success here, unlike everywhere else in libssl.
    const offered = this.#string('SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80')
    assert(openssl.SSL_CTX_set_tlsext_use_srtp(this.context, offered) === 0, 'the SRTP profiles')
    this.#useIdentity(identity)
  }

  close(): void {
    this.openssl.SSL_CTX_free(this.context)
  }

  /** Why the last call failed, in OpenSSL's words; clears its list. */
  lastError(): string {
    const code = this.openssl.ERR_get_error()
    this.openssl.ERR_clear_error()
    if (code === 0) return 'the handshake failed'
    this.openssl.ERR_error_string_n(code, this.text.address, 256)
    const end = this.text.bytes.indexOf(0)
    return Buffer.from(this.text.bytes.subarray(0, end)).toString('latin1')
  }

  #useIdentity(identity: DtlsIdentity): void {
    const { openssl } = this
    const [certificateAt, certificateBytes] = this.#der(identity.certificatePem)
    const certificate = openssl.d2i_X509(0, certificateAt, certificateBytes)
    assert(certificate !== 0 && openssl.SSL_CTX_use_certificate(this.context, certificate) === 1, 'our certificate')
    openssl.X509_free(certificate)
    const [keyAt, keyBytes] = this.#der(identity.privateKeyPem)
    const key = openssl.d2i_AutoPrivateKey(0, keyAt, keyBytes)
    assert(key !== 0 && openssl.SSL_CTX_use_PrivateKey(this.context, key) === 1, 'our private key')
    openssl.EVP_PKEY_free(key)
    this.page.bytes.fill(0)
  }

  /** The DER of a PEM in `page`; answers the address of a pointer to it, as d2i functions want, and the length. */
  #der(pem: string): [pointer: Address, bytes: number] {
    const der = Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64')
    assert(der.length <= this.page.bytes.length, 'our certificate and key are small')
    this.page.bytes.set(der)
    new DataView(this.text.bytes.buffer).setBigUint64(0, BigInt(this.page.address), true)
    return [this.text.address, der.length]
  }

  #string(value: string): Address {
    this.text.bytes.set(Buffer.from(`${value}\0`, 'latin1'))
    return this.text.address
  }
}

export type DtlsOutcome =
  | { type: 'packet'; packet: Uint8Array }
  | { type: 'keys'; keys: SrtpKeys }
  | { type: 'lost'; reason: string }

/** One association. `role` is `server` for every browser; the client is for tests and tools. */
export class DtlsPeer {
  readonly #context: DtlsContext
  readonly #role: 'server' | 'client'
  readonly #remoteFingerprint: string
  readonly #ssl: Address
  readonly #incoming: Address
  readonly #outgoing: Address
  #phase: 'handshake' | 'up' | 'over' = 'handshake'

  constructor(context: DtlsContext, options: { role: 'server' | 'client'; remoteFingerprint: string }) {
    const { openssl } = context
    this.#context = context
    this.#role = options.role
    this.#remoteFingerprint = options.remoteFingerprint.toLowerCase()
    this.#ssl = openssl.SSL_new(context.context)
    assert(this.#ssl !== 0, 'a DTLS association')
    this.#incoming = openssl.BIO_new(openssl.BIO_s_dgram_mem())
    this.#outgoing = openssl.BIO_new(openssl.BIO_s_dgram_mem())
    for (const bio of [this.#incoming, this.#outgoing]) openssl.BIO_ctrl(bio, 136, 4096, 0)
    openssl.SSL_set_bio(this.#ssl, this.#incoming, this.#outgoing) // which owns both from now on
    openssl.SSL_ctrl(this.#ssl, ssl.ctrlSetMtu, mtuBytes, 0)
    if (options.role === 'server') openssl.SSL_set_accept_state(this.#ssl)
    else openssl.SSL_set_connect_state(this.#ssl)
  }

  get phase(): 'handshake' | 'up' | 'over' {
    return this.#phase
  }

  /** The client's first flight. */
  start(): DtlsOutcome[] {
    return this.#phase === 'handshake' ? this.#advance() : []
  }

  /** One datagram from the peer. Content that is not DTLS is dropped by OpenSSL without a word (RFC 6347 section 4.1.2.7). */
  receive(packet: Uint8Array): DtlsOutcome[] {
    const { openssl, page } = this.#context
    if (this.#phase === 'over' || packet.length === 0 || packet.length > page.bytes.length) return []
    page.bytes.set(packet)
    if (openssl.BIO_write(this.#incoming, page.address, packet.length) !== packet.length) return []
    return this.#advance()
  }

  /** ms until `expire` must be called for a retransmission, or null. */
  timeoutMs(): number | null {
    if (this.#phase !== 'handshake') return null
    const { openssl, text } = this.#context
    if (openssl.SSL_ctrl(this.#ssl, ssl.dtlsCtrlGetTimeout, 0, text.address) !== 1) return null
    const view = new DataView(text.bytes.buffer)
    return Number(view.getBigInt64(0, true)) * 1000 + Number(view.getBigInt64(8, true)) / 1000
  }

  /** Retransmits the last flight; after some twelve times the association is lost. */
  expire(): DtlsOutcome[] {
    if (this.#phase !== 'handshake') return []
    const { openssl } = this.#context
    openssl.ERR_clear_error()
    if (openssl.SSL_ctrl(this.#ssl, ssl.dtlsCtrlHandleTimeout, 0, 0) < 0)
      return [...this.#flush(), ...this.#lose('the browser did not answer the DTLS handshake')]
    return this.#flush()
  }

  /** Says goodbye (close_notify) and frees the association. */
  close(): DtlsOutcome[] {
    if (this.#phase === 'over') return []
    if (this.#phase === 'up') this.#context.openssl.SSL_shutdown(this.#ssl)
    const farewell = this.#flush()
    this.#free()
    return farewell
  }

  #advance(): DtlsOutcome[] {
    const { openssl } = this.#context
    openssl.ERR_clear_error()
    if (this.#phase === 'up') return this.#drain()
    const result = openssl.SSL_do_handshake(this.#ssl)
    const outcomes = this.#flush()
    if (result === 1) {
      const secured = this.#secure()
      return [...outcomes, ...secured, ...(this.phase === 'up' ? this.#drain() : [])]
    }
    const error = openssl.SSL_get_error(this.#ssl, result)
    if (error === ssl.errorWantRead || error === ssl.errorWantWrite) return outcomes
    return [...outcomes, ...this.#lose(`DTLS: ${this.#context.lastError()}`)]
  }

  /** After the handshake: retransmitted flights are answered, application data is dropped, close_notify ends the leg. */
  #drain(): DtlsOutcome[] {
    const { openssl, page } = this.#context
    let result: number
    do result = openssl.SSL_read(this.#ssl, page.address, page.bytes.length)
    while (result > 0)
    const outcomes = this.#flush()
    const error = openssl.SSL_get_error(this.#ssl, result)
    if (error === ssl.errorZeroReturn || openssl.SSL_get_shutdown(this.#ssl) & ssl.receivedShutdown)
      return [...outcomes, ...this.#lose('the browser closed the connection')]
    openssl.ERR_clear_error()
    if (error === ssl.errorWantRead || error === ssl.errorWantWrite) return outcomes
    return [...outcomes, ...this.#lose('DTLS: a fatal alert')]
  }

  #flush(): DtlsOutcome[] {
    const { openssl, page } = this.#context
    const outcomes: DtlsOutcome[] = []
    for (;;) {
      const bytes = openssl.BIO_read(this.#outgoing, page.address, page.bytes.length)
      if (bytes <= 0) return outcomes
      outcomes.push({ type: 'packet', packet: page.bytes.slice(0, bytes) })
    }
  }

  #secure(): DtlsOutcome[] {
    if (this.#peerFingerprint() !== this.#remoteFingerprint)
      return this.#lose('the certificate is not the one that the browser announced')
    const profile = this.#selectedProfile()
    if (profile === undefined) return this.#lose('no SRTP profile in common')
    this.#phase = 'up'
    return [{ type: 'keys', keys: this.#exportKeys(profile) }]
  }

  #peerFingerprint(): string {
    const { openssl, page } = this.#context
    const certificate = openssl.SSL_get1_peer_certificate(this.#ssl)
    if (certificate === 0) return ''
    const done = openssl.X509_digest(certificate, openssl.EVP_sha256(), page.address, page.address + 64)
    openssl.X509_free(certificate)
    if (done !== 1) return ''
    return `sha-256 ${Array.from(page.bytes.subarray(0, 32), byte => byte.toString(16).padStart(2, '0')).join(':')}`
  }

  /** `SRTP_PROTECTION_PROFILE` of openssl/ssl.h is the address of a name and then an unsigned long, the id in the IANA list. */
  #selectedProfile(): SrtpProfile | undefined {
    const at = this.#context.openssl.SSL_get_selected_srtp_profile(this.#ssl)
    return at === 0 ? undefined : profiles[readUlong(at + 8)]
  }

  /** RFC 5764 section 4.2: client key, server key, client salt, server salt. */
  #exportKeys(profile: SrtpProfile): SrtpKeys {
    const { openssl, page, text } = this.#context
    const label = Buffer.from('EXTRACTOR-dtls_srtp', 'latin1')
    text.bytes.set(label)
    const salt = saltBytes[profile]
    const bytes = 2 * (16 + salt)
    const done = openssl.SSL_export_keying_material(this.#ssl, page.address, bytes, text.address, label.length, 0, 0, 0)
    assert(done === 1, 'exported keys')
    const cut = (from: number, length: number) => page.bytes.slice(from, from + length)
    const client = { key: cut(0, 16), salt: cut(32, salt) }
    const server = { key: cut(16, 16), salt: cut(32 + salt, salt) }
    page.bytes.fill(0, 0, bytes)
    const [local, remote] = this.#role === 'server' ? [server, client] : [client, server]
    return { profile, localKey: local.key, localSalt: local.salt, remoteKey: remote.key, remoteSalt: remote.salt }
  }

  #lose(reason: string): DtlsOutcome[] {
    this.#free()
    return [{ type: 'lost', reason }]
  }

  #free(): void {
    this.#phase = 'over'
    this.#context.openssl.SSL_free(this.#ssl)
  }
}
