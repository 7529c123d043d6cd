/** Tables of verification. Of tables in general see `schema.ts`. */
import type { Application } from '../../lender/application.ts'
import type { Asked, Checklist, ChecklistAnswer } from '../../lender/checklist.ts'
import type { ConfirmationChannel, ConfirmedState, UnwrittenWhy } from '../../lender/confirmation.ts'
import type { Proposal, TaskState } from '../../lender/task.ts'
import { index, integer, primaryKey, sqliteTable, text } from '../drizzle.cjs'

export const applications = sqliteTable(
  'applications',
  {
    ref: text().primaryKey(),
    party: text().notNull(),
    product: text().notNull(),
    doc: text({ mode: 'json' }).$type<Application>().notNull(),
    addedAt: integer('added_at').notNull(),
    changedAt: integer('changed_at').notNull(),
  },
  table => [index('applications_party').on(table.party, table.ref)],
)

export const checklists = sqliteTable(
  'checklists',
  {
    id: text().notNull(),
    version: integer().notNull(),
    product: text(),
    doc: text({ mode: 'json' }).$type<Checklist>().notNull(),
    savedAt: integer('saved_at').notNull(),
    savedBy: text('saved_by').notNull(),
  },
  table => [primaryKey({ columns: [table.id, table.version] })],
)

export const verificationTasks = sqliteTable(
  'verification_tasks',
  {
    id: text().primaryKey(),
    application: text().notNull(),
    party: text().notNull(),
    state: text().$type<TaskState>().notNull(),
    checklist: text().notNull(),
    version: integer().notNull(),
    agent: text(),
    verifiers: text({ mode: 'json' }).$type<string[]>().notNull(),
    reviewer: text(),
    recallAt: integer('recall_at'),
    proposal: text().$type<Proposal>(),
    reasons: text({ mode: 'json' }).$type<string[]>().notNull(),
    note: text().notNull(),
    missing: text({ mode: 'json' }).$type<string[]>().notNull(),
    dueOn: text('due_on'),
    openedAt: integer('opened_at').notNull(),
    changedAt: integer('changed_at').notNull(),
    submittedAt: integer('submitted_at'),
    decidedAt: integer('decided_at'),
  },
  table => [
    index('verification_tasks_application').on(table.application, table.openedAt),
    index('verification_tasks_party').on(table.party, table.openedAt),
    index('verification_tasks_state').on(table.state, table.id),
    index('verification_tasks_agent').on(table.agent, table.state, table.id),
  ],
)

export const taskCalls = sqliteTable(
  'task_calls',
  {
    task: text().notNull(),
    call: text().notNull(),
    who: text().$type<Asked>().notNull(),
    place: integer().notNull(),
    by: text().notNull(),
    at: integer().notNull(),
  },
  table => [primaryKey({ columns: [table.task, table.call] }), index('task_calls_call').on(table.call, table.task)],
)

export const taskAnswers = sqliteTable(
  'task_answers',
  {
    task: text().notNull(),
    item: text().notNull(),
    no: integer().notNull(),
    call: text().notNull(),
    doc: text({ mode: 'json' }).$type<ChecklistAnswer>().notNull(),
    at: integer().notNull(),
  },
  table => [
    primaryKey({ columns: [table.task, table.item, table.no] }),
    index('task_answers_call').on(table.call, table.task),
  ],
)

export const taskRefusals = sqliteTable(
  'task_refusals',
  { task: text().notNull(), place: integer().notNull(), at: integer().notNull() },
  table => [primaryKey({ columns: [table.task, table.place] })],
)

export const taskConfirmations = sqliteTable(
  'task_confirmations',
  {
    task: text().notNull(),
    no: integer().notNull(),
    channel: text().$type<ConfirmationChannel>().notNull(),
    as: text('state').$type<ConfirmedState>().notNull(),
    message: text(),
    why: text().$type<UnwrittenWhy>(),
    at: integer().notNull(),
  },
  table => [
    primaryKey({ columns: [table.task, table.no, table.channel] }),
    index('task_confirmations_message').on(table.message),
  ],
)
