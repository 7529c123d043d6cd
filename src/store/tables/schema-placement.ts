/** Tables of agencies and of what is placed with them. Of tables in general see `schema.ts`. */
import type { Actor } from '../../centre/facts.ts'
import type { Agency, AgencyState } from '../../lender/agency.ts'
import type { AgencyBatch, BatchState, PlacementState, UnlistedWhy } from '../../lender/placement.ts'
import type { AgencyId } from '../../lib/ids.ts'
import { index, integer, primaryKey, sqliteTable, text } from '../drizzle.cjs'

export const agencies = sqliteTable('agencies', {
  id: text().$type<AgencyId>().primaryKey(),
  name: text().notNull(),
  state: text().$type<AgencyState>().notNull(),
  doc: text({ mode: 'json' }).$type<Agency>().notNull(),
  savedAt: integer('saved_at').notNull(),
  removedAt: integer('removed_at'),
})

export const agencyBatches = sqliteTable(
  'agency_batches',
  {
    id: text().primaryKey(),
    agency: text().$type<AgencyId>().notNull(),
    state: text().$type<BatchState>().notNull(),
    until: text().notNull(),
    doc: text({ mode: 'json' }).$type<AgencyBatch>().notNull(),
    /** Why it ended. */
    reason: text(),
    openedBy: text('opened_by').$type<Actor>().notNull(),
    openedAt: integer('opened_at').notNull(),
    placedAt: integer('placed_at'),
    endedAt: integer('ended_at'),
    /** How many of its cases are listed, and how many never will be: the process died in between. */
    listed: integer().notNull().default(0),
    unlisted: integer().notNull().default(0),
    unlistedWhy: text('unlisted_why').$type<UnlistedWhy>(),
  },
  table => [
    index('agency_batches_agency').on(table.agency, table.openedAt, table.id),
    index('agency_batches_state').on(table.state, table.until, table.id),
  ],
)

export const placements = sqliteTable(
  'placements',
  {
    batch: text().notNull(),
    case: text('case_id').notNull(),
    agency: text().$type<AgencyId>().notNull(),
    party: text().notNull(),
    state: text().$type<PlacementState>().notNull(),
    /** Of the agency's people, whoever has it or had it last. */
    agent: text(),
    /** When it was listed. */
    owed: integer().notNull(),
    currency: text().notNull(),
    /** Why it was refused, or what ended it. */
    why: text(),
    placedAt: integer('placed_at'),
    endedAt: integer('ended_at'),
  },
  table => [
    primaryKey({ columns: [table.batch, table.case] }),
    index('placements_agency').on(table.agency, table.state),
    index('placements_party').on(table.party, table.placedAt),
  ],
)

export const batchExports = sqliteTable(
  'batch_exports',
  {
    seq: integer().primaryKey(),
    batch: text().notNull(),
    format: text().$type<'csv' | 'xlsx'>().notNull(),
    rows: integer().notNull(),
    bytes: integer().notNull(),
    sha256: text().notNull(),
    reason: text().notNull(),
    actor: text().$type<Actor>().notNull(),
    at: integer().notNull(),
  },
  table => [index('batch_exports_batch').on(table.batch, table.seq)],
)
