/** Files that people send, sealed into the data folder as they come: never in memory, and not larger than they may be, all that are under way together. */
import { createHash } from 'node:crypto'
import { open, statfs } from 'node:fs/promises'
import path from 'node:path'
import { type FileKey, sealedFile } from '../../lib/sealed-file.ts'
import { InvalidInput, NotNow } from '../errors.ts'

export const fileBytesMax = 1024 * 1024 * 1024
/** What must stay free for recordings and the journal. */
const freeFloorBytes = 2_000_000_000
/** Bytes between two looks at the disk: what else is written there meanwhile is seen. */
const lookBytes = 16 * 1024 * 1024

export class Reception {
  /** Bytes that a file under way may still write before it looks at the disk again. */
  readonly #granted = new Map<object, number>()
  readonly #freeOf: (folder: string) => Promise<number>

  constructor(freeOf: (folder: string) => Promise<number> = freeBytes) {
    this.#freeOf = freeOf
  }

  /** Throws InvalidInput when it is empty or too large, NotNow when the disk has no room. `to` must not exist. */
  async receive(
    bytes: AsyncIterable<Uint8Array>,
    to: string,
    keyOf: FileKey,
  ): Promise<{ bytes: number; sha256: string }> {
    const hash = createHash('sha256')
    let size = 0
    const counted = async function* () {
      for await (const chunk of bytes) {
        size += chunk.length
        if (size > fileBytesMax) throw wrong(`more than ${fileBytesMax / 2 ** 20} MB`)
        hash.update(chunk)
        yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      }
    }
    const file = await open(to, 'wx', 0o640)
    const own = {}
    try {
      for await (const piece of sealedFile(counted(), keyOf)) {
        await this.#take(own, piece.length, path.dirname(to))
        await file.write(piece)
      }
    } finally {
      this.#granted.delete(own)
      await file.close()
    }
    if (size === 0) throw wrong('an empty file')
    return { bytes: size, sha256: hash.digest('hex') }
  }

  /** What the disk has, less what other files under way were granted and have not written: two of them never count on the same room. */
  async #take(own: object, bytes: number, folder: string): Promise<void> {
    const left = this.#granted.get(own) ?? 0
    if (left >= bytes) return void this.#granted.set(own, left - bytes)
    const free = await this.#freeOf(folder)
    this.#granted.delete(own)
    const promised = [...this.#granted.values()].reduce((sum, each) => sum + each, 0)
    const room = free - freeFloorBytes - promised
    if (bytes > room) throw new NotNow('disk-full', 'the disk has no room for this file; recordings need what is left')
    this.#granted.set(own, Math.min(Math.max(lookBytes, bytes), room) - bytes)
  }
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

function wrong(found: string): InvalidInput {
  return new InvalidInput([{ field: 'file', found, allowed: `a file of at most ${fileBytesMax / 2 ** 20} MB` }])
}
