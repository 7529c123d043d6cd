import type { BufferedLead, LeadState } from '../centre/entities.ts'
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
  /**
   * What the floor may dial next: callbacks that are due before fresh leads, each by due time. `except` are the leads it has in its buffer or
   * in hand. Both halves walk the index leads_due, so the cost does not grow with the list.
   */
  'leads.due': (
    db: Db,
    args: { campaign: CampaignId; now: number; want: number; except: LeadId[] },
  ): { leads: BufferedLead[]; exhausted: boolean } => {
    const want = Math.max(0, Math.min(5_000, Math.trunc(args.want)))
    const due = sql(
      db.$client,
      `SELECT id, campaign, ref, name, phones, fields, attempts, due_at AS dueAt, callback, callback_agent AS callbackAgent FROM leads
       WHERE campaign = ? AND state = ? AND due_at <= ? AND id NOT IN (SELECT value FROM json_each(?)) ORDER BY due_at, id LIMIT ?`,
    )
    const except = JSON.stringify(args.except)
    const callbacks = due.all(args.campaign, 'callback', args.now, except, want) as DueRow[]
    const ready = due.all(args.campaign, 'ready', args.now, except, want - callbacks.length) as DueRow[]
    const found = [...callbacks, ...ready].map(bufferedOf)
    return { leads: found, exhausted: found.length < want }
  },
}

type DueRow = Omit<BufferedLead, 'phones' | 'fields'> & { phones: string; fields: string }

function bufferedOf(row: DueRow): BufferedLead {
  return { ...row, phones: JSON.parse(row.phones), fields: JSON.parse(row.fields) }
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
