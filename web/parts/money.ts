/** Amounts as people read them: `12 345.60 CNY`. */
import { minorDigits } from '../../src/lender/money.ts'

/** `1234560` fen → `12 345.60 CNY`. */
export function money(amount: number, currency: string): string {
  const sign = amount < 0 ? '−' : ''
  const digits = String(Math.abs(amount))
  if (minorDigits(currency) === 0) return `${sign}${spaced(digits)} ${currency}`
  const padded = digits.padStart(3, '0')
  return `${sign}${spaced(padded.slice(0, -2))}.${padded.slice(-2)} ${currency}`
}

function spaced(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ' ')
}
