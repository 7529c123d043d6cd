import { openTable } from '../sheets/table-file.ts'
import type { Inspection } from './job-port.ts'

const rowsShown = 10
const cellShown = 200

/** Headings and the first rows; throws InvalidInput when it is no table. */
export async function inspect(file: string, key: Uint8Array): Promise<Inspection> {
  const { form, headings, rows } = await openTable(file, key)
  const first: string[][] = []
  for await (const row of rows) {
    if ('fault' in row) break
    first.push(headings.map((_, at) => (row.cells[at] ?? '').slice(0, cellShown)))
    if (first.length >= rowsShown) break
  }
  return { form, headings, rows: first }
}
