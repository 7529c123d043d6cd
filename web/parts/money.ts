/** Amounts as people read them: `12 345.60 CNY`. Minor units are hundredths in every currency that is lent in here but those named. */

const withoutMinor = new Set(['JPY', 'KRW', 'VND', 'CLP', 'ISK'])

/** `1234560` fen → `12 345.60 CNY`. */
export function money(amount: number, currency: string): string {
  const sign = amount < 0 ? '−' : ''
  const digits = String(Math.abs(amount))
  if (withoutMinor.has(currency)) return `${sign}${spaced(digits)} ${currency}`
  const padded = digits.padStart(3, '0')
  return `${sign}${spaced(padded.slice(0, -2))}.${padded.slice(-2)} ${currency}`
}

function spaced(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ' ')
}
