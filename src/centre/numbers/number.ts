/**
 * Telephone numbers as people and carriers write them, brought to one form. Here a number means E.164 (`+8613812345678`); numbers without a
 * country code are read as Chinese ones (GB/T 3378; mobiles have 11 digits from 1, land lines start with an area code, 400 and 95 services).
 */
const e164 = /^\+[1-9]\d{6,14}$/
const chinese = /^\+86(?:1[3-9]\d{9}|10\d{8}|[2-9]\d{7,10}|95\d{3,6}|[48]00\d{7})$/

/** Whether a number may be dialled as it stands: E.164, and for China of a form that exists. */
export function isNumber(number: string): boolean {
  return number.startsWith('+86') ? chinese.test(number) : e164.test(number)
}

/** `138 1234 5678`, `0086-138…`, `021-55551234`, `+44 20 …` → E.164; null when it is none of these. */
export function normaliseNumber(text: string): string | null {
  if (text.length > 40) return null
  if (text.startsWith('+') && isNumber(text)) return text
  let digits = text.replace(/[\s().-]/g, '')
  if (digits.startsWith('00')) digits = `+${digits.slice(2)}`
  if (!/^\+?\d+$/.test(digits)) return null
  if (!digits.startsWith('+')) {
    if (/^1[3-9]\d{9}$/.test(digits)) digits = `+86${digits}`
    else if (/^0[1-9]\d{8,10}$/.test(digits)) digits = `+86${digits.slice(1)}`
    else if (/^(?:95\d{3,6}|[48]00\d{7})$/.test(digits)) digits = `+86${digits}`
    else if (/^86(?:1[3-9]\d{9}|10\d{8}|[2-9]\d{8,10})$/.test(digits)) digits = `+${digits}`
    else return null
  }
  return isNumber(digits) ? digits : null
}

/** The form under which a dialled number of ours is looked up: E.164 where it can be, else its bare digits (`1000`, `95588`). */
export function numberKey(text: string): string {
  return normaliseNumber(text) ?? text.slice(0, 40).replace(/\D/g, '')
}
