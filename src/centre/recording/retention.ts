/**
 * For how long a recording is kept: whole calendar days, months of February and all, at the centre's own clock. It may go when the last day of its
 * period is over, and no earlier.
 */
import type { Business } from '../entities.ts'
import { localDay, offsetMs } from '../numbers/zone.ts'

export type Period = { n: number; of: 'DAY' | 'YEAR' }

/** Years; 0: for good. Calls that no campaign's are stay for good where nobody says otherwise. */
export const keepYearsDefault: Readonly<Record<Business | 'other', number>> = {
  ...{ collections: 5, verification: 5, sales: 3 },
  other: 0,
}
export const keepYearsMax = 50

const dayMs = 86_400_000
/** No zone's midnight is further from that of UTC, nor moved by more. */
const searchMs = 27 * 3_600_000
const quarterMs = 900_000

/** The first instant at which what was sealed then may go. The 29th of February ends with February where a year has none. */
export function keptUntil(sealedAt: number, { n, of }: Period, zone: string): number {
  const day = localDay(zone, sealedAt)
  return startOfDay(zone, (of === 'DAY' ? day + n : yearsOn(day, n)) + 1)
}

/** What was sealed before the answer may go now: the same rule, from the other end. */
export function mayGoBefore(now: number, { n, of }: Period, zone: string): number {
  const today = localDay(zone, now)
  return startOfDay(zone, of === 'DAY' ? today - n : yearsBack(today, n))
}

/** Of several the one that keeps the longest, counted back from now; null when there is none. */
export function longest(periods: readonly Period[], now: number, zone: string): Period | null {
  let found: { period: Period; before: number } | null = null
  for (const period of periods) {
    const before = mayGoBefore(now, period, zone)
    if (found === null || before < found.before) found = { period, before }
  }
  return found?.period ?? null
}

function yearsOn(day: number, n: number): number {
  const date = new Date(day * dayMs)
  const [year, month, of] = [date.getUTCFullYear() + n, date.getUTCMonth(), date.getUTCDate()]
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return Date.UTC(year, month, Math.min(of, last)) / dayMs
}

/** From the 29th of February to the 1st of March of a year that has none: what was sealed on the 28th has had its years. */
function yearsBack(day: number, n: number): number {
  const date = new Date(day * dayMs)
  return Date.UTC(date.getUTCFullYear() - n, date.getUTCMonth(), date.getUTCDate()) / dayMs
}

/** The first instant of a local day, or of the next one that there is: days begin at 1:00 or not at all where a clock is put forward at midnight. */
function startOfDay(zone: string, day: number): number {
  const middle = Math.round((day * dayMs - offsetMs(zone, day * dayMs)) / quarterMs)
  let [before, from] = [middle - searchMs / quarterMs, middle + searchMs / quarterMs]
  while (from - before > 1) {
    const at = Math.floor((before + from) / 2)
    if (localDay(zone, at * quarterMs) >= day) from = at
    else before = at
  }
  return from * quarterMs
}
