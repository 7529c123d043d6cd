/** What a desk says: the script of the call's place, or the house's own words; from where the talk is, with the values of this call. */
import type { DeskSay } from '../../../web/pages/agent/say-props.ts'
import { figuresOf } from '../../../web/parts/money.ts'
import { type Language, wordsIn } from '../../../web/words/words.ts'
import type { Business, Relation } from '../../centre/entities.ts'
import { type PlainDate, weekdayOf } from '../../lender/dates.ts'
import { type Both, filled, mayTellDebt, type Script, stretchFrom } from '../../lender/script.ts'
import type { CallMark, DeskTexts } from '../../store/desk/scripts.ts'

export const houseScript = 'house'
const othersKey = 'house_others'

/** What scripts are filled with; `debts` null: nothing of them may be said to whoever is on the line. */
export type Said = {
  language: Language
  open: Record<'centre' | 'agent' | 'name' | 'party' | 'ref', string | null> & { today: PlainDate }
  debts: {
    /** The one that is overdue longest first. */
    loans: {
      ref: string
      product: string
      currency: string
      daysPastDue: number
      bucket: string
      overdueTotal: number
      owedTotal: number
      oldestDueOn: PlainDate | null
    }[]
    promise: { amount: number; currency: string; dueOn: PlainDate } | null
    case: string | null
    /** Custom fields by key, columns of the list. */
    fields: Record<string, string>
    lead: Record<string, string>
  } | null
}

type Talk = { relation: Relation | null; business: Business | null; live: boolean }

export function sayOf({ script: kept, marks }: DeskTexts, said: Said, { relation, business, live }: Talk): DeskSay {
  const toOthers = relation === 'CONTACT' || relation === 'WORKPLACE'
  const script = scriptFor(kept?.doc ?? null, business)
  const turned = marks.filter(({ kind }) => kind === 'turned')
  const first = toOthers ? (script.others ?? othersKey) : script.steps[0]!.key
  const last = turned.at(-1)?.key ?? first
  const stretch = last === '' ? [] : stretchFrom(script, last)
  const pieces = (text: Both) => filled(wordIn(text, said.language), name => saidAs(name, said))
  const end = stretch.at(-1)
  return {
    must: script.must
      .filter(({ to }) => to === 'all' || (to === 'others') === toOthers)
      .map(({ key, text }) => ({ key, text: pieces(text), ...readingOf(marks, key) })),
    passed: passedOf(script, [first, ...turned.flatMap(({ from, key }) => [from ?? key, key])], said.language).filter(
      ({ key }) => !stretch.some(step => step.key === key),
    ),
    steps: stretch.map(({ key, title, text }) => ({ key, title: wordIn(title, said.language), text: pieces(text) })),
    answers:
      end === undefined || end.answers.length === 0
        ? null
        : { step: end.key, words: end.answers.map(each => wordIn(each.words, said.language)) },
    over: last === '',
    live,
  }
}

/** The script's own, or the house's for calls of this business. Whom a script does not know hears the house's own words. */
export function scriptFor(kept: Script | null, business: Business | null): Script {
  const house = houseWords(business ?? 'service')
  if (kept === null) return house
  if (kept.others !== null) return kept
  return { ...kept, steps: [...kept.steps, ...house.steps.filter(({ key }) => key === othersKey)] }
}

/** `service`: of a call that came to us, or of no campaign. */
function houseWords(business: Business | 'service'): Script {
  const [zh, en] = [wordsIn('zh-CN').agent.say, wordsIn('en').agent.say]
  const both = (pick: (say: typeof zh) => string): Both => ({ 'zh-CN': pick(zh), en: pick(en) })
  const keys = ['open', 'identify', 'purpose', 'close'] as const
  const next = { 'zh-CN': '', en: '' }
  return {
    ...{ id: houseScript, name: houseScript, places: [], others: othersKey },
    must: [
      { key: 'recorded', text: both(say => say.recordedNotice), to: 'all' },
      { key: 'contact_rule', text: both(say => say.contactRule), to: 'others' },
    ],
    steps: [
      ...keys.map((key, at) => ({
        ...{ key, title: both(say => say.steps[key]), text: both(say => say.scripts[business][key]) },
        answers: at + 1 < keys.length ? [{ words: next, to: keys[at + 1]! }] : [],
      })),
      { key: othersKey, title: both(say => say.steps.open), text: both(say => say.contactOpen), answers: [] },
    ],
  }
}

function wordIn(text: Both, language: Language): string {
  return text[language] || text['zh-CN'] || text.en
}

function readingOf(marks: readonly CallMark[], key: string): { readAt: number | null; offsetMs: number | null } {
  const last = marks.findLast(mark => mark.kind !== 'turned' && mark.key === key)
  return last?.kind === 'read' ? { readAt: last.at, offsetMs: last.offsetMs } : { readAt: null, offsetMs: null }
}

function passedOf(script: Script, keys: readonly string[], language: Language): DeskSay['passed'] {
  return [...new Set(keys)].flatMap(key => {
    const step = script.steps.find(each => each.key === key)
    return step === undefined ? [] : [{ key, title: wordIn(step.title, language) || key }]
  })
}

/** null: there is none, or it must not be said. What may tell of a debt has no value at all where debts may not be spoken of. */
export function saidAs(name: string, { language, open, debts }: Said): string | null {
  if (!mayTellDebt(name)) {
    if (name === 'today') return dateInWords(open.today, language)
    return Object.hasOwn(open, name) ? open[name as 'party'] : null
  }
  if (debts === null) return null
  const { loans, promise } = debts
  const loan = loans[0]
  const amount = (pick: 'overdueTotal' | 'owedTotal') => {
    if (loan === undefined) return null
    const same = loans.filter(({ currency }) => currency === loan.currency)
    return amountInWords(
      same.reduce((sum, each) => sum + each[pick], 0),
      loan.currency,
      language,
    )
  }
  const [kind, key = ''] = name.split(/\.(.*)/s)
  switch (kind) {
    case 'field':
      return own(debts.fields, key)
    case 'lead':
      return own(debts.lead, key)
    case 'overdue':
      return amount('overdueTotal')
    case 'owed':
      return amount('owedTotal')
    case 'days':
      return loan === undefined ? null : String(loan.daysPastDue)
    case 'bucket':
      return loan?.bucket ?? null
    case 'due':
      return loan?.oldestDueOn ? dateInWords(loan.oldestDueOn, language) : null
    case 'loan':
      return loan?.ref ?? null
    case 'product':
      return loan?.product ?? null
    case 'promise_amount':
      return promise && amountInWords(promise.amount, promise.currency, language)
    case 'promise_date':
      return promise && dateInWords(promise.dueOn, language)
    case 'case':
      return debts.case
    default:
      return null
  }
}

function own(values: Record<string, string>, key: string): string | null {
  return Object.hasOwn(values, key) ? values[key]! : null
}

/** As it is said: `2,080 元`, `2,080.50 yuan`; other currencies by their letters. */
export function amountInWords(amount: number, currency: string, language: Language): string {
  const unit = currency === 'CNY' ? (language === 'zh-CN' ? '元' : 'yuan') : currency
  return `${amount < 0 ? '−' : ''}${figuresOf(Math.abs(amount), currency).replace(/\.00$/, '')} ${unit}`
}

/** `11月28日，星期六`. */
export function dateInWords(date: PlainDate, language: Language): string {
  const [, month, day] = date.split('-').map(Number) as [number, number, number]
  return wordsIn(language).agent.say.date(month, day, weekdayOf(date))
}
