/** What the thread that writes a table of the records and the main thread say to each other. */
import type { TableExport } from '../../centre/records/table-export.ts'

export type ExportJob = {
  /** The database, of which this thread only reads, and the file of the key by which secrets open and the file is sealed. */
  database: string
  keyFile: string
  keyFingerprint: string
  /** Where it is written, as a whole or not at all. */
  to: string
  export: TableExport
  zone: string
  now: number
}

/** `done` of `total` records were looked at. */
export type ExportProgress = { rows: number; done: number; total: number }

export type FromExport =
  | { type: 'progress'; progress: ExportProgress }
  | { type: 'ended'; as: 'finished'; rows: number; bytes: number; sha256: string }
  | { type: 'ended'; as: 'cancelled'; rows: number }
  /** `words`: for whoever asked, in English. */
  | { type: 'failed'; words: string }

export type ToExport = { type: 'cancel' }
