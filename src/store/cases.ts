import type { CaseState } from '../lender/case.ts'
import { type Db, sql } from './db.ts'
import { and, desc, eq, inArray, isNull } from './drizzle.cjs'
import { type Page, type PageArgs, pageLimit, readCursor, toPage } from './page.ts'
import { cases } from './schema.ts'

export type CaseRecord = typeof cases.$inferSelect

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
