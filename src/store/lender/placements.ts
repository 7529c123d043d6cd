/** Agencies, batches and placements as pages, the records door and the floor read them. */
import type { Agency } from '../../lender/agency.ts'
import type { PlacementCase, PlacementState } from '../../lender/placement.ts'
import type { AgencyId, UserId } from '../../lib/ids.ts'
import { type Db, sql } from '../db.ts'
import { and, desc, eq, inArray, lt } from '../drizzle.cjs'
import { type NoArgs, type Page, type PageArgs, pageLimit, readCursor, toPage } from '../page.ts'
import { agencies, agencyBatches, batchExports, type placements } from '../schema.ts'

export type AgencyRecord = Agency & { savedAt: number; removedAt: number | null; people: number; placed: number }
export type BatchRecord = typeof agencyBatches.$inferSelect
export type PlacementRow = typeof placements.$inferSelect & { name: string | null; owedNow: number }
export type BatchExport = typeof batchExports.$inferSelect

/** Amounts in minor units, of one currency. */
export type BatchFigures = {
  waiting: number
  placed: number
  ended: number
  refused: number
  sums: { currency: string; owed: number; recovered: number; repayments: number }[]
  /** Why cases were refused, or came back, and how many. */
  why: { state: PlacementState; why: string; cases: number }[]
}

/** Which cases a filter fits. Dates are of the oldest instalment that is owed. */
export type CandidateArgs = {
  products: string[]
  owedFrom: number | null
  owedBelow: number | null
  dueFrom: string | null
  dueTo: string | null
  after: string
  limit: number
  now: number
  /** A batch what waits in which does not count as waiting. */
  own: string | null
}
export type Candidate = Omit<PlacementCase, 'bucket'> & { oldestDueOn: string | null; currency: string }

export const placementQueries = {
  /** By name; those that were removed only with `all`. */
  'agencies.list': (db: Db, args: { all?: boolean }): AgencyRecord[] =>
    db
      .select()
      .from(agencies)
      .orderBy(agencies.name)
      .all()
      .filter(({ removedAt }) => args.all || removedAt === null)
      .map(row => agencyOf(db, row)),
  'agencies.byId': (db: Db, args: { id: string }): AgencyRecord | null => {
    const row = db
      .select()
      .from(agencies)
      .where(eq(agencies.id, args.id as AgencyId))
      .get()
    return row === undefined ? null : agencyOf(db, row)
  },
  'batches.byId': (db: Db, args: { id: string }): BatchRecord | null =>
    db.select().from(agencyBatches).where(eq(agencyBatches.id, args.id)).get() ?? null,
  /** Newest first; of an agency, or of all. */
  'batches.page': (db: Db, args: PageArgs & { agency?: string }): Page<BatchRecord> => {
    const limit = pageLimit(args)
    const [at, before] = (readCursor(args.cursor, ['number', 'string']) ?? [Number.MAX_SAFE_INTEGER, '']) as [
      number,
      string,
    ]
    const rows = sql(
      db.$client,
      `SELECT id, opened_at AS at FROM agency_batches WHERE (? IS NULL OR agency = ?) AND (opened_at < ? OR (opened_at = ? AND id < ?))
       ORDER BY opened_at DESC, id DESC LIMIT ?`,
    ).all(args.agency ?? null, args.agency ?? null, at, at, before, limit + 1) as { id: string; at: number }[]
    const { items, next } = toPage(rows, limit, row => [row.at, row.id])
    return { items: items.map(({ id }) => placementQueries['batches.byId'](db, { id })!), next }
  },
  /** Of which fewer cases are listed, or told as never to be, than it was opened with. */
  'batches.short': (db: Db, _args: NoArgs): BatchRecord[] =>
    (
      sql(
        db.$client,
        `SELECT id FROM agency_batches WHERE state IN ('PLACING', 'OPEN') AND listed + unlisted < coalesce(json_extract(doc, '$.cases'), 0) LIMIT 100`,
      ).all() as { id: string }[]
    ).map(({ id }) => placementQueries['batches.byId'](db, { id })!),
  /** Whose placing was broken off. */
  'batches.unplaced': (db: Db, _args: NoArgs): BatchRecord[] =>
    (
      sql(
        db.$client,
        `SELECT id FROM agency_batches WHERE state = 'PLACING'
         UNION SELECT batch FROM placements JOIN agency_batches ON agency_batches.id = batch
           WHERE placements.state = 'WAITING' AND agency_batches.state = 'OPEN' LIMIT 100`,
      ).all() as { id: string }[]
    ).map(({ id }) => placementQueries['batches.byId'](db, { id })!),
  /** Those whose last day is over. */
  'batches.over': (db: Db, args: { today: string }): BatchRecord[] =>
    db
      .select()
      .from(agencyBatches)
      .where(and(inArray(agencyBatches.state, ['OPEN', 'PLACING']), lt(agencyBatches.until, args.today)))
      .limit(100)
      .all(),
  /** Open ones of which nothing is placed or waits any more. */
  'batches.empty': (db: Db, _args: NoArgs): BatchRecord[] =>
    (
      sql(
        db.$client,
        `SELECT id FROM agency_batches WHERE state = 'OPEN' AND NOT EXISTS (SELECT 1 FROM placements WHERE batch = agency_batches.id
           AND state IN ('PLACED', 'WAITING')) LIMIT 100`,
      ).all() as { id: string }[]
    ).map(({ id }) => placementQueries['batches.byId'](db, { id })!),
  'batches.figures': (db: Db, args: { batch: string }): BatchFigures => figuresOf(db, args.batch),
  /** Newest first, at most 100. */
  'batches.exports': (db: Db, args: { batch: string }): BatchExport[] =>
    db
      .select()
      .from(batchExports)
      .where(eq(batchExports.batch, args.batch))
      .orderBy(desc(batchExports.seq))
      .limit(100)
      .all(),
  /** By case id; of one state, or all. */
  'placements.page': (db: Db, args: PageArgs & { batch: string; state?: PlacementState }): Page<PlacementRow> => {
    const limit = pageLimit(args)
    const [after = ''] = (readCursor(args.cursor, ['string']) ?? []) as string[]
    const rows = sql(
      db.$client,
      `SELECT p.batch, p.case_id AS "case", p.agency, p.party, p.state, p.agent, p.owed, p.currency, p.why, p.placed_at AS placedAt,
         p.ended_at AS endedAt, parties.name, coalesce(cases.owed, 0) AS owedNow
       FROM placements p LEFT JOIN parties ON parties.ref = p.party LEFT JOIN cases ON cases.id = p.case_id
       WHERE p.batch = ? AND p.case_id > ? AND (? IS NULL OR p.state = ?) ORDER BY p.case_id LIMIT ?`,
    ).all(args.batch, after, args.state ?? null, args.state ?? null, limit + 1) as PlacementRow[]
    return toPage(rows, limit, row => [row.case])
  },
  /** Ids of the cases of a batch or of an agency in this state, at most 500. */
  'placements.cases': (db: Db, args: { batch?: string; agency?: AgencyId; state: PlacementState }): string[] =>
    (
      sql(
        db.$client,
        `SELECT case_id AS id FROM placements WHERE ${args.batch === undefined ? 'agency' : 'batch'} = ? AND state = ? ORDER BY case_id LIMIT 500`,
      ).all(args.batch ?? args.agency ?? '', args.state) as { id: string }[]
    ).map(({ id }) => id),
  /** Placed cases of people who do not want to be called any more, at most 500. */
  'placements.stopped': (db: Db, args: { now: number }): string[] =>
    (
      sql(
        db.$client,
        `SELECT case_id AS id FROM placements WHERE state = 'PLACED' AND EXISTS (SELECT 1 FROM party_stops
           WHERE party_stops.party = placements.party AND kind = 'do_not_call' AND (until IS NULL OR until > ?)) LIMIT 500`,
      ).all(args.now) as { id: string }[]
    ).map(({ id }) => id),
  /** Of a batch or an agency, what is listed and neither placed nor refused yet. */
  'placements.waiting': (
    db: Db,
    args: { batch?: string; agency?: AgencyId; limit: number },
  ): { batch: string; case: string }[] =>
    sql(
      db.$client,
      `SELECT batch, case_id AS "case" FROM placements WHERE ${args.batch === undefined ? 'agency' : 'batch'} = ? AND state = 'WAITING'
       ORDER BY case_id LIMIT ?`,
    ).all(args.batch ?? args.agency ?? '', Math.min(500, args.limit)) as { batch: string; case: string }[],
  /** Since when a case of this party is placed with this agency; null: none is. */
  'placements.since': (db: Db, args: { party: string; agency: AgencyId }): number | null =>
    (
      sql(
        db.$client,
        "SELECT placed_at AS at FROM placements WHERE party = ? AND agency = ? AND state = 'PLACED' ORDER BY placed_at DESC LIMIT 1",
      ).get(args.party, args.agency) as { at: number | null } | undefined
    )?.at ?? null,
  /** `except`: a batch that is not asked about. */
  'placements.count': (db: Db, args: { agency: AgencyId; state: PlacementState; except: string | null }): number =>
    (
      sql(db.$client, 'SELECT count(*) AS cases FROM placements WHERE agency = ? AND state = ? AND batch <> ?').get(
        args.agency,
        args.state,
        args.except ?? '',
      ) as { cases: number }
    ).cases,
  /** How many cases each of an agency's people has; `agent` null: nobody. */
  'placements.loads': (db: Db, args: { agency: AgencyId }): { agent: UserId | null; cases: number }[] =>
    sql(db.$client, 'SELECT agent, count(*) AS cases FROM cases WHERE agency = ? GROUP BY agent').all(args.agency) as {
      agent: UserId | null
      cases: number
    }[],
  /** Cases of an agency: of one of its people, of nobody (`''`), or all; by what is owed. At most 500. */
  'placements.ofAgency': (db: Db, args: { agency: AgencyId; agent?: string; limit: number }): PlacedRow[] =>
    sql(
      db.$client,
      `SELECT cases.id, cases.party, cases.agent, cases.owed, cases.product, cases.oldest_due_on AS oldestDueOn, cases.changed_at AS changedAt, parties.name
       FROM cases JOIN parties ON parties.ref = cases.party
       WHERE cases.agency = ? AND (? IS NULL OR coalesce(cases.agent, '') = ?) ORDER BY cases.owed DESC, cases.id LIMIT ?`,
    ).all(args.agency, args.agent ?? null, args.agent ?? null, Math.min(500, args.limit)) as PlacedRow[],
  /** Which of these parties have a case with this agency; with `agent`, in the hands of that person. */
  'placements.parties': (db: Db, args: { agency: AgencyId; parties: string[]; agent?: UserId }): string[] =>
    (
      sql(
        db.$client,
        `SELECT party FROM cases WHERE closed_at IS NULL AND agency = ? AND party IN (SELECT value FROM json_each(?)) AND (? IS NULL OR agent = ?)`,
      ).all(args.agency, JSON.stringify(args.parties.slice(0, 500)), args.agent ?? null, args.agent ?? null) as {
        party: string
      }[]
    ).map(({ party }) => party),
  'placements.candidates': (db: Db, args: CandidateArgs): Candidate[] =>
    candidateRows(
      sql(
        db.$client,
        `${candidate} WHERE cases.id > ? AND closed_at IS NULL AND (? = '[]' OR product IN (SELECT value FROM json_each(?)))
           AND cases.owed >= ? AND cases.owed < ? AND coalesce(oldest_due_on, '9999') >= ? AND coalesce(oldest_due_on, '') <= ?
         ORDER BY cases.id LIMIT ?`,
      ).all(
        ...[args.now, args.own ?? '', args.after, JSON.stringify(args.products), JSON.stringify(args.products)],
        ...[args.owedFrom ?? 0, args.owedBelow ?? Number.MAX_SAFE_INTEGER, args.dueFrom ?? '', args.dueTo ?? '9999'],
        Math.min(1_000, args.limit),
      ),
    ),
  /** The same of cases by id, at most 500, whatever has become of them. */
  'placements.candidatesById': (db: Db, args: { ids: string[]; now: number }): Candidate[] =>
    candidateRows(
      sql(db.$client, `${candidate} WHERE cases.id IN (SELECT value FROM json_each(?))`).all(
        args.now,
        '',
        JSON.stringify(args.ids.slice(0, 500)),
      ),
    ),
}

export type PlacedRow = {
  id: string
  party: string
  agent: UserId | null
  owed: number
  product: string | null
  oldestDueOn: string | null
  changedAt: number
  name: string
}

const candidate = `SELECT cases.id, cases.party, cases.state, cases.owed, cases.product, cases.oldest_due_on AS oldestDueOn, cases.placed,
  EXISTS (SELECT 1 FROM party_stops WHERE party_stops.party = cases.party AND (until IS NULL OR until > ?)) AS held,
  EXISTS (SELECT 1 FROM placements WHERE placements.case_id = cases.id AND placements.state = 'WAITING' AND placements.batch <> ?) AS waiting,
  EXISTS (SELECT 1 FROM complaints WHERE complaints.party = cases.party AND complaints.state <> 'RESOLVED') AS complaint,
  coalesce((SELECT json_extract(doc, '$.currency') FROM loans WHERE loans.party = cases.party AND loans.oldest_due_on IS NOT NULL
    ORDER BY loans.oldest_due_on LIMIT 1), 'CNY') AS currency
  FROM cases`

function candidateRows(rows: unknown[]): Candidate[] {
  return (
    rows as (Omit<Candidate, 'placed' | 'held' | 'complaint' | 'waiting'> & {
      placed: string | null
      held: number
      waiting: number
      complaint: number
    })[]
  ).map(({ placed, held, complaint, waiting, ...row }) => ({
    ...row,
    waiting: waiting === 1,
    placed: placed === null ? null : JSON.parse(placed),
    held: held === 1,
    complaint: complaint === 1,
  }))
}

/**
 * What came in while a case was placed: paid from the instant at which it was placed until it ended, whenever it was told. A bank's clock may be
 * ahead of ours, so what was told before the end counts as paid before it.
 */
function figuresOf(db: Db, batch: string): BatchFigures {
  const count = sql(db.$client, 'SELECT state, count(*) AS cases FROM placements WHERE batch = ? GROUP BY state').all(
    batch,
  ) as { state: PlacementState; cases: number }[]
  const of = (state: PlacementState) => count.find(each => each.state === state)?.cases ?? 0
  const owed = sql(
    db.$client,
    `SELECT currency, sum(owed) AS owed FROM placements WHERE batch = ? AND placed_at IS NOT NULL GROUP BY currency ORDER BY currency`,
  ).all(batch) as { currency: string; owed: number }[]
  const recovered = sql(
    db.$client,
    `SELECT r.currency, sum(r.amount) AS recovered, count(*) AS repayments FROM placements p
       JOIN repayments r ON r.party = p.party AND r.reversed_at IS NULL AND r.paid_at >= p.placed_at
         AND min(r.paid_at, r.recorded_at) <= coalesce(p.ended_at, 9007199254740991)
     WHERE p.batch = ? AND p.placed_at IS NOT NULL GROUP BY r.currency`,
  ).all(batch) as { currency: string; recovered: number; repayments: number }[]
  const currencies = [...new Set([...owed, ...recovered].map(({ currency }) => currency))].sort()
  return {
    waiting: of('WAITING'),
    placed: of('PLACED'),
    ended: of('ENDED'),
    refused: of('REFUSED'),
    sums: currencies.map(currency => ({
      currency,
      owed: owed.find(each => each.currency === currency)?.owed ?? 0,
      recovered: recovered.find(each => each.currency === currency)?.recovered ?? 0,
      repayments: recovered.find(each => each.currency === currency)?.repayments ?? 0,
    })),
    why: sql(
      db.$client,
      `SELECT state, coalesce(why, '') AS why, count(*) AS cases FROM placements WHERE batch = ? AND state IN ('REFUSED', 'ENDED')
       GROUP BY state, why ORDER BY cases DESC LIMIT 20`,
    ).all(batch) as BatchFigures['why'],
  }
}

function agencyOf(db: Db, { doc, savedAt, removedAt }: typeof agencies.$inferSelect): AgencyRecord {
  const { people } = sql(
    db.$client,
    "SELECT count(*) AS people FROM users WHERE enabled = 1 AND json_extract(doc, '$.agency') = ?",
  ).get(doc.id) as { people: number }
  const { placed } = sql(
    db.$client,
    "SELECT count(*) AS placed FROM placements WHERE agency = ? AND state = 'PLACED'",
  ).get(doc.id) as { placed: number }
  return { ...doc, suspendedFor: doc.suspendedFor ?? null, savedAt, removedAt, people, placed }
}

/** Those that were not removed. */
export function agenciesIn(db: Db): Agency[] {
  return (sql(db.$client, 'SELECT doc FROM agencies WHERE removed_at IS NULL').all() as { doc: string }[]).map(
    ({ doc }) => JSON.parse(doc) as Agency,
  )
}

export function placedParties(db: Db): { party: string; agency: AgencyId }[] {
  return sql(db.$client, 'SELECT party, agency FROM cases WHERE agency IS NOT NULL AND closed_at IS NULL').all() as {
    party: string
    agency: AgencyId
  }[]
}
