/** A lead list as people send it: CSV with a header in Chinese or English, in UTF-8 or GB18030, comma, semicolon or tab between. */
import type { relations } from '../../centre/entities.ts'
import { InvalidInput } from '../errors.ts'
import { csvTable } from '../sheets/csv-table.ts'

/** `row` counts the rows below the header from 1. `problem` not null: the row cannot be read as one. */
export type LeadRow = { row: number; value: unknown; problem: string | null }

/** Header words for our own fields; every other column goes into `fields` under its own name. */
const refNames = ['ref', 'reference', 'id', '编号', '客户编号', '业务编号', '合同号', '借据号']
const debtNames = ['debt', 'loan', '借据', '借据编号']
const basisNames = ['consent', 'consentbasis', '同意依据', '授权依据']
const evidenceNames = ['evidence', 'consentevidence', '同意凭证', '授权凭证']
const nameNames = ['name', '姓名', '客户姓名', '客户名称']
const phoneNames = [
  'phone',
  'number',
  'mobile',
  'tel',
  'telephone',
  '电话',
  '手机',
  '手机号',
  '手机号码',
  '电话号码',
  '联系电话',
  '号码',
]
const relationNames = ['relation', '关系', '与本人关系']
const relationWords: Record<string, (typeof relations)[number]> = {
  本人: 'SELF',
  担保人: 'GUARANTOR',
  联系人: 'CONTACT',
  紧急联系人: 'CONTACT',
  单位: 'WORKPLACE',
}

type Column =
  | { kind: 'ref' | 'name' | 'debt' | 'basis' | 'evidence' }
  /** `phone`, `phone2`, `电话3` …: which of the person's numbers. */
  | { kind: 'phone' | 'relation'; which: number }
  | { kind: 'field'; name: string }

/** Throws InvalidInput when there is no usable header. A row that is broken is told and the next one read. */
export async function* leadRows(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<LeadRow> {
  let columns: Column[] | null = null
  let row = 0
  for await (const cells of (await csvTable(bytes)).rows) {
    if (columns === null && Array.isArray(cells)) {
      columns = columnsOf(cells)
      continue
    }
    row++
    // A quote that never closes: what stands after it cannot be told apart any more.
    if (!Array.isArray(cells)) yield { row, value: null, problem: `from here on the file is not CSV: ${cells.fault}` }
    else if (cells.length > columns!.length) {
      const problem = `found ${cells.length} columns; allowed: the ${columns!.length} of the header`
      yield { row, value: null, problem }
    } else if (cells.some(cell => cell !== '')) yield { row, value: leadFrom(columns!, cells), problem: null }
  }
  if (columns === null)
    throw new InvalidInput([
      { field: 'header', found: 'an empty file', allowed: 'a header row with ref and phone (编号, 电话)' },
    ])
}

function columnsOf(cells: string[]): Column[] {
  const columns = cells.map(columnOf)
  const missing = [
    ...(columns.some(column => column.kind === 'ref') ? [] : ['ref (编号)']),
    ...(columns.some(column => column.kind === 'phone') ? [] : ['phone (电话)']),
  ]
  if (missing.length === 0 && columns.length <= 200) return columns
  const found = cells.slice(0, 20).join(', ').slice(0, 200) || 'an empty row'
  const allowed = missing.length === 0 ? 'at most 200 columns' : `a header row that has ${missing.join(' and ')}`
  throw new InvalidInput([{ field: 'header', found, allowed }])
}

function columnOf(cell: string): Column {
  const word = cell.toLowerCase().replace(/[\s_-]/g, '')
  const [, stem = word, which = '1'] = /^(.*?)(\d{1,2})$/.exec(word) ?? []
  if (refNames.includes(word)) return { kind: 'ref' }
  if (nameNames.includes(word)) return { kind: 'name' }
  if (debtNames.includes(word)) return { kind: 'debt' }
  if (basisNames.includes(word)) return { kind: 'basis' }
  if (evidenceNames.includes(word)) return { kind: 'evidence' }
  if (phoneNames.includes(stem)) return { kind: 'phone', which: Number(which) }
  if (relationNames.includes(stem)) return { kind: 'relation', which: Number(which) }
  return { kind: 'field', name: cell.slice(0, 64) }
}

function leadFrom(columns: Column[], cells: string[]): unknown {
  const numbers = new Map<number, string>()
  const relationOf = new Map<number, string>()
  const fields: Record<string, string> = {}
  const lead: Record<string, string> = {}
  for (const [at, column] of columns.entries()) {
    const cell = cells[at] ?? ''
    if (cell === '') continue
    if (column.kind === 'field') fields[column.name] = cell
    else if (column.kind === 'phone') numbers.set(column.which, cell)
    else if (column.kind === 'relation') relationOf.set(column.which, relationOfWord(cell))
    else lead[column.kind] = cell
  }
  const phones = [...numbers].map(([which, number]) => ({ number, relation: relationOf.get(which) ?? 'SELF' }))
  const { basis, evidence, ...rest } = lead
  const consent = basis === undefined && evidence === undefined ? {} : { consent: { basis, evidence } }
  return { ...rest, phones, fields, ...consent }
}

function relationOfWord(cell: string): string {
  return Object.hasOwn(relationWords, cell) ? relationWords[cell]! : cell.toUpperCase()
}
