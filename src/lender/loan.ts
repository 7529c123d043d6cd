/** A loan with its repayment plan: what was lent, and what is to be paid back on which days. */
import type { PlainDate } from './dates.ts'
import { type Amounts, components } from './money.ts'

/** `CLOSED`: paid or settled; nothing of it is asked for any more, as of one that was written off or cancelled. */
export const loanStatuses = ['ACTIVE', 'CLOSED', 'WRITTEN_OFF', 'CANCELLED'] as const
export type LoanStatus = (typeof loanStatuses)[number]

export const instalmentsMax = 600

/** Amounts in minor units. `no` counts from 1 and is kept when the plan is told anew, since repayments name it. */
export type Instalment = Amounts & {
  no: number
  dueOn: PlainDate
  /** What had been paid of it before repayments were recorded here, as a whole; taken off in the order of `components`. */
  paidBefore: number
}

export type Loan = {
  ref: string
  party: string
  product: string
  /** ISO 4217; all amounts of the loan are in its minor unit. */
  currency: string
  principal: number
  /** A year, in parts of a million: 24 % is 240,000. */
  ratePpm: number
  /** Number of instalments agreed on. */
  term: number
  status: LoanStatus
  startedOn: PlainDate | null
  plan: Instalment[]
}

/** Whether anything of it may still be asked for. */
export function isOpenLoan(loan: Pick<Loan, 'status'>): boolean {
  return loan.status === 'ACTIVE'
}

/** What is wrong with a plan as a whole, where each instalment for itself is right; null: nothing. */
export function faultOfPlan(plan: readonly Instalment[]): { at: number; found: string; allowed: string } | null {
  for (const [at, instalment] of plan.entries()) {
    const before = plan[at - 1]
    if (before !== undefined && instalment.no <= before.no)
      return { at, found: `instalment ${instalment.no} after ${before.no}`, allowed: 'numbers that go up' }
    if (before !== undefined && instalment.dueOn < before.dueOn)
      return { at, found: `${instalment.dueOn} after ${before.dueOn}`, allowed: 'dates in order' }
    const owed = components.reduce((sum, component) => sum + instalment[component], 0)
    if (instalment.paidBefore > owed)
      return { at, found: `${instalment.paidBefore} paid of ${owed}`, allowed: 'at most what the instalment comes to' }
  }
  return null
}
