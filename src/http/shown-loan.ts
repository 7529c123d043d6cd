/** A loan as it stands today: each instalment with what is owed of it, days past due, and the bucket that puts it in. */
import type { Loan } from '../lender/loan.ts'
import { totalOf } from '../lender/money.ts'
import { bucketOf, owedOf, standingOf } from '../lender/overdue.ts'
import type { LenderRules } from '../lender/rules.ts'

export type ShownLoan = ReturnType<typeof shownLoan>

export function shownLoan(
  given: Loan & { paid: [key: string, amount: number][] },
  { rules, today }: { rules: LenderRules; today: string },
) {
  const { paid: pairs, ...loan } = given
  const paid = new Map(pairs)
  const { dpd, ...standing } = standingOf(loan, paid, today)
  return {
    ...loan,
    plan: loan.plan.map(instalment => ({ ...instalment, owed: totalOf(owedOf(instalment, paid)) })),
    ...standing,
    daysPastDue: dpd,
    bucket: bucketOf(dpd, rules),
  }
}
