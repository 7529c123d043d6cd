import type { CampaignId, LeadId } from '../lib/ids.ts'
import { type Db, sql } from './db.ts'
import { and, eq, inArray } from './drizzle.cjs'
import { idsOf, type LeadFilter, type LeadRecord, leadPage } from './lead-pages.ts'
import type { Page } from './page.ts'
import { leads } from './schema.ts'

export type { LeadRecord } from './lead-pages.ts'

/**
 * By the number first: left to itself SQLite begins with all leads of the campaign, and an import took as long a row as there were leads. Exported
 * for the test that asks for its plan.
 */
export const knownNumber = `SELECT leads.id FROM lead_phones CROSS JOIN leads ON leads.id = lead_phones.lead
  WHERE number = ? AND +campaign IN (SELECT value FROM json_each(?)) LIMIT 1`

export const leadQueries = {
  'leads.byId': (db: Db, args: { id: LeadId }): LeadRecord | null =>
    db.select().from(leads).where(eq(leads.id, args.id)).get() ?? null,
  'leads.page': (db: Db, args: LeadFilter): Page<LeadRecord> => leadPage(db, args),
  /** Which of these refs the campaign has already; for an import, at most 500 at a time. */
  'leads.taken': (db: Db, args: { campaign: CampaignId; refs: string[] }): string[] =>
    db
      .select({ ref: leads.ref })
      .from(leads)
      .where(and(eq(leads.campaign, args.campaign), inArray(leads.ref, args.refs.slice(0, 500))))
      .all()
      .map(row => row.ref),
  /** For an import, at most 500 at a time. */
  'leads.byRefs': (db: Db, args: { campaign: CampaignId; refs: string[] }): LeadRecord[] =>
    db
      .select()
      .from(leads)
      .where(and(eq(leads.campaign, args.campaign), inArray(leads.ref, args.refs.slice(0, 500))))
      .all(),
  'leads.byNumber': (db: Db, args: { number: string }): LeadRecord[] =>
    db
      .select()
      .from(leads)
      .where(inArray(leads.id, idsOf(db, args.number)))
      .limit(100)
      .all(),
  /** The first lead of these campaigns that has this number or reference already; for an import, at most 500 rows a call. */
  'leads.known': (
    db: Db,
    args: { campaigns: CampaignId[]; rows: { ref: string; numbers: string[] }[] },
  ): ({ lead: LeadId; by: 'ref' | 'number' } | null)[] => {
    const campaigns = JSON.stringify(args.campaigns.slice(0, 1_000))
    const byRef = sql(
      db.$client,
      'SELECT id FROM leads WHERE campaign IN (SELECT value FROM json_each(?)) AND ref = ? LIMIT 1',
    )
    const byNumber = sql(db.$client, knownNumber)
    return args.rows.slice(0, 500).map(({ ref, numbers }) => {
      const same = byRef.get(campaigns, ref) as { id: LeadId } | undefined
      if (same !== undefined) return { lead: same.id, by: 'ref' }
      for (const number of numbers.slice(0, 20)) {
        const found = byNumber.get(number, campaigns) as { id: LeadId } | undefined
        if (found !== undefined) return { lead: found.id, by: 'number' }
      }
      return null
    })
  },
}
