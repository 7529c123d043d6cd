/** Tables of the lender's records. Amounts are minor units, days plain dates. Of tables in general see `schema.ts`. */
import type { CaseState, HoldReason, PlacedCase } from '../../lender/case.ts'
import type { ComplaintKind, ComplaintState } from '../../lender/complaint.ts'
import type { ConsentChannel, ConsentPurpose } from '../../lender/consent.ts'
import type { FieldBusiness, FieldDefinition } from '../../lender/fields.ts'
import type { Loan, LoanStatus } from '../../lender/loan.ts'
import type { MessageChannel, MessagePurpose, MessageState, MessageWay } from '../../lender/message.ts'
import type { Component } from '../../lender/money.ts'
import type { Party, PartyFlag, PartyPhone, PartyType, PhoneRelation, PhoneStatus } from '../../lender/party.ts'
import type { PromiseState } from '../../lender/promise.ts'
import type { WaiverState } from '../../lender/waiver.ts'
import type { AgencyId } from '../../lib/ids.ts'
import { index, integer, primaryKey, sqliteTable, text } from '../drizzle.cjs'

export const parties = sqliteTable(
  'parties',
  {
    ref: text().primaryKey(),
    type: text().$type<PartyType>().notNull(),
    name: text().notNull(),
    idHash: text('id_hash'),
    /** All but its numbers. */
    doc: text({ mode: 'json' }).$type<Omit<Party, 'phones'>>().notNull(),
    addedAt: integer('added_at').notNull(),
    changedAt: integer('changed_at').notNull(),
  },
  table => [index('parties_id').on(table.idHash)],
)

/** The ends of names, in small letters, by which any part of a name is found (`party-names.ts`). */
export const partyNameParts = sqliteTable(
  'party_name_parts',
  { part: text().notNull(), party: text().notNull() },
  table => [primaryKey({ columns: [table.part, table.party] })],
)

export const partyFlagRows = sqliteTable(
  'party_flags',
  { flag: text().$type<PartyFlag>().notNull(), party: text().notNull() },
  table => [primaryKey({ columns: [table.flag, table.party] })],
)

export const partyPhones = sqliteTable(
  'party_phones',
  {
    party: text().notNull(),
    number: text().notNull(),
    position: integer().notNull(),
    relation: text().$type<PhoneRelation>().notNull(),
    status: text().$type<PhoneStatus>().notNull(),
    doc: text({ mode: 'json' }).$type<PartyPhone>().notNull(),
  },
  table => [
    primaryKey({ columns: [table.party, table.number] }),
    index('party_phones_number').on(table.number, table.party),
  ],
)

/** Custom fields that parties are found by; of a secret its hash. */
export const partyFields = sqliteTable(
  'party_fields',
  {
    party: text().notNull(),
    business: text().$type<FieldBusiness>().notNull(),
    key: text().notNull(),
    value: text().notNull(),
  },
  table => [
    primaryKey({ columns: [table.party, table.business, table.key] }),
    index('party_fields_value').on(table.value, table.party),
  ],
)

export const fieldDefinitions = sqliteTable('field_definitions', {
  business: text().$type<FieldBusiness>().primaryKey(),
  doc: text({ mode: 'json' }).$type<FieldDefinition[]>().notNull(),
  savedAt: integer('saved_at').notNull(),
})

export const consents = sqliteTable(
  'consents',
  {
    id: text().primaryKey(),
    party: text().notNull(),
    purpose: text().$type<ConsentPurpose>().notNull(),
    channel: text().$type<ConsentChannel>().notNull(),
    basis: text().notNull(),
    evidence: text().notNull(),
    givenAt: integer('given_at').notNull(),
    withdrawnAt: integer('withdrawn_at'),
    withdrawnReason: text('withdrawn_reason'),
  },
  table => [index('consents_party').on(table.party, table.givenAt)],
)

export const loans = sqliteTable(
  'loans',
  {
    ref: text().primaryKey(),
    party: text().notNull(),
    product: text().notNull(),
    status: text().$type<LoanStatus>().notNull(),
    doc: text({ mode: 'json' }).$type<Loan>().notNull(),
    /** Of the oldest instalment of which something is owed. */
    oldestDueOn: text('oldest_due_on'),
    owed: integer().notNull(),
    addedAt: integer('added_at').notNull(),
    changedAt: integer('changed_at').notNull(),
  },
  table => [
    index('loans_party').on(table.party, table.ref),
    index('loans_due').on(table.oldestDueOn, table.ref),
    index('loans_status').on(table.status, table.party),
    index('loans_product').on(table.product, table.status, table.party),
  ],
)

export const repayments = sqliteTable(
  'repayments',
  {
    id: text().primaryKey(),
    party: text().notNull(),
    loan: text(),
    amount: integer().notNull(),
    currency: text().notNull(),
    paidAt: integer('paid_at').notNull(),
    channel: text().notNull(),
    leftOver: integer('left_over').notNull(),
    recordedAt: integer('recorded_at').notNull(),
    reversedAt: integer('reversed_at'),
    reversedReason: text('reversed_reason'),
  },
  table => [index('repayments_party').on(table.party, table.paidAt, table.id)],
)

export const allocations = sqliteTable(
  'allocations',
  {
    repayment: text().notNull(),
    loan: text().notNull(),
    instalment: integer().notNull(),
    component: text().$type<Component>().notNull(),
    amount: integer().notNull(),
  },
  table => [
    primaryKey({ columns: [table.repayment, table.loan, table.instalment, table.component] }),
    index('allocations_loan').on(table.loan, table.instalment, table.component),
  ],
)

export const cases = sqliteTable(
  'cases',
  {
    id: text().primaryKey(),
    party: text().notNull(),
    state: text().$type<CaseState>().notNull(),
    before: text('state_before').$type<CaseState>(),
    agent: text(),
    loans: text({ mode: 'json' }).$type<string[]>().notNull(),
    holdReason: text('hold_reason').$type<HoldReason>(),
    /** Why it moved last. */
    reason: text().notNull(),
    openedAt: integer('opened_at').notNull(),
    changedAt: integer('changed_at').notNull(),
    closedAt: integer('closed_at'),
    /** Of the oldest instalment of the party's loans of which something is owed, and all that is owed of them. */
    oldestDueOn: text('oldest_due_on'),
    owed: integer().notNull(),
    /** Of the loan with that instalment. */
    product: text(),
    /** By which rule it was assigned last, and into which of its groups. */
    rule: text(),
    group: text('rule_group'),
    assignedAt: integer('assigned_at'),
    /** When a promise of the party was broken last, where no new one was made since. */
    brokenAt: integer('broken_at'),
    /** The agency that has it, and how it was when it was placed. */
    agency: text().$type<AgencyId>(),
    placed: text({ mode: 'json' }).$type<PlacedCase>(),
  },
  table => [
    index('cases_broken').on(table.brokenAt, table.id),
    index('cases_owed').on(table.owed, table.id),
    index('cases_due').on(table.oldestDueOn, table.id),
    index('cases_changed').on(table.changedAt, table.id),
    index('cases_group').on(table.rule, table.group),
    index('cases_open').on(table.party),
    index('cases_party').on(table.party, table.openedAt),
    index('cases_state').on(table.state, table.id),
    index('cases_agent').on(table.agent, table.state, table.id),
    index('cases_closed').on(table.closedAt),
  ],
)

export const promises = sqliteTable(
  'promises',
  {
    id: text().primaryKey(),
    party: text().notNull(),
    case: text('case_id'),
    loan: text(),
    amount: integer().notNull(),
    currency: text().notNull(),
    dueOn: text('due_on').notNull(),
    madeOn: text('made_on').notNull(),
    agent: text(),
    call: text(),
    state: text().$type<PromiseState>().notNull(),
    paid: integer().notNull(),
    madeAt: integer('made_at').notNull(),
    judgedAt: integer('judged_at'),
  },
  table => [
    index('promises_party').on(table.party, table.madeAt, table.id),
    index('promises_open').on(table.dueOn, table.party),
  ],
)

/** The daily work that is done: how many cases it opened, promises it judged, books it settled, cases it assigned. */
export const lenderDays = sqliteTable('lender_days', {
  day: text().primaryKey(),
  opened: integer().notNull(),
  judged: integer().notNull(),
  settled: integer().notNull(),
  assigned: integer().notNull(),
  doneAt: integer('done_at').notNull(),
})

/** Steps of strategies that are over, and reminders of promises: of each case once. */
export const caseSteps = sqliteTable(
  'case_steps',
  {
    case: text('case_id').notNull(),
    strategy: text().notNull(),
    step: text().notNull(),
    party: text().notNull(),
    version: integer().notNull(),
    how: text().$type<'done' | 'skipped'>().notNull(),
    why: text().notNull(),
    lead: text(),
    message: text(),
    at: integer().notNull(),
  },
  table => [primaryKey({ columns: [table.case, table.strategy, table.step] })],
)

export const messages = sqliteTable(
  'messages',
  {
    id: text().primaryKey(),
    party: text().notNull(),
    case: text('case_id'),
    why: text().notNull(),
    channel: text().$type<MessageChannel>().notNull(),
    to: text('recipient').notNull(),
    text: text().notNull(),
    state: text().$type<MessageState>().notNull(),
    tries: integer().notNull(),
    nextAt: integer('next_at'),
    /** Of the last try that failed, or why it may not go. */
    reason: text(),
    way: text().$type<MessageWay>(),
    /** The sender's own. */
    ref: text(),
    queuedAt: integer('queued_at').notNull(),
    doneAt: integer('done_at'),
    subject: text().notNull(),
    purpose: text().$type<MessagePurpose>().notNull(),
    promise: text(),
  },
  table => [
    index('messages_party').on(table.party, table.queuedAt, table.id),
    index('messages_waiting').on(table.nextAt, table.id),
    index('messages_state').on(table.state, table.queuedAt, table.id),
  ],
)

/** What a waiver took off stands among the allocations, under its id. */
export const waivers = sqliteTable(
  'waivers',
  {
    id: text().primaryKey(),
    party: text().notNull(),
    loan: text().notNull(),
    amount: integer().notNull(),
    currency: text().notNull(),
    components: text({ mode: 'json' }).$type<Component[]>().notNull(),
    reason: text().notNull(),
    askedBy: text('asked_by').notNull(),
    state: text().$type<WaiverState>().notNull(),
    decidedBy: text('decided_by'),
    decidedReason: text('decided_reason'),
    askedAt: integer('asked_at').notNull(),
    decidedAt: integer('decided_at'),
  },
  table => [
    index('waivers_party').on(table.party, table.askedAt, table.id),
    index('waivers_state').on(table.state, table.askedAt, table.id),
  ],
)

export const complaints = sqliteTable(
  'complaints',
  {
    id: text().primaryKey(),
    party: text().notNull(),
    kind: text().$type<ComplaintKind>().notNull(),
    text: text().notNull(),
    source: text().notNull(),
    openedOn: text('opened_on').notNull(),
    dueOn: text('due_on').notNull(),
    state: text().$type<ComplaintState>().notNull(),
    extendedReason: text('extended_reason'),
    resolution: text(),
    openedAt: integer('opened_at').notNull(),
    resolvedAt: integer('resolved_at'),
  },
  table => [
    index('complaints_party').on(table.party, table.openedAt, table.id),
    index('complaints_due').on(table.state, table.dueOn, table.id),
  ],
)
