/** What an error says about a recording: that it waits for room, or for a disk that takes it again, or that it has failed, and why. */
import { fileFaultOf } from '../lib/file-fault.ts'
import type { RecordingFault } from './bay.ts'
import { WavError } from './wav.ts'

export type DiskTrouble = 'full' | 'unwritable'

/** Of this very file, or of our own making: no disk that comes round mends it. */
const final = new Set(['EEXIST', 'EFBIG', 'EISDIR', 'ENAMETOOLONG', 'ELOOP', 'EINVAL', 'EBADF'])

/** Null: it has failed, and waiting is of no use. */
export function troubleOf(error: unknown): DiskTrouble | null {
  const fault = fileFaultOf(error)
  if (fault === null || final.has((error as NodeJS.ErrnoException).code ?? '')) return null
  return fault === 'full' ? 'full' : 'unwritable'
}

export function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}

/** Why it failed: by its name, and as the system says it. */
export function whyFailed(error: unknown): { cause: RecordingFault; reason: string } {
  const cause = fileFaultOf(error) ?? (error instanceof WavError ? 'not_ours' : 'fault')
  return { cause, reason: (error as Error).message }
}
