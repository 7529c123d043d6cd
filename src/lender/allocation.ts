/** Which parts of which instalments a repayment pays. Every fen of it is either in a line or left over; nothing is paid beyond what is owed. */
import type { PlainDate } from './dates.ts'
import type { Instalment, Loan } from './loan.ts'
import type { Component } from './money.ts'
import { owedOf, type Paid } from './overdue.ts'
import type { LenderRules } from './rules.ts'

/** Minor units, above 0. */
export type AllocationLine = { loan: string; instalment: number; component: Component; amount: number }

export type Debt = { loan: Pick<Loan, 'ref' | 'status' | 'plan'>; paid: Paid }

/**
 * Over the loans that are still open, oldest due date first; of one day, by the loan's ref. `on` is the date of the repayment: with rules that go by
 * component, what is due then comes before what is not.
 */
export function allocate(
  debts: readonly Debt[],
  amount: number,
  { order, by }: Pick<LenderRules, 'order' | 'by'>,
  on: PlainDate,
): { lines: AllocationLine[]; left: number } {
  const open = debts
    .filter(({ loan }) => loan.status === 'ACTIVE')
    .flatMap(({ loan, paid }) =>
      loan.plan.map(instalment => ({ loan: loan.ref, instalment, owed: owedOf(instalment, paid) })),
    )
    .sort(byAge)
  const lines: AllocationLine[] = []
  let left = amount
  const pay = (part: (typeof open)[number], component: Component) => {
    const taken = Math.min(left, part.owed[component])
    if (taken === 0) return
    left -= taken
    lines.push({ loan: part.loan, instalment: part.instalment.no, component, amount: taken })
  }
  const together = by === 'component' ? open.filter(({ instalment }) => instalment.dueOn <= on) : []
  for (const component of order) for (const part of together) pay(part, component)
  const singly = by === 'component' ? open.filter(({ instalment }) => instalment.dueOn > on) : open
  for (const part of singly) for (const component of order) pay(part, component)
  return { lines, left }
}

type Aged = { loan: string; instalment: Instalment }

function byAge(a: Aged, b: Aged): number {
  if (a.instalment.dueOn !== b.instalment.dueOn) return a.instalment.dueOn < b.instalment.dueOn ? -1 : 1
  if (a.loan !== b.loan) return a.loan < b.loan ? -1 : 1
  return a.instalment.no - b.instalment.no
}
