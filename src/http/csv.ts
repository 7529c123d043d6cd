/** Tables as files for a spreadsheet (RFC 4180). */
import { csvCell } from '../records/custody/evidence-texts.ts'
import type { Ctx } from './deps.ts'

type Cell = string | number | null

/** With the mark by which spreadsheets know UTF-8. */
export function csvOf(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return `\ufeff${[head, ...rows].map(row => `${row.map(each => (typeof each === 'number' ? each : csvCell(each))).join(',')}\r\n`).join('')}`
}

export function csvResponse(c: Ctx, name: string, text: string): Response {
  return c.body(text, 200, {
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': `attachment; filename="${name}"`,
    'Cache-Control': 'no-store',
  })
}
