/** Amounts as people read them: `¥12,345.60`, `12,345.60 USD`. */
import { minorDigits } from '../../src/lender/money.ts'
import { grouped } from './numbers.ts'

/** `1234560` fen → `¥12,345.60`; other currencies by their letters behind. */
export function money(amount: number, currency: string): string {
  const sign = amount < 0 ? '−' : ''
  const figures = figuresOf(Math.abs(amount), currency)
  return currency === 'CNY' ? `${sign}¥${figures}` : `${sign}${figures} ${currency}`
}

/** `12,345.60`, of an amount from 0. */
export function figuresOf(amount: number, currency: string): string {
  const digits = minorDigits(currency)
  const padded = String(amount).padStart(digits + 1, '0')
  return digits === 0 ? grouped(padded) : `${grouped(padded.slice(0, -digits))}.${padded.slice(-digits)}`
}
