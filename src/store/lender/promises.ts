import type { PromiseState } from '../../lender/promise.ts'
import { type Db, sql } from '../db.ts'
import { desc, eq } from '../drizzle.cjs'
import { promises } from '../schema.ts'

export type PromiseRecord = typeof promises.$inferSelect

export const promiseQueries = {
  'promises.byId': (db: Db, args: { id: string }): PromiseRecord | null =>
    db.select().from(promises).where(eq(promises.id, args.id)).get() ?? null,
  /** Newest first, at most 500. */
  'promises.ofParty': (db: Db, args: { party: string; state?: PromiseState }): PromiseRecord[] =>
    db
      .select()
      .from(promises)
      .where(eq(promises.party, args.party))
      .orderBy(desc(promises.madeAt), desc(promises.id))
      .limit(500)
      .all()
      .filter(({ state }) => args.state === undefined || state === args.state),
  /** Parties with a promise that is open and was due on `dueOn` or before, at most 500, after the party given. */
  'promises.partiesDue': (db: Db, args: { dueOn: string; after: string }): string[] =>
    (
      sql(
        db.$client,
        `SELECT DISTINCT party FROM promises WHERE state = 'OPEN' AND due_on <= ? AND party > ? ORDER BY party LIMIT 500`,
      ).all(args.dueOn, args.after) as { party: string }[]
    ).map(row => row.party),
}
