/** Files that are read into the records: the tables' side of their facts, and how pages read them. */
import type { Actor, Fact } from '../../centre/facts.ts'
import type { ImportKind } from '../../centre/records/file-import.ts'
import type { FileImportId } from '../../lib/ids.ts'
import { type Connection, type Db, sql } from '../db.ts'
import { asc, eq } from '../drizzle.cjs'
import { type NoArgs, type Page, type PageArgs, pageLimit, readCursor, toPage } from '../page.ts'
import { fileImports, importMappings } from '../schema.ts'

export type FileImportRecord = typeof fileImports.$inferSelect
export type SavedMapping = typeof importMappings.$inferSelect

/** Of one kind; who has more removes some. */
export const mappingsMax = 100
const openMax = 100

export const importQueries = {
  'imports.byId': (db: Db, args: { id: FileImportId }): FileImportRecord | null =>
    db.select().from(fileImports).where(eq(fileImports.id, args.id)).get() ?? null,
  /** Newest first. */
  'imports.page': (db: Db, args: PageArgs): Page<FileImportRecord> => {
    const limit = pageLimit(args)
    const [at, id] = readCursor(args.cursor, ['number', 'string']) ?? [Number.MAX_SAFE_INTEGER, '']
    const rows = sql(
      db.$client,
      `SELECT id, received_at AS receivedAt FROM file_imports WHERE (received_at, id) < (?, ?) ORDER BY received_at DESC, id DESC LIMIT ?`,
    ).all(at, id, limit + 1) as { id: FileImportId; receivedAt: number }[]
    const { items, next } = toPage(rows, limit, row => [row.receivedAt, row.id])
    return { items: items.map(row => importQueries['imports.byId'](db, { id: row.id })!), next }
  },
  /** Started and not ended, the oldest first; at most 100. */
  'imports.open': (db: Db, _args: NoArgs): FileImportRecord[] =>
    db
      .select()
      .from(fileImports)
      .where(eq(fileImports.state, 'running'))
      .orderBy(asc(fileImports.startedAt), asc(fileImports.id))
      .limit(openMax)
      .all(),
  'mappings.ofKind': (db: Db, args: { kind: ImportKind }): SavedMapping[] =>
    db
      .select()
      .from(importMappings)
      .where(eq(importMappings.kind, args.kind))
      .orderBy(asc(importMappings.name))
      .limit(mappingsMax)
      .all(),
}

/** Answers whether the fact was one of these. */
export function projectImport(db: Connection, { at, actor, fact }: { at: number; actor: Actor; fact: Fact }): boolean {
  const run = (text: string, ...values: unknown[]) => void sql(db, text).run(...values)
  switch (fact.type) {
    case 'import.received': {
      const { id, kind, campaign, name, bytes, sha256 } = fact.import
      run(
        `INSERT INTO file_imports (id, kind, campaign, name, bytes, sha256, received_by, received_at, state)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'received')`,
        ...[id, kind, campaign, name, bytes, sha256, actor, at],
      )
      return true
    }
    case 'import.started':
      run(
        `UPDATE file_imports SET state = 'running', mapping = ?, started_by = ?, started_at = coalesce(started_at, ?), ended_at = NULL, trouble = NULL, trouble_why = NULL
         WHERE id = ?`,
        ...[JSON.stringify(fact.mapping), actor, at, fact.import],
      )
      return true
    case 'import.ended': {
      const { rows, saved, unchanged, rejected } = fact.counts
      run(
        `UPDATE file_imports SET state = ?, ended_at = ?, "rows" = ?, saved = ?, unchanged = ?, rejected = ?, trouble = ?, trouble_why = ? WHERE id = ?`,
        ...[fact.as, at, rows, saved, unchanged, rejected, fact.trouble, fact.why ?? null, fact.import],
      )
      return true
    }
    case 'mapping.saved':
      run(
        `INSERT INTO import_mappings (kind, name, headings, mapping, saved_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (kind, name) DO UPDATE SET headings = excluded.headings, mapping = excluded.mapping, saved_at = excluded.saved_at`,
        ...[fact.kind, fact.name, JSON.stringify(fact.headings), JSON.stringify(fact.mapping), at],
      )
      return true
    case 'mapping.removed':
      run('DELETE FROM import_mappings WHERE kind = ? AND name = ?', fact.kind, fact.name)
      return true
    default:
      return false
  }
}
