/** A row that was not taken, in the page's language: the records door says it in English, for programs and pages alike. */
import type { Words } from '../words/words.ts'

/** `phones.1.number` → `号码 2`; a column of the lender's own keeps its name. */
export function columnWord(field: string, w: Words): string {
  const own = /^fields\.(.+)$/.exec(field)?.[1]
  if (own !== undefined) return own
  const [, which] = /\.(\d+)(?:\.|$)/.exec(field) ?? []
  const word = of(w.importReport.columns, stemOf(field)) ?? field
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
  return field.split('.').findLast(part => !/^\d+$/.test(part)) ?? ''
}

function of(words: Record<string, string>, key: string): string | undefined {
  return Object.hasOwn(words, key) ? words[key] : undefined
}
