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
export const datesMax = 1_000
const nameMax = 64

export function shippedHolidays(): Map<string, Set<string>> {
  return new Map(Object.entries(shipped).map(([code, dates]) => [code, new Set(dates)]))
}

/** The dates of a calendar as it is kept; null when a line of it is none. */
export function readDates(text: string): Set<string> | null {
  const read = readHolidays(text)
  return 'days' in read ? new Set(read.days.map(({ date }) => date)) : null
}

/** `name` '': not said. */
export type Holiday = { date: string; name: string }

/**
 * A calendar as people write or import it, in order of date and each date once (the later line counts): a line is dates apart by spaces or
 * commas, or one date and the name of its day, in either order. `2026/8/17` and `2026年8月17日` are dates too. A first line without any digit
 * is a heading. `line` counts from 1.
 */
export function readHolidays(text: string): { days: Holiday[] } | { line: number; found: string } {
  const days = new Map<string, Holiday>()
  for (const [at, raw] of text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    const words = raw
      .split(/[\s,;]+/)
      .map(word => word.replace(/^"(.*)"$/, '$1'))
      .filter(word => word !== '')
    const found = { line: at + 1, found: raw.trim().slice(0, 60) }
    if (words.length === 0 || (at === 0 && !/\d/.test(raw))) continue
    const dates = words.map(dateOf).filter(date => date !== null)
    const name = words.filter(word => dateOf(word) === null).join(' ')
    if (dates.length === 0 || (name !== '' && dates.length > 1) || name.length > nameMax) return found
    for (const date of dates) days.set(date, { date, name })
    if (days.size > datesMax) return { ...found, found: `more than ${datesMax} dates` }
  }
  return { days: [...days.values()].sort((a, b) => (a.date < b.date ? -1 : 1)) }
}

/** As it is kept: a line a day. */
export function holidayText(days: readonly Holiday[]): string {
  return days.map(({ date, name }) => (name === '' ? date : `${date} ${name}`)).join('\n')
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

/** `2026-08-17`; null: this is no date. */
function dateOf(word: string): string | null {
  const parts = /^(\d{4})([-/.年])(\d{1,2})([-/.月])(\d{1,2})日?$/.exec(word)
  if (parts === null) return null
  const text = `${parts[1]}-${parts[3]!.padStart(2, '0')}-${parts[5]!.padStart(2, '0')}`
  const at = Date.parse(`${text}T00:00:00Z`)
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text) ? text : null
}
