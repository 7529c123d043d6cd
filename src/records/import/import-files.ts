/** What lies in the data folder of each import: its source, how that looks, and the rows that did not come through. All of it is sealed. */
import { readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { FileImportId } from '../../lib/ids.ts'
import type { RecordsDoor } from '../door.ts'
import { NotNow } from '../errors.ts'
import { type Inspection, jobFiles, type RejectedRow } from './job-port.ts'
import { openedText, sealedRows, sealedText } from './sealed-text.ts'

export class ImportFiles {
  readonly #folder: string
  readonly #door: RecordsDoor

  constructor(folder: string, door: RecordsDoor) {
    this.#folder = folder
    this.#door = door
  }

  folderOf(id: FileImportId): string {
    return path.join(this.#folder, path.basename(id))
  }

  keyOf(id: FileImportId): Buffer {
    return this.#door.store.sealer.fileKey(Buffer.from(`import ${id}`))
  }

  async keepInspection(id: FileImportId, inspection: Inspection): Promise<void> {
    const text = sealedText(this.keyOf(id), JSON.stringify(inspection))
    await writeFile(jobFiles(this.folderOf(id)).inspection, text, { mode: 0o640 })
  }

  /** Throws NotNow when the source is not there any more. */
  async inspection(id: FileImportId): Promise<Inspection> {
    const kept = (await isThere(jobFiles(this.folderOf(id)).source)) ? await this.#keptInspection(id) : null
    if (kept === null)
      throw new NotNow('import-file-gone', 'the file is not in the data folder any more; upload it again')
    return kept
  }

  /** Also of a source that has gone; none: nothing is kept. */
  async headings(id: FileImportId): Promise<string[]> {
    return (await this.#keptInspection(id))?.headings ?? []
  }

  /** The rows that did not come through, in their order. */
  async rejected(id: FileImportId): Promise<AsyncIterable<RejectedRow>> {
    const { errors } = jobFiles(this.folderOf(id))
    return (await isThere(errors)) ? sealedRows(errors, this.keyOf(id)) : nothing()
  }

  async #keptInspection(id: FileImportId): Promise<Inspection | null> {
    const kept = await readFile(jobFiles(this.folderOf(id)).inspection, 'utf8').catch(() => null)
    const text = kept === null ? null : openedText(this.keyOf(id), kept)
    return text === null ? null : (JSON.parse(text) as Inspection)
  }
}

function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}

async function* nothing(): AsyncGenerator<never> {}
