/**
 * The one writer. Requests that wait together share a transaction and its fsync; each has a savepoint of its own, so that a name that is
 * taken refuses one request and not its neighbours. A request that is alone needs none, and a long one must have none: SQLite keeps what a savepoint
 * would need in a list, and walks all of it at the end of each statement (`memjrnlTruncate`), so that 5,000 facts took 25 times as long as 1,000.
 */
import type { Actor, Fact, Recorded } from '../../centre/facts.ts'
import { asStoreError, type Connection, sql } from '../db.ts'
import { chained, digestOf, genesis } from '../journal/chain.ts'
import { type OperationName, operations } from '../operations.ts'
import type { Committed, StoreError, Transaction } from '../port.ts'
import { project } from '../project.ts'

export type WriteRequest =
  | { type: 'transact'; transaction: Transaction }
  | { type: 'operate'; name: OperationName; args: unknown }

export type WriteAnswer = { ok: true; value: unknown } | { ok: false; error: StoreError }

type Head = { seq: number; at: number; hash: Buffer }

export class Writer {
  readonly #db: Connection
  #head: Head

  constructor(db: Connection) {
    this.#db = db
    this.#head = this.#readHead()
  }

  get head(): Head {
    return this.#head
  }

  /**
   * One answer a request, in order; when it returns, every `ok` is on disk. Not so without `isSynced`: then it is whole and in its place, and on disk with
   * the next commit that is synced.
   */
  commit(requests: WriteRequest[], { isSynced = true } = {}): WriteAnswer[] {
    const answers: WriteAnswer[] = []
    if (!isSynced) sql(this.#db, 'PRAGMA synchronous = NORMAL').run()
    try {
      sql(this.#db, 'BEGIN IMMEDIATE').run()
      const isAlone = requests.length === 1
      for (const request of requests) answers.push(isAlone ? this.#done(request) : this.#attempt(request))
      sql(this.#db, 'COMMIT').run()
      return answers
    } catch (error) {
      // Full or broken: nothing of this group is on disk, whatever its single requests came to.
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK')
      this.#head = this.#readHead()
      const fault = asStoreError(error)
      return requests.map((_, at) => (answers[at]?.ok === false ? answers[at] : { ok: false, error: fault }))
    } finally {
      if (!isSynced) sql(this.#db, 'PRAGMA synchronous = FULL').run()
    }
  }

  #attempt(request: WriteRequest): WriteAnswer {
    const before = this.#head
    sql(this.#db, 'SAVEPOINT request').run()
    try {
      const answer = this.#done(request)
      sql(this.#db, 'RELEASE request').run()
      return answer
    } catch (error) {
      const refused = asStoreError(error)
      if (refused.kind === 'full' || !this.#db.inTransaction) throw error // SQLite has given up the whole transaction
      sql(this.#db, 'ROLLBACK TO request').run()
      sql(this.#db, 'RELEASE request').run()
      this.#head = before
      return { ok: false, error: refused }
    }
  }

  #done(request: WriteRequest): WriteAnswer {
    return {
      ok: true,
      value: request.type === 'transact' ? this.#transact(request.transaction) : this.#operate(request),
    }
  }

  #transact({ recorded, secrets, once, remember }: Transaction): Committed {
    if (once) {
      const last = sql(
        this.#db,
        'SELECT key, first_seq AS firstSeq, last_seq AS lastSeq FROM commits WHERE sender = ?',
      ).get(once.sender) as (Committed & { key: string }) | undefined
      if (last?.key === once.key) return { firstSeq: last.firstSeq, lastSeq: last.lastSeq }
    }
    const firstSeq = this.#head.seq + 1
    for (const line of recorded) this.#append(line)
    const committed = { firstSeq, lastSeq: this.#head.seq }
    for (const { owner, kind, value } of secrets ?? []) {
      if (value === null) sql(this.#db, 'DELETE FROM secrets WHERE owner = ? AND kind = ?').run(owner, kind)
      else
        sql(
          this.#db,
          'INSERT INTO secrets (owner, kind, value) VALUES (?, ?, ?) ON CONFLICT (owner, kind) DO UPDATE SET value = excluded.value',
        ).run(owner, kind, value)
    }
    if (remember) operations['idempotency.put'](this.#db, remember)
    if (once)
      sql(
        this.#db,
        `INSERT INTO commits (sender, key, first_seq, last_seq) VALUES (?, ?, ?, ?)
         ON CONFLICT (sender) DO UPDATE SET key = excluded.key, first_seq = excluded.first_seq, last_seq = excluded.last_seq`,
      ).run(once.sender, once.key, committed.firstSeq, committed.lastSeq)
    return committed
  }

  #append({ at, actor, fact }: Recorded): void {
    const seq = this.#head.seq + 1
    const body = JSON.stringify(fact)
    const digest = digestOf({ seq, at, actor, type: fact.type, body })
    const hash = chained(this.#head.hash, digest)
    sql(this.#db, 'INSERT INTO journal (seq, at, actor, type, body, digest, hash) VALUES (?, ?, ?, ?, ?, ?, ?)').run(
      seq,
      at,
      actor,
      fact.type,
      body,
      digest,
      hash,
    )
    project(this.#db, { seq, at, actor: actor as Actor, fact: fact as Fact, previousAt: this.#head.at })
    this.#head = { seq, at, hash }
  }

  #operate({ name, args }: { name: OperationName; args: unknown }): unknown {
    return (operations[name] as (db: Connection, args: unknown) => unknown)(this.#db, args)
  }

  #readHead(): Head {
    const row = this.#db.prepare('SELECT seq, at, hash FROM journal ORDER BY seq DESC LIMIT 1').get() as
      | Head
      | undefined
    return row ?? { seq: 0, at: 0, hash: genesis }
  }
}
