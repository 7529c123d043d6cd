/** Instants and durations as people read them. Figures are tabular, instants are in the centre's zone. */
import { Temporal } from 'temporal-polyfill'
import type { Frame } from './frame.ts'
import { type Html, html } from './html.ts'

/** `754000` → `12:34`; from an hour on `1:02:03`. Rounds down: a timer that shows 0:59 has not reached a minute. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const rest = String(seconds % 60).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${String(minutes).padStart(2, '0')}:${rest}`
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${rest}`
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** At most one format for each use, language and zone, so the map is bounded by the centre's settings. */
function format(use: string, frame: Frame, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${use} ${frame.language} ${frame.zone}`
  let made = formats.get(key)
  if (!made) {
    made = new Intl.DateTimeFormat(frame.language === 'en' ? 'en-GB' : 'zh-CN', {
      timeZone: frame.zone,
      hourCycle: 'h23',
      ...options,
    })
    formats.set(key, made)
  }
  return made
}

export function clockOf(at: number, frame: Frame): string {
  return format('clock', frame, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at)
}

function dayOf(at: number, frame: Frame): string {
  return format('day', frame, { month: '2-digit', day: '2-digit' }).format(at)
}

export function exactly(at: number, frame: Frame): string {
  return format('exact', frame, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(at)
}

/** Today only the clock, else day and clock; exact on hover. */
export function instant(at: number | null, frame: Frame): Html {
  if (at === null) return html`<span class="muted">—</span>`
  const today = dayOf(at, frame) === dayOf(frame.now, frame)
  const shown = today ? clockOf(at, frame) : `${dayOf(at, frame)} ${clockOf(at, frame).slice(0, 5)}`
  return html`<time class="figure" datetime="${new Date(at).toISOString()}" title="${exactly(at, frame)}">${shown}</time>`
}

/** Counts up from `since`; painted every second by timers.js. The text under it is the same at every rendering of the same state. */
export function timer(since: number, frame: Frame): Html {
  return html`<time class="figure" data-since="${since}">${clockOf(since, frame)}</time>`
}

/** Counts down to `until`, then stays at 00:00. */
export function countdown(until: number, frame: Frame): Html {
  return html`<time class="figure" data-until="${until}">${clockOf(until, frame)}</time>`
}

/** The `value` of an `<input type="datetime-local">` in the centre's zone. */
export function localValue(at: number, frame: Frame): string {
  const parts = Object.fromEntries(
    format('local', frame, {
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    })
      .formatToParts(at)
      .map(part => [part.type, part.value]),
  )
  return `${parts['year']}-${parts['month']}-${parts['day']}T${parts['hour']}:${parts['minute']}`
}

/** Midnight before `now` in the zone, Unix ms. */
export function startOfDay(now: number, zone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).startOfDay().epochMilliseconds
}

/** What an `<input type="datetime-local">` or `date` sent, read in the zone; null when it is neither. */
export function readLocal(text: string, zone: string): number | null {
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$/.test(text)) return null
  try {
    return Temporal.PlainDateTime.from(text).toZonedDateTime(zone).epochMilliseconds
  } catch {
    return null // the 31st of February
  }
}
