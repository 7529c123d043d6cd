/** The outbox, and the steps of strategies that are over. */
import type { CaseState } from '../../lender/case.ts'
import type { MessageChannel, MessageState, SentChannel } from '../../lender/message.ts'
import { type Db, sql } from '../db.ts'
import { and, desc, eq, inArray } from '../drizzle.cjs'
import { type Page, type PageArgs, pageLimit, readCursor, toPage } from '../page.ts'
import { type caseSteps, messages } from '../schema.ts'

export type MessageRecord = typeof messages.$inferSelect
export type CaseStepRecord = typeof caseSteps.$inferSelect

/** What a strategy asks of a case. */
export type StrategyRow = {
  id: string
  party: string
  state: CaseState
  oldestDueOn: string | null
  owed: number
  promiseOpen: number
  lastResult: string | null
  /** Channels of consents about debts that hold, comma between. */
  channels: string | null
}

const row = `SELECT id, party, state, oldest_due_on AS oldestDueOn, owed,
  EXISTS (SELECT 1 FROM promises WHERE promises.party = cases.party AND promises.state = 'OPEN') AS promiseOpen,
  (SELECT result FROM calls WHERE calls.party = cases.party AND result IS NOT NULL ORDER BY started_at DESC, id DESC LIMIT 1) AS lastResult,
  (SELECT group_concat(channel) FROM consents WHERE consents.party = cases.party AND withdrawn_at IS NULL
     AND purpose IN ('collections', 'any')) AS channels FROM cases`

export const messageQueries = {
  /** Open cases that are worked on here, by id from after `after`. */
  'strategies.cases': (db: Db, args: { after: string; limit: number }): StrategyRow[] =>
    sql(
      db.$client,
      `${row} WHERE id > ? AND closed_at IS NULL AND state IN ('IMPORTED', 'ASSIGNED', 'WORKING', 'PTP') AND oldest_due_on IS NOT NULL
       ORDER BY id LIMIT ?`,
    ).all(args.after, args.limit) as StrategyRow[],
  'strategies.case': (db: Db, args: { id: string }): StrategyRow | null =>
    (sql(db.$client, `${row} WHERE id = ?`).get(args.id) as StrategyRow | undefined) ?? null,
  'strategies.steps': (db: Db, args: { cases: string[] }): CaseStepRecord[] =>
    sql(
      db.$client,
      `SELECT case_id AS "case", strategy, step, party, version, how, why, lead, message, at FROM case_steps
       WHERE case_id IN (SELECT value FROM json_each(?)) ORDER BY case_id, at`,
    ).all(JSON.stringify(args.cases.slice(0, 500))) as CaseStepRecord[],
  /** Open promises that fall due from `from` to `to`, with what was reminded of: by id from after `after`. */
  'strategies.promises': (
    db: Db,
    args: { from: string; to: string; after: string; limit: number },
  ): { id: string; party: string; case: string | null; dueOn: string; amount: number; state: CaseState | null }[] =>
    sql(
      db.$client,
      `SELECT promises.id, promises.party, case_id AS "case", due_on AS dueOn, promises.amount, cases.state FROM promises
       LEFT JOIN cases ON cases.party = promises.party AND cases.closed_at IS NULL
       WHERE promises.id > ? AND promises.state = 'OPEN' AND due_on >= ? AND due_on <= ? ORDER BY promises.id LIMIT ?`,
    ).all(args.after, args.from, args.to, args.limit) as {
      id: string
      party: string
      case: string | null
      dueOn: string
      amount: number
      state: CaseState | null
    }[],
  /** The campaign's lead of a party. */
  'leads.byRef': (db: Db, args: { campaign: string; ref: string }): { id: string; state: string } | null =>
    (sql(db.$client, 'SELECT id, state FROM leads WHERE campaign = ? AND ref = ?').get(args.campaign, args.ref) as
      | { id: string; state: string }
      | undefined) ?? null,
  'messages.byId': (db: Db, args: { id: string }): MessageRecord | null =>
    db.select().from(messages).where(eq(messages.id, args.id)).get() ?? null,
  'messages.ofParty': (db: Db, args: { party: string }): MessageRecord[] =>
    db.select().from(messages).where(eq(messages.party, args.party)).orderBy(desc(messages.queuedAt)).limit(100).all(),
  /** Texts of one of these channels whose time to be tried has come, the longest waiting first. */
  'messages.due': (db: Db, args: { now: number; limit: number; channels: SentChannel[] }): MessageRecord[] =>
    sql(
      db.$client,
      `SELECT id FROM messages WHERE state = 'waiting' AND channel IN (SELECT value FROM json_each(?)) AND next_at <= ?
       ORDER BY next_at, id LIMIT ?`,
    )
      .all(JSON.stringify(args.channels), args.now, args.limit)
      .map(each => messageQueries['messages.byId'](db, each as { id: string })!),
  /** Those of at most 500 that wait still, the longest waiting first. */
  'messages.waiting': (db: Db, args: { ids: string[] }): MessageRecord[] =>
    db
      .select()
      .from(messages)
      .where(and(inArray(messages.id, args.ids.slice(0, 500)), eq(messages.state, 'waiting')))
      .orderBy(messages.nextAt, messages.id)
      .all(),
  /** Newest first. */
  'messages.page': (
    db: Db,
    args: PageArgs & { state?: MessageState; channel?: MessageChannel },
  ): Page<MessageRecord> => {
    const limit = pageLimit(args)
    const [at, before] = (readCursor(args.cursor, ['number', 'string']) ?? [Number.MAX_SAFE_INTEGER, '']) as [
      number,
      string,
    ]
    const rows = sql(
      db.$client,
      `SELECT id, queued_at AS at FROM messages WHERE (? IS NULL OR state = ?) AND (? IS NULL OR channel = ?)
         AND (queued_at < ? OR (queued_at = ? AND id < ?)) ORDER BY queued_at DESC, id DESC LIMIT ?`,
    ).all(
      ...[args.state ?? null, args.state ?? null, args.channel ?? null, args.channel ?? null],
      ...[at, at, before, limit + 1],
    ) as { id: string; at: number }[]
    const { items, next } = toPage(rows, limit, each => [each.at, each.id])
    return { items: items.map(({ id }) => messageQueries['messages.byId'](db, { id })!), next }
  },
}
