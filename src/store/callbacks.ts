/** Callbacks that are owed, and the tables' word on what became of each. */
import type { CallbackId, UserId } from '../lib/ids.ts'
import { type Db, sql } from './db.ts'
import { and, asc, eq, gt, isNull, lte, or } from './drizzle.cjs'
import { type Page, type PageArgs, pageLimit, readCursor, toPage } from './page.ts'
import { callbacks } from './schema.ts'

export type CallbackRecord = typeof callbacks.$inferSelect

/** Counted so far; beyond it a page says "more". */
export const callbacksCountMax = 10_000

export const callbackQueries = {
  'callbacks.byId': (db: Db, args: { id: CallbackId }): CallbackRecord | null =>
    db.select().from(callbacks).where(eq(callbacks.id, args.id)).get() ?? null,
  /** Open ones, and those whose time was over at `overdueAt`; at most 10,000 of each are counted. */
  'callbacks.counts': (db: Db, args: { overdueAt: number }): { open: number; overdue: number } => {
    const count = (text: string, ...values: number[]) =>
      (
        sql(db.$client, `SELECT count(*) AS n FROM (${text} LIMIT ${callbacksCountMax})`).get(...values) as {
          n: number
        }
      ).n
    return {
      open: count('SELECT 1 FROM callbacks WHERE closed_at IS NULL'),
      overdue: count('SELECT 1 FROM callbacks WHERE closed_at IS NULL AND at <= ?', args.overdueAt),
    }
  },
  /** Open ones by time. With `agent`: that agent's and anyone's. With `dueBy`: only those due then. */
  'callbacks.open': (db: Db, args: PageArgs & { agent?: UserId; dueBy?: number }): Page<CallbackRecord> => {
    const limit = pageLimit(args)
    const after = readCursor(args.cursor, ['number', 'string'])
    const [at, id] = (after ?? []) as [number, CallbackId]
    const rows = db
      .select()
      .from(callbacks)
      .where(
        and(
          isNull(callbacks.closedAt),
          args.dueBy === undefined ? undefined : lte(callbacks.at, args.dueBy),
          args.agent === undefined ? undefined : or(eq(callbacks.agent, args.agent), isNull(callbacks.agent)),
          after ? or(gt(callbacks.at, at), and(eq(callbacks.at, at), gt(callbacks.id, id))) : undefined,
        ),
      )
      .orderBy(asc(callbacks.at), asc(callbacks.id))
      .limit(limit + 1)
      .all()
    return toPage(rows, limit, callback => [callback.at, callback.id])
  },
}
