/** Calendar days and months where someone is: when a day began, when the next begins, and the same hour some months before. */
import { localDay, offsetMs } from './zone.ts'

const quarterMs = 900_000
const dayMs = 86_400_000

/** The last day asked for, by zone: the gate asks for today again and again. */
const lastDay = new Map<string, { from: number; to: number }>()

/** The local day that holds `at`, from its first instant to that of the next; 23 to 25 hours. */
export function dayOf(zone: string, at: number): { from: number; to: number } {
  const last = lastDay.get(zone)
  if (last !== undefined && at >= last.from && at < last.to) return last
  const day = localDay(zone, at)
  const found = { from: startOfDay(zone, day), to: startOfDay(zone, day + 1) }
  lastDay.set(zone, found)
  return found
}

/** The first instant of a local day, given as days since 1970. Offsets change on quarter hours, and a clock set back never repeats a day. */
export function startOfDay(zone: string, day: number): number {
  let low = Math.floor((day * dayMs - 15 * 3_600_000) / quarterMs)
  let high = Math.ceil((day * dayMs + 15 * 3_600_000) / quarterMs)
  while (low < high) {
    const middle = (low + high) >> 1
    if (localDay(zone, middle * quarterMs) >= day) high = middle
    else low = middle + 1
  }
  return low * quarterMs
}

/** `2026-08-17`, there. */
export function dateOf(zone: string, at: number): string {
  return new Date(at + offsetMs(zone, at)).toISOString().slice(0, 10)
}

/** The same local time `months` before (or after, when negative); the last day of a month that is shorter. */
export function monthsBefore(zone: string, at: number, months: number): number {
  const local = new Date(at + offsetMs(zone, at))
  const first = Date.UTC(local.getUTCFullYear(), local.getUTCMonth() - months, 1)
  const days = new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() - months + 1, 0)).getUTCDate()
  const date = Math.min(local.getUTCDate(), days)
  const time = (local.getTime() % dayMs) + (local.getTime() < 0 ? dayMs : 0)
  const wanted = first + (date - 1) * dayMs + time
  return wanted - offsetMs(zone, wanted - offsetMs(zone, wanted))
}
