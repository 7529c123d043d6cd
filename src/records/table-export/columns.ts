/**
 * The columns of an export. Each has the heading by which an import knows what it is; what this person may not see stands under a heading that an
 * import leaves out, so that no mask is ever read back as a value.
 */
import type { ExportKind } from '../../centre/records/table-export.ts'
import { type FieldDefinition, type FieldValue, fieldBusinesses } from '../../lender/fields.ts'
import type { Loan } from '../../lender/loan.ts'
import { amountTyped, components, currencyDefault } from '../../lender/money.ts'
import { maskNumber, maskNumbersIn } from '../../lib/mask.ts'
import type { ExportRows } from '../../store/files/export-pages.ts'
import { columnsMax, type Definitions, fieldMark, guessColumns } from '../sheets/columns.ts'
import { guarded } from '../sheets/guarded-cell.ts'
import { fieldName, flagWords, relationWords, statusWords, typeWords } from '../sheets/row-reader.ts'
import { type ExportCell, instantText, numberCell, rateText, untilText } from './cells.ts'

export type ColumnsGiven = {
  language: 'zh-CN' | 'en'
  zone: string
  numbers: 'clear' | 'masked'
  /** Opens what is sealed; null: nobody asked for it. */
  open:
    | ((of: { party: string; field: string }, sealed: Exclude<FieldValue, string | number | boolean>) => string)
    | null
  definitions: Definitions
  /** Of parties and leads: the most that anyone has. */
  phones: number
  /** Of leads. */
  fields: readonly string[]
}

/** Of a loan a row is one instalment. */
export type ExportRecord<Kind extends ExportKind> = Kind extends 'loans'
  ? { loan: Loan; instalment: Loan['plan'][number] }
  : ExportRows[Kind]

export type ExportColumn<Kind extends ExportKind> = {
  heading: string
  cell(record: ExportRecord<Kind>): ExportCell
}

export class TooManyColumns extends Error {
  override name = 'TooManyColumns'
}

export function exportColumns<Kind extends ExportKind>(kind: Kind, given: ColumnsGiven): ExportColumn<Kind>[] {
  const columns = columnsBy[kind](given) as Column<Kind>[]
  if (columns.length > columnsMax)
    throw new TooManyColumns(`found ${columns.length} columns; allowed: ${columnsMax}; choose fewer rows`)
  const wanted = columns.map(({ target, own }) => ({ target, own, heading: headingOf(kind, target, own, given) }))
  // A field's own name that an import would take for something else stands with its mark.
  for (let tries = 0; tries < 3; tries++) {
    const guess = guessColumns(
      kind,
      wanted.map(({ heading }) => heading),
      given.definitions,
    )
    for (const [at, column] of wanted.entries())
      if (column.own !== undefined && guess[at] !== column.target)
        column.heading = kind === 'leads' ? `${fieldMark}${column.own}` : column.target
  }
  return columns.map(({ cell }, at) => ({ heading: wanted[at]!.heading, cell: record => shown(cell(record)) }))

  function shown(cell: ExportCell): ExportCell {
    if (typeof cell !== 'string') return cell
    return guarded(given.numbers === 'masked' ? maskNumbersIn(cell) : cell)
  }
}

/** `target` as imports have it, `''`: an import leaves it out. `own`: what the lender calls it. */
type Column<Kind extends ExportKind> = {
  target: string
  own?: string
  cell(record: ExportRecord<Kind>): ExportCell
}

type Builders = { [Kind in ExportKind]: (given: ColumnsGiven) => Column<Kind>[] }

const columnsBy: Builders = {
  parties: given => [
    { target: 'ref', cell: ({ ref }) => ref },
    { target: 'name', cell: ({ name }) => name },
    { target: 'type', cell: ({ type }) => wordOf(typeWords, type, given) },
    sealedColumn('idNo', undefined, given, ({ idNo }) => idNo),
    { target: 'zone', cell: ({ zone }) => zone ?? '' },
    { target: 'language', cell: ({ language }) => language ?? '' },
    { target: 'flags', cell: ({ flags }) => flags.map(flag => wordOf(flagWords, flag, given)).join(';') },
    ...phoneColumns<'parties'>(given, n => [
      { target: `phoneName${n}`, cell: ({ phones }) => phones[n - 1]?.name ?? '' },
    ]),
    ...fieldBusinesses.flatMap(business =>
      (given.definitions[business] ?? []).map((definition): Column<'parties'> => {
        const target = `fields.${business}.${definition.key}`
        const own = definition.label[given.language]
        if (definition.type === 'secret')
          return sealedColumn(target, own, given, ({ fields }) => fields[business]?.[definition.key] ?? null)
        const isHidden = definition.type === 'phone' && given.numbers === 'masked'
        const cell = ({ fields }: ExportRows['parties']) =>
          fieldText(definition, fields[business]?.[definition.key], given)
        return isHidden ? { target: `${hiddenMark}${own}`, cell } : { target, own, cell }
      }),
    ),
  ],
  loans: given => [
    { target: 'ref', cell: ({ loan }) => loan.ref },
    { target: 'party', cell: ({ loan }) => loan.party },
    { target: 'product', cell: ({ loan }) => loan.product },
    { target: 'currency', cell: ({ loan }) => loan.currency },
    { target: 'lent', cell: ({ loan }) => ({ minor: loan.principal, currency: loan.currency }) },
    { target: 'rate', cell: ({ loan }) => rateText(loan.ratePpm) },
    { target: 'term', cell: ({ loan }) => String(loan.term) },
    { target: 'status', cell: ({ loan }) => wordOf(statusWords, loan.status, given) },
    { target: 'startedOn', cell: ({ loan }) => loan.startedOn ?? '' },
    { target: 'no', cell: ({ instalment }) => String(instalment.no) },
    { target: 'dueOn', cell: ({ instalment }) => instalment.dueOn },
    ...(['principal', ...components.filter(each => each !== 'principal'), 'paidBefore'] as const).map(
      (target): Column<'loans'> => ({
        target,
        cell: ({ loan, instalment }) => ({ minor: instalment[target], currency: loan.currency }),
      }),
    ),
  ],
  leads: given => [
    { target: 'ref', cell: ({ ref }) => ref },
    { target: 'name', cell: ({ name }) => name },
    ...phoneColumns<'leads'>(given, () => []),
    { target: 'debt', cell: ({ debt }) => debt ?? '' },
    { target: 'segment', cell: ({ segment }) => segment },
    { target: 'priority', cell: ({ priority }) => String(priority) },
    { target: 'basis', cell: ({ consent }) => consent?.basis ?? '' },
    { target: 'evidence', cell: ({ consent }) => consent?.evidence ?? '' },
    ...given.fields.map(
      (own): Column<'leads'> => ({ target: 'field', own, cell: ({ fields }) => fields[own]?.trim() ?? '' }),
    ),
  ],
  repayments: ({ zone }) => [
    { target: 'id', cell: ({ id }) => id },
    { target: 'party', cell: ({ party }) => party },
    { target: 'loan', cell: ({ loan }) => loan ?? '' },
    { target: 'amount', cell: ({ amount, currency }) => ({ minor: amount, currency }) },
    { target: 'currency', cell: ({ currency }) => currency },
    { target: 'paidAt', cell: ({ paidAt }) => instantText(zone, paidAt) },
    { target: 'channel', cell: ({ channel }) => channel },
  ],
  suppressions: given => [
    { ...numberColumn('number', given, (record: ExportRows['suppressions']) => record.number) },
    { target: 'reason', cell: ({ reason }) => reason },
    { target: 'until', cell: ({ until }) => (until === null ? '' : untilText(given.zone, until)) },
  ],
}

function phoneColumns<Kind extends 'parties' | 'leads'>(
  given: ColumnsGiven,
  more: (n: number) => Column<Kind>[],
): Column<Kind>[] {
  type Record = ExportRecord<Kind> & { phones: { number: string; relation: string }[] }
  return Array.from({ length: given.phones }, (_, at) => at + 1).flatMap(n => [
    numberColumn(`phone${n}`, given, (record: Record) => record.phones[n - 1]?.number ?? ''),
    {
      target: `relation${n}`,
      cell: (record: Record) => wordOf(relationWords, record.phones[n - 1]?.relation ?? '', given),
    },
    ...more(n),
  ]) as Column<Kind>[]
}

function numberColumn<Row>(target: string, { numbers }: ColumnsGiven, numberOf: (row: Row) => string) {
  if (numbers === 'clear') return { target, cell: (row: Row) => numberCell(numberOf(row)) }
  return { target: `${hiddenMark}${target}`, cell: (row: Row) => maskNumber(numberOf(row)) }
}

/** What is sealed is shown to whoever asked for it with a reason, else only that there is one. */
function sealedColumn(
  target: string,
  own: string | undefined,
  { open }: ColumnsGiven,
  sealedOf: (party: ExportRows['parties']) => FieldValue | null,
): Column<'parties'> {
  const cell = (party: ExportRows['parties']) => {
    const sealed = sealedOf(party)
    if (sealed === null || typeof sealed !== 'object') return ''
    return open === null ? '******' : open({ party: party.ref, field: target.replace(/^fields\./, '') }, sealed)
  }
  if (open === null) return { target: `${hiddenMark}${own ?? target}`, cell }
  return own === undefined ? { target, cell } : { target, own, cell }
}

function fieldText(definition: FieldDefinition, value: FieldValue | undefined, given: ColumnsGiven): string {
  if (value === undefined || typeof value === 'object') return ''
  if (typeof value === 'boolean') return given.language === 'zh-CN' ? (value ? '是' : '否') : value ? 'yes' : 'no'
  if (definition.type === 'money' && typeof value === 'number') return amountTyped(value, currencyDefault)
  if (definition.type === 'phone')
    return given.numbers === 'clear' ? numberCell(String(value)) : maskNumber(String(value))
  return String(value)
}

/** The first word of that meaning, in Chinese; else the code itself. */
function wordOf(words: Record<string, string>, code: string, { language }: ColumnsGiven): string {
  if (language === 'en') return code
  return Object.entries(words).find(([, meaning]) => meaning === code)?.[0] ?? code
}

const hiddenMark = '\u0000'

function headingOf(kind: ExportKind, target: string, own: string | undefined, { language }: ColumnsGiven): string {
  if (target.startsWith(hiddenMark)) {
    const plain = target.slice(hiddenMark.length)
    const name = own ?? (language === 'zh-CN' ? (chineseOf(kind, plain) ?? plain) : plain)
    return language === 'zh-CN' ? `${name}（不显示）` : `${name} (masked)`
  }
  // An import trims headings, and cuts those of leads where names of fields end.
  if (own !== undefined && (kind !== 'leads' || fieldName(guarded(own)) === own)) return guarded(own)
  if (own !== undefined) return `${fieldMark}${own}`
  return language === 'en' ? target : (chineseOf(kind, target) ?? target)
}

function chineseOf(kind: ExportKind, target: string): string | undefined {
  const [, stem = target, n = ''] = /^(phone|relation|phoneName)(\d+)$/.exec(target) ?? []
  const word = chinese[kind][stem]
  return word === undefined ? undefined : `${word}${n}`
}

/** Words that imports know (`sheets/columns.ts`): a test holds the two together. */
const phoneWords = { phone: '号码', relation: '关系', phoneName: '联系人姓名' }
const chinese: Record<ExportKind, Record<string, string>> = {
  parties: {
    ...{
      ref: '客户编号',
      name: '姓名',
      type: '客户类型',
      idNo: '证件号码',
      zone: '时区',
      language: '语言',
      flags: '客户标记',
    },
    ...phoneWords,
  },
  loans: {
    ...{
      ref: '借据编号',
      party: '客户编号',
      product: '产品',
      currency: '币种',
      lent: '放款金额',
      rate: '年利率',
      term: '总期数',
    },
    ...{
      status: '贷款状态',
      startedOn: '放款日期',
      no: '期次',
      dueOn: '应还日期',
      principal: '应还本金',
      interest: '应还利息',
    },
    ...{ fees: '应还费用', penalty: '应还罚息', paidBefore: '已还金额' },
  },
  leads: {
    ...{
      ref: '编号',
      name: '姓名',
      debt: '借据编号',
      segment: '分组',
      priority: '优先级',
      basis: '同意依据',
      evidence: '同意凭证',
    },
    ...phoneWords,
  },
  repayments: {
    ...{
      id: '还款流水号',
      party: '客户编号',
      loan: '借据编号',
      amount: '还款金额',
      currency: '币种',
      paidAt: '还款时间',
    },
    channel: '还款渠道',
  },
  suppressions: { number: '电话号码', reason: '原因', until: '有效期至' },
}
