/** From the cells of a row to what the records door takes. A cell that says nothing certain is refused in words, never guessed. */

import type { ImportKind, ImportOptions } from '../../centre/records/file-import.ts'
import type { ContactRelation, LineSource } from '../../lender/application.ts'
import { isDate } from '../../lender/dates.ts'
import { amountOf, amountTyped, currencyDefault, minorDigits } from '../../lender/money.ts'
import type { PartyFlag } from '../../lender/party.ts'
import { contactOf, fieldMark, placeOf } from './columns.ts'
import { unguarded } from './guarded-cell.ts'

export type CellProblem = { field: string; reason: string }
export type ReadRow = { value: Record<string, unknown> } | { problem: CellProblem }

export type ReaderGiven = {
  kind: ImportKind
  headings: readonly string[]
  columns: readonly string[]
  options: Pick<ImportOptions, 'unit'>
  /** A date with a time of day, as it is meant where the centre is: Unix ms. */
  instantOf: (local: string) => number
}

class Unclear extends Error {
  override name = 'Unclear'
}

export function rowReader(given: ReaderGiven): (cells: readonly string[]) => ReadRow {
  const places = given.columns.flatMap((target, at) => (target === '' ? [] : [{ target, at }]))
  const numbers = [...new Set(given.columns.filter(target => /^phone\d/.test(target)).map(placeOf))].sort(
    (a, b) => a - b,
  )
  const contacts = [...new Set(given.columns.map(contactOf))].filter(n => n > 0).sort((a, b) => a - b)
  const names = given.headings.map(fieldName)
  return cells => {
    if (cells.length > given.headings.length)
      return refused('', `found ${cells.length} columns; allowed: the ${given.headings.length} of the header`)
    if (cells.some(cell => cell.includes('\ufffd')))
      return refused('', 'found characters that are not of the encoding of this file; allowed: UTF-8 or GB18030')
    const texts = new Map<string, string>()
    const fields: Record<string, string> = {}
    for (const { target, at } of places) {
      const cell = cells[at] ?? ''
      if (cell === '') continue
      if (cell.includes('****') && maskedNumber.test(cell))
        return refused(
          target,
          `found ${JSON.stringify(cell.slice(0, 60))}, which is masked; allowed: what stands behind the mask`,
        )
      if (target === 'field') fields[names[at]!] = unguarded(cell)
      else texts.set(target, cell)
    }
    try {
      return { value: valueBy[given.kind](new Cells(texts, given, { numbers, contacts }), fields) }
    } catch (error) {
      if (!(error instanceof Unclear)) throw error
      const [field, reason] = error.message.split('\n') as [string, string]
      return refused(field, reason)
    }
  }
}

/** What this house shows to whoever may not see a number. */
const maskedNumber = /\d\*{4}\d{4}(?!\d)/

/** Under what name a lead keeps what stands in this column. */
export function fieldName(heading: string): string {
  const name = unguarded(heading)
  return (name.startsWith(fieldMark) ? name.slice(fieldMark.length) : name).slice(0, 64)
}

function refused(field: string, reason: string): ReadRow {
  return { problem: { field, reason } }
}

/** The cells of one row by what they are; `undefined` where there is none. */
class Cells {
  readonly #texts: ReadonlyMap<string, string>
  readonly #given: ReaderGiven

  /** Which of a person's numbers and which contacts have a column. */
  readonly #places: { numbers: readonly number[]; contacts: readonly number[] }

  constructor(
    texts: ReadonlyMap<string, string>,
    given: ReaderGiven,
    places: { numbers: readonly number[]; contacts: readonly number[] },
  ) {
    this.#texts = texts
    this.#given = given
    this.#places = places
  }

  text(target: string): string | undefined {
    const text = this.#texts.get(target)
    return text === undefined ? undefined : unguarded(text)
  }

  /** References are texts; a spreadsheet that took one for a number has lost its zeros and, beyond 15 digits, its end. */
  reference(target: string): string | undefined {
    const raw = this.#texts.get(target)
    if (raw !== undefined && isScientific(raw)) return unclear(target, raw, 'digits; format the column as text')
    return this.text(target)
  }

  phones(withNames: boolean): Record<string, unknown>[] {
    const phones: Record<string, unknown>[] = []
    for (const n of this.#places.numbers) {
      const number = this.number(`phone${n}`)
      if (number === undefined) continue
      const relation = this.text(`relation${n}`)
      const name = withNames ? this.text(`phoneName${n}`) : undefined
      const phone: Record<string, unknown> = { number }
      if (relation !== undefined) phone['relation'] = relationOf(relation)
      if (name !== undefined) phone['name'] = name
      phones.push(phone)
    }
    return phones
  }

  /** Whom the applicant named; a relation alone, as a form has it filled in beforehand, is nobody. */
  contacts(): Record<string, unknown>[] {
    return this.#places.contacts.flatMap(n => {
      const [name, number] = [this.text(`contact${n}`), this.number(`contactNumber${n}`)]
      if (name === undefined && number === undefined) return []
      return [given({ name, number, relation: wordOf(contactWords, this.text(`contactRelation${n}`)) })]
    })
  }

  /** `1.38E+10` has lost its digits: whoever is at 13800000000 would be called for somebody else. */
  number(target: string): string | undefined {
    const raw = this.#texts.get(target)
    if (raw === undefined || !isScientific(raw)) return this.text(target)
    return unclear(target, raw, 'all digits of the number; the spreadsheet has cut them, format the column as text')
  }

  /** Minor units of the row's currency: `1,200.50` yuan are 120050, `1,200` yen 1200. */
  amount(target: string): number | undefined {
    const text = this.text(target)
    if (text === undefined) return undefined
    const plain = text.normalize('NFKC').replace(/[,\s¥￥元]/g, '')
    if (this.#given.options.unit === 'minor') {
      if (/^\d{1,15}$/.test(plain)) return Number(plain)
      return unclear(target, text, 'an amount in whole minor units, e.g. 120050')
    }
    const currency = this.currency() ?? currencyDefault
    const amount = amountOf(plain.includes('.') ? plain.replace(/\.?0+$/, '') : plain, currency)
    if (/^\d{1,13}(?:\.\d+)?$/.test(plain) && amount !== null) return amount
    const most = ['no', 'one', 'two', 'three'][minorDigits(currency)]
    return unclear(target, text, `an amount with at most ${most} decimals, e.g. ${amountTyped(120_050, currency)}`)
  }

  currency(): string | undefined {
    return this.text('currency')?.toUpperCase()
  }

  whole(target: string): number | undefined {
    const text = this.text(target)
    if (text === undefined) return undefined
    return /^\d{1,9}$/.test(text) ? Number(text) : unclear(target, text, 'a whole number')
  }

  /** `24%` or `0.24` a year: parts of a million. `24` alone may be either, and is refused. */
  rate(target: string): number | undefined {
    const text = this.text(target)
    if (text === undefined) return undefined
    const percent = /^(\d{1,4}(?:\.\d{1,4})?)\s*[%％]$/.exec(text)
    if (percent !== null) return Math.round(Number(percent[1]) * 10_000)
    if (/^(?:0(?:\.\d{1,8})?|1(?:\.0+)?)$/.test(text)) return Math.round(Number(text) * 1_000_000)
    return unclear(target, text, '24% or 0.24')
  }

  date(target: string): string | undefined {
    const text = this.text(target)
    if (text === undefined) return undefined
    return dateOf(text) ?? unclear(target, text, 'a date like 2026-11-24, 2026/11/24 or 20261124')
  }

  /** Of a day alone its last second. */
  endOfDay(target: string): number | undefined {
    return this.instant(target, '23:59:59')
  }

  /** Fields of the lender's own, by business. */
  own(): Record<string, Record<string, string>> | undefined {
    const fields: Record<string, Record<string, string>> = {}
    for (const [target, text] of this.#texts) {
      const [root, business, key] = target.split('.')
      if (root === 'fields' && business !== undefined && key !== undefined)
        (fields[business] ??= {})[key] = unguarded(text)
    }
    return Object.keys(fields).length === 0 ? undefined : fields
  }

  /** A date alone is its noon: whoever asks on which day sees that day in every zone near. An offset counts before the zone of the centre. */
  instant(target: string, timeAlone = '12:00'): number | undefined {
    const text = this.text(target)
    if (text === undefined) return undefined
    const [day = '', time = timeAlone, ...rest] = text.split(/[T\s]+/)
    const date = dateOf(day)
    const clock = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(\.\d{1,3})?\d*)?(Z|[+-]\d{2}:\d{2})?$/.exec(time)
    if (date === null || clock === null || rest.length > 0)
      return unclear(target, text, 'a date like 2026-11-24, or with its time 2026-11-24 09:30')
    const [, hour = '', minute = '', second = '00', part = '', offset] = clock
    const local = `${date}T${hour.padStart(2, '0')}:${minute}:${second}${part}`
    return offset === undefined ? this.#given.instantOf(local) : Date.parse(`${local}${offset}`)
  }
}

function unclear(field: string, found: string, allowed: string): never {
  throw new Unclear(`${field}\nfound ${JSON.stringify(found.slice(0, 60))}; allowed: ${allowed}`)
}

function isScientific(text: string): boolean {
  return /^[+-]?\d+(?:[.,]\d+)?E[+-]?\d+$/i.test(text)
}

function dateOf(text: string): string | null {
  const parts = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text)
  if (parts === null) return null
  const date = `${parts[1]}-${parts[2]!.padStart(2, '0')}-${parts[3]!.padStart(2, '0')}`
  return isDate(date) ? date : null
}

/** Of several words for one thing an export takes the first. */
export const relationWords: Record<string, string> = {
  本人: 'SELF',
  借款人: 'SELF',
  担保人: 'GUARANTOR',
  联系人: 'CONTACT',
  紧急联系人: 'CONTACT',
  亲属: 'CONTACT',
  配偶: 'CONTACT',
  父母: 'CONTACT',
  朋友: 'CONTACT',
  同事: 'CONTACT',
  单位: 'WORKPLACE',
  工作单位: 'WORKPLACE',
}

function relationOf(cell: string): string {
  return Object.hasOwn(relationWords, cell) ? relationWords[cell]! : cell.toUpperCase()
}

export const flagWords: Record<string, PartyFlag> = {
  未成年: 'minor',
  身故: 'deceased',
  死亡: 'deceased',
  破产: 'bankrupt',
  投诉: 'complaint',
  困难: 'hardship',
  争议: 'dispute',
  重要客户: 'vip',
}
export const typeWords: Record<string, string> = { 个人: 'person', 企业: 'company', 公司: 'company' }
export const statusWords: Record<string, string> = {
  未结清: 'ACTIVE',
  正常: 'ACTIVE',
  逾期: 'ACTIVE',
  结清: 'CLOSED',
  已结清: 'CLOSED',
  核销: 'WRITTEN_OFF',
  已核销: 'WRITTEN_OFF',
  取消: 'CANCELLED',
}
const contactWords: Record<string, ContactRelation> = {
  ...{ 配偶: 'spouse', 丈夫: 'spouse', 妻子: 'spouse', 父母: 'parent', 父亲: 'parent', 母亲: 'parent' },
  ...{ 子女: 'child', 儿子: 'child', 女儿: 'child', 兄弟姐妹: 'sibling', 兄弟: 'sibling', 姐妹: 'sibling' },
  ...{ 亲属: 'relative', 亲戚: 'relative', 同事: 'colleague', 朋友: 'friend', 其他: 'other' },
}
const sourceWords: Record<string, LineSource> = {
  ...{ 号码簿: 'directory', 工商登记: 'company-register', 单位官网: 'company-site', 官网: 'company-site' },
  ...{ 本行存量: 'own-records', 存量: 'own-records' },
}
/** In English as they are written: `Company register` is `company-register`. */
const wordOf = (words: Record<string, string>, text: string | undefined) =>
  worded(words, text)
    ?.toLowerCase()
    .replace(/[\s_]+/g, '-')
const worded = (words: Record<string, string>, text: string | undefined) =>
  text !== undefined && Object.hasOwn(words, text) ? words[text] : text

/** Without what is not told. */
function given(value: Record<string, unknown>): Record<string, unknown> {
  const told: Record<string, unknown> = {}
  for (const key in value) if (value[key] !== undefined) told[key] = value[key]
  return told
}

const valueBy: Record<ImportKind, (cells: Cells, fields: Record<string, string>) => Record<string, unknown>> = {
  leads: (cells, fields) => {
    const [basis, evidence, priority] = [cells.text('basis'), cells.text('evidence'), cells.whole('priority')]
    return given({
      ...{ ref: cells.reference('ref'), name: cells.text('name'), debt: cells.reference('debt') },
      ...{ segment: cells.text('segment'), priority, phones: cells.phones(false), fields },
      consent: basis === undefined && evidence === undefined ? undefined : { basis, evidence },
    })
  },
  parties: cells => {
    const flags = cells.text('flags')
    return given({
      ...{ ref: cells.reference('ref'), name: cells.text('name'), idNo: cells.reference('idNo') },
      ...{ type: worded(typeWords, cells.text('type')), zone: cells.text('zone'), language: cells.text('language') },
      flags: flags?.split(/[,;、，；\s]+/).map(flag => worded(flagWords, flag)),
      phones: cells.phones(true),
      fields: cells.own(),
    })
  },
  loans: cells => ({
    head: given({
      ...{ ref: cells.reference('ref'), party: cells.reference('party'), product: cells.text('product') },
      ...{ currency: cells.currency(), principal: cells.amount('lent') },
      ...{ ratePpm: cells.rate('rate'), term: cells.whole('term') },
      ...{ status: worded(statusWords, cells.text('status')), startedOn: cells.date('startedOn') },
    }),
    instalment: given({
      ...{ no: cells.whole('no'), dueOn: cells.date('dueOn'), principal: cells.amount('principal') },
      ...{ interest: cells.amount('interest'), fees: cells.amount('fees'), penalty: cells.amount('penalty') },
      paidBefore: cells.amount('paidBefore'),
    }),
  }),
  repayments: cells =>
    given({
      ...{ id: cells.reference('id'), party: cells.reference('party'), loan: cells.reference('loan') },
      ...{ amount: cells.amount('amount'), currency: cells.currency() },
      ...{ paidAt: cells.instant('paidAt'), channel: cells.text('channel') },
    }),
  suppressions: cells => {
    const reason = cells.text('reason') ?? 'imported'
    return given({ number: cells.number('number'), reason, until: cells.endOfDay('until') })
  },
  applications: cells => {
    const [name, statedNumber] = [cells.text('employerName'), cells.number('employerStated')]
    const number = cells.number('employerLine')
    const source = wordOf(sourceWords, cells.text('lineSource'))
    const line = number === undefined ? undefined : given({ number, source })
    const isEmployed = [name, statedNumber, line].some(each => each !== undefined)
    return given({
      ...{ ref: cells.reference('ref'), party: cells.reference('party'), product: cells.text('product') },
      ...{ amount: cells.amount('amount'), currency: cells.currency(), term: cells.whole('term') },
      employer: isEmployed ? given({ name, statedNumber, line }) : undefined,
      contacts: cells.contacts(),
      fields: cells.own()?.['verification'],
    })
  },
}
