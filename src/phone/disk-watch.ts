/**
 * How the disk of the recordings is: what the recorder meets, and whether there is room at all, which nobody would know while nothing is being
 * recorded. Told to the floor whenever it changes.
 */
import type { StatsFs } from 'node:fs'
import { statfs } from 'node:fs/promises'
import type { Actor } from '../centre/facts.ts'
import type { Input } from '../centre/inputs.ts'
import type { RecorderDisk } from '../centre/recording-rules.ts'
import type { Logger } from '../lib/log.ts'

const lookEveryMs = 5_000
/** Below this no recording is begun with any hope: a minute of 64 calls. Of a small disk, a fiftieth. */
const fullBytes = 64 * 1024 * 1024
const fullShare = 1 / 50
/** It counts as full until there is this many times as much, so that it does not go back and forth. */
const roomAgain = 2

export type DiskWatchOptions = {
  folder: string
  post(input: Input, actor: Actor): void
  log: Logger
  /** Left out: of node:fs. */
  look?: (folder: string) => Promise<Pick<StatsFs, 'bavail' | 'blocks' | 'bsize'>>
}

export class DiskWatch implements Disposable {
  readonly #options: DiskWatchOptions
  readonly #timer: NodeJS.Timeout
  #recorder: RecorderDisk = 'well'
  #isFull = false
  #told: RecorderDisk = 'well'

  constructor(options: DiskWatchOptions) {
    this.#options = options
    this.#timer = setInterval(() => void this.look(), lookEveryMs)
    this.#timer.unref()
  }

  get state(): RecorderDisk {
    return this.#told
  }

  recorderTold(state: RecorderDisk): void {
    this.#recorder = state
    this.#tell()
  }

  /** Never rejects: what cannot be asked is left to the recorder. */
  async look(): Promise<void> {
    const { folder, look = statfs, log } = this.#options
    try {
      const { bavail, blocks, bsize } = await look(folder)
      const [free, floor] = [bavail * bsize, Math.min(fullBytes, blocks * bsize * fullShare)]
      this.#isFull = free < (this.#isFull ? floor * roomAgain : floor)
    } catch (error) {
      log.warn({ err: error, folder }, 'the room on the disk of the recordings cannot be asked')
    }
    this.#tell()
  }

  #tell(): void {
    const disk = this.#isFull ? 'full' : this.#recorder
    if (disk === this.#told) return
    this.#told = disk
    this.#options.post({ type: 'recorder.disk', disk }, 'system')
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
