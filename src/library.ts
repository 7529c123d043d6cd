/** The announcements between the records, which keep them, and the ears, which know them again: taught at the start and at each change. */
import type { CallId } from './lib/ids.ts'
import type { Logger } from './lib/log.ts'
import type { RecordsDoor } from './records/door.ts'
import { keepUnknown, libraryOf } from './records/telephony/announcements.ts'
import type { Recording } from './rtp/bay.ts'
import { framesPerMs } from './rtp/recording-ring.ts'
import { wavHeaderBytes, writeMono } from './rtp/wav.ts'

/** Unknown sounds that wait to be kept; further ones will be heard again. */
const waitingMax = 8

export type LibraryOptions = {
  door: RecordsDoor
  folder: string
  teach(library: readonly Recording[]): void
  log: Logger
}

export class Library {
  readonly #options: LibraryOptions
  #reading: Promise<void> | null = null
  #isStale = false
  #keeping: Promise<void> = Promise.resolve()
  #waiting = 0

  constructor(options: LibraryOptions) {
    this.#options = options
  }

  /** Never rejects: calls go on without a library. */
  async read(): Promise<void> {
    const { door, folder, teach, log } = this.#options
    try {
      const known = await libraryOf(door, folder)
      teach(known.map(({ id, label, wav }) => ({ id, label, sound: wav.subarray(wavHeaderBytes) })))
    } catch (error) {
      log.error({ err: error }, 'the recordings of announcements cannot be read: ears go by those they knew')
    }
  }

  /** Several changes in one go are read once. */
  changed(): void {
    if (this.#reading !== null) {
      this.#isStale = true
      return
    }
    this.#reading = this.read().then(() => {
      this.#reading = null
      if (!this.#isStale) return
      this.#isStale = false
      this.changed()
    })
  }

  /** A-law sound that no recording explains; one after the other. */
  keep(sound: Uint8Array, from: CallId | null): void {
    const { door, folder, log } = this.#options
    if (this.#waiting >= waitingMax) return
    this.#waiting++
    const wav = writeMono(sound, 'pcma')
    this.#keeping = this.#keeping
      .then(() => keepUnknown(door, { folder, wav, durationMs: sound.length / framesPerMs, from }))
      .then(
        () => undefined,
        error => log.error({ err: error }, 'a sound that nobody knows could not be kept'),
      )
      .finally(() => {
        this.#waiting--
      })
  }
}
