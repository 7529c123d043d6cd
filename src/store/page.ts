/** Paging by cursor: a page never shifts when rows are added, and its cost does not grow with its distance from the start. */
import { StoreError } from './port.ts'

/** `next` null: that was the last page. */
export type Page<T> = { items: T[]; next: string | null }
export type PageArgs = { cursor?: string | null; limit?: number }

/** Of a query that needs none. */
export type NoArgs = Record<string, never>

export const defaultLimit = 50
export const maxLimit = 500

export function pageLimit(args: PageArgs): number {
  return Math.max(1, Math.min(maxLimit, Math.trunc(args.limit ?? defaultLimit)))
}

/** The keys of the last row seen, in the order of the list's sort. */
export type CursorKey = (string | number)[]

export function makeCursor(key: CursorKey): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/** A cursor comes from the outside: one that we did not make is a StoreError `invalid`. `types` as typeof says, one a key. */
export function readCursor(cursor: string | null | undefined, types: ('string' | 'number')[]): CursorKey | null {
  if (cursor === null || cursor === undefined || cursor === '') return null
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor.slice(0, 1000), 'base64url').toString())
    if (Array.isArray(key) && key.length === types.length && key.every((part, at) => typeof part === types[at]))
      return key
  } catch {}
  throw new StoreError('invalid', 'cursor', 'This cursor is not one of ours; ask for the first page again.')
}

/** Cuts `limit + 1` rows read to a page. */
export function toPage<T>(rows: T[], limit: number, keyOf: (row: T) => CursorKey): Page<T> {
  if (rows.length <= limit) return { items: rows, next: null }
  const items = rows.slice(0, limit)
  return { items, next: makeCursor(keyOf(items[limit - 1]!)) }
}
