/** Tables of the house itself: the journal, settings, exports, and what keeps a request from being done twice. Of tables in general see `schema.ts`. */
import type { Actor, FactType } from '../../centre/facts.ts'
import type { ExportId, FilterId, UserId } from '../../lib/ids.ts'
import { blob, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from '../drizzle.cjs'

/** hash_n = SHA-256(hash_{n-1} ‖ digest_n), digest_n = SHA-256(`seq\nat\nactor\ntype\nbody`); see `chain.ts`. */
export const journal = sqliteTable(
  'journal',
  {
    seq: integer().primaryKey(),
    at: integer().notNull(),
    actor: text().$type<Actor>().notNull(),
    type: text().$type<FactType>().notNull(),
    body: text().notNull(),
    digest: blob({ mode: 'buffer' }).notNull(),
    hash: blob({ mode: 'buffer' }).notNull(),
  },
  table => [index('journal_at').on(table.at), index('journal_type').on(table.type, table.seq)],
)

export const settings = sqliteTable('settings', {
  key: text().primaryKey(),
  value: text().notNull(),
  savedAt: integer('saved_at').notNull(),
})

/** Who changed what of the settings (`changes.ts`). */
export const changes = sqliteTable(
  'changes',
  {
    seq: integer().primaryKey(),
    subject: text().notNull(),
    at: integer().notNull(),
    actor: text().$type<Actor>().notNull(),
    kind: text().notNull(),
    fields: text().notNull(),
  },
  table => [index('changes_subject').on(table.subject, table.seq)],
)

export const changeHeads = sqliteTable('change_heads', {
  subject: text().primaryKey(),
  name: text().notNull(),
  doc: text().notNull(),
})

/** Filters of lists that a person keeps (`saved-filters.ts`). */
export const savedFilters = sqliteTable(
  'saved_filters',
  {
    id: text().$type<FilterId>().primaryKey(),
    owner: text().$type<UserId>().notNull(),
    page: text().notNull(),
    name: text().notNull(),
    query: text().notNull(),
  },
  table => [uniqueIndex('saved_filters_name').on(table.owner, table.page, table.name)],
)

export const exports = sqliteTable('exports', {
  id: text().$type<ExportId>().primaryKey(),
  user: text().$type<UserId>().notNull(),
  reason: text().notNull(),
  calls: integer().notNull(),
  filter: text().notNull(),
  requestedAt: integer('requested_at').notNull(),
  finishedAt: integer('finished_at'),
  sha256: text(),
  bytes: integer(),
  downloads: integer().notNull(),
  /** Since when its zip is not in the data folder. */
  erasedAt: integer('erased_at'),
})

// Not projections: they hold what must not, or need not, be in the journal.

export const idempotency = sqliteTable(
  'idempotency',
  {
    owner: text().notNull(),
    key: text().notNull(),
    /** SHA-256 of method, path and body: the same key with another request is refused. */
    requestHash: text('request_hash').notNull(),
    /** null while the first request is under way. */
    status: integer(),
    response: text(),
    at: integer().notNull(),
  },
  table => [primaryKey({ columns: [table.owner, table.key] }), index('idempotency_at').on(table.at)],
)

/** The last commit of each sender that may have to ask again whether it was done. */
export const commits = sqliteTable('commits', {
  sender: text().primaryKey(),
  key: text().notNull(),
  firstSeq: integer('first_seq').notNull(),
  lastSeq: integer('last_seq').notNull(),
})
