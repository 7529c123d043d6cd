/**
 * The OpenSSL inside node, called directly through koffi: libcrypto for SRTP packets, libssl for DTLS. Addresses travel as plain numbers,
 * which costs 0.07 µs a call here; `void *` with buffer conversion costs ten times that. Nothing is compiled and nothing is downloaded:
 * node exports its OpenSSL symbols, also from the single executable.
 */
import koffi from 'koffi'

/** An address in this process; below 2^47 on every supported platform, so a number holds it exactly. */
export type Address = number

type Call = (...args: number[]) => number

const signatures = {
  OpenSSL_version_num: ['ulong'],
  ERR_clear_error: ['void'],
  ERR_get_error: ['ulong'],
  ERR_error_string_n: ['void', 'ulong', 'address', 'size_t'],

  EVP_aes_128_ctr: ['address'],
  EVP_aes_128_gcm: ['address'],
  EVP_aes_256_gcm: ['address'],
  EVP_sha1: ['address'],
  EVP_sha256: ['address'],
  EVP_CIPHER_CTX_new: ['address'],
  EVP_CIPHER_CTX_free: ['void', 'address'],
  EVP_CipherInit_ex: ['int', 'address', 'address', 'address', 'address', 'address', 'int'],
  EVP_CipherUpdate: ['int', 'address', 'address', 'address', 'address', 'int'],
  EVP_CipherFinal_ex: ['int', 'address', 'address', 'address'],
  EVP_CIPHER_CTX_ctrl: ['int', 'address', 'int', 'int', 'address'],
  HMAC_CTX_new: ['address'],
  HMAC_CTX_free: ['void', 'address'],
  HMAC_Init_ex: ['int', 'address', 'address', 'int', 'address', 'address'],
  HMAC_Update: ['int', 'address', 'address', 'size_t'],
  HMAC_Final: ['int', 'address', 'address', 'address'],

  BIO_s_dgram_mem: ['address'],
  BIO_new: ['address', 'address'],
  BIO_ctrl: ['long', 'address', 'int', 'long', 'address'],
  BIO_free: ['int', 'address'],
  BIO_write: ['int', 'address', 'address', 'int'],
  BIO_read: ['int', 'address', 'address', 'int'],
  d2i_X509: ['address', 'address', 'address', 'long'],
  d2i_AutoPrivateKey: ['address', 'address', 'address', 'long'],
  EVP_PKEY_free: ['void', 'address'],
  X509_digest: ['int', 'address', 'address', 'address', 'address'],
  X509_free: ['void', 'address'],
  DTLS_method: ['address'],
  SSL_CTX_new: ['address', 'address'],
  SSL_CTX_free: ['void', 'address'],
  SSL_CTX_ctrl: ['long', 'address', 'int', 'long', 'address'],
  SSL_CTX_set_options: ['uint64_t', 'address', 'uint64_t'],
  SSL_CTX_set_cipher_list: ['int', 'address', 'address'],
  SSL_CTX_set_tlsext_use_srtp: ['int', 'address', 'address'],
  SSL_CTX_set_verify: ['void', 'address', 'int', 'callback'],
  SSL_CTX_use_certificate: ['int', 'address', 'address'],
  SSL_CTX_use_PrivateKey: ['int', 'address', 'address'],
  SSL_new: ['address', 'address'],
  SSL_free: ['void', 'address'],
  SSL_ctrl: ['long', 'address', 'int', 'long', 'address'],
  SSL_set_bio: ['void', 'address', 'address', 'address'],
  SSL_set_accept_state: ['void', 'address'],
  SSL_set_connect_state: ['void', 'address'],
  SSL_do_handshake: ['int', 'address'],
  SSL_read: ['int', 'address', 'address', 'int'],
  SSL_shutdown: ['int', 'address'],
  SSL_get_error: ['int', 'address', 'int'],
  SSL_get_shutdown: ['int', 'address'],
  SSL_is_init_finished: ['int', 'address'],
  SSL_get1_peer_certificate: ['address', 'address'],
  SSL_get_selected_srtp_profile: ['address', 'address'],
  SSL_export_keying_material: ['int', 'address', 'address', 'size_t', 'address', 'size_t', 'address', 'size_t', 'int'],
} as const satisfies Record<string, readonly string[]>

export type Openssl = { readonly [Name in keyof typeof signatures]: Call }

/**
 * `SSL_verify_cb` that lets any certificate pass, for this thread: in WebRTC certificates are self-signed and what counts is the
 * fingerprint (RFC 8122), compared after the handshake, which has proved that the peer holds the key.
 */
export type AcceptAnyCertificate = number

let loaded: { openssl: Openssl; acceptAny: AcceptAnyCertificate } | null | undefined

/** The bindings of this thread, or null where node does not export OpenSSL or koffi has no binary. Loaded once. */
export function loadOpenssl(): { openssl: Openssl; acceptAny: AcceptAnyCertificate } | null {
  if (loaded === undefined) loaded = bind()
  return loaded
}

function bind(): { openssl: Openssl; acceptAny: AcceptAnyCertificate } | null {
  try {
    const library = koffi.load(null)
    const proto = koffi.proto('int (int ok, void *store)')
    const callback = koffi.pointer(proto)
    const typeOf = (name: string) => (name === 'address' ? 'uintptr_t' : name === 'callback' ? callback : name)
    const openssl: Record<string, Call> = {}
    for (const [name, [result, ...parameters]] of Object.entries(signatures))
      openssl[name] = library.func(name, typeOf(result), parameters.map(typeOf)) as Call
    if (openssl['OpenSSL_version_num']!() < 0x30200000) return null // BIO_s_dgram_mem came with 3.2
    const acceptAny = koffi.register(() => 1, callback) as unknown as AcceptAnyCertificate
    return { openssl: openssl as Openssl, acceptAny }
  } catch {
    return null
  }
}

/** Memory that OpenSSL may read and write: an ordinary array, and where it lies. It does not move while this object lives. */
export class NativeMemory {
  readonly bytes: Uint8Array
  readonly address: Address

  constructor(size: number) {
    this.bytes = new Uint8Array(new ArrayBuffer(size))
    this.address = addressOf(this.bytes.buffer as ArrayBuffer)
  }
}

export function addressOf(buffer: ArrayBufferLike): Address {
  return Number(koffi.address(buffer as ArrayBuffer))
}

export function readUlong(address: Address): number {
  return Number(koffi.decode(BigInt(address), 'ulong'))
}
