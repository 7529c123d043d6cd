import type { ComplaintState } from '../../lender/complaint.ts'
import type { WaiverState } from '../../lender/waiver.ts'
import { type Db, sql } from '../db.ts'
import { desc, eq } from '../drizzle.cjs'
import { type Page, type PageArgs, pageLimit, readCursor, toPage } from '../page.ts'
import { complaints, waivers } from '../schema.ts'

export type WaiverRecord = typeof waivers.$inferSelect
export type ComplaintRecord = typeof complaints.$inferSelect

export const waiverQueries = {
  'waivers.byId': (db: Db, args: { id: string }): WaiverRecord | null =>
    db.select().from(waivers).where(eq(waivers.id, args.id)).get() ?? null,
  /** Newest first. */
  'waivers.page': (db: Db, args: PageArgs & { state?: WaiverState; party?: string }): Page<WaiverRecord> => {
    const limit = pageLimit(args)
    const [at, before] = (readCursor(args.cursor, ['number', 'string']) ?? [Number.MAX_SAFE_INTEGER, '']) as [
      number,
      string,
    ]
    const rows = sql(
      db.$client,
      `SELECT id, asked_at AS at FROM waivers WHERE (? IS NULL OR state = ?) AND (? IS NULL OR party = ?)
         AND (asked_at < ? OR (asked_at = ? AND id < ?)) ORDER BY asked_at DESC, id DESC LIMIT ?`,
    ).all(
      ...[args.state ?? null, args.state ?? null, args.party ?? null, args.party ?? null],
      ...[at, at, before, limit + 1],
    ) as { id: string; at: number }[]
    const { items, next } = toPage(rows, limit, row => [row.at, row.id])
    return { items: items.map(({ id }) => waiverQueries['waivers.byId'](db, { id })!), next }
  },
  'complaints.byId': (db: Db, args: { id: string }): ComplaintRecord | null =>
    db.select().from(complaints).where(eq(complaints.id, args.id)).get() ?? null,
  'complaints.ofParty': (db: Db, args: { party: string }): ComplaintRecord[] =>
    db
      .select()
      .from(complaints)
      .where(eq(complaints.party, args.party))
      .orderBy(desc(complaints.openedAt))
      .limit(100)
      .all(),
  /** By the day on which they are due, the earliest first; all that are not resolved, or those of a state. */
  'complaints.page': (db: Db, args: PageArgs & { state?: ComplaintState }): Page<ComplaintRecord> => {
    const limit = pageLimit(args)
    const [dueOn, after] = (readCursor(args.cursor, ['string', 'string']) ?? ['', '']) as [string, string]
    const rows = sql(
      db.$client,
      `SELECT id, due_on AS dueOn FROM complaints WHERE CASE WHEN ? IS NULL THEN state <> 'RESOLVED' ELSE state = ? END
         AND (due_on, id) > (?, ?) ORDER BY due_on, id LIMIT ?`,
    ).all(args.state ?? null, args.state ?? null, dueOn, after, limit + 1) as { id: string; dueOn: string }[]
    const { items, next } = toPage(rows, limit, row => [row.dueOn, row.id])
    return { items: items.map(({ id }) => waiverQueries['complaints.byId'](db, { id })!), next }
  },
  /** Of those that are not resolved. */
  'complaints.counts': (db: Db, args: { today: string }): { open: number; overdue: number } =>
    sql(
      db.$client,
      "SELECT count(*) AS open, coalesce(sum(due_on < ?), 0) AS overdue FROM complaints WHERE state IN ('OPEN', 'EXTENDED')",
    ).get(args.today) as { open: number; overdue: number },
}
