/** Tables of what is said on calls and written down after them. Of tables in general see `schema.ts`. */
import type { Script } from '../../lender/script.ts'
import type { WriteUp } from '../../lender/write-up.ts'
import type { CallId, UserId } from '../../lib/ids.ts'
import { index, integer, primaryKey, sqliteTable, text } from '../drizzle.cjs'

export const scripts = sqliteTable(
  'scripts',
  {
    id: text().notNull(),
    version: integer().notNull(),
    doc: text({ mode: 'json' }).$type<Script>().notNull(),
    savedAt: integer('saved_at').notNull(),
    savedBy: text('saved_by').notNull(),
  },
  table => [primaryKey({ columns: [table.id, table.version] })],
)

export const scriptPlaces = sqliteTable(
  'script_places',
  { place: text().primaryKey(), script: text().notNull() },
  table => [index('script_places_script').on(table.script)],
)

export const callMarks = sqliteTable(
  'call_marks',
  {
    call: text().$type<CallId>().notNull(),
    seq: integer().notNull(),
    at: integer().notNull(),
    agent: text().$type<UserId>().notNull(),
    kind: text().$type<'turned' | 'read' | 'unread'>().notNull(),
    script: text().notNull(),
    version: integer().notNull(),
    /** The step that was turned to, or the sentence. */
    key: text().notNull(),
    from: text('from_key'),
    answer: integer(),
    offsetMs: integer('offset_ms'),
  },
  table => [primaryKey({ columns: [table.call, table.seq] })],
)

export const writeUps = sqliteTable('write_ups', {
  place: text().primaryKey(),
  doc: text({ mode: 'json' }).$type<WriteUp>().notNull(),
  savedAt: integer('saved_at').notNull(),
})
