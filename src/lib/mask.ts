/** `+8613812345678` → `+86138****5678`: the form in logs and for roles that may not see numbers (JR/T 0171, level C2). */
export function maskNumber(number: string): string {
  const digits = number.replace(/^\+86/, '')
  if (digits.length < 7) return '*'.repeat(digits.length)
  const prefix = number.slice(0, number.length - digits.length)
  return `${prefix}${digits.slice(0, digits.length - 8 > 0 ? digits.length - 8 : 1)}****${digits.slice(-4)}`
}

/** `carl@example.com` → `c***@example.com`. */
export function maskEmail(address: string): string {
  return address.replace(/^(.)[^@]*@/, '$1***@')
}

/**
 * A text with every telephone number in it masked: E.164, Chinese mobiles, land lines with their area code. They must stand alone, so that
 * ids, hashes and references stay as they are.
 */
export function maskNumbersIn(text: string): string {
  return text.replace(/(?<![\w+])(?:\+\d{7,15}|(?:00)?(?:86)?1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\w)/g, maskNumber)
}

const numberKeys = new Set(['number', 'from', 'to', 'callerId'])

/**
 * For JSON.parse and JSON.stringify: a fact as eyes see it that may not see telephone numbers. Only texts: an instant is a number too, but no
 * telephone's. An inbound number may have no form that we know.
 */
export function maskingNumbers(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value
  return numberKeys.has(key) && /^\+?\d{7,15}$/.test(value) ? maskNumber(value) : maskNumbersIn(value)
}
