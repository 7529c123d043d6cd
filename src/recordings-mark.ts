/**
 * Which folder the recordings are kept in, known by its mark (`lib/folder-mark.ts`) so that no other takes them. The mark is made once, where there
 * are no recordings yet or one of the last ones is there; from then on the folder is the one that bears it, until somebody says that it is another.
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { markOf, newMark, OtherFolder, setMark } from './lib/folder-mark.ts'
import { keep, type RecordsDoor } from './records/door.ts'
import type { NewestRecording } from './store/calls/recordings.ts'
import type { Store } from './store/store.ts'

export const markSetting = 'recording.folder'

export type RecordingsMarkOptions = {
  folder: string
  store: Pick<Store, 'read'>
  /** Writes the mark down, when it is made. */
  save(mark: string): Promise<unknown>
}

export class RecordingsMark {
  readonly #options: RecordingsMarkOptions
  readonly #listeners = new Set<(mark: string) => void>()
  #mark: string | null = null
  /** One at a time: a share that hangs keeps a thread for each. */
  #settling: Promise<void> | null = null

  constructor(options: RecordingsMarkOptions) {
    this.#options = options
  }

  /** What the folder must bear; null: not known yet. */
  get mark(): string | null {
    return this.#mark
  }

  /** Told at once of what is known, and of each change. */
  onKnown(listener: (mark: string) => void): void {
    this.#listeners.add(listener)
    if (this.#mark !== null) listener(this.#mark)
  }

  /** Somebody said which folder it is, or it was written down before. */
  know(mark: string): void {
    this.#mark = mark
    for (const listener of this.#listeners) listener(mark)
  }

  /** Resolves when the folder is the one. Rejects with OtherFolder, or with the error of the file system or the store. */
  settle(): Promise<void> {
    this.#settling ??= this.#settle().finally(() => {
      this.#settling = null
    })
    return this.#settling
  }

  async #settle(): Promise<void> {
    const { folder, store, save } = this.#options
    if (this.#mark === null) {
      const saved = await store.read('settings.get', { key: markSetting })
      if (saved !== null) this.know(saved)
    }
    const there = await markOf(folder)
    const known = this.#mark
    if (known !== null && there === known) return
    const isFirst = known === null && !(await store.read('recordings.areKept', {}))
    const lately = [...(await store.read('recordings.newest', {})), ...(await store.read('recordings.lately', {}))]
    if (!isFirst && !(await holdsOneOf(folder, lately))) throw new OtherFolder(folder)
    const mark = known ?? there ?? newMark()
    if (mark !== there) await setMark(folder, mark)
    if (known !== null) return
    await save(mark)
    this.know(mark)
  }
}

async function holdsOneOf(folder: string, recordings: readonly NewestRecording[]): Promise<boolean> {
  for (const { path } of recordings) {
    const found = await stat(join(folder, path)).catch(() => null)
    if (found !== null) return true
  }
  return false
}

/** From now on this folder is the one, whatever it holds. `set` lays the mark there. */
export async function acceptFolder(
  door: RecordsDoor,
  folder: string,
  set: (folder: string, mark: string) => Promise<void> | void = setMark,
): Promise<void> {
  const mark = newMark()
  await set(folder, mark)
  await keep(door, 'system', [{ type: 'setting.saved', key: markSetting, value: mark }])
}
