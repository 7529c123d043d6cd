import Sqlite from 'better-sqlite3'
import { drizzleOf } from '../store/db.ts'
import { walkChain } from '../store/journal/chain.ts'
import { journalLines } from '../store/journal/journal.ts'

/** What a database file is worth. `fault` null: SQLite finds it whole and every line of the journal follows from the one before. */
export type Inspection = { lines: number; head: string; fault: string | null }

const faultWords = {
  gap: 'a line is missing before it',
  content: 'its content was changed',
  link: 'it does not follow from the line before',
}

/** Reads the whole file; changes nothing. */
export function inspect(file: string): Inspection {
  let db: Sqlite.Database | null = null
  try {
    db = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 5_000 })
    const [first] = db.pragma('quick_check(1)') as { quick_check: string }[]
    if (first?.quick_check !== 'ok') return { lines: 0, head: '', fault: `SQLite: ${first?.quick_check}` }
    const { seq, hash, fault } = walkChain(journalLines(drizzleOf(db)))
    const words = fault === null ? null : `journal line ${fault.seq}: ${faultWords[fault.fault]}`
    return { lines: seq, head: hash.toString('hex'), fault: words }
  } catch (error) {
    return { lines: 0, head: '', fault: `${file} is not a Switchroom database: ${(error as Error).message}` }
  } finally {
    db?.close()
  }
}
