/**
 * How the disk of the recordings is: what the recorder meets, whether there is room at all, and whether it can be written, neither of which
 * anybody would know while nothing is being recorded. Told to the floor whenever it changes.
 */
import type { StatsFs } from 'node:fs'
import { mkdir, statfs, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Actor } from '../centre/facts.ts'
import type { Input } from '../centre/inputs.ts'
import type { RecorderDisk } from '../centre/recording/recording-rules.ts'
import { openFresh } from '../lib/fresh-file.ts'
import type { Logger } from '../lib/log.ts'

const lookEveryMs = 5_000
/** While all is well it is written to at each sixth look alone: every half minute. */
const writeEvery = 6
/** A look that has no answer for so many more: the disk hangs, and nothing can be recorded. Half a minute, as storage fails over in less. */
const hangsAfter = 6
/** Below this no recording is begun with any hope: a minute of 64 calls. Of a small disk, a fiftieth. */
const fullBytes = 64 * 1024 * 1024
const fullShare = 1 / 50
/** It counts as full until there is this many times as much, so that it does not go back and forth. */
const roomAgain = 2

export type DiskWatchOptions = {
  folder: string
  post(input: Input, actor: Actor): void
  log: Logger
  /** Resolves when the folder is the one that recordings are kept in; rejects when it is another, which takes none. */
  settle?: () => Promise<void>
  /** Told at each write how many ms the clock of the disk is ahead of ours; what the disk took to answer is left out of it. */
  clock?: { now(): number; measured(aheadMs: number): unknown }
  /** Left out: of node:fs. */
  look?: (folder: string) => Promise<Pick<StatsFs, 'bavail' | 'blocks' | 'bsize'>>
  /** Writes a little to the folder, and waits for the disk to have it if `sync`. Rejects with the file system's error. Left out: of node:fs. */
  write?: (folder: string, sync: boolean) => Promise<void>
}

export class DiskWatch implements Disposable {
  readonly #options: DiskWatchOptions
  readonly #timer: NodeJS.Timeout
  #recorder: RecorderDisk = 'well'
  #isFull = false
  /** Something could not be written, and nothing has been since. */
  #isRefusing = false
  #told: RecorderDisk = 'well'
  #isLooking = false
  /** Looks since the start, and those that were due while one had no answer. */
  #looks = 0
  #missed = 0

  constructor(options: DiskWatchOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.due(), lookEveryMs)
    this.#timer.unref()
  }

  get state(): RecorderDisk {
    return this.#told
  }

  recorderTold(state: RecorderDisk): void {
    this.#recorder = state
    if (state === 'unwritable') this.#isRefusing = true
    else if (this.#isRefusing) void this.look() // its word may only mean that nobody is recorded any more
    this.#tell()
  }

  /** It is time to look; where the last look has no answer yet, a disk that hangs piles up none. */
  due(): void {
    if (!this.#isLooking) return void this.look()
    if (++this.#missed < hangsAfter || this.#isRefusing) return
    this.#refuses(new Error(`no answer for ${(hangsAfter * lookEveryMs) / 1000} s`))
    this.#tell()
  }

  /** Never rejects: what cannot be asked is left to the recorder. */
  async look(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    this.#missed = 0
    if (this.#looks++ % writeEvery === 0 || this.#isRefusing) await this.#askWriting()
    await this.#askRoom()
    this.#isLooking = false
    this.#tell()
  }

  async #askRoom(): Promise<void> {
    const { folder, look = statfs, log } = this.#options
    try {
      const { bavail, blocks, bsize } = await look(folder)
      const [free, floor] = [bavail * bsize, Math.min(fullBytes, blocks * bsize * fullShare)]
      this.#isFull = free < (this.#isFull ? floor * roomAgain : floor)
    } catch (error) {
      log.warn({ err: error, folder }, 'the room on the disk of the recordings cannot be asked')
    }
  }

  async #askWriting(): Promise<void> {
    const { folder, settle, clock, log } = this.#options
    const write = this.#options.write ?? ((at, sync) => writeSomething(at, sync, clock))
    try {
      if (settle) await settle()
      await write(folder, this.#isRefusing)
      if (this.#isRefusing) log.info({ folder }, 'the disk of the recordings can be written again')
      this.#isRefusing = false
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (code === 'ENOSPC' || code === 'EDQUOT') return // a full one is known by its room, and by the recorder
      if (!this.#isRefusing) this.#refuses(error)
    }
  }

  #refuses(error: unknown): void {
    const { folder, log } = this.#options
    this.#isRefusing = true
    log.fatal({ err: error, folder, alarm: true }, 'the disk of the recordings cannot be written: nothing is recorded')
  }

  #tell(): void {
    const disk = this.#isRefusing ? 'unwritable' : this.#isFull ? 'full' : this.#recorder
    if (disk === this.#told) return
    this.#told = disk
    this.#options.post({ type: 'recorder.disk', disk }, 'system')
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}

/** For figures: 1 where the disk is so. */
export function diskFigures(state: RecorderDisk): Record<string, number> {
  const states = ['full', 'unwritable', 'slow'] as const
  return Object.fromEntries(states.map(each => [`recordings_disk_${each}`, state === each ? 1 : 0]))
}

/** In a file of its own, which is gone after. */
async function writeSomething(folder: string, sync: boolean, clock: DiskWatchOptions['clock']): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o750 })
  const file = join(folder, '.written')
  {
    const before = clock?.now() ?? 0
    await using handle = await openFresh(file)
    if (clock !== undefined) {
      const after = clock.now()
      const { ctimeMs } = await handle.stat() // no program sets it
      clock.measured(ctimeMs > after ? ctimeMs - after : Math.min(0, ctimeMs - before))
    }
    await handle.write('switchroom')
    if (sync) await handle.datasync()
  }
  await unlink(file)
}
