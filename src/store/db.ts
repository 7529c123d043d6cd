/** Opening the one SQLite file: a single writer in WAL with full sync, any number of readers, and the migrations between versions. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { drizzle } from './drizzle.cjs'
import { StoreError } from './port.ts'
import * as schema from './schema.ts'

export type Connection = Sqlite.Database

/** What queries are given: drizzle over the schema, and the plain connection as `$client` for SQL by hand. */
export type Db = ReturnType<typeof drizzleOf>

const busyTimeoutMs = 5_000
/** Of each connection that reads; better-sqlite3's own 16 MB would be held by each of them in time, and the kernel keeps the pages anyway. */
const readerCacheKib = 4_096
/** As many pages as a checkpoint waits for. */
const writerCacheKib = 8_192

/** `wal_autocheckpoint` is pages; `journal_size_limit` gives the space of a long write back. */
export function openWriter(file: string): Connection {
  const connection = new Sqlite(file, { timeout: busyTimeoutMs })
  connection.pragma('journal_mode = WAL')
  connection.pragma('synchronous = FULL')
  connection.pragma('foreign_keys = ON')
  connection.pragma('journal_size_limit = 67108864')
  connection.pragma('wal_autocheckpoint = 2000')
  connection.pragma(`cache_size = -${writerCacheKib}`)
  connection.pragma('temp_store = MEMORY')
  return connection
}

/** Reads only; sees every commit that was answered before the read began. */
export function openReader(file: string): Connection {
  const connection = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs })
  connection.pragma('query_only = ON')
  connection.pragma('temp_store = MEMORY')
  connection.pragma(`cache_size = -${readerCacheKib}`)
  return connection
}

/** Writes nothing but what stands in the write-ahead log, and waits for nobody. */
export function openCheckpointer(file: string): Connection {
  const connection = new Sqlite(file, { fileMustExist: true, timeout: 0 })
  connection.pragma('synchronous = FULL')
  connection.pragma('wal_autocheckpoint = 0')
  return connection
}

/** Pages in the write-ahead log, and how many of them are in the database file. */
export type WalState = { log: number; done: number }

/** `PASSIVE` puts in what it can without waiting for anybody; `NOOP` only asks. */
export function checkpointed(connection: Connection, how: 'PASSIVE' | 'NOOP'): WalState {
  const row = sql(connection, `PRAGMA wal_checkpoint(${how})`).get() as { log: number; checkpointed: number }
  return { log: row.log, done: row.checkpointed }
}

/**
 * Puts all of it in and waits until nobody reads from the log, so that the next commit begins it anew. Who begins to read meanwhile reads the file
 * alone. Answers whether that came about within the time.
 */
export function restarted(connection: Connection, withinMs: number): boolean {
  connection.pragma(`busy_timeout = ${Math.trunc(withinMs)}`)
  try {
    return (sql(connection, 'PRAGMA wal_checkpoint(RESTART)').get() as { busy: number }).busy === 0
  } finally {
    connection.pragma(`busy_timeout = ${busyTimeoutMs}`)
  }
}

export function drizzleOf(connection: Connection) {
  return drizzle(connection, { schema })
}

const prepared = new WeakMap<Connection, Map<string, Sqlite.Statement>>()

/** The statement for this SQL, prepared once a connection. Only for SQL written in the source: the cache never forgets. */
export function sql(connection: Connection, text: string): Sqlite.Statement<unknown[], unknown> {
  let statements = prepared.get(connection)
  if (!statements) prepared.set(connection, (statements = new Map()))
  let statement = statements.get(text)
  if (!statement) statements.set(text, (statement = connection.prepare(text)))
  return statement as Sqlite.Statement<unknown[], unknown>
}

export type Migration = { name: string; sql: string }

/** The `NNNN_name.sql` files of a folder in order. In the single executable the folder is one of its assets. */
export function readMigrations(folder: string): Migration[] {
  return readdirSync(folder)
    .filter(name => /^\d{4}_\w+\.sql$/.test(name))
    .sort()
    .map(name => ({ name, sql: readFileSync(path.join(folder, name), 'utf8') }))
}

/**
 * Brings the file to the version of this program, each migration in a transaction of its own. Answers the names applied. A file of a newer
 * program, or one whose past migrations read differently now, is refused with a StoreError `fault`.
 */
export function migrate(connection: Connection, migrations: Migration[], now: number): string[] {
  connection.exec(`CREATE TABLE IF NOT EXISTS migrations (
    name TEXT PRIMARY KEY NOT NULL, sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT, WITHOUT ROWID`)
  const fault = faultOfMigrations(connection, migrations)
  if (fault !== null) throw new StoreError('fault', null, fault)
  const done = appliedTo(connection)
  const applied: string[] = []
  for (const { name, sql: text } of migrations) {
    if (done.has(name)) continue
    connection.transaction(() => {
      connection.exec(text)
      connection.prepare('INSERT INTO migrations VALUES (?, ?, ?)').run(name, sha256Of(text), now)
    })()
    applied.push(name)
  }
  return applied
}

/** Why this program cannot serve the database, in words; null: it can. Reads only; a database without any migration is new. */
export function faultOfMigrations(connection: Connection, migrations: Migration[]): string | null {
  const done = appliedTo(connection)
  for (const { name, sql: text } of migrations) {
    const before = done.get(name)
    done.delete(name)
    if (before !== undefined && before !== sha256Of(text))
      return `Migration ${name} was applied in another wording; this program is not the one it was.`
  }
  const newer = [...done.keys()].at(-1)
  if (newer === undefined) return null
  return `The database was made by a newer Switchroom (it has ${newer}); install that version or restore a backup.`
}

/** Name → SHA-256, by name. */
function appliedTo(connection: Connection): Map<string, string> {
  const isThere = connection.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'").get()
  if (isThere === undefined) return new Map()
  const rows = connection.prepare('SELECT name, sha256 FROM migrations ORDER BY name').all()
  return new Map((rows as { name: string; sha256: string }[]).map(row => [row.name, row.sha256]))
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** SQLite's own words as a StoreError. `users.name` in a UNIQUE failure gives the field `name`; of several columns the last. */
export function asStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  const { code = '', message = String(error) } = error as { code?: string; message?: string }
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') {
    const column = /failed: .*?\.(\w+)$/.exec(message)?.[1] ?? null
    return new StoreError('conflict', column, `This ${column ?? 'entry'} is taken already.`, { cause: error })
  }
  if (code === 'SQLITE_FULL') return new StoreError('full', null, 'The disk is full.', { cause: error })
  return new StoreError('fault', null, `The database answered ${code || 'an error'}: ${message}`, { cause: error })
}
