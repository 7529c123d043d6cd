import type { ExportId } from '../../lib/ids.ts'
import type { Db } from '../db.ts'
import { and, desc, eq, gte, isNull, lte } from '../drizzle.cjs'
import { exports } from '../schema.ts'

export type ExportRecord = typeof exports.$inferSelect

export const exportQueries = {
  'exports.list': (db: Db, args: { limit?: number }): ExportRecord[] =>
    db
      .select()
      .from(exports)
      .orderBy(desc(exports.requestedAt))
      .limit(Math.min(args.limit ?? 100, 500))
      .all(),
  /** Asked for since an instant, the newest first; at most 500. */
  'exports.unfinished': (db: Db, args: { since: number }): ExportRecord[] =>
    db
      .select()
      .from(exports)
      .where(and(isNull(exports.finishedAt), gte(exports.requestedAt, args.since)))
      .orderBy(desc(exports.requestedAt))
      .limit(500)
      .all(),
  /** Whose zip was finished before an instant and is there still, the oldest first; at most 500. */
  'exports.toErase': (db: Db, args: { before: number }): ExportId[] =>
    db
      .select({ id: exports.id })
      .from(exports)
      .where(and(lte(exports.finishedAt, args.before), isNull(exports.erasedAt)))
      .orderBy(exports.finishedAt)
      .limit(500)
      .all()
      .map(({ id }) => id),
  'exports.byId': (db: Db, args: { id: ExportId }): ExportRecord | null =>
    db.select().from(exports).where(eq(exports.id, args.id)).get() ?? null,
}
