/** An import as a person sees it: what the records keep of it, and while it runs how far it is and how long it still takes. */
import { type ImportCounts, type ImportState, nothingImported } from '../../centre/records/file-import.ts'
import type { FileImportRecord } from '../../store/files/imports.ts'
import type { JobProgress } from './job-port.ts'

/** `done`: share of the file, 0 to 1. `perSecond` rows, `leftMs`: while it runs. */
export type ImportView = Omit<FileImportRecord, keyof ImportCounts | 'state'> & {
  state: ImportState
  counts: ImportCounts
  done: number
  perSecond: number | null
  leftMs: number | null
}

/** Of a job in hand; `startedAt` in ms of the monotonic clock. */
type Course = { state: 'waiting' | 'running'; from: JobProgress | null; startedAt: number; startedRow: number }

const timeless = { perSecond: null, leftMs: null }

/** Of one that is received, or over. */
export function viewOfEnded(record: FileImportRecord): ImportView {
  const { counts, rest } = partsOf(record)
  return { ...rest, counts, done: rest.state === 'finished' ? 1 : 0, ...timeless }
}

/** Of one that is begun: `job` null when nobody goes on with it, `nowMs` of the monotonic clock. */
export function viewOfBegun(
  record: FileImportRecord,
  job: Course | null,
  progress: JobProgress | null,
  nowMs: number,
): ImportView {
  const { rest } = partsOf(record)
  const done = progress === null || progress.total === 0 ? 0 : Math.min(1, progress.read / progress.total)
  const counts = progress?.counts ?? { ...nothingImported }
  if (job === null || job.state === 'waiting' || progress === null)
    return { ...rest, state: job === null ? 'stopped' : job.state, counts, done, ...timeless }
  const ms = Math.max(1, nowMs - job.startedAt)
  const perSecond = ((progress.row - job.startedRow) / ms) * 1000
  const readAMs = (progress.read - (job.from?.read ?? 0)) / ms
  const leftMs = readAMs > 0 ? (progress.total - progress.read) / readAMs : null
  return { ...rest, state: 'running', counts, done, perSecond, leftMs }
}

function partsOf({ rows, saved, unchanged, rejected, ...rest }: FileImportRecord) {
  return { counts: { rows, saved, unchanged, rejected }, rest }
}
