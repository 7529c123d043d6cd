/**
 * A promise to pay: an amount by a date. It is judged by repayments alone, never by a person's word: kept as soon as enough has come in, partial
 * or broken when its date and the days of grace are over. A repayment counts once: where several promises are open, for the one that is due first.
 */
import { addDays, type PlainDate } from './dates.ts'
import type { LenderRules } from './rules.ts'

export const promiseStates = ['OPEN', 'KEPT', 'PARTIAL', 'BROKEN', 'CANCELLED'] as const
export type PromiseState = (typeof promiseStates)[number]

export type PromiseToPay = {
  id: string
  party: string
  /** The case it was made in; null: there was none. */
  case: string | null
  /** null: towards whatever is owed. */
  loan: string | null
  amount: number
  currency: string
  dueOn: PlainDate
  madeOn: PlainDate
  /** The agent's user id, and the call it was made on. */
  agent: string | null
  call: string | null
}

export type JudgedPromise = PromiseToPay & { state: PromiseState; paid: number }

/** A repayment that stands (one that was reversed is none), with its date in the centre's zone. */
export type PaidOn = { id: string; loan: string | null; currency: string; amount: number; paidOn: PlainDate }

type Rules = Pick<LenderRules, 'promiseGraceDays' | 'promisePercent'>

/** The last day on which money counts for it. */
export function lastDayOf(promise: Pick<PromiseToPay, 'dueOn'>, rules: Rules): PlainDate {
  return addDays(promise.dueOn, rules.promiseGraceDays)
}

export function isKept(promise: Pick<PromiseToPay, 'amount'>, paid: number, rules: Rules): boolean {
  return paid * 100 >= promise.amount * rules.promisePercent
}

/**
 * What became of each promise of a party, in the order given. Cancelled ones stay so and take no money. Judged ones are judged anew: a repayment
 * that was told late, or was reversed, changes them.
 */
export function judgePromises(
  promises: readonly JudgedPromise[],
  repayments: readonly PaidOn[],
  rules: Rules,
  today: PlainDate,
): { id: string; state: PromiseState; paid: number }[] {
  const paid = new Map<string, number>()
  const waiting = promises
    .filter(({ state }) => state !== 'CANCELLED')
    .sort((a, b) => compare(a.dueOn, b.dueOn) || compare(a.id, b.id))
  for (const repayment of [...repayments].sort((a, b) => compare(a.paidOn, b.paidOn) || compare(a.id, b.id))) {
    let left = repayment.amount
    for (const promise of waiting) {
      if (!countsFor(promise, repayment, rules)) continue
      const taken = Math.min(left, promise.amount - (paid.get(promise.id) ?? 0))
      paid.set(promise.id, (paid.get(promise.id) ?? 0) + taken)
      left -= taken
    }
  }
  return promises.map(promise => {
    const sum = paid.get(promise.id) ?? 0
    return { id: promise.id, state: stateOf(promise, sum, rules, today), paid: sum }
  })
}

function countsFor(promise: PromiseToPay, repayment: PaidOn, rules: Rules): boolean {
  return (
    promise.currency === repayment.currency &&
    (promise.loan === null || repayment.loan === null || promise.loan === repayment.loan) &&
    repayment.paidOn >= promise.madeOn &&
    repayment.paidOn <= lastDayOf(promise, rules)
  )
}

function stateOf(promise: JudgedPromise, paid: number, rules: Rules, today: PlainDate): PromiseState {
  if (promise.state === 'CANCELLED') return 'CANCELLED'
  if (isKept(promise, paid, rules)) return 'KEPT'
  if (today <= lastDayOf(promise, rules)) return 'OPEN'
  return paid > 0 ? 'PARTIAL' : 'BROKEN'
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
