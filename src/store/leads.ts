import type { LeadState } from '../centre/entities.ts'
import type { CampaignId, LeadId } from '../lib/ids.ts'
import { type Db, sql } from './db.ts'
import { and, eq, gt, inArray, like, or, type SQL } from './drizzle.cjs'
import { type Page, type PageArgs, pageLimit, readCursor, toPage } from './page.ts'
import { leadPhones, leads } from './schema.ts'

export type LeadRecord = typeof leads.$inferSelect

/** `text` is searched at the beginning of the ref, anywhere in the name, and as a whole number. */
export type LeadFilter = PageArgs & { campaign: CampaignId; state?: LeadState; text?: string }

export const leadQueries = {
  'leads.byId': (db: Db, args: { id: LeadId }): LeadRecord | null =>
    db.select().from(leads).where(eq(leads.id, args.id)).get() ?? null,
  'leads.page': (db: Db, args: LeadFilter): Page<LeadRecord> => {
    const limit = pageLimit(args)
    const after = readCursor(args.cursor, ['string'])
    const rows = db
      .select()
      .from(leads)
      .where(
        and(
          eq(leads.campaign, args.campaign),
          after ? gt(leads.id, after[0] as LeadId) : undefined,
          args.state ? eq(leads.state, args.state) : undefined,
          args.text ? matches(db, args.text) : undefined,
        ),
      )
      .orderBy(leads.id)
      .limit(limit + 1)
      .all()
    return toPage(rows, limit, lead => [lead.id])
  },
  /** Which of these refs the campaign has already; for an import, at most 500 at a time. */
  'leads.taken': (db: Db, args: { campaign: CampaignId; refs: string[] }): string[] =>
    db
      .select({ ref: leads.ref })
      .from(leads)
      .where(and(eq(leads.campaign, args.campaign), inArray(leads.ref, args.refs.slice(0, 500))))
      .all()
      .map(row => row.ref),
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
    const byNumber = sql(
      db.$client,
      `SELECT leads.id FROM lead_phones JOIN leads ON leads.id = lead_phones.lead
       WHERE number = ? AND campaign IN (SELECT value FROM json_each(?)) LIMIT 1`,
    )
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

function matches(db: Db, text: string): SQL | undefined {
  const bare = text.slice(0, 100)
  const escaped = bare.replace(/[%_]/g, '') // the two wildcards of LIKE; nobody searches for them
  const digits = bare.replace(/[\s-]/g, '')
  const asNumber = /^\+?\d{3,15}$/.test(digits)
  return or(
    like(leads.ref, `${escaped}%`),
    like(leads.name, `%${escaped}%`),
    asNumber ? inArray(leads.id, idsOf(db, digits)) : undefined,
    asNumber && !digits.startsWith('+') ? inArray(leads.id, idsOf(db, `+86${digits}`)) : undefined,
  )
}

function idsOf(db: Db, number: string): LeadId[] {
  return db
    .select({ lead: leadPhones.lead })
    .from(leadPhones)
    .where(eq(leadPhones.number, number))
    .limit(500)
    .all()
    .map(row => row.lead)
}
