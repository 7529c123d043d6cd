/**
 * Plain dates, `YYYY-MM-DD`: the day on which an instalment is due is no instant, it is that day on the wall of the centre. As texts they sort as
 * they follow each other.
 */

export type PlainDate = string

const pattern = /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})$/
const dayMs = 86_400_000

/** Days that there are: no 30th of February, no 29th in a common year. From 1900 to 2199, so that a typing error is told. */
export function isDate(text: string): boolean {
  const { year, month, day } = pattern.exec(text)?.groups ?? {}
  if (year === undefined || +year < 1900 || +year > 2199) return false
  const at = new Date(Date.UTC(+year, +month! - 1, +day!))
  return at.getUTCMonth() === +month! - 1 && at.getUTCDate() === +day!
}

/** Days since 1970-01-01. */
export function dayNumber(date: PlainDate): number {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number]
  return Date.UTC(year, month - 1, day) / dayMs
}

export function dateOfDay(number: number): PlainDate {
  return new Date(number * dayMs).toISOString().slice(0, 10)
}

export function addDays(date: PlainDate, days: number): PlainDate {
  return dateOfDay(dayNumber(date) + days)
}

/** The same day `months` later; the last of its month where it has no such day: from 31 January on, 28 February, 31 March. */
export function addMonths(date: PlainDate, months: number): PlainDate {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number]
  const lastDay = new Date(Date.UTC(year, month + months, 0)).getUTCDate()
  return dateOfDay(Date.UTC(year, month - 1 + months, Math.min(day, lastDay)) / dayMs)
}

/** How many days `to` is after `from`; negative when it is before. */
export function daysBetween(from: PlainDate, to: PlainDate): number {
  return dayNumber(to) - dayNumber(from)
}

/** 0 is Sunday. */
export function weekdayOf(date: PlainDate): number {
  return new Date(dayNumber(date) * dayMs).getUTCDay()
}

/** Formatters are costly to make; there are as many as zones in use. */
const formatters = new Map<string, Intl.DateTimeFormat>()
const formattersMax = 600

/** What the calendar says in `zone` (IANA) at an instant, Unix ms. */
export function dateIn(zone: string, at: number): PlainDate {
  let format = formatters.get(zone)
  if (format === undefined) {
    if (formatters.size >= formattersMax) formatters.clear()
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
    formatters.set(zone, format)
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
  return `${parts['year']!.padStart(4, '0')}-${parts['month']}-${parts['day']}`
}
