/**
 * What a house knew of the clock when it last ran, kept on disk. A file and no fact: the journal's own times are what is in doubt, and a backup
 * that is restored does not bring the doubt, or the belief, of another day with it.
 */
import { readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Logger } from './log.ts'

/** `at`: Unix ms, by the clock as it read. `doubtedMs`: for how long the house had run in doubt; null: the clock was believed. */
export type ClockNote = { at: number; doubtedMs: number | null }

const noteSchema = z.strictObject({ at: z.number(), doubtedMs: z.number().min(0).nullable() })

export class ClockFile {
  readonly #file: string
  readonly #log: Pick<Logger, 'error'>
  #next: ClockNote | null = null
  #writing: Promise<void> | null = null

  constructor(file: string, log: Pick<Logger, 'error'>) {
    this.#file = file
    this.#log = log
  }

  /** null: there is none yet. What cannot be read may have told of a doubt, so it is one. */
  read(): ClockNote | null {
    try {
      return noteSchema.parse(JSON.parse(readFileSync(this.#file, 'utf8')))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      this.#log.error({ err: error, file: this.#file }, 'the note of the clock cannot be read')
      return { at: 0, doubtedMs: 0 }
    }
  }

  /** Written soon; of two that come meanwhile the later. */
  note(note: ClockNote): void {
    this.#next = note
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null
    })
  }

  async written(): Promise<void> {
    await this.#writing
  }

  async #write(): Promise<void> {
    const temporary = `${this.#file}.new`
    for (let note = this.#next; note !== null; note = this.#next) {
      this.#next = null
      try {
        await writeFile(temporary, JSON.stringify(note), { mode: 0o640, flush: true })
        await rename(temporary, this.#file)
      } catch (error) {
        this.#log.error({ err: error, file: this.#file }, 'the note of the clock cannot be written')
      }
    }
  }
}
