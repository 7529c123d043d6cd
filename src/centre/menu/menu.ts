/**
 * A voice menu (IVR): what is said to who comes to it, where each key leads, and what becomes of who presses none. Plain values, and the pure
 * reading of keys; what a call does in one stands in menu-call.ts.
 */
import type { MenuId, QueueId, UserId } from '../../lib/ids.ts'
import { localDay, localTime } from '../numbers/zone.ts'
import { type Holidays, isHoliday } from '../policy/holidays.ts'

export const menuKeys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '*', '#'] as const
export type MenuKey = (typeof menuKeys)[number]

export const menuActs = ['repeat', 'call_back', 'hang_up'] as const
/** `repeat`: the menu is said again. `call_back`: we owe the caller a call, and hang up. `number`: outside, E.164. */
export type MenuTarget =
  | { queue: QueueId }
  | { user: UserId }
  | { ivr: MenuId }
  | { number: string }
  | { act: (typeof menuActs)[number] }

/** HH:MM of the centre's zone, over midnight when `to` is earlier; weekdays from 0, a Sunday: those on which the hours begin. */
export type MenuHours = {
  weekdays: number[]
  from: string
  to: string
  /** The calendar whose holidays are closed days; a year that it does not know is open, since a caller is better heard. Left out: none. */
  holidays?: string | undefined
}

/** Calls that a menu has outside at once where nothing else is said: a robot that presses one key costs no more. */
export const outsideMaxDefault = 20

export type Menu = {
  id: MenuId
  name: string
  /** Of what the house says by itself (that no key came, that it leads nowhere), and of shipped phrases. */
  language: 'zh-CN' | 'en'
  /** Said one after the other: `own/NAME`, the lender's recordings in use, or shipped phrases. In several languages, if it is written so. */
  greeting: string[]
  keys: Partial<Record<MenuKey, MenuTarget>>
  /** Whoever knows an extension may dial it here. */
  extensions: boolean
  /** A key ends what is being said; else keys count only after it. */
  bargeIn: boolean
  /** After the last word a key is waited for. */
  waitMs: number
  /** Between the digits of an extension. */
  betweenMs: number
  /** So often it is said to who presses nothing, or a key that leads nowhere; then `fallback`. */
  triesMax: number
  /** Calls that its keys have led outside at the same time, at most; left out: `outsideMaxDefault`. */
  outsideMax?: number
  fallback: MenuTarget
  /** null: always open. Outside its hours a caller goes to `closed`. */
  hours: MenuHours | null
  closed: MenuTarget
}

/** What the keys pressed so far mean. */
export type KeysRead =
  | { type: 'more' }
  | { type: 'key'; key: MenuKey; target: MenuTarget }
  | { type: 'person'; user: UserId }
  | { type: 'wrong' }

/** An extension is at most so long (its schema), and `#` may end it. */
export const keysMax = 12

/**
 * `isOver`: no more keys came in time. A key that leads somewhere and also begins an extension waits for the next: the extension is what was
 * meant when it comes in time.
 */
export function readKeys(
  menu: Pick<Menu, 'keys' | 'extensions'>,
  pressed: string,
  people: Iterable<{ id: UserId; extension: string | null; enabled: boolean }>,
  isOver = false,
): KeysRead {
  const ended = pressed.length > 1 && pressed.endsWith('#')
  const keys = ended ? pressed.slice(0, -1) : pressed
  const target = keys.length === 1 ? menu.keys[keys as MenuKey] : undefined
  if (menu.extensions) {
    let exact: UserId | null = null
    let mayGoOn = false
    for (const { id, extension, enabled } of people) {
      if (extension === null || !enabled || !extension.startsWith(keys)) continue
      if (extension === keys) exact = id
      else mayGoOn = true
    }
    if (mayGoOn && !isOver && !ended && keys.length < keysMax) return { type: 'more' }
    if (exact !== null) return { type: 'person', user: exact }
  }
  return target === undefined ? { type: 'wrong' } : { type: 'key', key: keys as MenuKey, target }
}

/** Whether callers are let in at this instant. */
export function isMenuOpen(
  { hours }: Pick<Menu, 'hours'>,
  { zone, holidays }: { zone: string; holidays: Holidays },
  at: number,
): boolean {
  if (hours === null) return true
  const { minute, weekday } = localTime(zone, at)
  const isOff = (day: number) =>
    hours.holidays !== undefined && isHoliday(holidays, hours.holidays, dateOfDay(localDay(zone, at) + day)) === true
  const [from, to] = [minuteOf(hours.from), minuteOf(hours.to)]
  if (from < to) return minute >= from && minute < to && hours.weekdays.includes(weekday) && !isOff(0)
  if (minute >= from) return hours.weekdays.includes(weekday) && !isOff(0)
  return minute < to && hours.weekdays.includes((weekday + 6) % 7) && !isOff(-1)
}

/** Of a local day since 1970: `2026-10-01`. */
function dateOfDay(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10)
}

function minuteOf(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
}
