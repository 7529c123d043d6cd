import { parsePhoneNumberFromString } from 'libphonenumber-js/min'

/** Short numbers that have no E.164 form but are dialled in China: 95xxx, 96xxx, 100xx, 400 and 800 numbers come as national ones. */
const shortNumber = /^(?:9[56]\d{3,6}|1[0-2]\d{2,4})$/

/** `138 1234 5678`, `010-62345678`, `0086…`, full-width digits → `+8613812345678`; null when no number has this shape. */
export function normalNumber(text: string): string | null {
  // Nearly all of a list: the library would take most of the time of an import for it.
  const mobile = /^(?:\+86|0086|86)?(1[3-9]\d{9})$/.exec(text)
  if (mobile !== null) return `+86${mobile[1]}`
  const plain = text.normalize('NFKC').trim()
  if (!/^[+\d(][\d\s().\-/]{2,39}$/.test(plain)) return null
  const digits = plain.replace(/[^\d+]/g, '')
  if (shortNumber.test(digits)) return digits
  const parsed = parsePhoneNumberFromString(digits.replace(/^00/, '+'), 'CN')
  if (parsed === undefined || !parsed.isPossible()) return null
  return parsed.number
}
