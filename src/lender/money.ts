/** Money is a whole number of minor units (fen, cents) beside the currency of its loan: sums are exact, nothing is ever rounded on the way. */

/** Ten thousand million yuan. So many of these can be added up that no sum of ours leaves the whole numbers that a double holds exactly. */
export const amountMax = 1_000_000_000_000

/** ISO 4217. */
export const currencyPattern = /^[A-Z]{3}$/
export const currencyDefault = 'CNY'

/** What an instalment is made of, in the order in which a repayment pays it unless the lender says otherwise. */
export const components = ['fees', 'penalty', 'interest', 'principal'] as const
export type Component = (typeof components)[number]
/** `penalty`: interest for being late, as the lender's daily file tells it. */
export type Amounts = Record<Component, number>

export const nothingOwed: Readonly<Amounts> = { fees: 0, penalty: 0, interest: 0, principal: 0 }

export function totalOf(amounts: Readonly<Amounts>): number {
  return components.reduce((sum, component) => sum + amounts[component], 0)
}

export function sumOf(all: Iterable<Readonly<Amounts>>): Amounts {
  const sum = { ...nothingOwed }
  for (const amounts of all) for (const component of components) sum[component] += amounts[component]
  return sum
}
