/** A lead list as people send it: CSV with a header in Chinese or English, in UTF-8 or GB18030, comma, semicolon or tab between. */
import { setImmediate as breathe } from 'node:timers/promises'
import { parse } from 'csv-parse'
import iconv from 'iconv-lite'
import type { relations } from '../centre/entities.ts'
import { InvalidInput } from './errors.ts'

/** `row` counts the rows below the header from 1. `problem` not null: the row cannot be read as one. */
export type LeadRow = { row: number; value: unknown; problem: string | null }

/** Parsed in one go: some 100 rows, about a millisecond. */
const pieceBytes = 4096
const rowMaxBytes = 64 * 1024
/** Enough to tell UTF-8 from GB18030: a Chinese name within the first rows. */
const sniffBytes = 256 * 1024

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
  for await (const cells of records(bytes)) {
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

/**
 * Rows of cells; after a fault no more. The parser is fed piece by piece and its rows are taken after each, since as a stream it would throw
 * the rows before a fault away.
 */
async function* records(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<string[] | { fault: string }> {
  const { encoding, delimiter, chunks } = await sniff(bytes)
  const decoder = iconv.getDecoder(encoding)
  let ready: string[][] = []
  const parser = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: rowMaxBytes,
    on_record: (cells: string[]) => {
      ready.push(cells)
      return null
    },
  })
  let fault: Error | null = null
  parser.on('error', error => {
    fault = error
  })
  parser.resume()
  const feed = (text: string) =>
    new Promise<void>(resolve => {
      parser.write(text, () => resolve())
    })
  const take = () => {
    const rows = ready
    ready = []
    return rows
  }
  reading: for await (const chunk of chunks)
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      await feed(decoder.write(Buffer.from(chunk.subarray(at, at + pieceBytes))))
      yield* take()
      await breathe() // rows that are empty come to nobody who would
      if (fault !== null) break reading
    }
  if (fault === null) {
    const ended = new Promise<void>(resolve => parser.once('close', resolve))
    parser.end(decoder.end() ?? '')
    await ended
    yield* take()
  }
  if (fault !== null) yield { fault: (fault as Error).message.slice(0, 200) }
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

type Sniffed = { encoding: 'utf8' | 'gb18030'; delimiter: string; chunks: AsyncIterable<Uint8Array> }

async function sniff(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Sniffed> {
  const iterator = Symbol.asyncIterator in bytes ? bytes[Symbol.asyncIterator]() : bytes[Symbol.iterator]()
  const head: Uint8Array[] = []
  let size = 0
  for (; size < sniffBytes; ) {
    const { value, done } = await iterator.next()
    if (done || value === undefined) break
    head.push(value)
    size += value.length
  }
  const start = Buffer.concat(head)
  const encoding = isUtf8(start) ? 'utf8' : 'gb18030'
  const firstLine = iconv.decode(start.subarray(0, 16_384), encoding).split(/\r?\n/, 1)[0] ?? ''
  const count = (mark: string) => firstLine.split(mark).length
  const delimiter = [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best))
  async function* all() {
    try {
      yield* head
      for (;;) {
        const { value, done } = await iterator.next()
        if (done || value === undefined) return
        yield value
      }
    } finally {
      await iterator.return?.()
    }
  }
  return { encoding, delimiter, chunks: all() }
}

/** The end may be cut within a character. */
function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}
