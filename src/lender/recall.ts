/**
 * When somebody who was not reached may be called again. The default of domain.md: three attempts a day at least two hours apart, each in another
 * slot of the day, on two days, then "cannot verify". Days and slots are those of the wall clock where the called one is, also where it is put
 * forward or back.
 */
import { Temporal } from 'temporal-polyfill'

/** `HH:MM` on the wall; `to` is later than `from`. */
export type DaySlot = { from: string; to: string }
export type RecallRules = {
  perDay: number
  gapMs: number
  /** Attempts are made in these alone. */
  slots: DaySlot[]
  /** Each attempt of a day in a slot of its own. */
  otherSlot: boolean
  days: number
}

export const recallDefault: RecallRules = {
  perDay: 3,
  gapMs: 2 * 3_600_000,
  slots: [
    { from: '08:30', to: '12:00' },
    { from: '12:00', to: '17:30' },
    { from: '17:30', to: '21:00' },
  ],
  otherSlot: true,
  days: 2,
}
export const slotsMax = 12

export type NextAttempt = { type: 'now' } | { type: 'later'; at: number } | { type: 'over' }

/**
 * The next instant at which the rules let somebody be called who was not reached at `attempts` (Unix ms, in any order). `over`: every attempt was
 * made. Days count on which an attempt was made; a day that nobody called on is not lost.
 */
export function nextAttempt(
  attempts: readonly number[],
  rules: RecallRules,
  { now, zone }: { now: number; zone: string },
): NextAttempt {
  const made = [...attempts].sort((a, b) => a - b)
  const byDay = new Map<string, number[]>()
  for (const at of made) byDay.set(dayOf(at, zone), [...(byDay.get(dayOf(at, zone)) ?? []), at])
  const earliest = Math.max(now, (made.at(-1) ?? Number.NEGATIVE_INFINITY) + rules.gapMs)
  // Slots of so many days are enough: the first whole day without an attempt has room, if any day has.
  let day = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate()
  for (let tries = 0; tries < 4; tries++, day = day.add({ days: 1 })) {
    const today = byDay.get(day.toString()) ?? []
    if (today.length >= rules.perDay) continue
    if (today.length === 0 && byDay.size >= rules.days) continue
    for (const slot of rules.slots) {
      const [from, to] = boundsOf(slot, day, zone)
      if (rules.otherSlot && today.some(at => at >= from && at < to)) continue
      const at = Math.max(from, earliest)
      if (at < to) return at <= now ? { type: 'now' } : { type: 'later', at }
    }
  }
  return { type: 'over' }
}

function dayOf(at: number, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate().toString()
}

function boundsOf({ from, to }: DaySlot, day: Temporal.PlainDate, zone: string): [number, number] {
  const on = (clock: string) =>
    day.toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(clock) }).epochMilliseconds
  return [on(from), on(to)]
}

/** What is wrong with rules whose single values are right; null: nothing. */
export function faultOfRecall(rules: RecallRules): { field: string; found: string; allowed: string } | null {
  for (const [at, { from, to }] of rules.slots.entries()) {
    if (to <= from)
      return { field: `recall.slots.${at}`, found: `${from}–${to}`, allowed: 'an end after the beginning' }
    const before = rules.slots[at - 1]
    if (before !== undefined && from < before.to)
      return { field: `recall.slots.${at}`, found: `${from} before ${before.to}`, allowed: 'slots one after the other' }
  }
  if (rules.otherSlot && rules.perDay > rules.slots.length)
    return {
      field: 'recall.perDay',
      found: `${rules.perDay} attempts in ${rules.slots.length} slots`,
      allowed: 'as many slots as attempts a day',
    }
  return null
}
