/**
 * What credit costs a year: the rate at which what is paid is worth what was lent (IRR). Three ways are in use, and they differ, so each figure goes
 * with its name:
 *
 * - `effective`: by days of 365 a year, compounded. Directive 2008/48/EC, Annex I: Σ C·(1+X)^−t = Σ D·(1+X)^−s; remark (c) lets intervals be a
 *   standard year of 365 days, 52 weeks or 12 equal months.
 * - `effectiveMonthly`: the same in twelve equal months.
 * - `nominalMonthly`: the rate of a month times twelve, not compounded. 12 CFR Part 1026, Appendix J (Reg Z): I = w·i, with a fraction of a
 *   unit-period at the beginning counted by simple interest. The simple way of PBoC Announcement 2021 No. 3 comes to the same for monthly instalments.
 */
import { addMonths, dayNumber, daysBetween, type PlainDate } from './dates.ts'

/** `amount` above 0 is paid out to the borrower, below 0 paid by them; minor units. */
export type Flow = { on: PlainDate; amount: number }

export const aprMethods = ['effective', 'effectiveMonthly', 'nominalMonthly'] as const
export type AprMethod = (typeof aprMethods)[number]

/** A year, as a share (0.24 is 24 %); null: no rate makes the two sides equal, since nothing was lent or next to nothing is paid back. */
export function apr(flows: readonly Flow[], method: AprMethod): number | null {
  const start = flows.reduce((first, { on }) => (on < first ? on : first), flows[0]?.on ?? '')
  switch (method) {
    case 'effective':
      return rateOf(flows, ({ on }) => ({ whole: daysBetween(start, on) / 365, part: 0 }))
    case 'effectiveMonthly':
      return rateOf(flows, ({ on }) => ({ whole: sum(monthsBetween(start, on)) / 12, part: 0 }))
    case 'nominalMonthly': {
      const rate = rateOf(flows, ({ on }) => monthsBetween(start, on))
      return rate === null ? null : rate * 12
    }
    default:
      return method satisfies never
  }
}

function sum({ whole, part }: Period): number {
  return whole + part
}

/** Whole unit-periods, and what is left of one at the beginning. */
type Period = { whole: number; part: number }

/**
 * Appendix J (b)(5)(ii): counted back from the payment; what is left before the first whole month is days of thirty. A day that the first month does
 * not have is its last.
 */
export function monthsBetween(from: PlainDate, to: PlainDate): Period {
  let whole =
    (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12 + Number(to.slice(5, 7)) - Number(from.slice(5, 7))
  // The 31st of a month is as good as the last day of a shorter one: both are a month apart from the end of the next.
  if (addMonths(from, whole) === to) return { whole, part: 0 }
  let back = addMonths(to, -whole)
  if (back < from) back = addMonths(to, -(--whole))
  return { whole, part: (dayNumber(back) - dayNumber(from)) / 30 }
}

/** The root of the present value by bisection: it falls with the rate as soon as money is lent first, so that there is one. */
function rateOf(flows: readonly Flow[], periodOf: (flow: Flow) => Period): number | null {
  const timed = flows.map(flow => ({ amount: flow.amount, ...periodOf(flow) }))
  const value = (rate: number) =>
    timed.reduce((total, { amount, whole, part }) => total + amount / ((1 + rate) ** whole * (1 + part * rate)), 0)
  let [low, high] = [-0.9, 1]
  while (value(high) < 0 && high < 1e6) high *= 4
  if (!(value(low) <= 0 && value(high) >= 0)) return null
  for (let step = 0; step < 200 && high - low > 1e-13; step++) {
    const middle = (low + high) / 2
    if (value(middle) < 0) low = middle
    else high = middle
  }
  return (low + high) / 2
}
