/**
 * What SRTP needs from a cryptographic library, in place over one packet buffer: the OpenSSL one (`openssl-ciphers.ts`, under 1 µs a packet)
 * and the node:crypto one below, for platforms without koffi (about 15 µs).
 */
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject } from 'node:crypto'

/** AES-GCM, with a key of 16 or 32 bytes and a tag of 16. Associated data is the packet before `from`, and 4 bytes at `extraAt` unless that is -1. */
export type Aead = {
  /** 12 bytes, to be set before each call. */
  readonly iv: Uint8Array
  /** Encrypts `[from, to)` and writes the tag at `to`. */
  seal(packet: Uint8Array, from: number, to: number, extraAt: number): void
  /** Decrypts `[from, to)`; false when the tag at `to` does not fit, and then the packet's content is undefined. */
  open(packet: Uint8Array, from: number, to: number, extraAt: number): boolean
  close(): void
}

/** AES-128 in counter mode. */
export type KeyStream = {
  /** 16 bytes, to be set before each call. */
  readonly iv: Uint8Array
  apply(packet: Uint8Array, from: number, to: number): void
  close(): void
}

/** HMAC-SHA1. */
export type Mac = {
  /** 20 bytes, written by `sum`. */
  readonly digest: Uint8Array
  /** Over the packet's first `length` bytes. */
  sum(packet: Uint8Array, length: number): void
  close(): void
}

export type CipherSuite = {
  aead(key: Uint8Array): Aead
  keyStream(key: Uint8Array): KeyStream
  mac(key: Uint8Array): Mac
}

/** The portable suite. KeyObjects, because raw keys cost another 75 µs a packet in node 24. */
export const nodeCiphers: CipherSuite = {
  aead: key => new NodeAead(createSecretKey(key)),
  keyStream: key => new NodeKeyStream(createSecretKey(key)),
  mac: key => new NodeMac(createSecretKey(key)),
}

class NodeAead implements Aead {
  readonly iv = new Uint8Array(12)
  readonly #key: KeyObject
  readonly #name: 'aes-128-gcm' | 'aes-256-gcm'

  constructor(key: KeyObject) {
    this.#key = key
    this.#name = key.symmetricKeySize === 32 ? 'aes-256-gcm' : 'aes-128-gcm'
  }

  seal(packet: Uint8Array, from: number, to: number, extraAt: number): void {
    const cipher = createCipheriv(this.#name, this.#key, this.iv)
    cipher.setAAD(associatedData(packet, from, extraAt))
    packet.set(cipher.update(packet.subarray(from, to)), from)
    cipher.final()
    packet.set(cipher.getAuthTag(), to)
  }

  open(packet: Uint8Array, from: number, to: number, extraAt: number): boolean {
    const decipher = createDecipheriv(this.#name, this.#key, this.iv, { authTagLength: 16 })
    decipher.setAAD(associatedData(packet, from, extraAt))
    decipher.setAuthTag(packet.subarray(to, to + 16))
    const plain = decipher.update(packet.subarray(from, to))
    try {
      decipher.final()
    } catch {
      return false // the only way node:crypto tells a wrong tag
    }
    packet.set(plain, from)
    return true
  }

  close(): void {}
}

function associatedData(packet: Uint8Array, from: number, extraAt: number): Uint8Array {
  if (extraAt < 0) return packet.subarray(0, from)
  return Buffer.concat([packet.subarray(0, from), packet.subarray(extraAt, extraAt + 4)])
}

class NodeKeyStream implements KeyStream {
  readonly iv = new Uint8Array(16)
  readonly #key: KeyObject

  constructor(key: KeyObject) {
    this.#key = key
  }

  apply(packet: Uint8Array, from: number, to: number): void {
    packet.set(createCipheriv('aes-128-ctr', this.#key, this.iv).update(packet.subarray(from, to)), from)
  }

  close(): void {}
}

class NodeMac implements Mac {
  readonly digest = new Uint8Array(20)
  readonly #key: KeyObject

  constructor(key: KeyObject) {
    this.#key = key
  }

  sum(packet: Uint8Array, length: number): void {
    this.digest.set(createHmac('sha1', this.#key).update(packet.subarray(0, length)).digest())
  }

  close(): void {}
}
