/** A row that was not taken, in the page's language: the records door says it in English, for programs and pages alike. */
import type { Words } from '../words/words.ts'

/** `phones.1.number` → `号码 2`; a column of the lender's own keeps its name. */
export function columnWord(field: string, w: Words): string {
  const own = /^fields\.(.+)$/.exec(field)?.[1]
  if (own !== undefined) return own
  const [, part, n = ''] = /^(phone|relation|phoneName)(\d+)$/.exec(field) ?? []
  if (part !== undefined) return w.imports[part as 'phone' | 'relation' | 'phoneName'](n)
  const [, which] = /\.(\d+)(?:\.|$)/.exec(field) ?? /^contact\D*(\d+)$/.exec(field) ?? []
  const stem = stemOf(field)
  const word = of(w.importReport.columns, stem) ?? of(w.imports.targets, stem) ?? field
  return which === undefined ? word : `${word} ${Number(which) + 1}`
}

export function reasonWord(field: string, reason: string, w: Words): string {
  const words = w.importReport
  const says = (pattern: RegExp, tell: (...parts: string[]) => string | undefined) => {
    const found = pattern.exec(reason)
    return found === null ? undefined : tell(...found.slice(1))
  }
  return (
    says(/^found (\d+) columns; allowed: the (\d+) of the header$/, words.columnsMore) ??
    says(/^found (.*); allowed: all digits of the number; the spreadsheet has cut them/s, words.cut) ??
    says(/^found (.*); allowed: .*$/s, found => {
      const allowed = of(words.allowed, stemOf(field))
      const said = found === 'one more segment' ? words.oneMore : found
      return allowed && `${allowed}${w.admin.found(said)}`
    }) ??
    says(/^the campaign has a lead (.*) already$/s, words.taken) ??
    says(/^(.*) stands in row (\d+) already$/s, words.twice) ??
    says(/^the same (\w+) stands in another list already$/, noun => of(words.elsewhere, noun)) ??
    says(/^from here on the file is not CSV: (.*)$/s, words.notCsv) ??
    reason
  )
}

/** `phones.0.number` → `number`, `consent.basis` → `basis`, `fields.城市` → `fields`. */
function stemOf(field: string): string {
  if (field.startsWith('fields.')) return 'fields'
  const own = of(ofApplications, field.replace(/\.\d+/g, ''))
  if (own !== undefined) return own
  if (/^contact\D*\d+$/.test(field)) return field.replace(/\d+$/, '')
  return field.split('.').findLast(part => !/^\d+$/.test(part)) ?? ''
}

/** What the records door has in parts is a column each in a file. */
const ofApplications: Record<string, string> = {
  ...{ 'employer.name': 'employerName', 'employer.statedNumber': 'employerStated', 'employer.line': 'employerLine' },
  ...{ 'employer.line.number': 'employerLine', 'employer.line.source': 'lineSource' },
  ...{ 'contacts.name': 'contact', 'contacts.number': 'contactNumber', 'contacts.relation': 'contactRelation' },
}

function of(words: Record<string, string>, key: string): string | undefined {
  return Object.hasOwn(words, key) ? words[key] : undefined
}
