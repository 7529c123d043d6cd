/** Callbacks that are owed, and the tables' word on what became of each. */
import type { AgencyCallback } from '../../lender/agency-callback.ts'
import type { CallbackId, UserId } from '../../lib/ids.ts'
import { type Db, sql } from '../db.ts'
import { and, asc, eq, gt, isNull, lte, or } from '../drizzle.cjs'
import { type NoArgs, type Page, type PageArgs, pageLimit, readCursor, toPage } from '../page.ts'
import { callbacks } from '../schema.ts'

export type AgencyCallbackRow = AgencyCallback & { id: CallbackId; party: string | null }
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
  /**
   * Open ones of agencies' people and campaigns, at most 5,000: whose they are, by the lead, by who was last talked to at the number, or by the one whose
   * number it is; and with whom the newest case of that party is.
   */
  'callbacks.ofAgencies': (db: Db, _args: NoArgs): AgencyCallbackRow[] =>
    (
      sql(
        db.$client,
        `WITH owed AS (
           SELECT b.id, b.agent, b.campaign, b.lead, coalesce(json_extract(c.doc, '$.agency'), json_extract(u.doc, '$.agency')) AS agency,
             coalesce((SELECT ref FROM leads WHERE leads.id = b.lead),
               (SELECT party FROM calls WHERE calls.number = b.number AND party IS NOT NULL ORDER BY started_at DESC, calls.id DESC LIMIT 1),
               (SELECT max(party) FROM party_phones WHERE party_phones.number = b.number AND relation = 'SELF' HAVING count(DISTINCT party) = 1)) AS party
           FROM callbacks b LEFT JOIN users u ON u.id = b.agent LEFT JOIN campaigns c ON c.id = b.campaign
           WHERE b.closed_at IS NULL AND (json_extract(u.doc, '$.agency') IS NOT NULL OR json_extract(c.doc, '$.agency') IS NOT NULL)
           ORDER BY b.at LIMIT 5000)
         SELECT owed.*, cases.agency AS holder, cases.agent AS collector, cases.id AS "case" FROM owed LEFT JOIN cases
           ON cases.id = (SELECT id FROM cases WHERE cases.party = owed.party ORDER BY opened_at DESC, id DESC LIMIT 1)`,
      ).all() as (Omit<AgencyCallbackRow, 'hasCase'> & { case: string | null })[]
    ).map(({ case: known, ...row }) => ({ ...row, hasCase: known !== null })),
  /** Whose these are (at most 200): by the lead, by the call on which it was promised or who was last talked to at the number, or by the one whose number it is. */
  'callbacks.parties': (db: Db, args: { ids: CallbackId[] }): { id: CallbackId; party: string; name: string }[] =>
    sql(
      db.$client,
      `WITH owed AS (
         SELECT b.id, b.lead, coalesce((SELECT ref FROM leads WHERE leads.id = b.lead),
           (SELECT party FROM calls WHERE calls.number = b.number AND party IS NOT NULL ORDER BY started_at DESC, calls.id DESC LIMIT 1),
           (SELECT max(party) FROM party_phones WHERE party_phones.number = b.number AND relation = 'SELF' HAVING count(DISTINCT party) = 1)) AS party
         FROM callbacks b WHERE b.id IN (SELECT value FROM json_each(?)))
       SELECT owed.id, owed.party, coalesce((SELECT name FROM parties WHERE parties.ref = owed.party),
         (SELECT name FROM leads WHERE leads.id = owed.lead), '') AS name
       FROM owed WHERE owed.party IS NOT NULL`,
    ).all(JSON.stringify(args.ids.slice(0, 200))) as { id: CallbackId; party: string; name: string }[],
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
