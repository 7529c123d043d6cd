/** What the thread that reads a file and the main thread, which writes the records, say to each other. */
import type { ImportCounts, ImportKind, ImportOptions, ImportTrouble } from '../../centre/records/file-import.ts'
import type { CampaignId, ImportId } from '../../lib/ids.ts'
import type { CellProblem } from '../sheets/row-reader.ts'
import type { TableForm } from '../sheets/table-file.ts'

/** The first rows of a file, for whoever says what its columns are. */
export type Inspection = { form: TableForm; headings: string[]; rows: string[][] }

/** Where a job stands when everything up to `row` has been applied; on disk after each slice. */
export type JobProgress = { row: number; counts: ImportCounts; errorBytes: number; read: number; total: number }

export type RejectedRow = { row: number; field: string; reason: string; cells: string[] }

export type JobData =
  | { type: 'inspect'; file: string; key: Uint8Array }
  | {
      type: 'run'
      folder: string
      kind: ImportKind
      columns: string[]
      options: ImportOptions
      zone: string
      /** Of this import: opens its file, and seals what did not come through. ID numbers stand in both. */
      key: Uint8Array
      leads: { campaign: CampaignId; list: ImportId } | null
      /** Goes on after it. */
      from: JobProgress | null
    }

export type FromJob =
  | { type: 'inspected'; inspection: Inspection }
  /** `values`: an array as JSON, which costs a quarter of what a copy of its objects does. */
  | { type: 'slice'; values: string }
  | { type: 'progress'; progress: JobProgress }
  | { type: 'ended'; as: 'finished' | 'cancelled'; progress: JobProgress }
  /** `isInput`: it is the file's fault, and the words are for whoever sent it. */
  | { type: 'failed'; why: ImportTrouble; words: string; isInput: boolean }

export type ToJob =
  | { type: 'applied'; saved: number; unchanged: number; rejected: ({ at: number } & CellProblem)[] }
  | { type: 'cancel' }

/** Of an import's own folder. */
export const jobFiles = (folder: string) => ({
  /** As it was sent, sealed. */
  source: `${folder}/source`,
  inspection: `${folder}/inspection.json`,
  progress: `${folder}/progress.json`,
  /** There: somebody cancelled it. */
  cancelled: `${folder}/cancelled`,
  /** The row from which it last went on by itself. */
  tried: `${folder}/tried`,
  /** One `RejectedRow` a line, sealed. */
  errors: `${folder}/errors.jsonl`,
})
