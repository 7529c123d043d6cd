/**
 * Where a number's owner may be, and what time it is there. A country with one civil time has one zone; for a country with several the
 * candidates are all asked and the strictest answer counts; a country that is not listed here is unknown, and unknown means no call.
 */

/** Country calling code (ITU-T E.164) → zones that its numbers may be in, east and west end included. */
const zonesByCode: Record<string, readonly string[]> = {
  '1': ['America/St_Johns', 'America/New_York', 'America/Los_Angeles', 'Pacific/Honolulu'],
  '20': ['Africa/Cairo'],
  '27': ['Africa/Johannesburg'],
  '31': ['Europe/Amsterdam'],
  '32': ['Europe/Brussels'],
  '33': ['Europe/Paris'],
  '34': ['Europe/Madrid', 'Atlantic/Canary'],
  '39': ['Europe/Rome'],
  '41': ['Europe/Zurich'],
  '43': ['Europe/Vienna'],
  '44': ['Europe/London'],
  '45': ['Europe/Copenhagen'],
  '46': ['Europe/Stockholm'],
  '47': ['Europe/Oslo'],
  '48': ['Europe/Warsaw'],
  '49': ['Europe/Berlin'],
  '60': ['Asia/Kuala_Lumpur'],
  '61': ['Australia/Perth', 'Australia/Sydney'],
  '62': ['Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura'],
  '63': ['Asia/Manila'],
  '65': ['Asia/Singapore'],
  '66': ['Asia/Bangkok'],
  '81': ['Asia/Tokyo'],
  '82': ['Asia/Seoul'],
  '84': ['Asia/Ho_Chi_Minh'],
  '86': ['Asia/Shanghai'],
  '90': ['Europe/Istanbul'],
  '91': ['Asia/Kolkata'],
  '92': ['Asia/Karachi'],
  '94': ['Asia/Colombo'],
  '95': ['Asia/Yangon'],
  '234': ['Africa/Lagos'],
  '254': ['Africa/Nairobi'],
  '353': ['Europe/Dublin'],
  '852': ['Asia/Hong_Kong'],
  '853': ['Asia/Macau'],
  '855': ['Asia/Phnom_Penh'],
  '856': ['Asia/Vientiane'],
  '880': ['Asia/Dhaka'],
  '886': ['Asia/Taipei'],
  '966': ['Asia/Riyadh'],
  '971': ['Asia/Dubai'],
  '977': ['Asia/Kathmandu'],
}

/** Older names, and zones between the ends of a country. */
const otherZones: Record<string, string> = {
  ...{ 'Asia/Calcutta': '91', 'Asia/Saigon': '84', 'Asia/Rangoon': '95', 'Asia/Katmandu': '977', 'Asia/Dacca': '880' },
  ...{ 'Asia/Macao': '853', 'Asia/Istanbul': '90', 'Asia/Kuching': '60', 'Asia/Pontianak': '62', 'Asia/Urumqi': '86' },
  ...{ PRC: '86', Hongkong: '852', Singapore: '65', Japan: '81', ROK: '82', ROC: '886', GB: '44', Turkey: '90' },
  ...{ 'Australia/Adelaide': '61', 'Australia/Brisbane': '61', 'Australia/Darwin': '61', 'Australia/Hobart': '61' },
  ...{ 'Australia/Melbourne': '61', 'Australia/Canberra': '61', 'Europe/Belfast': '44', 'Africa/Ceuta': '34' },
  ...{ 'America/Chicago': '1', 'America/Denver': '1', 'America/Phoenix': '1', 'America/Anchorage': '1' },
  ...{ 'America/Toronto': '1', 'America/Vancouver': '1', 'America/Winnipeg': '1', 'America/Edmonton': '1' },
  ...{ 'America/Halifax': '1', 'America/Detroit': '1', 'America/Regina': '1', 'US/Eastern': '1', 'US/Pacific': '1' },
}
const placesByZone = new Map(
  Object.entries(zonesByCode).flatMap(([code, zones]) => zones.map(zone => [zone, code] as const)),
)

/** The country calling code of a time zone; '' when none here has it. */
export function placeOfZone(zone: string): string {
  return placesByZone.get(zone) ?? otherZones[zone] ?? ''
}

/** Zones of an E.164 number; [] when the country is not known. */
export function zonesOf(number: string): readonly string[] {
  return zonesByCode[placeOf(number)] ?? []
}

/** The place whose clock decides for a number: its country calling code; '' when that is not known. */
export function placeOf(number: string): string {
  let code = 0
  for (let at = 1; at <= 3; at++) {
    const digit = number.charCodeAt(at) - 48
    if (!(digit >= 0 && digit <= 9)) return ''
    code = code * 10 + digit
    if (code === 0) return '' // no country's code begins with 0
    const place = places[code]
    if (place !== undefined) return place
  }
  return ''
}

/** By calling code as a number. Asked several times for each call that is dialled. */
const places: (string | undefined)[] = Array.from({ length: 1000 }, (_, code) =>
  Object.hasOwn(zonesByCode, code) ? String(code) : undefined,
)

/** The first of the zones that a place has; null when it is not known. */
export function zoneOfPlace(place: string): string | null {
  return Object.hasOwn(zonesByCode, place) ? (zonesByCode[place]![0] ?? null) : null
}

export const minutesADay = 1440

/** Local time as minutes since midnight, 0 to 1439, and the day of the week, 0 Sunday to 6. */
export type LocalTime = { minute: number; weekday: number }

export function localTime(zone: string, at: number): LocalTime {
  const local = at + offsetMs(zone, at)
  const days = Math.floor(local / 86_400_000)
  return { minute: Math.floor((local - days * 86_400_000) / 60_000), weekday: (((days + 4) % 7) + 7) % 7 }
}

export const zoneDefault = 'Asia/Shanghai'

/** The zone named, or the default where this machine does not know it. */
export function zoneOr(zone: string | null | undefined): string {
  if (!zone) return zoneDefault
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return zone
  } catch {
    return zoneDefault
  }
}

/** Days since 1970 in local time. */
export function localDay(zone: string, at: number): number {
  return Math.floor((at + offsetMs(zone, at)) / 86_400_000)
}

/**
 * Offsets change at quarter hours only, so one is worked out once per zone and quarter. The last one is at hand; of others, which days and
 * months past are counted by, as many are kept as a week has.
 */
const quarterMs = 900_000
const othersMax = 700
type Offsets = { quarter: number; offset: number; format: Intl.DateTimeFormat; others: Map<number, number> }
const offsets = new Map<string, Offsets>()

/** Local time less UTC, ms. */
export function offsetMs(zone: string, at: number): number {
  const quarter = Math.floor(at / quarterMs)
  const known = offsets.get(zone)
  if (known !== undefined && known.quarter === quarter) return known.offset
  const met = known?.others.get(quarter)
  if (met !== undefined) return met
  const format =
    known?.format ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    })
  const start = quarter * quarterMs
  const part: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(start)) part[type] = Number(value)
  const local = Date.UTC(part['year']!, part['month']! - 1, part['day']!, part['hour']!, part['minute']!)
  const offset = local - start
  const others = known?.others ?? new Map<number, number>()
  if (others.size >= othersMax) others.clear()
  others.set(quarter, offset)
  offsets.set(zone, { quarter, offset, format, others })
  return offset
}

/** The instant at which clocks of the zone show `2026-11-24T09:30:00`. */
export function wallInstant(zone: string, local: string): number {
  const wall = Date.parse(`${local}Z`)
  const near = wall - offsetMs(zone, wall)
  return wall - offsetMs(zone, near)
}
