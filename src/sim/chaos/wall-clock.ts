/** What the clock on a wall says in a zone, asked of the calendar of the platform and of nothing else: the centre has its own reckoning. */

const formats = new Map<string, Intl.DateTimeFormat>()
/** Zones change their offset at full quarters of an hour: within one, minutes are counted on. */
const quarterMs = 900_000
const known = new Map<string, { day: number; minute: number }>()
const knownMax = 20_000

/** Days since 1970 there. */
export function dayNumber(zone: string, at: number): number {
  return quarterOf(zone, at).day
}

/** Minutes since midnight there. */
export function minuteOfDay(zone: string, at: number): number {
  return quarterOf(zone, at).minute + Math.floor((at % quarterMs) / 60_000)
}

function quarterOf(zone: string, at: number): { day: number; minute: number } {
  const quarter = Math.floor(at / quarterMs)
  const key = `${zone} ${quarter}`
  const met = known.get(key)
  if (met !== undefined) return met
  if (known.size >= knownMax) known.clear()
  const read = readClock(zone, quarter * quarterMs)
  known.set(key, read)
  return read
}

function readClock(zone: string, at: number): { day: number; minute: number } {
  let format = formats.get(zone)
  if (format === undefined) {
    const fields = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, hourCycle: 'h23', ...fields })
    formats.set(zone, format)
  }
  // 2026-11-24 09:05
  const [date, clock] = format.format(at).split(' ') as [string, string]
  const [hour, minute] = clock.split(':').map(Number) as [number, number]
  return { day: Date.parse(`${date}T00:00:00Z`) / 86_400_000, minute: hour * 60 + minute }
}
