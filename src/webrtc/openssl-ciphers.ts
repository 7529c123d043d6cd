/** The SRTP ciphers on OpenSSL: one context a key for its whole life, no allocation and no copy per packet. */
import { assert } from '../lib/assert.ts'
import { type Address, addressOf, loadOpenssl, NativeMemory, type Openssl } from './openssl.ts'
import type { Aead, CipherSuite, KeyStream, Mac } from './srtp-ciphers.ts'

/** `EVP_CTRL_AEAD_GET_TAG`, `EVP_CTRL_AEAD_SET_TAG` of openssl/evp.h. */
const getTag = 0x10
const setTag = 0x11

/** The suite on this thread's OpenSSL, or null where there is none. */
export function opensslCiphers(): CipherSuite | null {
  const bound = loadOpenssl()
  if (bound === null) return null
  const { openssl } = bound
  return {
    aead: key => new OpensslAead(openssl, key),
    keyStream: key => new OpensslKeyStream(openssl, key),
    mac: key => new OpensslMac(openssl, key),
  }
}

/**
 * Where a packet lies. The media loop uses a handful of buffers for ever, so the last one is nearly always the one asked for. A buffer that
 * is detached meanwhile has length 0, and the callers' bounds checks refuse it.
 */
let lastBuffer: ArrayBufferLike | null = null
let lastAddress: Address = 0

function locate(packet: Uint8Array): Address {
  const buffer = packet.buffer
  if (buffer !== lastBuffer) {
    lastAddress = addressOf(buffer)
    lastBuffer = buffer
  }
  return lastAddress + packet.byteOffset
}

class OpensslAead implements Aead {
  readonly iv: Uint8Array
  readonly #openssl: Openssl
  readonly #context: Address
  readonly #memory = new NativeMemory(32)
  readonly #iv: Address
  readonly #outLength: Address

  constructor(openssl: Openssl, key: Uint8Array) {
    assert(key.length === 16 || key.length === 32, 'an AES-GCM key has 16 or 32 bytes')
    this.#openssl = openssl
    this.#context = openssl.EVP_CIPHER_CTX_new()
    this.iv = this.#memory.bytes.subarray(0, 12)
    this.#iv = this.#memory.address
    this.#outLength = this.#memory.address + 16
    const at = keep(key)
    const cipher = key.length === 32 ? openssl.EVP_aes_256_gcm() : openssl.EVP_aes_128_gcm()
    assert(openssl.EVP_CipherInit_ex(this.#context, cipher, 0, at, this.#iv, 1) === 1, 'AES-GCM')
    forget()
  }

  seal(packet: Uint8Array, from: number, to: number, extraAt: number): void {
    assert(to + 16 <= packet.length && from <= to, 'the tag fits in the packet buffer')
    const openssl = this.#openssl
    const at = locate(packet)
    openssl.EVP_CipherInit_ex(this.#context, 0, 0, 0, this.#iv, 1)
    openssl.EVP_CipherUpdate(this.#context, 0, this.#outLength, at, from)
    if (extraAt >= 0) openssl.EVP_CipherUpdate(this.#context, 0, this.#outLength, at + extraAt, 4)
    if (to > from) openssl.EVP_CipherUpdate(this.#context, at + from, this.#outLength, at + from, to - from)
    openssl.EVP_CipherFinal_ex(this.#context, this.#memory.address + 16, this.#outLength)
    openssl.EVP_CIPHER_CTX_ctrl(this.#context, getTag, 16, at + to)
  }

  open(packet: Uint8Array, from: number, to: number, extraAt: number): boolean {
    assert(to + 16 <= packet.length && from <= to, 'the tag lies in the packet buffer')
    const openssl = this.#openssl
    const at = locate(packet)
    openssl.EVP_CipherInit_ex(this.#context, 0, 0, 0, this.#iv, 0)
    openssl.EVP_CIPHER_CTX_ctrl(this.#context, setTag, 16, at + to)
    openssl.EVP_CipherUpdate(this.#context, 0, this.#outLength, at, from)
    if (extraAt >= 0) openssl.EVP_CipherUpdate(this.#context, 0, this.#outLength, at + extraAt, 4)
    if (to > from) openssl.EVP_CipherUpdate(this.#context, at + from, this.#outLength, at + from, to - from)
    return openssl.EVP_CipherFinal_ex(this.#context, this.#memory.address + 16, this.#outLength) === 1
  }

  close(): void {
    this.#openssl.EVP_CIPHER_CTX_free(this.#context)
  }
}

class OpensslKeyStream implements KeyStream {
  readonly iv: Uint8Array
  readonly #openssl: Openssl
  readonly #context: Address
  readonly #memory = new NativeMemory(32)

  constructor(openssl: Openssl, key: Uint8Array) {
    assert(key.length === 16, 'an AES-128 key has 16 bytes')
    this.#openssl = openssl
    this.#context = openssl.EVP_CIPHER_CTX_new()
    this.iv = this.#memory.bytes.subarray(0, 16)
    const at = keep(key)
    const iv = this.#memory.address
    assert(openssl.EVP_CipherInit_ex(this.#context, openssl.EVP_aes_128_ctr(), 0, at, iv, 1) === 1, 'AES-CTR')
    forget()
  }

  apply(packet: Uint8Array, from: number, to: number): void {
    assert(to <= packet.length && from <= to, 'the text lies in the packet buffer')
    const at = locate(packet) + from
    this.#openssl.EVP_CipherInit_ex(this.#context, 0, 0, 0, this.#memory.address, 1)
    this.#openssl.EVP_CipherUpdate(this.#context, at, this.#memory.address + 16, at, to - from)
  }

  close(): void {
    this.#openssl.EVP_CIPHER_CTX_free(this.#context)
  }
}

class OpensslMac implements Mac {
  readonly digest: Uint8Array
  readonly #openssl: Openssl
  readonly #context: Address
  readonly #memory = new NativeMemory(32)

  constructor(openssl: Openssl, key: Uint8Array) {
    assert(key.length > 0 && key.length <= 64, 'an HMAC key has 1 to 64 bytes')
    this.#openssl = openssl
    this.#context = openssl.HMAC_CTX_new()
    this.digest = this.#memory.bytes.subarray(0, 20)
    assert(openssl.HMAC_Init_ex(this.#context, keep(key), key.length, openssl.EVP_sha1(), 0) === 1, 'HMAC-SHA1')
    forget()
  }

  sum(packet: Uint8Array, length: number): void {
    assert(length <= packet.length, 'the text lies in the packet buffer')
    this.#openssl.HMAC_Init_ex(this.#context, 0, 0, 0, 0)
    this.#openssl.HMAC_Update(this.#context, locate(packet), length)
    this.#openssl.HMAC_Final(this.#context, this.#memory.address, this.#memory.address + 24)
  }

  close(): void {
    this.#openssl.HMAC_CTX_free(this.#context)
  }
}

/** Keys pass through one small page that is wiped after use. */
let keyPage: NativeMemory | undefined

function keep(key: Uint8Array): Address {
  keyPage ??= new NativeMemory(64)
  keyPage.bytes.set(key)
  return keyPage.address
}

function forget(): void {
  keyPage?.bytes.fill(0)
}
