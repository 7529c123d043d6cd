/** Takes off the disk what the journal tells as destroyed or removed; what the disk does not give up is told of and tried again every hour. */
import { rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RecordFact } from './centre/records/record-facts.ts'
import { refuseLinks } from './lib/folder-link.ts'
import { mustBear } from './lib/folder-mark.ts'
import type { RecordingId } from './lib/ids.ts'
import type { Logger } from './lib/log.ts'
import { keep, type RecordsDoor } from './records/door.ts'
import { resolveInside } from './records/inside.ts'
import type { RecordingRow } from './store/calls/recordings.ts'

export type ErasureOptions = {
  door: RecordsDoor
  /** Absolute. */
  recordingsDir: string
  /** What it is known by (`recordings-mark.ts`); null, or left out: not known. */
  mark?(): string | null
  log: Logger
}

const slice = 200
const againAfterMs = 3_600_000
/** A recording whose smaller form stands alone: its removal is made good at a start if it is not older than this. */
const sourcesReachMs = 7 * 86_400_000
/** Refused files that are remembered; beyond, all are tried again. */
const refusedMax = 1000

export class Erasure {
  readonly #options: ErasureOptions
  readonly #refusedUntil = new Map<string, number>()
  #sourcesAgainAt = Number.POSITIVE_INFINITY
  erased = 0

  constructor(options: ErasureOptions) {
    this.#options = options
  }

  /** All that is told and not done, at most a slice of it. `isInHand`: somebody works at it; `isOver` ends it between two files. */
  async turn(isInHand: (recording: RecordingId) => boolean, isOver: () => boolean): Promise<void> {
    const { door } = this.#options
    const now = door.clock.now()
    if (now >= this.#sourcesAgainAt) await this.sources()
    const rows = await door.store.read('recordings.unerased', { limit: slice + this.#refusedUntil.size })
    const gone: RecordFact[] = []
    for (const row of rows) {
      if (isOver() || gone.length >= slice) break
      const { id: recording, call } = row
      if ((this.#refusedUntil.get(recording) ?? 0) > now || isInHand(recording)) continue
      if (!(await this.#isGone(row, filesOf(row)))) continue
      this.#refusedUntil.delete(recording)
      gone.push({ type: 'recording.erased', recording, call })
      await sleep(1) // others have the disk too
    }
    if (gone.length === 0) return
    await keep(door, 'system', gone)
    this.erased += gone.length
  }

  /** Of recordings whose smaller form stands alone since some days: no source is left. */
  async sources(): Promise<void> {
    const { door } = this.#options
    const at = door.clock.now() - sourcesReachMs
    this.#sourcesAgainAt = Number.POSITIVE_INFINITY
    for (const row of await door.store.read('recordings.sourcesRemovedSince', { at })) await this.source(row)
  }

  async source(row: RecordingRow): Promise<void> {
    if (!(await this.#isGone(row, [row.path]))) this.#sourcesAgainAt = this.#options.door.clock.now() + againAfterMs
  }

  async unlink(files: string[]): Promise<void> {
    const { recordingsDir, mark } = this.#options
    // What lies beneath a mount that is gone may have that folder too, and says nothing of the file.
    await mustBear(recordingsDir, mark?.() ?? null)
    for (const relative of files) {
      const file = resolveInside(recordingsDir, relative)
      if (file === null) continue
      await refuseLinks(recordingsDir, file)
      await stat(path.dirname(file)) // without its folder the disk is not there, and nothing is known of the file
      await rm(file, { force: true })
    }
  }

  async #isGone({ id: recording }: RecordingRow, files: string[]): Promise<boolean> {
    const { door, log } = this.#options
    try {
      await this.unlink(files)
      return true
    } catch (error) {
      log.error({ err: error, recording, alarm: true }, 'the disk does not give up a recording that is to go by rule')
      if (this.#refusedUntil.size >= refusedMax) this.#refusedUntil.clear()
      this.#refusedUntil.set(recording, door.clock.now() + againAfterMs)
      return false
    }
  }
}

function filesOf({ path: source, derivedPath }: RecordingRow): string[] {
  return derivedPath === null ? [source] : [source, derivedPath]
}
