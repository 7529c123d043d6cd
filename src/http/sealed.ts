/**
 * A value that a page must send back but its reader may not see, e.g. the number behind a masked one. The key lives as long as the process: a
 * page from before a restart is loaded anew.
 */
import { randomBytes } from 'node:crypto'
import { decrypt, encrypt } from '../lib/gcm.ts'

const key = randomBytes(32)

export function sealed(text: string): string {
  return encrypt(key, 'page', text)
}

/** null: not of our making, or from before a restart. */
export function unsealed(text: string): string | null {
  return decrypt(key, 'page', text.slice(0, 1000))
}
