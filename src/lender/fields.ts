/** Fields of a lender's own: defined for a business, then checked on every way in, be it a form, the API or a file. */
import { isDate } from './dates.ts'
import { amountMax, amountOf, currencyDefault } from './money.ts'
import type { Sealed } from './sealed.ts'

export const fieldBusinesses = ['verification', 'sales', 'collections'] as const
export type FieldBusiness = (typeof fieldBusinesses)[number]
export const fieldTypes = ['text', 'number', 'money', 'date', 'choice', 'yes-no', 'phone', 'email', 'secret'] as const
export type FieldType = (typeof fieldTypes)[number]

/** Of one business. */
export const definitionsMax = 100
export const fieldKeyPattern = /^[a-z][a-z0-9_]{0,39}$/

export type FieldDefinition = {
  key: string
  label: { 'zh-CN': string; en: string }
  type: FieldType
  required: boolean
  /** Of a number or an amount the value, of a text its length; null: the bound that every value has. */
  min: number | null
  max: number | null
  /** Of a choice: what may be chosen. */
  choices: string[]
  /** On the agent's desk. */
  shown: boolean
  /** Parties are found by it. */
  searchable: boolean
}

/** A secret is sealed before it gets here. Money is minor units. */
export type FieldValue = string | number | boolean | Sealed
export type FieldValues = Partial<Record<FieldBusiness, Record<string, FieldValue>>>
export type FieldFault = { field: string; found: string; allowed: string }

const textMax = 1000

/**
 * The values as the definitions have them, with what is wrong. A value may come as text, as it does from a file: `1,200.5` is a number, `是` a yes.
 * Secrets are answered apart, in clear: the caller seals them. `normalPhone` answers E.164 or null.
 */
export function readFields(
  definitions: readonly FieldDefinition[],
  given: Readonly<Record<string, unknown>>,
  normalPhone: (text: string) => string | null,
): { values: Record<string, string | number | boolean>; secrets: Record<string, string>; faults: FieldFault[] } {
  const values: Record<string, string | number | boolean> = {}
  const secrets: Record<string, string> = {}
  const faults: FieldFault[] = []
  const known = new Set(definitions.map(({ key }) => key))
  for (const key of Object.keys(given).slice(0, 2 * definitionsMax))
    if (!known.has(key))
      faults.push({ field: key.slice(0, 64), found: 'an unknown field', allowed: [...known].join(', ') || 'none' })
  for (const definition of definitions) {
    const value = Object.hasOwn(given, definition.key) ? given[definition.key] : undefined
    if (value === undefined || value === null || value === '') {
      if (definition.required) faults.push({ field: definition.key, found: 'nothing', allowed: allowedIn(definition) })
      continue
    }
    const read = readValue(definition, value, normalPhone)
    if (read === null)
      faults.push({
        field: definition.key,
        found: definition.type === 'secret' ? 'another value' : JSON.stringify(value).slice(0, 60),
        allowed: allowedIn(definition),
      })
    else if (definition.type === 'secret') secrets[definition.key] = String(read)
    else values[definition.key] = read
  }
  return { values, secrets, faults }
}

function readValue(
  definition: FieldDefinition,
  value: unknown,
  normalPhone: (text: string) => string | null,
): string | number | boolean | null {
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : null
  switch (definition.type) {
    case 'text':
    case 'secret':
      return text !== null && isWithin(definition, text.length, textMax) && isPlain(text) ? text : null
    case 'number': {
      const number = typeof value === 'number' ? value : numberOf(text)
      return number !== null && isWithin(definition, number, amountMax) ? number : null
    }
    case 'money': {
      // Minor units as a number; as a text what people write, 1,200.50.
      const amount = typeof value === 'number' ? value : amountOf(text ?? '', currencyDefault)
      return amount !== null && Number.isSafeInteger(amount) && isWithin(definition, amount, amountMax) ? amount : null
    }
    case 'date':
      return text !== null && isDate(text) ? text : null
    case 'choice':
      return text !== null && definition.choices.includes(text) ? text : null
    case 'yes-no':
      if (typeof value === 'boolean') return value
      return text === null ? null : yesOrNo(text)
    case 'phone':
      return text === null ? null : normalPhone(text)
    case 'email':
      return text !== null && isEmail(text) ? text : null
    default:
      return definition.type satisfies never
  }
}

function isWithin({ min, max }: FieldDefinition, value: number, bound: number): boolean {
  return Number.isFinite(value) && value >= (min ?? -bound) && value <= Math.min(max ?? bound, bound)
}

/** No control characters, no changes of the direction of writing: text that looks like another one. */
function isPlain(text: string): boolean {
  return !/[^\P{Cc}\t\n\r]|[\u202a-\u202e\u2066-\u2069]|\p{Cs}/u.test(text)
}

function numberOf(text: string | null): number | null {
  const plain = text?.replaceAll(',', '') ?? ''
  return /^-?\d{1,15}(\.\d{1,6})?$/.test(plain) ? Number(plain) : null
}

function yesOrNo(text: string): boolean | null {
  if (/^(?:true|yes|y|1|是)$/i.test(text)) return true
  if (/^(?:false|no|n|0|否)$/i.test(text)) return false
  return null
}

/** In words (English), for the one who has to put it right. */
export function allowedIn(definition: FieldDefinition): string {
  const { min, max } = definition
  const bounds = min === null && max === null ? '' : ` from ${min ?? 'any'} to ${max ?? 'any'}`
  switch (definition.type) {
    case 'text':
    case 'secret':
      return `a text${bounds === '' ? ` of at most ${textMax} characters` : `${bounds} characters long`}`
    case 'number':
      return `a number${bounds}`
    case 'money':
      return `an amount${bounds}, as minor units or as a text like 1200.50`
    case 'date':
      return 'a date like 2026-11-24'
    case 'choice':
      return definition.choices.join(', ')
    case 'yes-no':
      return 'true or false'
    case 'phone':
      return 'a telephone number, e.g. 13812345678'
    case 'email':
      return 'an e-mail address, e.g. carl@example.com'
    default:
      return definition.type satisfies never
  }
}

/** One address and nothing else: what would be a second header, a list or a comment is none (RFC 5321, without quoted local parts). */
export function isEmail(text: string): boolean {
  return (
    text.length <= 254 &&
    /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z]{2,63}$/i.test(text)
  )
}

/** Where a party gets e-mail: the first field of this business that is an address, else of another. */
export function emailOf(
  fields: FieldValues,
  definitions: Partial<Record<FieldBusiness, FieldDefinition[]>>,
  business: FieldBusiness,
): string | null {
  for (const each of [business, ...fieldBusinesses.filter(other => other !== business)])
    for (const { key, type } of definitions[each] ?? []) {
      const value = fields[each]?.[key]
      if (type === 'email' && typeof value === 'string' && value !== '') return value
    }
  return null
}

/** As it stands in the index that parties are found by. */
export function searchText(value: FieldValue): string {
  return typeof value === 'object' ? value.hash : String(value).slice(0, 100)
}
