/**
 * Pages of a campaign's leads. Each is a walk of one index from where the last page ended, so that it costs the same in a list of a hundred and
 * of ten million: all by ref, those of a state by due time, and what a text is the beginning of.
 */
import type { LeadState } from '../../centre/entities.ts'
import type { CampaignId, LeadId } from '../../lib/ids.ts'
import { type Db, sql } from '../db.ts'
import { eq, inArray } from '../drizzle.cjs'
import { makeCursor, type Page, type PageArgs, pageLimit, readCursor } from '../page.ts'
import { leadPhones, leads } from '../schema.ts'

export type LeadRecord = typeof leads.$inferSelect

/** `text` is searched at the beginning of the ref and of the name, and as a whole number; at most 200 are found by each. */
export type LeadFilter = PageArgs & { campaign: CampaignId; state?: LeadState; text?: string }

const hitsMax = 200
/** Stands for the due time of leads that have none, in a cursor. */
const never = -1

type Found = { id: LeadId; dueAt: number | null; ref?: string }

export function leadPage(db: Db, args: LeadFilter): Page<LeadRecord> {
  const limit = pageLimit(args)
  const ordered = args.state !== undefined && !args.text
  const found = args.text
    ? afterCursor(db, args, searched(db, args.campaign, args.text.slice(0, 100)))
    : args.state === undefined
      ? byRef(db, args, limit + 1)
      : byState(db, args.campaign, args.state, args.cursor, limit + 1)
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  const cursor = last && makeCursor(ordered ? [last.dueAt ?? never, last.id] : [last.ref ?? last.id])
  return { items: loaded(db, shown), next: found.length > limit ? (cursor ?? null) : null }
}

function byRef(db: Db, { campaign, cursor }: LeadFilter, count: number): Found[] {
  const [after = ''] = readCursor(cursor, ['string']) ?? []
  return sql(
    db.$client,
    'SELECT id, ref, NULL AS dueAt FROM leads INDEXED BY leads_ref WHERE campaign = ? AND ref > ? ORDER BY ref LIMIT ?',
  ).all(campaign, after, count) as Found[]
}

/** Those without a due time first; both parts are walks of leads_due. */
function byState(
  db: Db,
  campaign: CampaignId,
  state: LeadState,
  cursor: string | null | undefined,
  count: number,
): Found[] {
  const [dueAt, id] = (readCursor(cursor, ['number', 'string']) ?? [never, '']) as [number, string]
  const without =
    dueAt !== never
      ? []
      : (sql(
          db.$client,
          `SELECT id, NULL AS dueAt FROM leads INDEXED BY leads_due
           WHERE campaign = ? AND state = ? AND due_at IS NULL AND id > ? ORDER BY id LIMIT ?`,
        ).all(campaign, state, id, count) as Found[])
  if (without.length >= count) return without
  const start = dueAt === never ? [Number.MIN_SAFE_INTEGER, ''] : [dueAt, id]
  const rest = sql(
    db.$client,
    `SELECT id, due_at AS dueAt FROM leads INDEXED BY leads_due
     WHERE campaign = ? AND state = ? AND (due_at, id) > (?, ?) ORDER BY due_at, id LIMIT ?`,
  ).all(campaign, state, ...start, count - without.length) as Found[]
  return [...without, ...rest]
}

/** In the order of their ids. */
function searched(db: Db, campaign: CampaignId, text: string): LeadId[] {
  const ids = new Set<LeadId>()
  for (const beginning of new Set([text, text.toLowerCase(), text.toUpperCase(), capitalised(text)])) {
    for (const [index, column] of [
      ['leads_ref', 'ref'],
      ['leads_name', 'name'],
    ] as const) {
      const rows = sql(
        db.$client,
        `SELECT id FROM leads INDEXED BY ${index} WHERE campaign = ? AND ${column} >= ? AND ${column} < ? ORDER BY ${column} LIMIT ?`,
      ).all(campaign, beginning, `${beginning}\u{10ffff}`, hitsMax) as { id: LeadId }[]
      for (const { id } of rows) ids.add(id)
    }
  }
  const digits = text.replace(/[\s-]/g, '')
  if (/^\+?\d{3,15}$/.test(digits)) {
    for (const id of idsOf(db, digits)) ids.add(id)
    if (!digits.startsWith('+')) for (const id of idsOf(db, `+86${digits}`)) ids.add(id)
  }
  return [...ids].sort()
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).toLowerCase()
}

/** What was found is little: the state is looked at in each. */
function afterCursor(db: Db, { campaign, state, cursor }: LeadFilter, ids: LeadId[]): Found[] {
  const [after = ''] = readCursor(cursor, ['string']) ?? []
  return loaded(
    db,
    ids.filter(id => id > after).map(id => ({ id, dueAt: null })),
  )
    .filter(lead => lead.campaign === campaign && (state === undefined || lead.state === state))
    .map(({ id, dueAt }) => ({ id, dueAt }))
}

function loaded(db: Db, found: readonly Found[]): LeadRecord[] {
  const ids = found.map(({ id }) => id)
  const rows = new Map(
    db
      .select()
      .from(leads)
      .where(inArray(leads.id, ids))
      .all()
      .map(lead => [lead.id, lead]),
  )
  return ids.flatMap(id => rows.get(id) ?? [])
}

export function idsOf(db: Db, number: string): LeadId[] {
  return db
    .select({ lead: leadPhones.lead })
    .from(leadPhones)
    .where(eq(leadPhones.number, number))
    .limit(500)
    .all()
    .map(row => row.lead)
}
