/** Numbers of a workbook as people see them: days as dates, and what has no fraction without one. */

/** Formats of dates and times that have a number alone (ECMA-376 part 1, section 18.8.30, with those of Chinese Excel). */
export function isDateFormat(id: number): boolean {
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58)
}

/** `yyyy"年"m"月"d"日"` is one, `0.00" m"` and `[Red]0` are not. */
export function isDateCode(code: string): boolean {
  const plain = code.replace(/"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
  return /[ymdhs]/i.test(plain) && !/general/i.test(plain)
}

const dayMs = 86_400_000

/** `2026-11-24`, with a time of day where there is one; null when it is no day. */
export function dateOfSerial(serial: number, is1904: boolean): string | null {
  if (!Number.isFinite(serial) || serial < 1 || serial > 2_958_465) return null
  // Excel knows a 29 February 1900 that never was: days before it are one off.
  const from = is1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, serial < 60 ? 31 : 30)
  const iso = new Date(Math.round((from + serial * dayMs) / 1000) * 1000).toISOString()
  const time = iso.slice(11, 19)
  return time === '00:00:00' ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${time}`
}

/** 15 digits are what Excel keeps: `1200.0999999999999` is 1200.1. Longer whole numbers have lost their end and stay as they are written, with an E. */
export function textOfNumber(raw: string): string {
  if (/^-?\d{1,15}$/.test(raw)) return raw
  const number = Number(raw)
  if (!Number.isFinite(number)) return raw
  if (Math.abs(number) >= 1e15) return number.toExponential()
  return Number.isInteger(number) ? number.toFixed(0) : String(Number(number.toPrecision(15)))
}
