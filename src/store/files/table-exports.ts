/** Tables of the records that were written out: the tables' side of their facts, and how pages read them. */
import type { Actor, Fact } from '../../centre/facts.ts'
import type { TableExportId } from '../../lib/ids.ts'
import { type Connection, type Db, sql } from '../db.ts'
import { asc, eq, inArray } from '../drizzle.cjs'
import { type NoArgs, type Page, type PageArgs, pageLimit, readCursor, toPage } from '../page.ts'
import { tableExports } from '../schema.ts'

export type TableExportRecord = typeof tableExports.$inferSelect

const keptMax = 500

export const tableExportQueries = {
  'tableExports.byId': (db: Db, args: { id: TableExportId }): TableExportRecord | null =>
    db.select().from(tableExports).where(eq(tableExports.id, args.id)).get() ?? null,
  /** Newest first. */
  'tableExports.page': (db: Db, args: PageArgs): Page<TableExportRecord> => {
    const limit = pageLimit(args)
    const [at, id] = readCursor(args.cursor, ['number', 'string']) ?? [Number.MAX_SAFE_INTEGER, '']
    const found = sql(
      db.$client,
      `SELECT id, requested_at AS requestedAt FROM table_exports WHERE (requested_at, id) < (?, ?)
       ORDER BY requested_at DESC, id DESC LIMIT ?`,
    ).all(at, id, limit + 1) as { id: TableExportId; requestedAt: number }[]
    const { items, next } = toPage(found, limit, row => [row.requestedAt, row.id])
    return { items: items.map(row => tableExportQueries['tableExports.byId'](db, { id: row.id })!), next }
  },
  /** Asked for and not ended, the oldest first. */
  'tableExports.open': (db: Db, _args: NoArgs): TableExportRecord[] =>
    db
      .select()
      .from(tableExports)
      .where(eq(tableExports.state, 'running'))
      .orderBy(asc(tableExports.requestedAt))
      .limit(keptMax)
      .all(),
  /** Finished before an instant, and the file is there yet; at most 500. */
  'tableExports.toErase': (db: Db, args: { before: number }): TableExportId[] =>
    (
      sql(
        db.$client,
        `SELECT id FROM table_exports WHERE requested_at <= ? AND ended_at <= ? AND state = 'finished' AND erased_at IS NULL LIMIT ?`,
      ).all(args.before, args.before, keptMax) as { id: TableExportId }[]
    ).map(({ id }) => id),
  /** Of these, those that there are; at most 500. */
  'tableExports.known': (db: Db, args: { ids: TableExportId[] }): TableExportId[] =>
    db
      .select({ id: tableExports.id })
      .from(tableExports)
      .where(inArray(tableExports.id, args.ids.slice(0, keptMax)))
      .all()
      .map(({ id }) => id),
}

/** Answers whether the fact was one of these. */
export function projectTableExport(
  db: Connection,
  { at, actor, fact }: { at: number; actor: Actor; fact: Fact },
): boolean {
  const run = (text: string, ...values: unknown[]) => void sql(db, text).run(...values)
  switch (fact.type) {
    case 'tableExport.requested': {
      const { id, kind, form, language, filter, numbers, secrets, reason } = fact.export
      run(
        `INSERT INTO table_exports (id, kind, form, language, filter, numbers, secrets, reason, requested_by, requested_at, state)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'running')`,
        ...[id, kind, form, language, JSON.stringify(filter), numbers, secrets ? 1 : 0, reason, actor, at],
      )
      return true
    }
    case 'tableExport.ended':
      run(
        'UPDATE table_exports SET state = ?, ended_at = ?, "rows" = ?, bytes = ?, sha256 = ?, trouble = ? WHERE id = ?',
        ...[fact.as, at, fact.rows, fact.bytes, fact.sha256, fact.trouble, fact.export],
      )
      return true
    case 'tableExport.downloaded':
      run('UPDATE table_exports SET downloads = downloads + 1 WHERE id = ?', fact.export)
      return true
    case 'tableExport.erased':
      run('UPDATE table_exports SET erased_at = coalesce(erased_at, ?) WHERE id = ?', at, fact.export)
      return true
    default:
      return false
  }
}
