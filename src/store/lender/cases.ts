import type { CaseState } from '../../lender/case.ts'
import type { LenderDay } from '../../lender/facts.ts'
import { type Db, sql } from '../db.ts'
import { and, desc, eq, inArray, isNull } from '../drizzle.cjs'
import { type NoArgs, type Page, type PageArgs, pageLimit, readCursor, toPage } from '../page.ts'
import { cases, lenderDays } from '../schema.ts'

export type CaseRecord = typeof cases.$inferSelect

export const caseSorts = ['owed', 'oldest', 'changed', 'broken'] as const
export type CaseSort = (typeof caseSorts)[number]
export type CaseRow = CaseRecord & { name: string | null }
/** `agent` '': nobody has it. Dates are of the oldest instalment that is owed; amounts minor units. */
export type CaseListArgs = PageArgs & {
  states?: readonly CaseState[]
  agent?: string
  product?: string
  owedFrom?: number
  owedBelow?: number
  dueFrom?: string
  dueTo?: string
  sort?: CaseSort
}
/** Beyond it a page says that there are more. */
export const countMax = 100_000
export type CaseToAssign = Pick<CaseRecord, 'id' | 'party' | 'agent' | 'state' | 'oldestDueOn' | 'owed' | 'product'> & {
  lastAgent: string | null
}
export type GroupResult = { rule: string; group: string; cases: number; cured: number; owed: number; repaid: number }

export type CaseFilter = PageArgs & { state?: CaseState; agent?: string; party?: string }

export const caseQueries = {
  'cases.byId': (db: Db, args: { id: string }): CaseRecord | null =>
    db.select().from(cases).where(eq(cases.id, args.id)).get() ?? null,
  /** At most 500; in no certain order. */
  'cases.byIds': (db: Db, args: { ids: string[] }): CaseRecord[] =>
    db
      .select()
      .from(cases)
      .where(inArray(cases.id, args.ids.slice(0, 500)))
      .all(),
  /** The one that is open. */
  'cases.openOf': (db: Db, args: { party: string }): CaseRecord | null =>
    db
      .select()
      .from(cases)
      .where(and(eq(cases.party, args.party), isNull(cases.closedAt)))
      .get() ?? null,
  /** Newest first, at most 100. */
  'cases.ofParty': (db: Db, args: { party: string }): CaseRecord[] =>
    db.select().from(cases).where(eq(cases.party, args.party)).orderBy(desc(cases.openedAt)).limit(100).all(),
  /** By sort and id; each filter narrows. With `count` of all that match, at most `countMax`. */
  'cases.list': (db: Db, args: CaseListArgs): Page<CaseRow> & { count: number } => caseList(db, args),
  /** Which products open cases are about, at most 50. */
  'cases.products': (db: Db, _args: NoArgs): string[] =>
    (
      sql(
        db.$client,
        'SELECT DISTINCT product FROM cases WHERE closed_at IS NULL AND product IS NOT NULL ORDER BY product LIMIT 50',
      ).all() as { product: string }[]
    ).map(({ product }) => product),
  /** Open cases of each collector that are worked on here: what counts as load. */
  'cases.loads': (db: Db, _args: NoArgs): { agent: string; cases: number }[] =>
    sql(
      db.$client,
      `SELECT agent, count(*) AS cases FROM cases WHERE closed_at IS NULL AND agent IS NOT NULL AND state NOT IN ('OUTSOURCED', 'LEGAL')
       GROUP BY agent`,
    ).all() as { agent: string; cases: number }[],
  /**
   * Cases that assignment may deal, by id from after `after`: those without a collector, or with one who is not in `agents` any more; with `all`
   * those at work too. Never one with a promise or on HOLD whose collector is there.
   */
  'cases.toAssign': (db: Db, args: { agents: string[]; all: boolean; after: string; limit: number }): CaseToAssign[] =>
    sql(
      db.$client,
      `SELECT id, party, agent, state, oldest_due_on AS oldestDueOn, owed, product,
         (SELECT agent FROM cases AS former WHERE former.party = cases.party AND former.id <> cases.id AND former.agent IS NOT NULL
          ORDER BY opened_at DESC, id DESC LIMIT 1) AS lastAgent
       FROM cases WHERE id > ? AND closed_at IS NULL AND state IN ('IMPORTED', 'ASSIGNED', 'WORKING', 'PTP')
         AND (agent IS NULL OR agent NOT IN (SELECT value FROM json_each(?)) OR (? AND state IN ('ASSIGNED', 'WORKING')))
       ORDER BY id LIMIT ?`,
    ).all(args.after, JSON.stringify(args.agents), args.all ? 1 : 0, Math.min(20_001, args.limit)) as CaseToAssign[],
  /** How the groups of each rule fare: cases dealt, cured, promises kept and due, and what came in since, minor units. */
  'cases.groups': (db: Db, _args: NoArgs): GroupResult[] =>
    sql(
      db.$client,
      `SELECT rule, rule_group AS "group", count(*) AS cases, sum(state = 'CURED') AS cured, sum(owed) AS owed,
         (SELECT coalesce(sum(amount), 0) FROM cases AS c JOIN repayments ON repayments.party = c.party AND reversed_at IS NULL
            AND recorded_at >= c.assigned_at WHERE c.rule = cases.rule AND c.rule_group = cases.rule_group) AS repaid
       FROM cases WHERE rule IS NOT NULL GROUP BY rule, rule_group ORDER BY rule, rule_group LIMIT 1000`,
    ).all() as GroupResult[],
  /**
   * Parties of which a loan fell due on or before `dueOn`, with no open case, by ref from after `after`; not those whose case a person closed since
   * it fell due.
   */
  'cases.toOpen': (
    db: Db,
    args: { dueOn: string; owedFrom: number; after: string; limit: number },
  ): { party: string; loans: string[] }[] =>
    (
      sql(
        db.$client,
        `SELECT party, json_group_array(ref) AS loans FROM loans WHERE party > ? AND oldest_due_on <= ?
           AND NOT EXISTS (SELECT 1 FROM cases WHERE cases.party = loans.party AND (closed_at IS NULL
             OR (state <> 'CURED' AND date(closed_at / 1000, 'unixepoch') >= loans.oldest_due_on)))
         GROUP BY party HAVING sum(owed) >= ? ORDER BY party LIMIT ?`,
      ).all(args.after, args.dueOn, args.owedFrom, args.limit) as { party: string; loans: string }[]
    ).map(({ party, loans }) => ({ party, loans: (JSON.parse(loans) as string[]).slice(0, 200) })),
  /** Parties of open cases of which another loan is overdue today, by ref from after `after`. */
  'cases.toSettle': (db: Db, args: { today: string; after: string; limit: number }): string[] =>
    (
      sql(
        db.$client,
        `SELECT party FROM cases WHERE party > ? AND closed_at IS NULL AND EXISTS (SELECT 1 FROM loans WHERE loans.party = cases.party
           AND oldest_due_on < ? AND ref NOT IN (SELECT value FROM json_each(cases.loans))) ORDER BY party LIMIT ?`,
      ).all(args.after, args.today, args.limit) as { party: string }[]
    ).map(({ party }) => party),
  'lender.days': (db: Db, args: { limit: number }): (LenderDay & { doneAt: number })[] =>
    db.select().from(lenderDays).orderBy(desc(lenderDays.day)).limit(args.limit).all(),
  /** By id. Of a state, of an agent, of an agent in a state, or of a party; each a walk of its index. */
  'cases.page': (db: Db, args: CaseFilter): Page<CaseRecord> => {
    const limit = pageLimit(args)
    const [after = ''] = (readCursor(args.cursor, ['string']) ?? []) as string[]
    const given: [string, string | undefined][] = [
      ['party', args.party],
      ['agent', args.agent],
      ['state', args.state],
    ]
    const set = given.filter((pair): pair is [string, string] => pair[1] !== undefined)
    const where = ['id > ?', ...set.map(([name]) => `${name} = ?`)].join(' AND ')
    const rows = sql(db.$client, `SELECT id FROM cases WHERE ${where} ORDER BY id LIMIT ?`).all(
      after,
      ...set.map(([, value]) => value),
      limit + 1,
    ) as { id: string }[]
    const { items, next } = toPage(rows, limit, row => [row.id])
    return { items: items.map(({ id }) => caseQueries['cases.byId'](db, { id })!), next }
  },
}

const sorts: Record<
  CaseSort,
  { column: string; step: 'ASC' | 'DESC'; from: string | number; type: 'string' | 'number' }
> = {
  owed: { column: 'cases.owed', step: 'DESC', from: Number.MAX_SAFE_INTEGER, type: 'number' },
  oldest: { column: "coalesce(cases.oldest_due_on, '9999')", step: 'ASC', from: '', type: 'string' },
  broken: { column: 'coalesce(cases.broken_at, 0)', step: 'DESC', from: Number.MAX_SAFE_INTEGER, type: 'number' },
  changed: { column: 'cases.changed_at', step: 'DESC', from: Number.MAX_SAFE_INTEGER, type: 'number' },
}

function caseList(db: Db, args: CaseListArgs): Page<CaseRow> & { count: number } {
  const limit = pageLimit(args)
  const { column, step, from, type } = sorts[args.sort ?? 'owed']
  const where: string[] = []
  const values: unknown[] = []
  const add = (text: string, ...given: unknown[]) => {
    where.push(text)
    values.push(...given)
  }
  if (args.states?.length) add('state IN (SELECT value FROM json_each(?))', JSON.stringify(args.states))
  if (args.agent === '') add('agent IS NULL')
  else if (args.agent !== undefined) add('agent = ?', args.agent)
  if (args.product !== undefined) add('product = ?', args.product)
  if (args.owedFrom !== undefined) add('owed >= ?', args.owedFrom)
  if (args.owedBelow !== undefined) add('owed < ?', args.owedBelow)
  if (args.dueFrom !== undefined) add("coalesce(oldest_due_on, '9999') >= ?", args.dueFrom)
  if (args.dueTo !== undefined) add('oldest_due_on <= ?', args.dueTo)
  const filter = where.length === 0 ? '1' : where.join(' AND ')
  const { count } = sql(
    db.$client,
    `SELECT count(*) AS count FROM (SELECT 1 FROM cases WHERE ${filter} LIMIT ${countMax})`,
  ).get(...values) as { count: number }
  const [value, after] = (readCursor(args.cursor, [type, 'string']) ?? [from, '']) as [string | number, string]
  const beyond = `(${column} ${step === 'DESC' ? '<' : '>'} ? OR (${column} = ? AND cases.id > ?))`
  const rows = sql(
    db.$client,
    `SELECT id, ${column} AS sorted FROM cases WHERE ${filter} AND ${beyond} ORDER BY ${column} ${step}, id LIMIT ?`,
  ).all(...values, value, value, after, limit + 1) as { id: string; sorted: string | number }[]
  const { items, next } = toPage(rows, limit, row => [row.sorted, row.id])
  const name = sql(db.$client, 'SELECT name FROM parties WHERE ref = ?')
  return {
    count,
    next,
    items: items.map(({ id }) => {
      const found = caseQueries['cases.byId'](db, { id })!
      const party = name.get(found.party) as { name: string } | undefined
      return { ...found, name: party?.name ?? null }
    }),
  }
}
