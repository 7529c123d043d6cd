/** Tables of files that are read into the records and written out of them. Of tables in general see `schema.ts`. */
import type { Actor } from '../../centre/facts.ts'
import type {
  ImportEnd,
  ImportKind,
  ImportMapping,
  ImportState,
  ImportTrouble,
} from '../../centre/records/file-import.ts'
import type { ExportFilter, ExportForm, ExportKind, TableExport } from '../../centre/records/table-export.ts'
import type { CampaignId, FileImportId, TableExportId } from '../../lib/ids.ts'
import { index, integer, primaryKey, sqliteTable, text } from '../drizzle.cjs'

export const fileImports = sqliteTable(
  'file_imports',
  {
    id: text().$type<FileImportId>().primaryKey(),
    kind: text().$type<ImportKind>().notNull(),
    campaign: text().$type<CampaignId>(),
    name: text().notNull(),
    bytes: integer().notNull(),
    sha256: text().notNull(),
    receivedBy: text('received_by').$type<Actor>().notNull(),
    receivedAt: integer('received_at').notNull(),
    state: text().$type<Exclude<ImportState, 'waiting' | 'stopped'>>().notNull(),
    mapping: text({ mode: 'json' }).$type<ImportMapping>(),
    /** The last time; `startedAt`: the first. */
    startedBy: text('started_by').$type<Actor>(),
    startedAt: integer('started_at'),
    endedAt: integer('ended_at'),
    rows: integer().notNull(),
    saved: integer().notNull(),
    unchanged: integer().notNull(),
    rejected: integer().notNull(),
    trouble: text(),
    /** Null beside a trouble: told before there were names for it. */
    troubleWhy: text('trouble_why').$type<ImportTrouble>(),
  },
  table => [index('file_imports_received').on(table.receivedAt, table.id)],
)

export const importMappings = sqliteTable(
  'import_mappings',
  {
    kind: text().$type<ImportKind>().notNull(),
    name: text().notNull(),
    headings: text({ mode: 'json' }).$type<string[]>().notNull(),
    mapping: text({ mode: 'json' }).$type<ImportMapping>().notNull(),
    savedAt: integer('saved_at').notNull(),
  },
  table => [primaryKey({ columns: [table.kind, table.name] })],
)

export const tableExports = sqliteTable(
  'table_exports',
  {
    id: text().$type<TableExportId>().primaryKey(),
    kind: text().$type<ExportKind>().notNull(),
    form: text().$type<ExportForm>().notNull(),
    language: text().$type<TableExport['language']>().notNull(),
    filter: text({ mode: 'json' }).$type<ExportFilter>().notNull(),
    numbers: text().$type<TableExport['numbers']>().notNull(),
    secrets: integer({ mode: 'boolean' }).notNull(),
    reason: text().notNull(),
    requestedBy: text('requested_by').$type<Actor>().notNull(),
    requestedAt: integer('requested_at').notNull(),
    state: text().$type<'running' | ImportEnd>().notNull(),
    endedAt: integer('ended_at'),
    rows: integer().notNull(),
    bytes: integer().notNull(),
    sha256: text(),
    trouble: text(),
    downloads: integer().notNull(),
    erasedAt: integer('erased_at'),
  },
  table => [index('table_exports_requested').on(table.requestedAt, table.id)],
)
