/** Removes files and folders whose time is over. One that cannot be removed is told once, not every hour, and keeps none of the others. */
import { rm } from 'node:fs/promises'
import type { Logger } from '../lib/log.ts'

export class Remover {
  readonly #log: Pick<Logger, 'error'>
  /** Bounded by the files that lie there. */
  readonly #told = new Set<string>()

  constructor(log: Pick<Logger, 'error'>) {
    this.#log = log
  }

  /** Whether it is gone. A folder goes with all that is in it, if that is asked for. */
  async remove(file: string, { recursive = false } = {}): Promise<boolean> {
    try {
      await rm(file, { recursive, force: true })
      this.#told.delete(file)
      return true
    } catch (error) {
      if (!this.#told.has(file))
        this.#log.error(
          { err: error, file },
          'a file whose time is over cannot be removed; it is tried again every hour',
        )
      this.#told.add(file)
      return false
    }
  }
}
