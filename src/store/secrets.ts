/**
 * Secrets at rest: AES-256-GCM under a key that lives in a file of its own, so that a copy of the database alone opens no trunk and no desk
 * phone. Passwords, tokens and cookies of screens arrive here as hashes and stay as they are.
 */
import { randomBytes } from 'node:crypto'
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { decrypt, encrypt } from '../lib/gcm.ts'
import type { SecretWrite } from './port.ts'
import { StoreError } from './port.ts'

export type SecretKind = SecretWrite['kind']

const hashed: readonly SecretKind[] = ['password', 'token', 'wall']
const keyBytes = 32

/** Reads the key, or makes it (mode 0600) when there is none yet. */
export function openKeyFile(file: string): Buffer {
  try {
    writeFileSync(file, `${randomBytes(keyBytes).toString('base64')}\n`, { flag: 'wx', mode: 0o600 })
    chmodSync(file, 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new StoreError('fault', 'secrets.key_file', `The key file ${file} cannot be made: ${String(error)}`, {
        cause: error,
      })
  }
  if ((statSync(file).mode & 0o077) !== 0)
    throw new StoreError('fault', 'secrets.key_file', `Others may read the key file ${file}; run: chmod 600 ${file}`)
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64')
  if (key.length !== keyBytes)
    throw new StoreError('fault', 'secrets.key_file', `The key file ${file} does not hold ${keyBytes} bytes in base64.`)
  return key
}

/** Owner and kind are authenticated with it: a value moved to another row does not open. */
export function seal(key: Buffer, { owner, kind, value }: SecretWrite): string | null {
  if (value === null || hashed.includes(kind)) return value
  return `v1.${encrypt(key, `${kind}\n${owner}`, value)}`
}

/** Throws StoreError `fault` when the key is not the one it was sealed with. */
export function unseal(key: Buffer, row: { owner: string; kind: SecretKind; value: string }): string {
  if (hashed.includes(row.kind)) return row.value
  const value = decrypt(key, `${row.kind}\n${row.owner}`, row.value.slice(3))
  if (value !== null) return value
  const words = `The ${row.kind} of ${row.owner} cannot be read with this key file; set it again or restore the key file.`
  throw new StoreError('fault', 'secrets.key_file', words)
}
