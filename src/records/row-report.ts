/** What came of up to 500 rows that were given at once: a bad one never stops the rest, and what is known already changes nothing. */
import { setImmediate as breathe } from 'node:timers/promises'
import type { z } from '@hono/zod-openapi'
import type { FieldProblem } from './errors.ts'

/** `at` counts the rows given from 0. */
export type RowReport = { saved: number; unchanged: number; rejected: { at: number; problems: FieldProblem[] }[] }

export const newReport = (): RowReport => ({ saved: 0, unchanged: 0, rejected: [] })

/** Calls are signalled on this same thread: after so many rows (a millisecond or two) they have their turn. */
export const breatheRows = 20

/** Each row checked for itself. */
export async function readRows<S extends z.ZodType>(schema: S, rows: readonly unknown[]) {
  const read: ReturnType<typeof schema.safeParse>[] = []
  for (const [at, row] of rows.entries()) {
    if (at % breatheRows === 0) await breathe()
    read.push(schema.safeParse(row, { reportInput: true }))
  }
  return read as z.ZodSafeParseResult<z.output<S>>[]
}

/** Keys in one order, so that two of the same are the same text. */
export function sameText(value: unknown): string {
  return JSON.stringify(ordered(value))
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, ordered(each)]),
  )
}
