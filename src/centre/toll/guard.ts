/** Whether a person may dial this number by hand now, and what becomes of such calls that go on for too long. */
import type { TrunkId, UserId } from '../../lib/ids.ts'
import { maskNumber } from '../../lib/mask.ts'
import type { Draft } from '../draft.ts'
import type { Refusal, Role } from '../entities.ts'
import { normaliseNumber } from '../numbers/number.ts'
import { localTime } from '../numbers/zone.ts'
import { clock } from '../policy/gate-words.ts'
import type { FloorState } from '../state.ts'
import { barringOf, isHome, matches } from './rules.ts'

const minuteMs = 60_000

/** What said no is the guard against toll fraud, and no policy. */
export const tollGuard = { policy: 'TOLL', version: '1', by: null }

/** Why this number is called by nobody, in no mode; null: it may be. */
export function barred(state: FloorState, number: string): Refusal | null {
  const prefix = barringOf(state.toll.rules, number)
  if (prefix === null) return null
  return { rule: 'number_barred', words: `Numbers that begin with ${prefix} are barred: they cost extra.` }
}

/**
 * What keeps this person (null: a voice menu, whose numbers an administrator wrote) from dialling this number by hand; null: nothing. `isKnown`: the number is a lead's, or a callback's of a campaign,
 * which allows it; what a caller showed as theirs is no such number, since whoever calls and hangs up would have us call back at our cost. Cheap for numbers of the centre's own country.
 */
export function tollObstacle(
  state: FloorState,
  { by, number, isKnown }: { by: UserId | null; number: string; isKnown: boolean },
  now: number,
): Refusal | null {
  if (isKnown) return null
  const { toll, zone } = state
  const { rules } = toll
  const role = (by === null ? undefined : state.users.get(by))?.role ?? 'agent'
  if (by !== null && !matches(patternsFor(rules.byHand, role), number, zone)) {
    const words = `${maskNumber(number)} is not a number that you may dial by hand: ask the administrator.`
    return { rule: 'number_not_allowed', words }
  }
  if (isHome(number, zone)) return null
  const { night } = rules
  if (night !== null && isBetween(localTime(zone, now).minute, night)) {
    const words = `Nobody is called abroad by hand from ${clock(night.from)} to ${clock(night.to)}.`
    return { rule: 'toll_night', words }
  }
  const spent = toll.spent(by, zone, now)
  if (spent.person >= rules.personMinutesMax * minuteMs)
    return { rule: 'toll_person', words: `Today's ${rules.personMinutesMax} minutes abroad are used up.` }
  if (spent.centre >= rules.centreMinutesMax * minuteMs)
    return { rule: 'toll_centre', words: `The centre's ${rules.centreMinutesMax} minutes abroad of today are used up.` }
  return null
}

/** Rules of which somebody is told at once, since people come upon them by accident only now and then. */
const alarming = new Set(['number_barred', 'number_not_allowed', 'toll_night', 'toll_person', 'toll_centre'])

/** Tells of a refusal once a day for each rule and person. */
export function alarmOf(d: Draft, refusal: Refusal, by: UserId | null, number: string): void {
  if (!alarming.has(refusal.rule) || d.state.toll.isTold(refusal.rule, by, d.state.zone, d.now)) return
  d.fact({ type: 'safety.alarmed', rule: refusal.rule, user: by, call: null, number, words: refusal.words })
}

/** Of what is refused in any case it is told where it would have cost, too: who has a phone's password tries what earns money. */
export function alarmIfCostly(d: Draft, by: UserId, typed: string): void {
  const number = normaliseNumber(typed)
  if (number === null) return
  const costly = barred(d.state, number) ?? tollObstacle(d.state, { by, number, isKnown: false }, d.now)
  if (costly !== null) alarmOf(d, costly, by, number)
}

/** Of whom the journal has no call each. */
export function callersTurnedAway(d: Draft, { trunk, calls }: { trunk: TrunkId; calls: number }): void {
  const words = `${calls} callers were turned away: too many came at once.`
  d.fact({
    type: 'safety.alarmed',
    rule: 'callers_turned_away',
    user: null,
    call: null,
    number: '',
    words,
    trunk,
    calls,
  })
}

/** `number`: the extension that was claimed; it need not be one. */
export function phonesGuessed(d: Draft, { extension, source }: { extension: string; source: string }): void {
  const address = source.slice(0, 45)
  const words = `Someone at ${address} guesses the password of a phone.`
  d.fact({
    type: 'safety.alarmed',
    rule: 'phone_guessed',
    user: null,
    call: null,
    number: extension.slice(0, 16),
    words,
    address,
  })
}

/** What is not in the journal as a call each is there by its number. */
export function numbersTried(d: Draft, { trunk, calls, last }: { trunk: TrunkId; calls: number; last: string }): void {
  const words = `${calls} calls to numbers that nobody has were refused, and are not told of one by one.`
  const number = last.slice(0, 40)
  d.fact({ type: 'safety.alarmed', rule: 'numbers_tried', user: null, call: null, number, words, trunk, calls })
}

/** `user`: whose account; null: of many, from one address. */
export function signInsGuessed(
  d: Draft,
  { user, address: source, tries }: { user: UserId | null; address: string; tries: number },
): void {
  const address = source.slice(0, 45)
  const [rule, what] =
    user === null ? (['sign_in_guessed', 'passwords'] as const) : (['account_guessed', 'a password'] as const)
  const words = `Someone guesses ${what} at sign-in: ${tries} wrong, the last from ${address}.`
  d.fact({ type: 'safety.alarmed', rule, user, call: null, number: '', words, address })
}

function patternsFor(byHand: { agent: string[]; supervisor: string[] }, role: Role): string[] {
  return role === 'supervisor' ? byHand.supervisor : byHand.agent
}

function isBetween(minute: number, { from, to }: { from: number; to: number }): boolean {
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to
}
