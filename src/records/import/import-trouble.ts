/** Why an import failed, as a name that pages have words for in each language; what was met stands beside it, in English. */
import type { ImportTrouble } from '../../centre/records/file-import.ts'
import { type FileFault, fileFaultOf } from '../../lib/file-fault.ts'
import { SealedFileError } from '../../lib/sealed-file.ts'
import { InvalidInput, NotFound } from '../errors.ts'

const byFault: Readonly<Partial<Record<FileFault, ImportTrouble>>> = { full: 'full', absent: 'file_gone' }

/** Also of one that ended the thread. */
export function importTroubleOf(error: unknown): ImportTrouble {
  if (error instanceof InvalidInput) return 'table'
  if (error instanceof SealedFileError) return 'sealed'
  if (error instanceof NotFound) return 'gone'
  if (isOutOfMemory(error)) return 'memory'
  const fault = error instanceof Error ? fileFaultOf(error) : null
  return fault === null ? 'fault' : (byFault[fault] ?? 'disk')
}

export function isOutOfMemory(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY'
}
