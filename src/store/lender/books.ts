/** The books of parties, read at one moment: all that has a say in what follows from a repayment, a changed loan, or a day that is over. */
import type { Case } from '../../lender/case.ts'
import type { Loan } from '../../lender/loan.ts'
import type { JudgedPromise } from '../../lender/promise.ts'
import type { Repayment } from '../../lender/repayment.ts'
import { type Db, sql } from '../db.ts'
import { paidOf } from './project-lender.ts'
import { repaymentQueries } from './repayments.ts'

/** As it crosses a thread: a Map is its entries, and dates are the reader's own business. */
export type KeptBook = {
  party: string
  loans: (Loan & { paid: [key: string, amount: number][] })[]
  repayments: (Repayment & { left: number; lines: ReturnType<typeof linesOf> })[]
  promises: JudgedPromise[]
  case: Case | null
}

/** More than anyone has; who has more is judged by the newest. */
const [loansMax, promisesMax] = [200, 200]
/** A repayment counts for a promise from the day on which it was made. */
const dayMs = 86_400_000

export const bookQueries = {
  /** At most 500 parties, in the order given; a party without anything has an empty book. */
  'books.of': (db: Db, args: { parties: string[] }): KeptBook[] =>
    args.parties.slice(0, 500).map(ref => bookOf(db, ref)),
}

function bookOf(db: Db, party: string): KeptBook {
  const loans = sql(db.$client, 'SELECT doc FROM loans WHERE party = ? ORDER BY ref LIMIT ?').all(party, loansMax) as {
    doc: string
  }[]
  const promises = sql(
    db.$client,
    `SELECT id, party, case_id AS "case", loan, amount, currency, due_on AS dueOn, made_on AS madeOn, agent, call, state, paid,
       made_at AS madeAt FROM promises WHERE party = ? AND state <> 'CANCELLED' ORDER BY made_at DESC, id DESC LIMIT ?`,
  ).all(party, promisesMax) as (JudgedPromise & { madeAt: number })[]
  const since = promises.reduce(
    (earliest, { madeAt }) => Math.min(earliest, madeAt - 2 * dayMs),
    Number.MAX_SAFE_INTEGER,
  )
  const repayments = sql(
    db.$client,
    `SELECT id, party, loan, amount, currency, paid_at AS paidAt, channel, left_over AS "left" FROM repayments
     WHERE party = ? AND reversed_at IS NULL AND (paid_at >= ? OR left_over > 0) ORDER BY paid_at, id LIMIT 5000`,
  ).all(party, since) as (Repayment & { left: number })[]
  const open = sql(
    db.$client,
    `SELECT id, party, state, state_before AS before, agent, loans, hold_reason AS holdReason, placed FROM cases
     WHERE party = ? AND closed_at IS NULL`,
  ).get(party) as (Omit<Case, 'loans' | 'placed'> & { loans: string; placed: string | null }) | undefined
  return {
    party,
    loans: loans.map(({ doc }) => {
      const loan = JSON.parse(doc) as Loan
      return { ...loan, paid: [...paidOf(db.$client, loan.ref)] }
    }),
    repayments: repayments.map(repayment => ({
      ...repayment,
      lines: repayment.left > 0 ? linesOf(db, repayment.id) : [],
    })),
    promises: promises.map(({ madeAt: _, ...promise }) => promise),
    case: open === undefined ? null : caseOf(open),
  }
}

function caseOf({
  loans,
  placed,
  ...open
}: Omit<Case, 'loans' | 'placed'> & { loans: string; placed: string | null }): Case {
  return { ...open, loans: JSON.parse(loans) as string[], placed: placed === null ? null : JSON.parse(placed) }
}

/** Needed only where something is left: what is allocated then is added to them. */
function linesOf(db: Db, id: string) {
  return repaymentQueries['repayments.byId'](db, { id })!.lines
}
