/** Rows that an import sent back: the first for a page, all as a file of the same columns, with row, column and reason before them. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { setImmediate as breathe } from 'node:timers/promises'
import { maskNumber, maskNumbersIn } from '../lib/mask.ts'
import { csvCell } from '../records/evidence-texts.ts'
import type { RejectedRow } from '../records/import/job-port.ts'

const breatheRows = 200

/** null: there is no file. */
export async function firstErrors(file: string | null, most: number): Promise<Omit<RejectedRow, 'cells'>[]> {
  if (file === null) return []
  const found: Omit<RejectedRow, 'cells'>[] = []
  for await (const { cells: _, ...row } of errorRows(file)) {
    found.push(row)
    if (found.length >= most) break
  }
  return found
}

/** With the mark by which spreadsheets know UTF-8; a cell that would be a formula is none any more. */
export async function* errorsCsv(
  file: string | null,
  given: {
    heads: [string, string, string]
    headings: string[]
    /** A cell as the person who fetches it may see it. */
    shown(text: string): string
    words(row: RejectedRow): { field: string; reason: string }
  },
): AsyncGenerator<Buffer> {
  const line = (cells: readonly unknown[]) => `${cells.map(csvCell).join(',')}\r\n`
  yield Buffer.from(`\ufeff${line([...given.headings, ...given.heads])}`)
  if (file === null) return
  let text = ''
  let at = 0
  for await (const row of errorRows(file)) {
    const { field, reason } = given.words(row)
    const cells = given.headings.map((_, column) => given.shown(row.cells[column] ?? ''))
    text += line([...cells, row.row, field, given.shown(reason)])
    if (++at % breatheRows > 0) continue
    yield Buffer.from(text)
    text = ''
    await breathe()
  }
  yield Buffer.from(text)
}

/** For whoever sees numbers masked: a cell that is one, however it is written, and numbers within a text. */
export function maskedCell(text: string): string {
  return /^\s*[+\d(][\d\s().-]{5,}[\dXx]\s*$/.test(text)
    ? maskNumber(text.replace(/[^\dXx+]/g, ''))
    : maskNumbersIn(text)
}

async function* errorRows(file: string): AsyncGenerator<RejectedRow> {
  const stream = createReadStream(file)
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      try {
        yield JSON.parse(line) as RejectedRow
      } catch {} // the last line of a process that died
    }
  } finally {
    stream.destroy()
  }
}
