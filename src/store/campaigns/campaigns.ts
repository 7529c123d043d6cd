import type { Campaign, LeadState } from '../../centre/entities.ts'
import type { CampaignId } from '../../lib/ids.ts'
import { type Db, sql } from '../db.ts'
import { eq } from '../drizzle.cjs'
import type { NoArgs } from '../page.ts'
import { campaigns } from '../schema.ts'
import { notDue } from './lead-filters.ts'

/** Calls that started in [from, to). `answered` by a person's side, `abandoned` of those with no agent in time. */
export type CampaignFigures = {
  dialled: number
  answered: number
  connected: number
  abandoned: number
  /** Sum of connected to ended, ms. */
  talkMs: number
}

export const campaignQueries = {
  'campaigns.list': (db: Db, _args: NoArgs): Campaign[] =>
    db
      .select()
      .from(campaigns)
      .orderBy(campaigns.name)
      .all()
      .map(row => row.doc),
  'campaigns.byId': (db: Db, args: { id: CampaignId }): Campaign | null =>
    db.select().from(campaigns).where(eq(campaigns.id, args.id)).get()?.doc ?? null,
  'campaigns.figures': (db: Db, args: { campaign: CampaignId; from: number; to: number }): CampaignFigures =>
    sql(
      db.$client,
      `SELECT count(*) AS dialled, count(answered_at) AS answered, count(connected_at) AS connected, count(abandoned_at) AS abandoned,
         coalesce(sum(ended_at - connected_at), 0) AS talkMs
       FROM calls WHERE campaign = ? AND started_at >= ? AND started_at < ?`,
    ).get(args.campaign, args.from, args.to) as CampaignFigures,
  /** How many leads are in which state; states without a lead are 0. `due`: ready or called back, and due at `now`, not counting beyond 100,000 that are not. */
  'campaigns.leadCounts': (
    db: Db,
    args: { campaign: CampaignId; now: number },
  ): Record<LeadState, number> & { total: number; due: number } => {
    const counts = { ready: 0, in_call: 0, callback: 0, done: 0, exhausted: 0, dnc: 0, total: 0, due: 0 }
    const rows = sql(
      db.$client,
      'SELECT state, sum(leads) AS total FROM lead_counts WHERE campaign = ? GROUP BY state',
    ).all(args.campaign) as { state: LeadState; total: number }[]
    for (const { state, total } of rows) {
      counts[state] = total
      counts.total += total
    }
    for (const state of ['ready', 'callback'] as const)
      counts.due += counts[state] - notDue(db, args.campaign, state, args.now).leads
    return counts
  },
}
