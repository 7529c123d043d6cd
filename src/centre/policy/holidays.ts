/**
 * Days without contact, by calendar: dates (`2026-08-17`) as they are at the callee. Governments publish them a year at a time, so a year with
 * no date here is not known, and what is not known is not allowed; an administrator writes the new year into the setting `calendar.ID`.
 */

export type Holidays = ReadonlyMap<string, ReadonlySet<string>>

/** Indonesia 2026: joint decree of three ministers on national holidays (from memory, confidence M: compare with the decree). */
const shipped: Record<string, readonly string[]> = {
  ID: [
    '2026-01-01',
    '2026-01-16',
    '2026-02-17',
    '2026-03-19',
    '2026-03-21',
    '2026-03-22',
    '2026-04-03',
    '2026-04-05',
    '2026-05-01',
    '2026-05-14',
    '2026-05-27',
    '2026-05-31',
    '2026-06-01',
    '2026-06-16',
    '2026-08-17',
    '2026-08-25',
    '2026-12-25',
  ],
}

export const calendarKey = /^calendar\.([A-Z]{2})$/
/** Dates of one calendar at most: fifty years. */
const datesMax = 1_000

export function shippedHolidays(): Map<string, Set<string>> {
  return new Map(Object.entries(shipped).map(([code, dates]) => [code, new Set(dates)]))
}

/** Dates apart by spaces, commas or lines; null when one is no date. */
export function readDates(text: string): Set<string> | null {
  const dates = text.split(/[\s,;]+/).filter(date => date !== '')
  if (dates.length > datesMax || !dates.every(isDate)) return null
  return new Set(dates)
}

/** null: the calendar does not know that year. */
export function isHoliday(holidays: Holidays, calendar: string, date: string): boolean | null {
  const dates = holidays.get(calendar)
  if (dates === undefined) return null
  if (dates.has(date)) return true
  const year = date.slice(0, 5)
  for (const each of dates) if (each.startsWith(year)) return false
  return null
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const at = Date.parse(`${text}T00:00:00Z`)
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text)
}
