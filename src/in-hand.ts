/**
 * The note of what is being made smaller, beside the recordings, so that a start after a kill -9 need not look through the whole folder for what is half
 * made. Whoever may write in the folder can write it too: its reader trusts none of it.
 */
import { constants } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openFresh } from './lib/fresh-file.ts'

const name = '.deriving'
const toRead = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
const bytesMax = 512

export class InHand {
  readonly #file: string

  constructor(folder: string) {
    this.#file = join(folder, name)
  }

  /** As it stands there, cut to what a path of ours can have; null: there is none, or nothing in it, as a power cut leaves it. Rejects with the file system's error. */
  async read(): Promise<string | null> {
    try {
      await using handle = await open(this.#file, toRead)
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytesMax), 0, bytesMax, 0)
      const said = buffer.subarray(0, bytesRead)
      if (said.some(octet => octet !== 0)) return said.toString('utf8')
      await this.clear()
      return null
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  }

  async write(path: string): Promise<void> {
    await using handle = await openFresh(this.#file)
    await handle.write(path)
  }

  async clear(): Promise<void> {
    await rm(this.#file, { force: true })
  }
}
