/** A file that somebody sends, into the data folder as it comes: never in memory, and not larger than it may be. */
import { createHash } from 'node:crypto'
import { open, statfs } from 'node:fs/promises'
import path from 'node:path'
import { InvalidInput, NotNow } from '../errors.ts'

export const fileBytesMax = 1024 * 1024 * 1024
/** What must stay free for recordings and the journal. */
const freeFloorBytes = 2_000_000_000

/** Throws InvalidInput when it is empty or too large, NotNow when the disk has no room. `to` must not exist. */
export async function receiveFile(
  bytes: AsyncIterable<Uint8Array>,
  to: string,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let size = 0
  const { bavail, bsize } = await statfs(path.dirname(to))
  const room = Math.max(0, bavail * bsize - freeFloorBytes)
  const file = await open(to, 'wx', 0o640)
  try {
    for await (const chunk of bytes) {
      size += chunk.length
      if (size > fileBytesMax) throw wrong(`more than ${fileBytesMax / 2 ** 20} MB`)
      if (size > room) throw new NotNow('disk-full', 'the disk has no room for this file; recordings need what is left')
      hash.update(chunk)
      await file.write(chunk)
    }
  } finally {
    await file.close()
  }
  if (size === 0) throw wrong('an empty file')
  return { bytes: size, sha256: hash.digest('hex') }
}

function wrong(found: string): InvalidInput {
  return new InvalidInput([{ field: 'file', found, allowed: `a file of at most ${fileBytesMax / 2 ** 20} MB` }])
}
