/**
 * Seals what a party's fields must not show: ID numbers, and custom fields of type secret. From the one key file come, by HKDF (RFC 5869), a key
 * that seals, one that hashes and one for files, none of which is the key of passwords. The party and the field are authenticated with it: a value that is moved
 * to another party does not open. The hash is the same for the same value of any party, so that a person is found by an ID number.
 */
import { createHmac, hkdfSync } from 'node:crypto'
import { plainSecret, type Sealed } from '../lender/sealed.ts'
import { decrypt, encrypt } from '../lib/gcm.ts'
import { StoreError } from './port.ts'

export type SealedField = { party: string; field: string }

export class Sealer {
  readonly #sealing: Buffer
  readonly #hashing: Buffer
  readonly #filing: Buffer
  /** Tells one key from another and opens nothing; 16 hex digits. */
  readonly fingerprint: string
  /** The fingerprint of the key that this database was sealed with, when it is another one. */
  readonly #other: string | null

  constructor(key: Buffer, keptFingerprint: string | null = null) {
    const derived = (name: string) => Buffer.from(hkdfSync('sha256', key, '', `switchroom ${name}`, 32))
    this.#sealing = derived('party seal')
    this.#hashing = derived('party hash')
    this.#filing = derived('file seal')
    this.fingerprint = derived('fingerprint').subarray(0, 8).toString('hex')
    this.#other = keptFingerprint === null || keptFingerprint === this.fingerprint ? null : keptFingerprint
  }

  /** Null: all is well; else words that say which key is missing. */
  get trouble(): string | null {
    return this.#other === null
      ? null
      : `The key file is not the one that this database was sealed with (its key is ${this.fingerprint}, the database's was ${this.#other}). ` +
          'ID numbers and secret fields stay sealed and none is added; nothing is lost. Restore the key file.'
  }

  /** Throws StoreError `fault`: with another key, what is sealed now and what was sealed before could not be opened by one. */
  seal({ party, field }: SealedField, value: string): Sealed {
    if (this.trouble !== null) throw new StoreError('fault', 'secrets.key_file', this.trouble)
    return { text: `v1.${encrypt(this.#sealing, about(party, field), value)}`, hash: this.hash(value) }
  }

  hash(value: string): string {
    return createHmac('sha256', this.#hashing).update(plainSecret(value)).digest('hex')
  }

  /** A key for one file, by its salt; what was sealed with another key file does not open. */
  fileKey(salt: Buffer): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#filing, salt, 'switchroom file', 32))
  }

  /** null: sealed with another key, or for another party or field. */
  open({ party, field }: SealedField, sealed: Sealed): string | null {
    return sealed.text.startsWith('v1.') ? decrypt(this.#sealing, about(party, field), sealed.text.slice(3)) : null
  }
}

/** Neither holds a line break: a ref and a field are words. */
function about(party: string, field: string): string {
  return `party\n${party}\n${field}`
}
