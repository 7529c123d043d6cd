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

/** ISO 4217: minor units are hundredths, but in these currencies. */
const withoutMinor = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '))
const inThousandths = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '))

export function minorDigits(currency: string): 0 | 2 | 3 {
  return withoutMinor.has(currency) ? 0 : inThousandths.has(currency) ? 3 : 2
}

/** `1,200.5` yuan are 120050 fen: read digit by digit, so that no binary fraction comes in between. null: no amount of this currency. */
export function amountOf(text: string, currency: string): number | null {
  const digits = minorDigits(currency)
  const parts = /^(?<sign>-?)(?<whole>\d{1,13})(?:\.(?<part>\d{1,3}))?$/.exec(typedFigures(text, currency))?.groups
  if (parts === undefined) return null
  const part = parts['part'] ?? ''
  if (part.length > digits) return null
  const amount = Number(parts['whole']) * 10 ** digits + Number(part.padEnd(digits, '0'))
  return parts['sign'] === '-' ? -amount : amount
}

/** `¥2,079.50`, as pages write it and people copy it, is `2079.50`. */
function typedFigures(text: string, currency: string): string {
  const figures = text.trim().replaceAll(',', '')
  return currency === 'CNY' ? figures.replace(/^(-?)[¥￥](?=\d)/, '$1') : figures
}

/** As a form has it, which `amountOf` reads back: `1200.50`. */
export function amountTyped(amount: number, currency: string): string {
  const digits = minorDigits(currency)
  const padded = String(Math.abs(amount)).padStart(digits + 1, '0')
  const whole = digits === 0 ? padded : `${padded.slice(0, -digits)}.${padded.slice(-digits)}`
  return amount < 0 ? `-${whole}` : whole
}
