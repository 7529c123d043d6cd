/** What the folder of an import tells the next process, when this one goes in the midst of it: how far it was, and whether it is to go on by itself. */
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { type JobProgress, jobFiles } from './job-port.ts'

export async function progressIn(folder: string): Promise<JobProgress | null> {
  const text = await readFile(jobFiles(folder).progress, 'utf8').catch(() => null)
  try {
    return text === null ? null : (JSON.parse(text) as JobProgress)
  } catch {
    return null // the power failed while it was written: the import begins anew, and what it did is unchanged then
  }
}

/** Before it has ended as cancelled: a process that goes meanwhile does not go on with it. */
export function noteCancel(folder: string): Promise<void> {
  return writeFile(jobFiles(folder).cancelled, '', { mode: 0o640 })
}

export function isCancelled(folder: string): Promise<boolean> {
  return stat(jobFiles(folder).cancelled).then(
    () => true,
    () => false,
  )
}

/** What kills its process goes on by itself once from each row, and not for ever. */
export function noteTry(folder: string, from: JobProgress | null): Promise<void> {
  return writeFile(jobFiles(folder).tried, String(from?.row ?? 0), { mode: 0o640 })
}

export async function wasTried(folder: string, from: JobProgress | null): Promise<boolean> {
  const row = await readFile(jobFiles(folder).tried, 'utf8').catch(() => null)
  return row === String(from?.row ?? 0)
}

export function forgetTry(folder: string): Promise<void> {
  return rm(jobFiles(folder).tried, { force: true })
}

/** A person says that it goes on, or begins anew. */
export async function forgetAll(folder: string): Promise<void> {
  await Promise.all([forgetTry(folder), rm(jobFiles(folder).cancelled, { force: true })])
}
