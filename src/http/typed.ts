/** What a form sent: everything in it is hostile until it was checked. */
import { amountOf } from '../lender/money.ts'
import { InvalidInput } from '../records/errors.ts'
import type { Ctx } from './deps.ts'

export type Typed = Record<string, string | string[]>

const valueMax = 100_000

/** Fields of an urlencoded or multipart form, without its files. A name that comes several times is a list. */
export async function typedOf(c: Ctx): Promise<Typed> {
  const typed: Typed = Object.create(null)
  for (const [name, value] of Object.entries(await c.req.parseBody({ all: true }))) {
    const values = (Array.isArray(value) ? value : [value]).filter(each => typeof each === 'string')
    if (values.length > 0) typed[name] = values.length === 1 ? values[0]!.slice(0, valueMax) : values
  }
  return typed
}

/** The (first) value, trimmed; `''` when there is none. */
export function textOf(typed: Typed, name: string): string {
  const value = typed[name]
  return ((Array.isArray(value) ? value[0] : value) ?? '').trim()
}

export function listOf(typed: Typed, name: string): string[] {
  const value = typed[name]
  return value === undefined ? [] : Array.isArray(value) ? value : [value]
}

/** One of the words allowed, or InvalidInput: pages of ours never send another. */
export function oneOf<Word extends string>(text: string, allowed: readonly Word[]): Word {
  const word = allowed.find(each => each === text)
  if (word === undefined)
    throw new InvalidInput([{ field: 'value', found: text.slice(0, 40) || 'nothing', allowed: allowed.join(', ') }])
  return word
}

/** A check box: present and `true`, or not sent at all. */
export function isChecked(typed: Typed, name: string): boolean {
  return textOf(typed, name) === 'true'
}

/** Text that should be a number: the number, or the text itself, so that the schema says what was found. */
export function numberOf(typed: Typed, name: string, factor = 1): number | string {
  const text = textOf(typed, name)
  return /^-?\d+(\.\d+)?$/.test(text) ? Number((Number(text) * factor).toFixed(6)) : text
}

/** Numbers of which a form that was opened before they were asked for sends none: those are left out, and stay or take their defaults. */
export function numbersOf(typed: Typed, factors: Record<string, number>): Record<string, number | string> {
  const sent = Object.entries(factors).filter(([name]) => typed[name] !== undefined)
  return Object.fromEntries(sent.map(([name, factor]) => [name, numberOf(typed, name, factor)]))
}

/** Lines that are not empty. */
export function linesOf(typed: Typed, name: string): string[] {
  return textOf(typed, name)
    .split(/\r\n|\r|\n/)
    .map(line => line.trim())
    .filter(line => line !== '')
}

/** Minor units of an amount that was typed as `12000`, `12,000.50` or `12 000.5`, in as many decimals as its currency has; null: it is none. */
export function minorOf(text: string, currency: string): number | null {
  const bare = text.replaceAll(/[ ,，\u00a0]/g, '')
  return /^\d{1,10}(\.\d+)?$/.test(bare) ? amountOf(bare, currency) : null
}
