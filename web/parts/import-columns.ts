/** What a column of an import may be, in the page's language. */
import type { FieldDefinition } from '../../src/lender/fields.ts'
import type { Words } from '../words/words.ts'

export type OwnFields = Partial<Record<string, FieldDefinition[]>>

/** `phone2`, `fields.collections.score` and the rest. */
export function targetWord(target: string, own: OwnFields, w: Words, language: 'zh-CN' | 'en'): string {
  if (target === '') return w.imports.leave
  const [, stem = '', n = ''] =
    /^(phone|relation|phoneName|contact|contactNumber|contactRelation)(\d{1,2})$/.exec(target) ?? []
  if (stem === 'phone') return w.imports.phone(n)
  if (stem === 'relation') return w.imports.relation(n)
  if (stem === 'phoneName') return w.imports.phoneName(n)
  if (stem === 'contact') return w.imports.contact(n)
  if (stem === 'contactNumber') return w.imports.contactNumber(n)
  if (stem === 'contactRelation') return w.imports.contactRelation(n)
  const [, business, key] = /^fields\.([^.]+)\.(.+)$/.exec(target) ?? []
  if (business !== undefined) {
    const field = own[business]?.find(each => each.key === key)
    const word = (w.domain.business as Record<string, string>)[business] ?? business
    return w.imports.own(word, field?.label[language] ?? key ?? '')
  }
  return Object.hasOwn(w.imports.targets, target) ? w.imports.targets[target]! : target
}

/** What is wrong with a mapping: `columns` lacks something, `columns.3` is not right. */
export function mappingWord(
  { field, found, allowed }: { field: string; found: string; allowed: string },
  given: { headings: readonly string[]; own: OwnFields; w: Words; language: 'zh-CN' | 'en' },
): string {
  const { headings, own, w, language } = given
  const at = /^columns\.(\d+)$/.exec(field)
  if (at !== null) {
    const heading = headings[Number(at[1])] ?? ''
    return allowed.startsWith('once') ? w.imports.twice(heading) : w.imports.unknown(heading)
  }
  const missing = /^a column that is (.*)$/.exec(allowed)
  if (missing === null) return `${found}; ${allowed}`
  const words = missing[1]!.split(' or ').map(target => targetWord(target, own, w, language))
  return w.imports.missing(words.join(w.imports.or))
}
