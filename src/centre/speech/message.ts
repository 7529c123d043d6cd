/** A message that is put together for one party: phrases, and the party's own values read aloud. */
import type { Lead, MessagePart } from '../entities.ts'
import { dateParts, digitParts, moneyParts, numberParts, tailParts } from './numbers.ts'
import type { SpeechLanguage } from './vocabulary.ts'

/** What a field's value must look like for each way of reading it. */
export const allowedAs: Record<Extract<MessagePart, { field: string }>['as'], string> = {
  money: 'an amount, e.g. 1,234.50',
  number: 'a number, e.g. 1234.5',
  digits: '1 to 24 digits',
  date: 'a date, e.g. 2026-12-05',
  tail: 'at least four digits at its end',
}

const readers = { money: moneyParts, number: numberParts, digits: digitParts, date: dateParts, tail: tailParts }

export type Spoken = { ok: true; prompts: string[] } | { ok: false; field: string; found: string; allowed: string }

/**
 * The prompts of the message in order; or the first field whose value cannot be read aloud. `ref` is the lead's own reference, `own` which
 * version of the lender's recordings is said.
 */
export function spoken(
  { language, parts }: { language: SpeechLanguage; parts: readonly MessagePart[] },
  lead: Pick<Lead, 'ref' | 'fields'>,
  own: ReadonlyMap<string, number>,
): Spoken {
  const prompts: string[] = []
  for (const part of parts) {
    if ('prompt' in part) {
      prompts.push(promptOf(language, part.prompt, own))
      continue
    }
    const { field, as } = part
    const value = Object.hasOwn(lead.fields, field) ? lead.fields[field]! : field === 'ref' ? lead.ref : null
    const read = value === null ? null : readers[as](language, value)
    if (read === null)
      return { ok: false, field, found: value === null ? 'nothing' : `"${value.slice(0, 40)}"`, allowed: allowedAs[as] }
    prompts.push(...read.map(name => `${language}/${name}`))
  }
  return { ok: true, prompts }
}

/** A lender's own recordings are named `own/…` and said in a version; all else is a phrase of the language. */
export function promptOf(language: SpeechLanguage, prompt: string, own: ReadonlyMap<string, number>): string {
  if (!prompt.startsWith(ownPrefix)) return `${language}/${prompt}`
  return `${prompt}@${own.get(prompt.slice(ownPrefix.length)) ?? 0}`
}

export const ownPrefix = 'own/'
