/** The tables held against the journal: whoever edits a table by hand leaves the chain whole, and yet the page that reads it lies. */
import Sqlite from 'better-sqlite3'
import type { Actor, Fact } from '../../centre/facts.ts'
import { type Connection, type Migration, migrate, sql } from '../db.ts'
import { project, projectedTables } from '../project.ts'

/** The first row that is not as the journal's facts make it; `row` is its first column. */
export type Difference = { table: string; row: string }

/**
 * Projects the journal of `source` anew, into a temporary file of SQLite's own that nobody else sees, and compares row by row. Null: every
 * table says what the journal says. `source` is only read, at one moment of it; takes about 20 µs a line.
 */
export function differenceFromJournal(source: Connection, migrations: Migration[]): Difference | null {
  const fresh = new Sqlite('')
  try {
    migrate(fresh, migrations, 0)
    return source.transaction(() => {
      projectAll(source, fresh)
      for (const table of projectedTables) {
        const row = firstDifference(table, source, fresh)
        if (row !== null) return { table, row }
      }
      return null
    })()
  } finally {
    fresh.close()
  }
}

function projectAll(source: Connection, fresh: Connection): void {
  const lines = sql(source, 'SELECT seq, at, actor, body FROM journal ORDER BY seq').iterate()
  fresh.transaction(() => {
    let previousAt = 0
    for (const line of lines as Iterable<{ seq: number; at: number; actor: Actor; body: string }>) {
      const { seq, at, actor, body } = line
      project(fresh, { seq, at, actor, fact: JSON.parse(body) as Fact, previousAt })
      previousAt = at
    }
  })()
}

function firstDifference(table: string, source: Connection, fresh: Connection): string | null {
  const columns = (source.pragma(`table_info(${table})`) as { name: string }[]).map(column => `"${column.name}"`)
  const text = `SELECT ${columns.join(', ')} FROM ${table} ORDER BY ${columns.join(', ')}`
  const rows = (db: Connection) => db.prepare(text).raw().iterate() as IterableIterator<unknown[]>
  const [kept, told] = [rows(source), rows(fresh)]
  try {
    for (;;) {
      const [a, b] = [kept.next(), told.next()]
      if (a.done && b.done) return null
      if (a.done || b.done || JSON.stringify(a.value) !== JSON.stringify(b.value))
        return String((a.done ? b.value : a.value)[0])
    }
  } finally {
    kept.return?.()
    told.return?.()
  }
}
