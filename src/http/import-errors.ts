/** Rows that an import sent back: the first for a page, all as a file of the same columns, with row, column and reason before them. */
import { setImmediate as breathe } from 'node:timers/promises'
import { maskNumber, maskNumbersIn } from '../lib/mask.ts'
import { csvCell } from '../records/custody/evidence-texts.ts'
import type { RejectedRow } from '../records/import/job-port.ts'

const breatheRows = 200

export async function firstErrors(
  rows: AsyncIterable<RejectedRow>,
  most: number,
): Promise<Omit<RejectedRow, 'cells'>[]> {
  const found: Omit<RejectedRow, 'cells'>[] = []
  for await (const { cells: _, ...row } of rows) {
    found.push(row)
    if (found.length >= most) break
  }
  return found
}

/** With the mark by which spreadsheets know UTF-8; a cell that would be a formula is none any more. */
export async function* errorsCsv(
  rows: AsyncIterable<RejectedRow>,
  given: {
    heads: [string, string, string]
    headings: string[]
    /** A cell as the person who fetches it may see it. */
    shown(text: string): string
    /** Columns that this person sees nothing of. */
    hidden: ReadonlySet<number>
    words(row: RejectedRow): { field: string; reason: string }
  },
): AsyncGenerator<Buffer> {
  const line = (cells: readonly unknown[]) => `${cells.map(csvCell).join(',')}\r\n`
  yield Buffer.from(`\ufeff${line([...given.headings, ...given.heads])}`)
  let text = ''
  let at = 0
  for await (const row of rows) {
    const { field, reason } = given.words(row)
    const cells = given.headings.map((_, column) => shownCell(row.cells[column] ?? '', column))
    text += line([...cells, row.row, field, given.shown(reason)])
    if (++at % breatheRows > 0) continue
    yield Buffer.from(text)
    text = ''
    await breathe()
  }
  yield Buffer.from(text)

  function shownCell(cell: string, column: number): string {
    return cell !== '' && given.hidden.has(column) ? '******' : given.shown(cell)
  }
}

/** For whoever sees numbers masked: a cell that is one, however it is written, and numbers within a text. */
export function maskedCell(text: string): string {
  return /^\s*[+\d(][\d\s().-]{5,}[\dXx]\s*$/.test(text)
    ? maskNumber(text.replace(/[^\dXx+]/g, ''))
    : maskNumbersIn(text)
}
