/**
 * What may be dialled at all, whoever asks and in whatever mode, and what may be dialled by hand abroad: the guard against calls that cost the
 * lender money and bring somebody else a share of it (toll fraud; see GSMA FF.21, ITU-T E.156 on misuse of numbers).
 */
import { normaliseNumber } from '../numbers/number.ts'
import { placeOf } from '../numbers/zone.ts'
import { emergencyNumbersIn, helpOf, homeOf } from './emergency-numbers.ts'

/** The key of the setting that holds the rules as JSON. */
export const tollRulesKey = 'toll.rules'

export type TollRules = {
  /** Dialled as they stand, by anyone, whatever else stands in the way. */
  emergency: string[]
  /** Beginnings of numbers that nobody calls, no campaign either: `+882`. */
  barred: string[]
  /** Beginnings of numbers that may be dialled by hand; `home`: the centre's own country, `+`: anywhere. */
  byHand: { agent: string[]; supervisor: string[] }
  /** Minutes a day of calls by hand abroad: each person's and the whole centre's. */
  personMinutesMax: number
  centreMinutesMax: number
  /** One such call is ended after so long. */
  callMinutesMax: number
  /** No such call between these minutes of the centre's day (over midnight when `to` is less); null: at any hour. */
  night: { from: number; to: number } | null
}

/**
 * Where no zone is known emergency numbers are China's; see `tollRulesIn`. Barred are satellites, international networks, shared-cost and premium-rate numbers, and the British ranges that are billed so.
 */
export const tollRulesDefault: TollRules = {
  emergency: emergencyNumbersIn(''),
  barred: ['+870', '+878', '+881', '+882', '+883', '+888', '+979', '+808', '+1900', '+4470', '+449'],
  byHand: { agent: ['home'], supervisor: ['home'] },
  personMinutesMax: 60,
  centreMinutesMax: 600,
  callMinutesMax: 60,
  night: { from: 22 * 60, to: 6 * 60 },
}

/** Until somebody sets others: of a centre in this time zone. */
export function tollRulesIn(zone: string): TollRules {
  return { ...tollRulesDefault, emergency: emergencyNumbersIn(zone) }
}

/** Whether this is a number of the centre's own country: one whose time may be the centre's. */
export function isHome(number: string, zone: string): boolean {
  return placeOf(number) === homeOf(zone)
}

/**
 * The emergency number that was dialled, as it goes out; null: none. Passed over are spaces and dashes, a # that ends what was dialled, and the code
 * of the centre's own country, which phones put before whatever is dialled: `+86110` is no person's.
 */
export function emergencyOf(rules: Pick<TollRules, 'emergency'>, zone: string, dialled: string): string | null {
  const digits = dialled.slice(0, 20).replace(/[\s-]/g, '').replace(/#$/, '')
  const code = helpOf(zone)?.code ?? homeOf(zone)
  const before = [`+${code}`, `00${code}`].find(each => digits.startsWith(each)) ?? ''
  const number = digits.slice(before.length)
  return rules.emergency.includes(number) ? number : null
}

/** The beginning that bars this number; null: none does. */
export function barringOf(rules: Pick<TollRules, 'barred'>, number: string): string | null {
  return rules.barred.find(prefix => number.startsWith(prefix)) ?? null
}

/** Whether one of the patterns allows this number. */
export function matches(patterns: readonly string[], number: string, zone: string): boolean {
  return patterns.some(pattern => (pattern === 'home' ? isHome(number, zone) : number.startsWith(pattern)))
}

/** An emergency number is short, so that no number of a person is ever taken for one. */
export function isEmergencyNumber(text: string): boolean {
  return /^\d{2,6}$/.test(text) && normaliseNumber(text) === null
}

export function isPrefix(text: string): boolean {
  return /^\+\d{0,14}$/.test(text)
}
