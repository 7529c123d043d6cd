import type { AllocationLine } from '../../lender/allocation.ts'
import type { Repayment } from '../../lender/repayment.ts'
import { type Db, sql } from '../db.ts'
import { eq } from '../drizzle.cjs'
import { type Page, type PageArgs, pageLimit, readCursor, toPage } from '../page.ts'
import { repayments } from '../schema.ts'

export type RepaymentRecord = typeof repayments.$inferSelect & { lines: AllocationLine[] }

export const repaymentQueries = {
  'repayments.byId': (db: Db, args: { id: string }): RepaymentRecord | null => {
    const row = db.select().from(repayments).where(eq(repayments.id, args.id)).get()
    return row === undefined ? null : { ...row, lines: linesOf(db, row.id) }
  },
  /** A party's, newest first. */
  'repayments.ofParty': (db: Db, args: PageArgs & { party: string }): Page<RepaymentRecord> => {
    const limit = pageLimit(args)
    const [paidAt, id] = (readCursor(args.cursor, ['number', 'string']) ?? [Number.MAX_SAFE_INTEGER, '']) as [
      number,
      string,
    ]
    const rows = sql(
      db.$client,
      `SELECT id, paid_at AS paidAt FROM repayments WHERE party = ? AND (paid_at, id) < (?, ?) ORDER BY paid_at DESC, id DESC LIMIT ?`,
    ).all(args.party, paidAt, id, limit + 1) as { id: string; paidAt: number }[]
    const { items, next } = toPage(rows, limit, row => [row.paidAt, row.id])
    return { items: items.map(row => repaymentQueries['repayments.byId'](db, { id: row.id })!), next }
  },
  /** As they were told, also those that were reversed since; for an import, at most 500 at a time. */
  'repayments.byIds': (db: Db, args: { ids: string[] }): Repayment[] =>
    sql(
      db.$client,
      `SELECT id, party, loan, amount, currency, paid_at AS paidAt, channel FROM repayments
       WHERE id IN (SELECT value FROM json_each(?))`,
    ).all(JSON.stringify(args.ids.slice(0, 500))) as Repayment[],
  /** Which of these there are already; for an import, at most 500 at a time. */
  'repayments.taken': (db: Db, args: { ids: string[] }): string[] =>
    (
      sql(db.$client, 'SELECT id FROM repayments WHERE id IN (SELECT value FROM json_each(?))').all(
        JSON.stringify(args.ids.slice(0, 500)),
      ) as { id: string }[]
    ).map(row => row.id),
  /** Those that stand and of which something is left that nothing was owed for: a loan told later takes it. */
  'repayments.withLeft': (db: Db, args: { party: string }): RepaymentRecord[] =>
    (
      sql(
        db.$client,
        `SELECT id FROM repayments WHERE party = ? AND reversed_at IS NULL AND left_over > 0 ORDER BY paid_at, id LIMIT 500`,
      ).all(args.party) as { id: string }[]
    ).map(row => repaymentQueries['repayments.byId'](db, { id: row.id })!),
  /** Those that stand and came in at `since` or later, for judging promises; at most 5,000. */
  'repayments.since': (
    db: Db,
    args: { party: string; since: number },
  ): { id: string; loan: string | null; currency: string; amount: number; paidAt: number }[] =>
    sql(
      db.$client,
      `SELECT id, loan, currency, amount, paid_at AS paidAt FROM repayments
       WHERE party = ? AND paid_at >= ? AND reversed_at IS NULL ORDER BY paid_at, id LIMIT 5000`,
    ).all(args.party, args.since) as {
      id: string
      loan: string | null
      currency: string
      amount: number
      paidAt: number
    }[],
}

function linesOf(db: Db, repayment: string): AllocationLine[] {
  return sql(
    db.$client,
    'SELECT loan, instalment, component, amount FROM allocations WHERE repayment = ? ORDER BY loan, instalment, component',
  ).all(repayment) as AllocationLine[]
}
