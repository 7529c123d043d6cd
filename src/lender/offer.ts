/**
 * What an instalment plan comes to: every instalment, the whole cost, and the annual rate, before anybody agrees to anything. Amounts are minor
 * units, and rounding never loses or makes a fen: the parts of principal add up to what was financed.
 */
import { apr, type Flow } from './apr.ts'
import { addMonths, type PlainDate } from './dates.ts'
import { amountMax } from './money.ts'

/** 等额本息, 等额本金, 先息后本. */
export const repaymentWays = ['equal-instalment', 'equal-principal', 'interest-first'] as const
export type RepaymentWay = (typeof repaymentWays)[number]

export type Terms = {
  /** The price, or the amount lent. */
  amount: number
  /** Paid at once, and not financed. */
  downPayment: number
  /** Instalments, one a month. */
  term: number
  /** A year, in parts of a million: 24 % is 240,000; a twelfth of it a month. */
  ratePpm: number
  way: RepaymentWay
  /** Parts of a million of what is financed: once at the beginning, kept back from what is paid out … */
  upfrontFeePpm: number
  /** … and with each instalment, as the service fee of a card's instalments is. */
  monthlyFeePpm: number
  startedOn: PlainDate
}

export type OfferedInstalment = {
  no: number
  dueOn: PlainDate
  principal: number
  interest: number
  fees: number
  total: number
  left: number
}

export type Offer = {
  financed: number
  upfrontFee: number
  instalments: OfferedInstalment[]
  interestTotal: number
  /** With what is kept back at the beginning. */
  feesTotal: number
  /** Everything beyond what was financed. */
  costTotal: number
  /** Down payment, instalments and fees. */
  paidTotal: number
  /** Shares of one; null: there is none. */
  aprEffective: number | null
  aprNominal: number | null
}

export const termMax = 360

/** What is wrong with terms whose single values are right; null: nothing. */
export function faultOfTerms(terms: Terms): { field: string; found: string; allowed: string } | null {
  if (terms.downPayment >= terms.amount)
    return { field: 'downPayment', found: String(terms.downPayment), allowed: `less than the amount, ${terms.amount}` }
  const financed = terms.amount - terms.downPayment
  if (financed < terms.term)
    return { field: 'term', found: String(terms.term), allowed: `at most ${financed}: an instalment is at least 1 fen` }
  if (feeOf(financed, terms.upfrontFeePpm) >= financed)
    return { field: 'upfrontFeePpm', found: String(terms.upfrontFeePpm), allowed: 'less than what is financed' }
  return null
}

/** Terms are right: see `faultOfTerms`. */
export function offerOf(terms: Terms): Offer {
  const financed = Math.min(terms.amount - terms.downPayment, amountMax)
  const upfrontFee = feeOf(financed, terms.upfrontFeePpm)
  const monthlyFee = feeOf(financed, terms.monthlyFeePpm)
  const principals = principalsOf(financed, terms)
  const monthRate = terms.ratePpm / 12e6
  let left = financed
  const instalments = principals.map((principal, at): OfferedInstalment => {
    const interest = Math.round(left * monthRate)
    left -= principal
    const dueOn = addMonths(terms.startedOn, at + 1)
    return { no: at + 1, dueOn, principal, interest, fees: monthlyFee, total: principal + interest + monthlyFee, left }
  })
  const interestTotal = instalments.reduce((total, { interest }) => total + interest, 0)
  const feesTotal = upfrontFee + monthlyFee * terms.term
  const flows: Flow[] = [
    { on: terms.startedOn, amount: financed - upfrontFee },
    ...instalments.map(({ dueOn, total }) => ({ on: dueOn, amount: -total })),
  ]
  return {
    ...{ financed, upfrontFee, instalments, interestTotal, feesTotal, costTotal: interestTotal + feesTotal },
    paidTotal: terms.amount + interestTotal + feesTotal,
    aprEffective: apr(flows, 'effective'),
    aprNominal: apr(flows, 'nominalMonthly'),
  }
}

function feeOf(financed: number, ppm: number): number {
  return Math.round((financed * ppm) / 1e6)
}

/** The last one takes what rounding left, so that they add up. */
function principalsOf(financed: number, { term, ratePpm, way }: Terms): number[] {
  const all: number[] = []
  const monthRate = ratePpm / 12e6
  // (1+r)^n of a long term with a rate that is almost none: expm1 and log1p keep the digits that a subtraction would lose.
  const growth = -Math.expm1(-term * Math.log1p(monthRate))
  const annuity = monthRate === 0 ? financed / term : (financed * monthRate) / growth
  let left = financed
  for (let no = 1; no < term; no++) {
    const wanted =
      way === 'interest-first'
        ? 0
        : way === 'equal-principal'
          ? Math.floor(financed / term)
          : Math.round(annuity) - Math.round(left * monthRate)
    const principal = Math.max(0, Math.min(wanted, left))
    all.push(principal)
    left -= principal
  }
  return [...all, left]
}
