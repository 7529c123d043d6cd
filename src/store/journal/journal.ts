/** The journal as a book to read: the audit page, the lines of one call, and what a proof needs. */

import type { Fact, FactType } from '../../centre/facts.ts'
import type { CallId, ExportId, LegId, RecordingId, UserId } from '../../lib/ids.ts'
import { type Db, sql } from '../db.ts'
import { and, desc, eq, gte, like, lt } from '../drizzle.cjs'
import { type NoArgs, type Page, type PageArgs, pageLimit, readCursor, toPage } from '../page.ts'
import { journal } from '../schema.ts'
import { type ChainedLine, type ChainFault, type JournalLine, walkChain } from './chain.ts'

/** Newest first. `type` is a fact's type, or a noun with a dot (`user.`) for all facts of it. */
export type JournalFilter = PageArgs & { from?: number; to?: number; type?: FactType | `${string}.`; actor?: string }

const columns = 'seq, at, actor, type, body, digest, hash'

export const journalQueries = {
  'journal.head': (db: Db, _args: NoArgs): { seq: number; at: number; hash: string } => {
    const row = sql(db.$client, 'SELECT seq, at, hash FROM journal ORDER BY seq DESC LIMIT 1').get() as
      | ChainedLine
      | undefined
    return row ? { seq: row.seq, at: row.at, hash: row.hash.toString('hex') } : { seq: 0, at: 0, hash: '0'.repeat(64) }
  },
  'journal.page': (db: Db, args: JournalFilter): Page<JournalLine> => {
    const limit = pageLimit(args)
    const before = readCursor(args.cursor, ['number'])
    const rows = db
      .select({ seq: journal.seq, at: journal.at, actor: journal.actor, type: journal.type, body: journal.body })
      .from(journal)
      .where(
        and(
          before ? lt(journal.seq, before[0] as number) : undefined,
          args.from === undefined ? undefined : gte(journal.at, args.from),
          args.to === undefined ? undefined : lt(journal.at, args.to),
          args.actor === undefined ? undefined : eq(journal.actor, args.actor as 'system'),
          args.type === undefined
            ? undefined
            : args.type.endsWith('.')
              ? like(journal.type, `${args.type.replace(/[%_]/g, '')}%`)
              : eq(journal.type, args.type as FactType),
        ),
      )
      .orderBy(desc(journal.seq))
      .limit(limit + 1)
      .all()
    return toPage(rows, limit, line => [line.seq])
  },
  /** Facts after `seq` in order, at most `limit`: what a stream of events that fell behind reads. */
  'journal.after': (
    db: Db,
    args: { seq: number; limit?: number },
  ): { seq: number; at: number; actor: string; fact: Fact }[] => {
    const rows = sql(db.$client, 'SELECT seq, at, actor, body FROM journal WHERE seq > ? ORDER BY seq LIMIT ?').all(
      args.seq,
      pageLimit(args),
    ) as JournalLine[]
    return rows.map(({ seq, at, actor, body }) => ({ seq, at, actor, fact: JSON.parse(body) as Fact }))
  },
  /** Every line that names the call, in order; at most 1,000, and of those that are too many the keys pressed are left out first. */
  'journal.ofCall': (db: Db, args: { call: CallId }): JournalLine[] =>
    sql(
      db.$client,
      `SELECT * FROM (SELECT seq, at, actor, type, body FROM journal
         WHERE json_extract(body, '$.call') = ? AND json_extract(body, '$.call') IS NOT NULL
         ORDER BY type = 'call.digit', seq LIMIT 1000) ORDER BY seq`,
    ).all(args.call) as JournalLine[],
  /** The leg that was an agent's station when this line was written: a desk phone's or a browser's of the shift. */
  'journal.stationLeg': (db: Db, args: { agent: UserId; before: number }): LegId | null => {
    const row = sql(
      db.$client,
      `SELECT body FROM journal WHERE type = 'agent.stationChanged' AND seq < ? AND json_extract(body, '$.agent') = ?
       ORDER BY seq DESC LIMIT 1`,
    ).get(args.before, args.agent) as JournalLine | undefined
    const { up, leg } = JSON.parse(row?.body ?? '{}') as { up?: boolean; leg?: LegId | null }
    return up === true ? (leg ?? null) : null
  },
  /** Who asked for the export, why, and for how many calls. */
  'journal.ofExport': (db: Db, args: { export: ExportId }): JournalLine[] =>
    sql(
      db.$client,
      `SELECT seq, at, actor, type, body FROM journal
       WHERE type = 'export.requested' AND json_extract(body, '$.export') = ?`,
    ).all(args.export) as JournalLine[],
  /** The line that tells of its destruction, and the hash of the chain there, in hex. */
  'journal.destructionOf': (db: Db, args: { recording: RecordingId }): { seq: number; hash: string } | null =>
    (sql(
      db.$client,
      `SELECT seq, lower(hex(hash)) AS hash FROM journal
       WHERE json_extract(body, '$.recording') = ? AND type = 'recording.destroyed' ORDER BY seq LIMIT 1`,
    ).get(args.recording) as { seq: number; hash: string } | undefined) ?? null,
  /** A recording's custody: opened, sealed or missing, each listen. */
  'journal.ofRecording': (db: Db, args: { recording: RecordingId }): JournalLine[] =>
    sql(
      db.$client,
      `SELECT seq, at, actor, type, body FROM journal
       WHERE json_extract(body, '$.recording') = ?
         AND type IN ('recording.listened', 'recording.opened', 'recording.sealed', 'recording.missing', 'recording.derived',
           'recording.underivable', 'recording.sourceRemoved', 'recording.destroyed', 'recording.erased', 'recording.misfitLeft') ORDER BY seq LIMIT 1000`,
    ).all(args.recording) as JournalLine[],
  /** Whether the clock was set back between the opening of a recording and the end of its call (or now): as was told then, or as the lines written meanwhile show it. */
  'journal.wasSetBack': (db: Db, args: { recording: RecordingId; call: CallId }): boolean => {
    const lines = sql(
      db.$client,
      `SELECT seq, type, json_extract(body, '$.recording') AS recording FROM journal
       WHERE json_extract(body, '$.call') = ? AND json_extract(body, '$.call') IS NOT NULL
         AND type IN ('recording.opened', 'call.ended') ORDER BY seq`,
    ).all(args.call) as { seq: number; type: string; recording: string | null }[]
    const opened = lines.find(({ recording }) => recording === args.recording)
    const ended = lines.findLast(({ type }) => type === 'call.ended')
    const stepBack = sql(
      db.$client,
      `SELECT 1 FROM (
         SELECT at - lag(at) OVER (ORDER BY seq) AS byMs,
           CASE type WHEN 'system.clockStepped' THEN json_extract(body, '$.byMs') ELSE 0 END AS toldMs
         FROM journal WHERE seq BETWEEN ? AND ?)
       WHERE min(byMs, toldMs) <= -1000 LIMIT 1`,
    )
    return opened !== undefined && stepBack.get(opened.seq, ended?.seq ?? Number.MAX_SAFE_INTEGER) !== undefined
  },
  /**
   * The digests from `from` to the head as it was at `to` (at most 100,000 an answer), and the hash before the first: the parts of a proof.
   * Ask again from the last `seq` + 1 until it is `to`.
   */
  'journal.digests': (
    db: Db,
    args: { from: number; to: number },
  ): { before: string; digests: string[]; last: { seq: number; hash: string } } => {
    const before = sql(db.$client, 'SELECT hash FROM journal WHERE seq = ?').get(args.from - 1) as
      | ChainedLine
      | undefined
    const rows = sql(
      db.$client,
      'SELECT seq, digest, hash FROM journal WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT 100000',
    ).all(args.from, args.to) as ChainedLine[]
    const last = rows.at(-1)
    return {
      before: before ? before.hash.toString('hex') : '0'.repeat(64),
      digests: rows.map(row => row.digest.toString('hex')),
      last: { seq: last?.seq ?? args.from - 1, hash: (last ?? before)?.hash.toString('hex') ?? '0'.repeat(64) },
    }
  },
  /** Checks at most 20,000 lines after the one named, up to `to`; ask again from the answer until it is `to` or there is a fault. */
  'journal.walk': (
    db: Db,
    args: { after: { seq: number; hash: string }; to: number },
  ): { seq: number; hash: string; fault: ChainFault | null } => {
    const lines = sql(
      db.$client,
      `SELECT ${columns} FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT 20000`,
    ).iterate(args.after.seq, args.to) as IterableIterator<ChainedLine>
    const reached = walkChain(lines, { seq: args.after.seq, hash: Buffer.from(args.after.hash, 'hex') })
    return { ...reached, hash: reached.hash.toString('hex') }
  },
}

/** Whole lines in order without holding them all, for `verify --journal`. */
export function* journalLines(db: Db): Generator<ChainedLine> {
  const after = sql(db.$client, `SELECT ${columns} FROM journal WHERE seq > ? ORDER BY seq LIMIT 1000`)
  for (let seq = -1; ; ) {
    const slice = after.all(seq) as ChainedLine[]
    if (slice.length === 0) return
    yield* slice
    seq = slice.at(-1)!.seq
  }
}
