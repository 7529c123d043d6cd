/**
 * A value that a page must send back but its reader may not see, e.g. the number behind a masked one. The key lives as long as the process: a
 * page from before a restart is loaded anew.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const key = randomBytes(32)
const [ivBytes, tagBytes] = [12, 16]

export function sealed(text: string): string {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')
}

/** null: not of our making, or from before a restart. */
export function unsealed(text: string): string | null {
  const bytes = Buffer.from(text.slice(0, 1000), 'base64url')
  if (bytes.length < ivBytes + tagBytes) return null
  const opened = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
  opened.setAuthTag(bytes.subarray(bytes.length - tagBytes))
  try {
    const body = opened.update(bytes.subarray(ivBytes, bytes.length - tagBytes))
    return Buffer.concat([body, opened.final()]).toString('utf8')
  } catch {
    return null
  }
}
