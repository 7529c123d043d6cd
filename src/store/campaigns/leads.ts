import type { CampaignId, LeadId } from '../../lib/ids.ts'
import { type Db, sql } from '../db.ts'
import { eq, inArray } from '../drizzle.cjs'
import type { Page } from '../page.ts'
import { leads } from '../schema.ts'
import { idsOf, type LeadFilter, type LeadRecord, leadPage } from './lead-pages.ts'

export type { LeadRecord } from './lead-pages.ts'

/**
 * By the number first: left to itself SQLite begins with all leads of the campaign, and an import took as long a row as there were leads. Exported
 * for the test that asks for its plan.
 */
export const knownNumber = `SELECT leads.id FROM lead_phones CROSS JOIN leads ON leads.id = lead_phones.lead
  WHERE number = ? AND +campaign IN (SELECT value FROM json_each(?)) LIMIT 1`

export type ToldLead = Pick<
  LeadRecord,
  'ref' | 'name' | 'phones' | 'fields' | 'segment' | 'priority' | 'consent' | 'debt'
>

/** One statement for any number of refs, prepared once: a slice of a file asks for hundreds, and nearly always there is none of them. */
const refsAsked = 'campaign = ? AND ref IN (SELECT value FROM json_each(?))'
const refsOf = ({ refs }: { refs: string[] }) => JSON.stringify(refs.slice(0, 500))

export const leadQueries = {
  'leads.byId': (db: Db, args: { id: LeadId }): LeadRecord | null =>
    db.select().from(leads).where(eq(leads.id, args.id)).get() ?? null,
  'leads.page': (db: Db, args: LeadFilter): Page<LeadRecord> => leadPage(db, args),
  /** Which of these refs the campaign has already; for an import, at most 500 at a time. */
  'leads.taken': (db: Db, args: { campaign: CampaignId; refs: string[] }): string[] =>
    (
      sql(db.$client, `SELECT ref FROM leads WHERE ${refsAsked}`).all(args.campaign, refsOf(args)) as { ref: string }[]
    ).map(row => row.ref),
  /** What a file says of a lead, of those that the campaign has; for an import, at most 500 at a time. */
  'leads.byRefs': (db: Db, args: { campaign: CampaignId; refs: string[] }): ToldLead[] =>
    (
      sql(
        db.$client,
        `SELECT ref, name, phones, fields, segment, priority, consent, debt FROM leads WHERE ${refsAsked}`,
      ).all(args.campaign, refsOf(args)) as (Omit<ToldLead, 'phones' | 'fields' | 'consent'> & {
        phones: string
        fields: string
        consent: string | null
      })[]
    ).map(({ phones, fields, consent, ...rest }) => ({
      ...rest,
      ...{ phones: JSON.parse(phones), fields: JSON.parse(fields) },
      consent: consent === null ? null : JSON.parse(consent),
    })),
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
