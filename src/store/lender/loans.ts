/** Loans, each with what repayments paid of it. */
import type { Loan } from '../../lender/loan.ts'
import { type Db, sql } from '../db.ts'
import { asc, eq } from '../drizzle.cjs'
import { type NoArgs, type Page, type PageArgs, pageLimit, readCursor, toPage } from '../page.ts'
import { loans } from '../schema.ts'
import { paidOf } from './project-lender.ts'

/** `paid` by `payKey`: pairs, since a Map does not cross a thread as JSON. */
export type LoanRecord = Loan & {
  paid: [key: string, amount: number][]
  oldestDueOn: string | null
  owed: number
  addedAt: number
  changedAt: number
}

/** Of one party; nobody has more. */
export const loansMax = 200

export const loanQueries = {
  'loans.byRef': (db: Db, args: { ref: string }): LoanRecord | null => {
    const row = db.select().from(loans).where(eq(loans.ref, args.ref)).get()
    return row === undefined ? null : withPaid(db, row)
  },
  /** Without what was paid; for an import, at most 500 at a time. */
  'loans.byRefs': (db: Db, args: { refs: string[] }): Loan[] =>
    (
      sql(db.$client, 'SELECT doc FROM loans WHERE ref IN (SELECT value FROM json_each(?))').all(
        JSON.stringify(args.refs.slice(0, 500)),
      ) as { doc: string }[]
    ).map(({ doc }) => JSON.parse(doc) as Loan),
  /** Oldest ref first, at most 200. */
  'loans.ofParty': (db: Db, args: { party: string }): LoanRecord[] =>
    db
      .select()
      .from(loans)
      .where(eq(loans.party, args.party))
      .orderBy(asc(loans.ref))
      .limit(loansMax)
      .all()
      .map(row => withPaid(db, row)),
  /** All by ref, or one party's. */
  'loans.page': (db: Db, args: PageArgs & { party?: string }): Page<LoanRecord> => {
    const limit = pageLimit(args)
    const [after = ''] = (readCursor(args.cursor, ['string']) ?? []) as string[]
    const rows = (
      args.party === undefined
        ? sql(db.$client, 'SELECT ref FROM loans WHERE ref > ? ORDER BY ref LIMIT ?').all(after, limit + 1)
        : sql(db.$client, 'SELECT ref FROM loans WHERE party = ? AND ref > ? ORDER BY ref LIMIT ?').all(
            args.party,
            after,
            limit + 1,
          )
    ) as { ref: string }[]
    const { items, next } = toPage(rows, limit, row => [row.ref])
    return {
      items: items.map(({ ref }) => withPaid(db, db.select().from(loans).where(eq(loans.ref, ref)).get()!)),
      next,
    }
  },
  /** Of all loans, the first 50 by name: one look into the index for each, not for each loan. */
  'loans.products': (db: Db, _args: NoArgs): string[] =>
    (
      sql(
        db.$client,
        `WITH RECURSIVE named (product) AS (
           SELECT min(product) FROM loans
           UNION ALL SELECT (SELECT min(product) FROM loans WHERE product > named.product) FROM named WHERE named.product IS NOT NULL
         ) SELECT product FROM named WHERE product IS NOT NULL LIMIT 50`,
      ).all() as { product: string }[]
    ).map(({ product }) => product),
  /** Parties of loans of which something was due before `today`, by the oldest date first, from after the cursor. For the daily work. */
  'loans.overduePage': (
    db: Db,
    args: PageArgs & { today: string },
  ): Page<{ ref: string; party: string; oldestDueOn: string; owed: number }> => {
    const limit = pageLimit(args)
    const [dueOn, ref] = (readCursor(args.cursor, ['string', 'string']) ?? ['', '']) as [string, string]
    const rows = sql(
      db.$client,
      `SELECT ref, party, oldest_due_on AS oldestDueOn, owed FROM loans
       WHERE oldest_due_on IS NOT NULL AND oldest_due_on < ? AND (oldest_due_on, ref) > (?, ?) ORDER BY oldest_due_on, ref LIMIT ?`,
    ).all(args.today, dueOn, ref, limit + 1) as { ref: string; party: string; oldestDueOn: string; owed: number }[]
    return toPage(rows, limit, row => [row.oldestDueOn, row.ref])
  },
}

function withPaid(db: Db, { doc, oldestDueOn, owed, addedAt, changedAt }: typeof loans.$inferSelect): LoanRecord {
  return { ...doc, paid: [...paidOf(db.$client, doc.ref)], oldestDueOn, owed, addedAt, changedAt }
}
