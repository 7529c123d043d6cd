/** Tables of what happened: calls, talks, attempts, recordings, and what each agent did when. Of tables in general see `schema.ts`. */

import type { Diverted } from '../../centre/calls/diverted.ts'
import type { Fax } from '../../centre/calls/fax.ts'
import type { Announced, Judged, Told } from '../../centre/calls/heard.ts'
import type { CampaignMode, Direction, Ending, Relation, TrunkTry } from '../../centre/entities.ts'
import type { Actor, AgentPhase, RecordingKind } from '../../centre/facts.ts'
import type { AcceptedMisfit, MissingCause, UnderivableCause } from '../../centre/recording/recording-rules.ts'
import type { DestroyedBy } from '../../centre/records/record-facts.ts'
import type { CallId, CampaignId, LeadId, QueueId, RecordingId, TrunkId, UserId } from '../../lib/ids.ts'
import { index, integer, primaryKey, sqliteTable, text } from '../drizzle.cjs'

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
    /** Who sent it on to us. */
    diverted: text({ mode: 'json' }).$type<Diverted>(),
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
    /** A fax was on the line. */
    fax: text({ mode: 'json' }).$type<Fax>(),
    /** Who answered, as somebody heard it; an auditor's word stands over an agent's. */
    told: text({ mode: 'json' }).$type<Told & { at: number; actor: Actor }>(),
    disposition: text(),
    note: text(),
    fields: text({ mode: 'json' }).$type<Record<string, string>>(),
    disposedAt: integer('disposed_at'),
    recording: text().$type<RecordingId>(),
    /** Why a part of the call has no audio. */
    recordingMissing: text('recording_missing'),
    recordingMissingCause: text('recording_missing_cause').$type<MissingCause>(),
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
    /** By name; null with a reason: told before there were names. */
    missingCause: text('missing_cause').$type<MissingCause>(),
    /** Told as missing, and its file was there after all. */
    wasMissing: integer('was_missing', { mode: 'boolean' }).notNull(),
    /** So long after its call; 0: in it, or it was never missing. */
    foundAfterMs: integer('found_after_ms').notNull(),
    /** A person took it for the recording of its call, which it cannot be; null: it fits. */
    accepted: text({ mode: 'json' }).$type<AcceptedMisfit>(),
    listens: integer().notNull(),
    derivedAt: integer('derived_at'),
    derivedPath: text('derived_path'),
    derivedSha256: text('derived_sha256'),
    derivedBytes: integer('derived_bytes'),
    /** Why there is no smaller form; null cause: told before there were names for it. */
    underivable: text(),
    underivableCause: text('underivable_cause').$type<UnderivableCause>(),
    sourceRemovedAt: integer('source_removed_at'),
    destroyedAt: integer('destroyed_at'),
    destroyedBy: text('destroyed_by', { mode: 'json' }).$type<DestroyedBy>(),
    /** Since when no file of it is left. */
    erasedAt: integer('erased_at'),
    /** Silence stands in it for so long where sound was lost, and where that is. */
    lostMs: integer('lost_ms').notNull(),
    lost: text({ mode: 'json' }).$type<[fromMs: number, forMs: number][]>(),
    kind: text().$type<RecordingKind>().notNull(),
    /** Of a call that nobody answered. */
    unanswered: integer({ mode: 'boolean' }).notNull(),
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
