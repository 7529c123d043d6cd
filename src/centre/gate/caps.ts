/** Caps: how many contacts of a kind a window may hold, and when it has room again. The window is that of the callee's clock. */

import { dayOf, monthsBefore, startOfDay } from '../numbers/day.ts'
import { localDay } from '../numbers/zone.ts'
import { type Limit, rollMs, type Window } from '../policy/policy.ts'
import { type Counted, type Counters, countedAt, isSame, keysOf } from './counters.ts'

export type CapRequest = { number: string; party: string | null; debt: string | null }
/** `used` counts calls under way that may still become one; `freeAt`: the first instant at which one more is within the cap; null: it is now. */
export type CapCount = { used: number; freeAt: number | null }

/** A call under way has a say; when it is over the cap is looked at again. */
const pendingMs = 60_000
const dayMs = 86_400_000

/** null: the counters do not reach back far enough. */
export function countCap(
  counters: Counters,
  limit: Limit,
  request: CapRequest,
  zones: readonly string[],
  now: number,
): CapCount | null {
  const from = windowStart(limit.window, zones, now)
  if (counters.since > from) return null
  const within: number[] = []
  let pending = 0
  const keys = keysOf(request)
  for (const contact of counters.of(keys)) {
    if (!counts(limit, contact) || !isSame(contact, keys, limit.key)) continue
    const at = countedAt(contact, limit.unit)
    if (at === 'pending') pending++
    else if (at !== null && at >= from) within.push(at)
  }
  const used = within.length + pending
  const room = Math.max(0, limit.max - 1) // a maximum of none is a rest: no contact may lie in the window
  if (used <= room) return { used, freeAt: null }
  within.sort((a, b) => a - b)
  const leave = used - room // so many must leave the window
  const last = within[leave - 1]
  return { used, freeAt: last === undefined ? now + pendingMs : Math.max(now + 1, leavesAt(limit.window, zones, last)) }
}

function counts(limit: Limit, contact: Counted): boolean {
  if (limit.unit === 'MESSAGE') return contact.mode === 'message'
  if (limit.counts === undefined) return contact.mode !== 'message'
  return contact.mode !== null && limit.counts.includes(contact.mode)
}

/** Contacts at this instant or later count. Where several zones are possible, the earliest of them: it holds every one. */
export function windowStart(window: Window, zones: readonly string[], now: number): number {
  switch (window.type) {
    case 'DAY':
      return Math.min(...zones.map(zone => dayOf(zone, now).from))
    case 'REST':
      return Math.min(...zones.map(zone => startOfDay(zone, localDay(zone, now) - window.n + 1)))
    case 'ROLL':
      if (window.of !== 'MONTH') return now - rollMs(window.n, window.of) + 1
      return Math.min(...zones.map(zone => monthsBefore(zone, now, window.n))) + 1
    default:
      return window satisfies never
  }
}

/** The first instant whose window no longer holds `at`. */
function leavesAt(window: Window, zones: readonly string[], at: number): number {
  switch (window.type) {
    case 'DAY':
      return Math.max(...zones.map(zone => dayAfter(zone, at, 1)))
    case 'REST':
      return Math.max(...zones.map(zone => dayAfter(zone, at, window.n)))
    case 'ROLL': {
      if (window.of !== 'MONTH') return at + rollMs(window.n, window.of)
      let leaves = Math.max(...zones.map(zone => monthsBefore(zone, at, -window.n)))
      // 31 January and a month: on 28 February its window begins on 28 January, and only in March after it.
      for (let day = 0; day < 4 && windowStart(window, zones, leaves) <= at; day++) leaves += dayMs
      return leaves
    }
    default:
      return window satisfies never
  }
}

function dayAfter(zone: string, at: number, days: number): number {
  return startOfDay(zone, localDay(zone, at) + days)
}
