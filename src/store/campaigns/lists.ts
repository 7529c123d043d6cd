/** Lists of a campaign, each with what became of its leads. */
import type { LeadList, LeadState } from '../../centre/entities.ts'
import type { CampaignId, ImportId, LeadId } from '../../lib/ids.ts'
import { type Db, sql } from '../db.ts'
import { eq } from '../drizzle.cjs'
import { lists } from '../schema.ts'

export type ListRecord = typeof lists.$inferSelect
export type ListFigures = LeadList & { addedAt: number; leads: number; counts: Record<LeadState, number> }

/** Of one campaign, shown and mixed; what is beyond is dialled when others have run out. */
export const listsMax = 1_000

export const listQueries = {
  'lists.byId': (db: Db, args: { id: ImportId }): ListRecord | null =>
    db.select().from(lists).where(eq(lists.id, args.id)).get() ?? null,
  /** Of the highest priority first, then the newest; at most 1,000. */
  'lists.ofCampaign': (db: Db, args: { campaign: CampaignId }): ListFigures[] => {
    const rows = sql(
      db.$client,
      `SELECT id, campaign, name, priority, weight, paused, added_at AS addedAt FROM lists WHERE campaign = ?
       ORDER BY priority DESC, added_at DESC, id DESC LIMIT ?`,
    ).all(args.campaign, listsMax) as (Omit<ListFigures, 'paused' | 'leads' | 'counts'> & { paused: number })[]
    return rows.map(row => {
      const counts = { ready: 0, in_call: 0, callback: 0, done: 0, exhausted: 0, dnc: 0 }
      const found = sql(
        db.$client,
        'SELECT state, sum(leads) AS leads FROM lead_counts WHERE list = ? GROUP BY state',
      ).all(row.id)
      for (const { state, leads } of found as { state: LeadState; leads: number }[]) counts[state] = leads
      const leads = Object.values(counts).reduce((sum, count) => sum + count, 0)
      return { ...row, paused: row.paused === 1, leads, counts }
    })
  },
  /** The next leads of a list that are over for one of these reasons, by id; at most 500 a call. */
  'lists.over': (
    db: Db,
    args: { list: ImportId; state: 'done' | 'exhausted'; reason: string; after: string },
  ): LeadId[] =>
    (
      sql(
        db.$client,
        `SELECT id FROM leads INDEXED BY leads_over WHERE import = ? AND state = ? AND state IN ('done', 'exhausted') AND reason = ? AND id > ?
         ORDER BY id LIMIT 500`,
      ).all(args.list, args.state, args.reason, args.after) as { id: LeadId }[]
    ).map(row => row.id),
}
