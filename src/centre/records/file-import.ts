/** A file that is read into the records as a job: what it can be about, how far it is, what came of it. */
import type { CampaignId, FileImportId } from '../../lib/ids.ts'

export const importKinds = ['parties', 'loans', 'leads', 'repayments', 'suppressions', 'applications'] as const
export type ImportKind = (typeof importKinds)[number]

/** As it was received. `name` is the file's own. */
export type FileImport = {
  id: FileImportId
  kind: ImportKind
  /** Of leads: whose they become. */
  campaign: CampaignId | null
  name: string
  bytes: number
  sha256: string
}

/** `saved` and `unchanged` count records (a loan may have many rows), `rejected` rows. */
export type ImportCounts = { rows: number; saved: number; unchanged: number; rejected: number }

export const nothingImported: Readonly<ImportCounts> = { rows: 0, saved: 0, unchanged: 0, rejected: 0 }

/** How amounts and instants of the file are meant, and what becomes of leads. */
export type ImportOptions = {
  /** Of amounts: yuan with a point, or whole fen. */
  unit: 'major' | 'minor'
  list: string | null
  priority: number
  weight: number
  duplicates: 'keep' | 'mark' | 'reject'
  duplicatesIn: 'campaign' | 'running'
}

export const usualOptions: Readonly<ImportOptions> = {
  unit: 'major',
  list: null,
  priority: 5,
  weight: 1,
  duplicates: 'keep',
  duplicatesIn: 'campaign',
}

/** What each column of the file is, in its order; `''` is left out, `field` is kept under its heading. */
export type ImportMapping = { columns: string[]; options: ImportOptions }

export const importEnds = ['finished', 'cancelled', 'failed'] as const
export type ImportEnd = (typeof importEnds)[number]

/**
 * Why an import failed: the file is no table from some row on; it takes too much memory; what was kept of it does not open with the key, or is cut off; the disk is
 * full, or says no; what was kept of it is gone; what it is for is gone; a fault of ours.
 */
export const importTroubles = ['table', 'memory', 'sealed', 'full', 'disk', 'file_gone', 'gone', 'fault'] as const
export type ImportTrouble = (typeof importTroubles)[number]

/** `waiting`: for another import; `stopped`: the process went away in the midst of it, and it did not go on by itself. */
export type ImportState = 'received' | 'waiting' | 'running' | 'stopped' | ImportEnd
