/**
 * How one trunk wants numbers written, and how it writes them itself. Inside the centre a number is E.164; a short ordered table turns it into
 * what the gateway dials (`138…`, `021…`, `9` for an outside line), and another one turns what the gateway says into what we know.
 */
import { normaliseNumber, numberKey } from '../numbers/number.ts'

/** The first whose pattern fits: so many characters are taken off the front, and these are put there. */
export type NumberRule = { pattern: string; strip: number; prefix: string }

/** How our own number is written in From and its like. It is the same number in each of them: a caller ID is never rewritten. */
export const callerIdForms = ['as_written', 'e164', 'plain', 'national'] as const
export type CallerIdForm = (typeof callerIdForms)[number]

/** Rules of one table, at most. */
export const numberRulesMax = 40

/**
 * Digits, `+`, `*` and `#` stand for themselves, `X` for any digit, `Z` for 1 to 9, `N` for 2 to 9, and `.` at the end for one digit or more (as
 * in Asterisk's dial plans). What has none of them is one number.
 */
export function isPattern(text: string): boolean {
  return /^\+?[0-9XZN*#]{0,24}\.?$/.test(text) && text !== '' && text !== '+'
}

/** What a rule may put in front. */
export function isPrefix(text: string): boolean {
  return /^\+?[0-9*#]{0,16}$/.test(text)
}

/** `rule` counts from 1; null: none fitted, and the number stays as it is. */
export function rewritten(rules: readonly NumberRule[], number: string): { number: string; rule: number | null } {
  for (const [at, { pattern, strip, prefix }] of rules.entries()) {
    if (!fits(pattern, number)) continue
    const made = prefix + number.slice(strip)
    // A rule that leaves no number changes nothing: the gateway may still know what to do with it.
    return isDialable(made) ? { number: made, rule: at + 1 } : { number, rule: null }
  }
  return { number, rule: null }
}

export function shownAs(form: CallerIdForm, callerId: string): string {
  const shown = formed(form, callerId)
  return isSameNumber(shown, callerId) ? shown : callerId
}

/** Whether these two, as somebody wrote them, are one number; names are none. */
export function saysNumber(a: string, b: string): boolean {
  return isWritten(a) && isWritten(b) && numberKey(a) === numberKey(b)
}

const isWritten = (text: string) => /^\+?\d{3,32}$/.test(text)

/** One pass, a character at a time: a pattern cannot be made that takes long. */
function fits(pattern: string, number: string): boolean {
  const open = pattern.endsWith('.')
  const fixed = open ? pattern.length - 1 : pattern.length
  if (open ? number.length <= fixed : number.length !== fixed) return false
  for (let at = 0; at < fixed; at++) if (!stands(pattern[at]!, number[at]!)) return false
  // The dot alone fits every number, with its + or without.
  return !open || (fixed === 0 ? /^\+?\d+$/ : /^\d+$/).test(number.slice(fixed))
}

function stands(sign: string, digit: string): boolean {
  if (sign === 'X') return digit >= '0' && digit <= '9'
  if (sign === 'Z') return digit >= '1' && digit <= '9'
  if (sign === 'N') return digit >= '2' && digit <= '9'
  return sign === digit
}

function isDialable(number: string): boolean {
  return /^\+?[0-9*#]{1,32}$/.test(number)
}

function formed(form: CallerIdForm, callerId: string): string {
  const number = normaliseNumber(callerId)
  if (form === 'as_written' || number === null) return callerId
  if (form === 'e164') return number
  if (form === 'plain') return number.slice(1)
  if (!number.startsWith('+86')) return `00${number.slice(1)}`
  const national = number.slice(3)
  // Mobiles and service numbers have no area code; a land line has one, which begins with 0 within the country.
  return /^(?:1[3-9]\d{9}|95\d{3,6}|[48]00\d{7})$/.test(national) ? national : `0${national}`
}

function isSameNumber(a: string, b: string): boolean {
  return numberKey(a) === numberKey(b) || a.replace(/\D/g, '') === (normaliseNumber(b) ?? b).replace(/\D/g, '')
}
