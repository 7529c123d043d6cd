/** A file as a table: its headings, and the rows below them. Which form it has is seen in its first bytes, whatever it is called. */
import { InvalidInput } from '../errors.ts'
import { columnsMax } from './columns.ts'
import { type CsvRow, csvTable } from './csv-table.ts'
import { SourceFile } from './source-file.ts'
import { openWorkbook } from './workbook.ts'
import { XmlError } from './xml-events.ts'

export type TableForm = 'utf8' | 'utf16le' | 'gb18030' | 'xlsx'
export type TableRow = { row: number; cells: string[] } | { row: number; fault: string }

export type TableFile = {
  form: TableForm
  headings: string[]
  /** Those below the headings, counted from 1, without empty ones. After a fault of the file no more. */
  rows: AsyncIterable<TableRow>
  /** How much of it was read, of `total`; not of the same unit in every form. */
  read(): number
  total: number
}

const pieceBytes = 64 * 1024
export const rowsMax = 5_000_000
const headingMax = 200
const headBytes = 4096

/** `key`: of its import. Throws InvalidInput when it is no table, or a hostile one. */
export async function openTable(file: string, key: Uint8Array): Promise<TableFile> {
  const source = await SourceFile.open(file, key)
  try {
    return await tableOf(source)
  } catch (error) {
    await source[Symbol.asyncDispose]()
    throw error
  }
}

/** The source is closed with its rows. */
async function tableOf(source: SourceFile): Promise<TableFile> {
  const { bytes } = source
  if (bytes === 0) throw noTable('an empty file')
  const head = await headOf(source)
  if (head.subarray(0, 4).equals(oldExcel)) throw noTable('a workbook of Excel 97 (.xls), or one with a password')
  if (head.subarray(0, 4).equals(zip)) {
    const { rows, read, total } = await openWorkbook(source).catch(notRead)
    return { form: 'xlsx', ...(await withHeadings(faultless(rows)).catch(notRead)), read, total }
  }
  if (head.includes(0) && !(head[0] === 0xff && head[1] === 0xfe)) throw noTable('a file that is no text')
  let read = 0
  const counted = async function* () {
    try {
      for await (const chunk of source.range(0, bytes)) {
        read += chunk.length
        yield chunk
      }
    } finally {
      await source[Symbol.asyncDispose]()
    }
  }
  const { encoding, rows } = await csvTable(counted(), pieceBytes)
  return { form: encoding, ...(await withHeadings(rows)), read: () => read, total: bytes }
}

function notRead(error: unknown): never {
  throw error instanceof XmlError ? noTable(`a workbook that is not read: ${error.message}`) : error
}

/** What is broken further down is told as a row, as in CSV. */
async function* faultless(rows: AsyncIterable<string[]>): AsyncGenerator<CsvRow> {
  let any = false
  try {
    for await (const row of rows) {
      any = true
      yield row
    }
  } catch (error) {
    if (!(error instanceof XmlError) || !any) throw error
    yield { fault: error.message }
  }
}

const oldExcel = Buffer.from([0xd0, 0xcf, 0x11, 0xe0])
const zip = Buffer.from([0x50, 0x4b, 0x03, 0x04])

async function headOf(source: SourceFile): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of source.range(0, Math.min(headBytes, source.bytes))) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function withHeadings(rows: AsyncIterable<CsvRow>): Promise<Pick<TableFile, 'headings' | 'rows'>> {
  const iterator = rows[Symbol.asyncIterator]()
  let headings: string[] | null = null
  while (headings === null) {
    const { value, done } = await iterator.next()
    if (done) throw noTable('no row with anything in it')
    if (!Array.isArray(value)) throw noTable(`no table: ${value.fault}`)
    if (value.some(cell => cell !== '')) headings = value
  }
  if (headings.length > columnsMax) throw noTable(`${headings.length} columns; at most ${columnsMax} are read`)
  async function* below(): AsyncGenerator<TableRow> {
    let row = 0
    try {
      for (;;) {
        const { value, done } = await iterator.next()
        if (done) return
        if (!Array.isArray(value)) yield { row: ++row, fault: value.fault }
        else if (value.some(cell => cell !== '')) yield { row: ++row, cells: value }
      }
    } finally {
      await iterator.return?.()
    }
  }
  return { headings: headings.map(heading => heading.slice(0, headingMax)), rows: below() }
}

export function noTable(found: string): InvalidInput {
  return new InvalidInput([
    { field: 'file', found, allowed: 'a table with its headings in the first row: CSV (UTF-8 or GB18030) or XLSX' },
  ])
}
