/** What an import leaves in the data folder beside the file itself, sealed: rows that did not come through, and the first rows that a page shows. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { decrypt, encrypt } from '../../lib/gcm.ts'
import type { RejectedRow } from './job-port.ts'

const about = 'import'

export function sealedText(key: Buffer, text: string): string {
  return encrypt(key, about, text)
}

/** null: another key, or cut off. What an earlier version left in clear is read too. */
export function openedText(key: Buffer, text: string): string | null {
  return text.startsWith('{') ? text : decrypt(key, about, text)
}

/** A line that a process that died left half is none. */
export async function* sealedRows(file: string, key: Buffer): AsyncGenerator<RejectedRow> {
  const stream = createReadStream(file)
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      const text = line === '' ? null : openedText(key, line)
      if (text === null) continue
      try {
        yield JSON.parse(text) as RejectedRow
      } catch {}
    }
  } finally {
    stream.destroy()
  }
}
