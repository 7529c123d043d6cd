/** A loan that is changed by itself, and not by an import: what of it lowers the debt, and how it reads in the log of changes. */
import { isOpenLoan, type Loan } from './loan.ts'
import { amountTyped } from './money.ts'
import { type Paid, standingOf } from './overdue.ts'
import { planColumns } from './plan-lines.ts'

/** `reason` null: the debt is not lowered, and nobody said why. Owed in all of it, in minor units. */
export type LoanByHand = { reason: string | null; owedBefore: number; owedAfter: number }

/**
 * Whether less is asked for than before: by the plan, whatever the status is, so that nothing is taken off while a loan is closed; by a status that
 * asks for nothing; or in another currency, which cannot be compared.
 */
export function lowersDebt(before: Loan, after: Loan, paid: Paid): boolean {
  if (after.status !== before.status && !isOpenLoan(after)) return true
  return after.currency !== before.currency || plannedOf(after, paid) < plannedOf(before, paid)
}

/** Of all instalments: it does not change with the day. */
export function owedTotalOf(loan: Pick<Loan, 'status' | 'plan'>, paid: Paid): number {
  return standingOf(loan, paid, '0000-01-01').owedTotal
}

function plannedOf({ plan }: Loan, paid: Paid): number {
  return owedTotalOf({ status: 'ACTIVE', plan }, paid)
}

/** Field by field, amounts as people write them; an instalment is one field, by its number. */
export function loanDoc(loan: Loan): Record<string, unknown> {
  const { product, currency, term, status, startedOn } = loan
  const typed = (amount: number) => amountTyped(amount, currency)
  const plan = loan.plan.map(({ no, dueOn, paidBefore, ...parts }) => [
    String(no),
    [dueOn, ...planColumns.map(column => typed(parts[column])), typed(paidBefore)].join(' '),
  ])
  return {
    ...{
      status,
      product,
      currency,
      principal: typed(loan.principal),
      rate: `${loan.ratePpm / 10_000} %`,
      term,
      startedOn,
    },
    plan: Object.fromEntries(plan),
  }
}
