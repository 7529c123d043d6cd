/**
 * The tables as the reads see them. The SQL that makes them is in `migrations/` (STRICT, which drizzle-kit cannot say); a test holds the
 * two together. Every table but `secrets`, `sessions`, `idempotency` and `commits` is a projection of the journal: `rebuild` makes them
 * anew from it. Instants are Unix ms, durations ms, booleans 0 or 1, documents JSON.
 */

import type {
  Callback,
  CallResult,
  Campaign,
  CampaignMode,
  Consent,
  Direction,
  Ending,
  InboundNumber,
  LeadPhone,
  LeadState,
  Queue,
  Relation,
  Role,
  Trunk,
  TrunkGroup,
  TrunkTry,
  User,
} from '../centre/entities.ts'
import type { Actor, AgentPhase, CallbackEnd, FactType } from '../centre/facts.ts'
import type { Announced, Judged } from '../centre/heard.ts'
import type { Policy } from '../centre/policy/policy.ts'
import type { StopKind } from '../centre/stops.ts'
import type {
  CallbackId,
  CallId,
  CampaignId,
  ExportId,
  ImportId,
  LeadId,
  NumberId,
  QueueId,
  RecordingId,
  TokenId,
  TrunkGroupId,
  TrunkId,
  UserId,
} from '../lib/ids.ts'
import { blob, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from './drizzle.cjs'

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

export const users = sqliteTable(
  'users',
  {
    id: text().$type<UserId>().primaryKey(),
    name: text().notNull(),
    extension: text(),
    role: text().$type<Role>().notNull(),
    enabled: integer({ mode: 'boolean' }).notNull(),
    doc: text({ mode: 'json' }).$type<User>().notNull(),
    failedSignIns: integer('failed_sign_ins').notNull(),
    lockedUntil: integer('locked_until'),
    passwordSetAt: integer('password_set_at'),
    sipPasswordSetAt: integer('sip_password_set_at'),
    savedAt: integer('saved_at').notNull(),
  },
  table => [uniqueIndex('users_name').on(table.name), uniqueIndex('users_extension').on(table.extension)],
)

export const trunks = sqliteTable(
  'trunks',
  {
    id: text().$type<TrunkId>().primaryKey(),
    name: text().notNull(),
    doc: text({ mode: 'json' }).$type<Trunk>().notNull(),
    /** Last state the floor saw. */
    state: text().$type<'up' | 'down'>(),
    stateReason: text('state_reason'),
    stateAt: integer('state_at'),
    passwordSetAt: integer('password_set_at'),
    savedAt: integer('saved_at').notNull(),
  },
  table => [uniqueIndex('trunks_name').on(table.name)],
)

export const trunkGroups = sqliteTable('trunk_groups', {
  id: text().$type<TrunkGroupId>().primaryKey(),
  name: text().notNull(),
  doc: text({ mode: 'json' }).$type<TrunkGroup>().notNull(),
  savedAt: integer('saved_at').notNull(),
})

export const numbers = sqliteTable(
  'numbers',
  {
    id: text().$type<NumberId>().primaryKey(),
    number: text().notNull(),
    doc: text({ mode: 'json' }).$type<InboundNumber>().notNull(),
    savedAt: integer('saved_at').notNull(),
  },
  table => [uniqueIndex('numbers_number').on(table.number)],
)

export const queues = sqliteTable(
  'queues',
  {
    id: text().$type<QueueId>().primaryKey(),
    name: text().notNull(),
    doc: text({ mode: 'json' }).$type<Queue>().notNull(),
    savedAt: integer('saved_at').notNull(),
  },
  table => [uniqueIndex('queues_name').on(table.name)],
)

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
    index('leads_page').on(table.campaign, table.id),
    index('leads_name').on(table.campaign, table.name),
    index('leads_ready').on(table.import, table.priority, table.place, table.segment, table.dueAt, table.id),
    index('leads_over').on(table.import, table.state, table.reason, table.id),
  ],
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

/** Kept by triggers on `leads`. `reason` is '' but for leads that are over. */
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

export const leadPhones = sqliteTable(
  'lead_phones',
  {
    number: text().notNull(),
    lead: text().$type<LeadId>().notNull(),
    relation: text().$type<Relation>().notNull(),
  },
  table => [primaryKey({ columns: [table.number, table.lead] })],
)

export const suppressions = sqliteTable('suppressions', {
  number: text().primaryKey(),
  reason: text().notNull(),
  /** null: for good. */
  until: integer(),
  addedAt: integer('added_at').notNull(),
})

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

export const calls = sqliteTable(
  'calls',
  {
    id: text().$type<CallId>().primaryKey(),
    direction: text().$type<Direction>().notNull(),
    mode: text().$type<CampaignMode>(),
    campaign: text().$type<CampaignId>(),
    lead: text().$type<LeadId>(),
    party: text(),
    name: text(),
    relation: text().$type<Relation>(),
    queue: text().$type<QueueId>(),
    agent: text().$type<UserId>(),
    trunk: text().$type<TrunkId>(),
    number: text().notNull(),
    ourNumber: text('our_number'),
    startedAt: integer('started_at').notNull(),
    ringingAt: integer('ringing_at'),
    earlyAt: integer('early_at'),
    answeredAt: integer('answered_at'),
    queuedAt: integer('queued_at'),
    connectedAt: integer('connected_at'),
    endedAt: integer('ended_at'),
    /** Answered and no agent in time. */
    abandonedAt: integer('abandoned_at'),
    waitedMs: integer('waited_ms'),
    heldAt: integer('held_at'),
    holdMs: integer('hold_ms').notNull(),
    ending: text({ mode: 'json' }).$type<Ending>(),
    result: text().$type<Ending['result']>(),
    /** The result that the network's announcement named; else the name of what was heard. */
    announcement: text(),
    /** By what, how sure, after how long. */
    announced: text({ mode: 'json' }).$type<Announced>(),
    /** Who answered, by the sound. */
    judged: text({ mode: 'json' }).$type<Judged>(),
    disposition: text(),
    note: text(),
    fields: text({ mode: 'json' }).$type<Record<string, string>>(),
    disposedAt: integer('disposed_at'),
    recording: text().$type<RecordingId>(),
    /** Why a part of the call has no audio. */
    recordingMissing: text('recording_missing'),
    /** What came of a robot notice. */
    notice: text({ mode: 'json' }).$type<{ heardMs: number; whole: boolean; digit: '1' | '2' | null }>(),
    /** The lender's reference of the loan. */
    debt: text(),
    /** Trunks that could not take it, before the one it went out on. */
    tries: text('trunk_tries', { mode: 'json' }).$type<TrunkTry[]>(),
    /** The call that this one is the outside leg of. */
    ofCall: text('of_call').$type<CallId>(),
    /** On its way to its next agent since then. */
    passedAt: integer('passed_at'),
  },
  table => [
    index('calls_started').on(table.startedAt, table.id),
    index('calls_agent').on(table.agent, table.startedAt, table.id),
    index('calls_number').on(table.number, table.startedAt, table.id),
    index('calls_campaign').on(table.campaign, table.startedAt, table.id),
    index('calls_lead').on(table.lead, table.startedAt),
  ],
)

/** Who talked to the party, one row a stretch; each agent's outcome stands in the last of theirs. */
export const talks = sqliteTable(
  'talks',
  {
    call: text().$type<CallId>().notNull(),
    agent: text().$type<UserId>().notNull(),
    fromAt: integer('from_at').notNull(),
    toAt: integer('to_at'),
    passed: integer({ mode: 'boolean' }).notNull(),
    disposition: text(),
    note: text(),
    fields: text({ mode: 'json' }).$type<Record<string, string>>(),
    disposedAt: integer('disposed_at'),
  },
  table => [
    primaryKey({ columns: [table.call, table.agent, table.fromAt] }),
    index('talks_agent').on(table.agent, table.fromAt),
  ],
)

/** One row a contact decision: what was asked, what the gate said, and under which policy. `call` null: refused, nothing was dialled. */
export const attempts = sqliteTable(
  'attempts',
  {
    seq: integer().primaryKey(),
    at: integer().notNull(),
    campaign: text().$type<CampaignId>(),
    lead: text().$type<LeadId>(),
    agent: text().$type<UserId>(),
    number: text().notNull(),
    call: text().$type<CallId>(),
    policy: text(),
    version: text(),
    rules: text({ mode: 'json' }).$type<string[]>(),
    refusedRule: text('refused_rule'),
    words: text(),
    /** The policy whose rule said no; null: no policy's. */
    refusedBy: text('refused_by'),
    /** A supervisor's reason to go past rules of effect WARN. */
    override: text(),
  },
  table => [index('attempts_number').on(table.number, table.at), index('attempts_at').on(table.at)],
)

export const recordings = sqliteTable(
  'recordings',
  {
    id: text().$type<RecordingId>().primaryKey(),
    call: text().$type<CallId>().notNull(),
    /** Relative to the recordings folder. */
    path: text().notNull(),
    openedAt: integer('opened_at').notNull(),
    sealedAt: integer('sealed_at'),
    sha256: text(),
    bytes: integer(),
    durationMs: integer('duration_ms'),
    salvaged: integer({ mode: 'boolean' }).notNull(),
    missingReason: text('missing_reason'),
    listens: integer().notNull(),
  },
  table => [index('recordings_call').on(table.call), index('recordings_opened').on(table.openedAt, table.id)],
)

/** The log of what each agent did when; `toAt` null: still does. */
export const agentStates = sqliteTable(
  'agent_states',
  {
    seq: integer().primaryKey(),
    agent: text().$type<UserId>().notNull(),
    phase: text().$type<AgentPhase>().notNull(),
    reason: text(),
    call: text().$type<CallId>(),
    fromAt: integer('from_at').notNull(),
    toAt: integer('to_at'),
  },
  table => [index('agent_states_agent').on(table.agent, table.fromAt)],
)

/** Time of each agent by half hour (UTC), so that a day's figures in any time zone are a sum of at most 50 rows an agent. */
export const agentSlots = sqliteTable(
  'agent_slots',
  {
    agent: text().$type<UserId>().notNull(),
    slotAt: integer('slot_at').notNull(),
    phase: text().$type<AgentPhase>().notNull(),
    ms: integer().notNull(),
  },
  table => [primaryKey({ columns: [table.agent, table.slotAt, table.phase] })],
)

export const tokens = sqliteTable('tokens', {
  id: text().$type<TokenId>().primaryKey(),
  name: text().notNull(),
  role: text().$type<Role>().notNull(),
  issuedAt: integer('issued_at').notNull(),
  revokedAt: integer('revoked_at'),
})

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
})

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

export const settings = sqliteTable('settings', {
  key: text().primaryKey(),
  value: text().notNull(),
  savedAt: integer('saved_at').notNull(),
})

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

export const partyStops = sqliteTable(
  'party_stops',
  {
    party: text().notNull(),
    kind: text().$type<StopKind>().notNull(),
    reason: text().notNull(),
    /** null: until someone releases it. */
    until: integer(),
    addedAt: integer('added_at').notNull(),
  },
  table => [primaryKey({ columns: [table.party, table.kind] })],
)

// Not projections: they hold what must not, or need not, be in the journal.

export const secrets = sqliteTable(
  'secrets',
  { owner: text().notNull(), kind: text().notNull(), value: text().notNull() },
  table => [primaryKey({ columns: [table.owner, table.kind] }), index('secrets_value').on(table.kind, table.value)],
)

export const sessions = sqliteTable(
  'sessions',
  {
    /** SHA-256 of the cookie's token, hex: a stolen file opens no session. */
    tokenHash: text('token_hash').primaryKey(),
    user: text().$type<UserId>().notNull(),
    createdAt: integer('created_at').notNull(),
    seenAt: integer('seen_at').notNull(),
    address: text().notNull(),
  },
  table => [index('sessions_user').on(table.user)],
)

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
