/** The store as the rest of the house holds it: one way in for facts, named queries out, a few point reads without a thread between. */
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Recorded } from '../centre/facts.ts'
import type { Setup } from '../centre/records/setup.ts'
import { asset, workerFile } from '../lib/places.ts'
import { type Connection, type Migration, openReader, readMigrations, sql } from './db.ts'
import type { InFlight } from './load.ts'
import { type DataLock, lockData } from './lock.ts'
import type { OperationArgs, OperationName, OperationResult, Session } from './operations.ts'
import type { Committed, IdempotentReply, SecretWrite, Transaction } from './port.ts'
import type { QueryArgs, QueryName, QueryResult } from './queries.ts'
import { Sealer } from './sealer.ts'
import { openKeyFile, type SecretKind, seal, unseal } from './secrets.ts'
import type { DbWorkerData } from './threads/db-worker.ts'
import { WorkerClient } from './threads/worker-client.ts'

export type StoreOptions = {
  /** The SQLite file; its folder is made when it is missing. */
  file: string
  keyFile: string
  now: number
  /** Other entry points, for a test. */
  workers?: { db: string | URL; reader: string | URL; checkpoint?: string }
  /** A folder of `NNNN_name.sql`, or the migrations themselves. Default: `migrations/` of the checkout. */
  migrations?: string | Migration[]
  /** Reader threads; one slow report then holds up no other page. */
  readers?: number
  /** Told when a worker died; it is being replaced. */
  onFault?: (words: string) => void
  /** For the test of a full disk. */
  maxPages?: number
}

export type CommittedLine = Recorded & { seq: number }

export class Store {
  readonly #writer: WorkerClient
  readonly #readers: WorkerClient[]
  readonly #point: Connection
  readonly #key: Buffer
  readonly #lock: DataLock
  /** For a thread that reads by itself. */
  readonly files: { readonly database: string; readonly key: string }
  /** For ID numbers and secret fields of parties. */
  readonly sealer: Sealer
  readonly #listeners = new Set<(lines: CommittedLine[]) => void>()

  private constructor(parts: {
    writer: WorkerClient
    readers: WorkerClient[]
    point: Connection
    key: Buffer
    sealer: Sealer
    lock: DataLock
    files: Store['files']
  }) {
    this.#writer = parts.writer
    this.#readers = parts.readers
    this.#point = parts.point
    this.#key = parts.key
    this.#lock = parts.lock
    this.files = parts.files
    this.sealer = parts.sealer
  }

  /** Takes the data folder for this process alone, migrates and opens. Throws StoreError with what to do. */
  static async open(options: StoreOptions): Promise<Store> {
    mkdirSync(path.dirname(options.file), { recursive: true, mode: 0o750 })
    const lock = lockData(options.file)
    try {
      keepFromOthers(options.file)
      const key = openKeyFile(options.keyFile)
      const migrations = options.migrations ?? asset('migrations')
      const data: DbWorkerData = {
        file: options.file,
        migrations: typeof migrations === 'string' ? readMigrations(migrations) : migrations,
        now: options.now,
        maxPages: options.maxPages,
        checkpoints: options.workers
          ? (options.workers.checkpoint ?? null)
          : workerFile('store/threads/checkpoint-worker'),
      }
      const onFault = options.onFault ?? (() => {})
      const entry = options.workers ?? {
        db: workerFile('store/threads/db-worker'),
        reader: workerFile('store/threads/reader-worker'),
      }
      const writer = new WorkerClient(
        entry.db,
        () => data,
        reason => onFault(`The database worker died: ${reason}`),
      )
      await writer.start()
      const readers = Array.from(
        { length: options.readers ?? 2 },
        () =>
          new WorkerClient(
            entry.reader,
            () => ({ file: options.file }),
            reason => onFault(`A reader died: ${reason}`),
          ),
      )
      await Promise.all(readers.map(reader => reader.start()))
      const point = openReader(options.file)
      const sealer = await sealerOf(key, point, fingerprint =>
        writer.ask(JSON.stringify({ type: 'operate', name: 'key.note', args: { fingerprint, at: options.now } })),
      )
      if (sealer.trouble !== null) onFault(sealer.trouble)
      return new Store({
        ...{ writer, readers, point, key, sealer, lock },
        files: { database: options.file, key: options.keyFile },
      })
    } catch (error) {
      lock[Symbol.dispose]()
      throw error
    }
  }

  /** Resolves when the facts are on disk. Rejects with StoreError; then nothing of it is, except after a `fault` without `once`. */
  async commit(transaction: Transaction): Promise<Committed> {
    const secrets = transaction.secrets?.map(secret => ({ ...secret, value: seal(this.#key, secret) }))
    const text = JSON.stringify({ type: 'transact', transaction: { ...transaction, secrets } })
    const committed = (await this.#writer.ask(text)) as Committed
    if (transaction.recorded.length > 0) {
      const lines = transaction.recorded.map((line, at) => ({ ...line, seq: committed.firstSeq + at }))
      for (const listener of this.#listeners) listener(lines)
    }
    return committed
  }

  /** Told every committed line once, in the order of the journal. Must not throw and must return at once. */
  onCommitted(listener: (lines: CommittedLine[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** A write that is no fact: sessions, idempotent replies. */
  operate<Name extends OperationName>(name: Name, args: OperationArgs<Name>): Promise<OperationResult<Name>> {
    return this.#writer.ask(JSON.stringify({ type: 'operate', name, args })) as Promise<OperationResult<Name>>
  }

  /** Who is signed in, so that a restart signs nobody out. Not journaled: the facts are `session.opened` and `session.closed`. */
  readonly sessions = {
    put: (session: Session): Promise<void> => this.operate('session.put', session),
    remove: (tokenHash: string): Promise<void> => this.operate('session.remove', { tokenHash }),
    list: (): Promise<Session[]> => this.read('sessions.list', {}),
  }

  /** A named query on a reader thread; it sees every commit that was answered before. */
  read<Name extends QueryName>(name: Name, args: QueryArgs<Name>): Promise<QueryResult<Name>> {
    const reader = this.#readers.reduce((least, next) => (next.waiting < least.waiting ? next : least))
    return reader.ask(JSON.stringify({ name, args })) as Promise<QueryResult<Name>>
  }

  /** The secret in clear (or its hash, for passwords and tokens); null: none is set. One row by its key, on this thread. */
  secret(owner: string, kind: SecretKind): string | null {
    const row = sql(this.#point, 'SELECT owner, kind, value FROM secrets WHERE owner = ? AND kind = ?').get(
      owner,
      kind,
    ) as { owner: string; kind: SecretKind; value: string } | undefined
    return row ? unseal(this.#key, row) : null
  }

  /** Whose hash this is: for tokens and screens on the wall, which are known by nothing else. */
  ownerOf(kind: Extract<SecretWrite['kind'], 'token' | 'wall'>, hash: string): string | null {
    const row = sql(this.#point, 'SELECT owner FROM secrets WHERE kind = ? AND value = ?').get(kind, hash) as
      | { owner: string }
      | undefined
    return row?.owner ?? null
  }

  /** The reply to an earlier request with this key; null: there was none. */
  remembered(owner: string, key: string): IdempotentReply | null {
    const row = sql(
      this.#point,
      'SELECT owner, key, request_hash AS requestHash, status, response, at FROM idempotency WHERE owner = ? AND key = ?',
    ).get(owner, key)
    return (row as IdempotentReply | undefined) ?? null
  }

  setup(now: number): Promise<Setup> {
    return this.read('load.setup', { now })
  }

  inFlight(): Promise<InFlight> {
    return this.read('load.inFlight', {})
  }

  /** A consistent copy while the floor works. `to` must not exist. */
  async backup(to: string): Promise<void> {
    await this.#writer.ask(JSON.stringify({ type: 'backup', to }))
  }

  /** For tests: the database worker dies as of a fault. */
  killWriter(): Promise<void> {
    return this.#writer.kill()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#readers.map(reader => reader[Symbol.asyncDispose]()))
    this.#point.close()
    // The writer last: only it can put the write-ahead log into the database file, and SQLite does so at the last close.
    await this.#writer[Symbol.asyncDispose]()
    this.#lock[Symbol.dispose]()
  }
}

/**
 * The database holds names, numbers and password hashes: whatever the folder's mode and the process's mask, others may not read it. SQLite
 * gives its -wal and -shm the mode of the database.
 */
function keepFromOthers(file: string): void {
  const unless = (code: string, act: () => void) => {
    try {
      act()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== code) throw error
    }
  }
  // Never opened when it is there: closing it again would take away SQLite's locks on it (POSIX).
  unless('EEXIST', () => writeFileSync(file, '', { flag: 'wx', mode: 0o640 }))
  for (const end of ['', '-wal', '-shm', '.lock'])
    unless('ENOENT', () => chmodSync(file + end, statSync(file + end).mode & 0o750))
}

/**
 * The key is noted when the database is opened for the first time since it keeps note. What was sealed before that tells whether this key is the one:
 * a key that opens none of it is not noted, and is told as another one.
 */
async function sealerOf(
  key: Buffer,
  point: Connection,
  note: (fingerprint: string) => Promise<unknown>,
): Promise<Sealer> {
  const kept = keptFingerprint(point)
  if (kept !== null) return new Sealer(key, kept)
  const sealed = sql(point, "SELECT owner, kind, value FROM secrets WHERE value LIKE 'v1.%' LIMIT 1").get()
  if (sealed !== undefined && !opens(key, sealed as Parameters<typeof unseal>[1]))
    return new Sealer(key, 'not this one')
  const sealer = new Sealer(key)
  await note(sealer.fingerprint)
  return sealer
}

/** Which key the database was sealed with; null: none yet. */
export function keptFingerprint(connection: Connection): string | null {
  const row = sql(connection, 'SELECT fingerprint FROM key_check').get() as { fingerprint: string } | undefined
  return row?.fingerprint ?? null
}

function opens(key: Buffer, row: Parameters<typeof unseal>[1]): boolean {
  try {
    unseal(key, row)
    return true
  } catch {
    return false
  }
}
