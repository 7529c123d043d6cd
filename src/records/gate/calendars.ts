/**
 * Calendars of days without contact, the centre's own: each save stands in the journal with its author, and its place there is its version.
 * What is shipped comes back when the own one is removed.
 */
import type { Actor } from '../../centre/facts.ts'
import { calendarKey, type Holiday, holidayText, readHolidays, shippedHolidays } from '../../centre/policy/holidays.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'

/** `used`: the policies that keep to it; they are told by the caller, who knows those in force. */
export type Calendar = { code: string; days: Holiday[]; shipped: boolean; own: boolean }

export async function calendarsOf({ store }: Pick<RecordsDoor, 'store'>): Promise<Calendar[]> {
  const own = new Map((await store.read('calendars.list', {})).map(({ code, value }) => [code, value]))
  const shipped = shippedHolidays()
  return [...new Set([...shipped.keys(), ...own.keys()])].sort().flatMap(code => {
    const text = own.get(code) ?? ''
    const read = readHolidays(text === '' ? [...(shipped.get(code) ?? [])].join('\n') : text)
    const days = 'days' in read ? read.days : []
    return days.length === 0 ? [] : [{ code, days, shipped: shipped.has(code), own: text !== '' }]
  })
}

/** `add` to what is there (the shipped days, where nothing else was written), or put this in its place. Throws InvalidInput on `code` or `field`. */
export async function saveCalendar(
  door: RecordsDoor,
  actor: Actor,
  given: { code: string; text: string; how: 'add' | 'replace' },
  field = 'dates',
): Promise<Calendar> {
  const { code } = given
  if (!calendarKey.test(`calendar.${code}`))
    throw new InvalidInput([{ field: 'code', found: JSON.stringify(code.slice(0, 20)), allowed: codeWords }])
  const before = given.how === 'add' ? await daysOf(door, code) : []
  const days = readOr(field, given.text)
  if (days.length === 0) throw new InvalidInput([{ field, found: 'no date', allowed: datesWords }])
  const all = readOr(field, `${holidayText(before)}\n${holidayText(days)}`)
  await keepDays(door, actor, code, all)
  return { code, days: all, shipped: shippedHolidays().has(code), own: true }
}

/** One day less. The last one is not taken so: that is to remove the calendar. */
export async function removeHoliday(
  door: RecordsDoor,
  actor: Actor,
  { code, date }: { code: string; date: string },
): Promise<void> {
  const days = await daysOf(door, code)
  const left = days.filter(day => day.date !== date)
  if (left.length === days.length) throw new NotFound(`day in the calendar ${code.slice(0, 4)}:`, date)
  if (left.length === 0) throw new NotNow('calendar_last_day', 'This is its last day: remove the calendar instead.')
  await keepDays(door, actor, code, left)
}

/** The shipped calendar comes back; where none is, no policy may need it: a calendar that is not known stops every call. */
export async function removeCalendar(
  door: RecordsDoor,
  actor: Actor,
  { code, used }: { code: string; used: readonly string[] },
): Promise<void> {
  const known = (await calendarsOf(door)).find(calendar => calendar.code === code)
  if (!known?.own) throw new NotFound('calendar of your own', code)
  if (!known.shipped && used.length > 0)
    throw new NotNow('calendar_in_use', `Policies keep to this calendar: ${used.join(', ').slice(0, 200)}.`)
  await keepDays(door, actor, code, [])
}

async function daysOf(door: RecordsDoor, code: string): Promise<Holiday[]> {
  return (await calendarsOf(door)).find(calendar => calendar.code === code)?.days ?? []
}

function readOr(field: string, text: string): Holiday[] {
  const read = readHolidays(text)
  if ('days' in read) return read.days
  const found = `line ${read.line}: ${JSON.stringify(read.found)}`
  throw new InvalidInput([{ field, found, allowed: datesWords }])
}

async function keepDays(door: RecordsDoor, actor: Actor, code: string, days: readonly Holiday[]): Promise<void> {
  await keep(door, actor, [{ type: 'setting.saved', key: `calendar.${code}`, value: holidayText(days) }])
}

const codeWords = 'the two capitals of a country, e.g. ID'
const datesWords =
  'a date and its name a line, e.g. 2026-08-17 Independence Day; at most 1,000 dates, names to 64 characters'
