/** Tables of whom to call and of whom not: campaigns, lists and their leads, callbacks, policies, suppressions and stops. Of tables in general see `schema.ts`. */

import type { CallbackEnd } from '../../centre/calls/ends.ts'
import type { Callback, CallResult, Campaign, Consent, LeadPhone, LeadState } from '../../centre/entities.ts'
import type { StopKind } from '../../centre/gate/stops.ts'
import type { Policy } from '../../centre/policy/policy.ts'
import type { CallbackId, CallId, CampaignId, ImportId, LeadId, QueueId, UserId } from '../../lib/ids.ts'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from '../drizzle.cjs'

export const campaigns = sqliteTable(
  'campaigns',
  {
    id: text().$type<CampaignId>().primaryKey(),
    name: text().notNull(),
    state: text().$type<Campaign['state']>().notNull(),
    doc: text({ mode: 'json' }).$type<Campaign>().notNull(),
    savedAt: integer('saved_at').notNull(),
  },
  table => [uniqueIndex('campaigns_name').on(table.name)],
)

/** An import is a list. */
export const lists = sqliteTable(
  'lists',
  {
    id: text().$type<ImportId>().primaryKey(),
    campaign: text().$type<CampaignId>().notNull(),
    name: text().notNull(),
    priority: integer().notNull(),
    weight: integer().notNull(),
    paused: integer({ mode: 'boolean' }).notNull(),
    addedAt: integer('added_at').notNull(),
  },
  table => [index('lists_campaign').on(table.campaign, table.priority, table.addedAt, table.id)],
)

export const imports = sqliteTable('imports', {
  id: text().$type<ImportId>().primaryKey(),
  campaign: text().$type<CampaignId>().notNull(),
  source: text(),
  startedAt: integer('started_at').notNull(),
  finishedAt: integer('finished_at'),
  /** Leads added so far. */
  added: integer().notNull(),
  accepted: integer(),
  rejected: integer(),
})

export const leads = sqliteTable(
  'leads',
  {
    id: text().$type<LeadId>().primaryKey(),
    campaign: text().$type<CampaignId>().notNull(),
    ref: text().notNull(),
    name: text().notNull(),
    phones: text({ mode: 'json' }).$type<LeadPhone[]>().notNull(),
    fields: text({ mode: 'json' }).$type<Record<string, string>>().notNull(),
    state: text().$type<LeadState>().notNull(),
    attempts: integer().notNull(),
    /** null in a state that is never dialled again. */
    dueAt: integer('due_at'),
    callback: text().$type<CallbackId>(),
    callbackAgent: text('callback_agent').$type<UserId>(),
    /** The agent it is reserved for, while `in_call`. */
    agent: text().$type<UserId>(),
    import: text().$type<ImportId>().notNull(),
    lastCall: text('last_call').$type<CallId>(),
    reason: text(),
    addedAt: integer('added_at').notNull(),
    changedAt: integer('changed_at').notNull(),
    priority: integer().notNull(),
    segment: text().notNull(),
    /** Country calling code of its first number; '' is not known. */
    place: text().notNull(),
    /** The number that is tried first next time. */
    nextNumber: text('next_number'),
    /** Numbers that are not there. */
    bad: text({ mode: 'json' }).$type<string[]>(),
    duplicateOf: text('duplicate_of').$type<LeadId>(),
    consent: text({ mode: 'json' }).$type<Consent>(),
    /** The lender's reference of the loan. */
    debt: text(),
  },
  table => [
    uniqueIndex('leads_ref').on(table.campaign, table.ref),
    index('leads_due').on(table.campaign, table.state, table.dueAt, table.id),
    index('leads_name').on(table.campaign, table.name),
    index('leads_ready').on(table.import, table.priority, table.place, table.segment, table.dueAt, table.id),
    index('leads_over').on(table.import, table.state, table.reason, table.id),
  ],
)

export const leadPhones = sqliteTable(
  'lead_phones',
  {
    number: text().notNull(),
    lead: text().$type<LeadId>().notNull(),
  },
  table => [primaryKey({ columns: [table.number, table.lead] })],
)

/** Leads that come in are counted by the slice, what becomes of them by triggers on `leads`. `reason` is '' but for leads that are over. */
export const leadCounts = sqliteTable(
  'lead_counts',
  {
    campaign: text().$type<CampaignId>().notNull(),
    list: text().$type<ImportId>().notNull(),
    state: text().$type<LeadState>().notNull(),
    priority: integer().notNull(),
    place: text().notNull(),
    segment: text().notNull(),
    reason: text().notNull(),
    leads: integer().notNull(),
  },
  table => [
    primaryKey({ columns: [table.list, table.state, table.priority, table.place, table.segment, table.reason] }),
    index('lead_counts_campaign').on(table.campaign, table.state, table.place, table.segment),
  ],
)

/** By segment and hour of the callee's day: attempts that were carried, answered, talked on. */
export const answerHours = sqliteTable(
  'answer_hours',
  {
    campaign: text().$type<CampaignId>().notNull(),
    segment: text().notNull(),
    hour: integer().notNull(),
    dialled: integer().notNull(),
    answered: integer().notNull(),
    connected: integer().notNull(),
  },
  table => [primaryKey({ columns: [table.campaign, table.segment, table.hour] })],
)

export const callbacks = sqliteTable(
  'callbacks',
  {
    id: text().$type<CallbackId>().primaryKey(),
    at: integer().notNull(),
    number: text().notNull(),
    agent: text().$type<UserId>(),
    campaign: text().$type<CampaignId>(),
    lead: text().$type<LeadId>(),
    queue: text().$type<QueueId>(),
    reason: text().$type<Callback['reason']>().notNull(),
    scheduledAt: integer('scheduled_at').notNull(),
    closedAt: integer('closed_at'),
    how: text().$type<CallbackEnd>(),
    /** Calls that were to keep it. */
    tries: integer().notNull(),
    lastResult: text('last_result').$type<CallResult>(),
    /** When the machine tries again; null: it has not tried yet, or leaves it to a person. */
    nextAt: integer('next_at'),
    closeReason: text('close_reason'),
  },
  table => [index('callbacks_due').on(table.closedAt, table.at, table.id)],
)

export const policies = sqliteTable(
  'policies',
  {
    id: text().notNull(),
    version: text().notNull(),
    doc: text({ mode: 'json' }).$type<Policy>().notNull(),
    savedAt: integer('saved_at').notNull(),
    savedBy: text('saved_by').notNull(),
  },
  table => [primaryKey({ columns: [table.id, table.version] })],
)

export const suppressions = sqliteTable('suppressions', {
  number: text().primaryKey(),
  reason: text().notNull(),
  /** null: for good. */
  until: integer(),
  addedAt: integer('added_at').notNull(),
})

export const partyStops = sqliteTable(
  'party_stops',
  {
    party: text().notNull(),
    kind: text().$type<StopKind>().notNull(),
    reason: text().notNull(),
    /** null: until someone releases it. */
    until: integer(),
    addedAt: integer('added_at').notNull(),
    /** The person's own, as they were known when it was told. */
    numbers: text({ mode: 'json' }).$type<string[]>().notNull(),
  },
  table => [primaryKey({ columns: [table.party, table.kind] })],
)
