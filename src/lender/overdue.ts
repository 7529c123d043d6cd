/** What is overdue of a loan, since when, and in which bucket that puts it: a plan, what was paid of it, and a date. */
import { addDays, daysBetween, type PlainDate } from './dates.ts'
import type { Instalment, Loan } from './loan.ts'
import { type Amounts, components, nothingOwed, sumOf, totalOf } from './money.ts'
import type { LenderRules } from './rules.ts'

/** By `payKey`, minor units. What was paid of components that repayments were recorded for. */
export type Paid = ReadonlyMap<string, number>

export function payKey(instalment: number, component: string): string {
  return `${instalment} ${component}`
}

/** What is still owed of an instalment. Never below 0: when a plan is told anew and comes to less, what was paid too much is not owed back here. */
export function owedOf(instalment: Instalment, paid: Paid): Amounts {
  const owed = { ...nothingOwed }
  let before = instalment.paidBefore
  for (const component of components) {
    const taken = Math.min(before, instalment[component])
    before -= taken
    const left = instalment[component] - taken - (paid.get(payKey(instalment.no, component)) ?? 0)
    owed[component] = Math.max(0, left)
  }
  return owed
}

export type Standing = {
  /** Due date of the oldest instalment of which something is owed; null: all is paid, or the loan asks for nothing more. */
  oldestDueOn: PlainDate | null
  /** Days past due: 0 on the due date itself and before. */
  dpd: number
  /** Of instalments whose date is over. */
  overdue: Amounts
  overdueTotal: number
  /** Of all instalments. */
  owedTotal: number
}

export function standingOf(loan: Pick<Loan, 'status' | 'plan'>, paid: Paid, today: PlainDate): Standing {
  if (loan.status !== 'ACTIVE')
    return { oldestDueOn: null, dpd: 0, overdue: { ...nothingOwed }, overdueTotal: 0, owedTotal: 0 }
  const open = loan.plan
    .map(instalment => ({ dueOn: instalment.dueOn, owed: owedOf(instalment, paid) }))
    .filter(({ owed }) => totalOf(owed) > 0)
  const oldestDueOn = open.reduce<PlainDate | null>(
    (oldest, { dueOn }) => (oldest === null || dueOn < oldest ? dueOn : oldest),
    null,
  )
  const overdue = sumOf(open.filter(({ dueOn }) => dueOn < today).map(({ owed }) => owed))
  return {
    oldestDueOn,
    dpd: oldestDueOn === null ? 0 : dpdOf(oldestDueOn, today),
    overdue,
    overdueTotal: totalOf(overdue),
    owedTotal: totalOf(sumOf(open.map(({ owed }) => owed))),
  }
}

export function dpdOf(oldestDueOn: PlainDate, today: PlainDate): number {
  return Math.max(0, daysBetween(oldestDueOn, today))
}

/** The first bucket that reaches so far. */
export function bucketOf(dpd: number, { buckets }: Pick<LenderRules, 'buckets'>): string {
  return (buckets.find(({ upTo }) => upTo === null || dpd <= upTo) ?? buckets.at(-1)!).name
}

/** Oldest due dates that put a case into this bucket today: from the one to the other, both among them; null: no bound that way, or none is owed. */
export function datesOfBucket(
  name: string,
  { buckets }: Pick<LenderRules, 'buckets'>,
  today: PlainDate,
): { from: PlainDate | null; to: PlainDate | null } | null {
  const at = buckets.findIndex(bucket => bucket.name === name)
  if (at < 0) return null
  const { upTo } = buckets[at]!
  return {
    from: upTo === null ? null : addDays(today, -upTo),
    to: at === 0 ? null : addDays(today, -(buckets[at - 1]!.upTo! + 1)),
  }
}
