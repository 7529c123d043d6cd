/** One process a data folder. The lock is SQLite's own exclusive lock on a file beside the database: the kernel gives it back at kill -9. */
import Sqlite from 'better-sqlite3'
import { StoreError } from './port.ts'

export type DataLock = Disposable

/** `file` is the database. Throws StoreError `fault` when another process (or another Store of this one) has it. */
export function lockData(file: string): DataLock {
  let held: Sqlite.Database | null = null
  try {
    held = new Sqlite(`${file}.lock`, { timeout: 0 })
    held.pragma('journal_mode = MEMORY')
    held.exec('BEGIN EXCLUSIVE')
    held.pragma('user_version = 1') // never committed: a file of somebody else's is opened for reading, and exclusive excludes nobody then
  } catch (error) {
    held?.close()
    const { code } = error as { code?: string }
    const words =
      code === 'SQLITE_BUSY'
        ? `Another Switchroom works on ${file}; stop it first (systemctl stop switchroom).`
        : `The data folder cannot be written (${file}.lock: ${String(error)}); check its owner (chown switchroom: FILE gives it to the service) and space.`
    throw new StoreError('fault', null, words, { cause: error })
  }
  const lock = held
  return { [Symbol.dispose]: () => void lock.close() }
}
