import type { CallResult, Direction } from '../../centre/entities.ts'
import type { CallId, CampaignId, LeadId, QueueId, UserId } from '../../lib/ids.ts'
import { type Db, sql } from '../db.ts'
import { and, desc, eq, gte, inArray, isNotNull, isNull, lt, or } from '../drizzle.cjs'
import { type Page, type PageArgs, pageLimit, readCursor, toPage } from '../page.ts'
import { attempts, calls } from '../schema.ts'
import { ofAgents, passedOnBy } from './talks.ts'

export type CallRecord = typeof calls.$inferSelect
export type AttemptRecord = typeof attempts.$inferSelect

/** Calls that started in [from, to), newest first. `number` is the other side's, whole. */
export type CallFilter = PageArgs & {
  from?: number
  to?: number
  agent?: UserId
  /** Only calls that one of these has, had last, or talked on. */
  agents?: readonly UserId[]
  number?: string
  campaign?: CampaignId
  queue?: QueueId
  lead?: LeadId
  direction?: Direction
  result?: CallResult
  disposition?: string
  /** Only calls an agent talked on. */
  connected?: boolean
  inFlight?: boolean
}

export type AttemptFilter = PageArgs & {
  from?: number
  to?: number
  number?: string
  campaign?: CampaignId
  /** true: only what was refused; false: only what was dialled. */
  refused?: boolean
}

export const callQueries = {
  'calls.byId': (db: Db, args: { id: CallId }): CallRecord | null =>
    db.select().from(calls).where(eq(calls.id, args.id)).get() ?? null,
  /** The last call of this agent that began since then; legs to outside numbers that were consulted are none. */
  'calls.lastOf': (db: Db, args: { agent: UserId; since: number }): CallRecord | null =>
    db
      .select()
      .from(calls)
      .where(and(eq(calls.agent, args.agent), gte(calls.startedAt, args.since), isNull(calls.ofCall)))
      .orderBy(desc(calls.startedAt), desc(calls.id))
      .limit(1)
      .get() ?? null,
  'calls.page': (db: Db, args: CallFilter): Page<CallRecord> => {
    const limit = pageLimit(args)
    const rows = db
      .select()
      .from(calls)
      .where(where(args, args.agent === undefined ? [] : passedOnBy(db, args.agent)))
      .orderBy(desc(calls.startedAt), desc(calls.id))
      .limit(limit + 1)
      .all()
    return toPage(rows, limit, call => [call.startedAt, call.id])
  },
  /** The last calls to or from a number: a person's history on the desk. */
  'calls.ofNumber': (db: Db, args: { number: string; limit?: number }): CallRecord[] =>
    db
      .select()
      .from(calls)
      .where(eq(calls.number, args.number))
      .orderBy(desc(calls.startedAt), desc(calls.id))
      .limit(pageLimit(args))
      .all(),
  /** The last calls to or from a party, whatever the number and the campaign, newest first. */
  'calls.ofParty': (db: Db, args: { party: string; limit?: number }): CallRecord[] =>
    db
      .select()
      .from(calls)
      .where(eq(calls.party, args.party))
      .orderBy(desc(calls.startedAt), desc(calls.id))
      .limit(pageLimit(args))
      .all(),
  'calls.ofLead': (db: Db, args: { lead: LeadId; limit?: number }): CallRecord[] =>
    db
      .select()
      .from(calls)
      .where(eq(calls.lead, args.lead))
      .orderBy(desc(calls.startedAt))
      .limit(pageLimit(args))
      .all(),
  /** What the gate said about a number, allowed and refused, newest first. */
  'attempts.ofNumber': (db: Db, args: { number: string; since: number; limit?: number }): AttemptRecord[] =>
    db
      .select()
      .from(attempts)
      .where(and(eq(attempts.number, args.number), gte(attempts.at, args.since)))
      .orderBy(desc(attempts.at))
      .limit(pageLimit(args))
      .all(),
  /** What the gate said in [from, to), newest first; with a number, of it alone. */
  'attempts.page': (db: Db, args: AttemptFilter): Page<AttemptRecord> => {
    const limit = pageLimit(args)
    const [at, seq] = (readCursor(args.cursor, ['number', 'number']) ?? []) as [number?, number?]
    const rows = db
      .select()
      .from(attempts)
      .where(
        and(
          args.from === undefined ? undefined : gte(attempts.at, args.from),
          args.to === undefined ? undefined : lt(attempts.at, args.to),
          args.number === undefined ? undefined : eq(attempts.number, args.number),
          args.campaign === undefined ? undefined : eq(attempts.campaign, args.campaign),
          args.refused === undefined
            ? undefined
            : args.refused
              ? isNotNull(attempts.refusedRule)
              : isNull(attempts.refusedRule),
          at === undefined ? undefined : or(lt(attempts.at, at), and(eq(attempts.at, at), lt(attempts.seq, seq!))),
        ),
      )
      .orderBy(desc(attempts.at), desc(attempts.seq))
      .limit(limit + 1)
      .all()
    return toPage(rows, limit, row => [row.at, row.seq])
  },
  /** How often each rule refused in [from, to). */
  'attempts.refusals': (
    db: Db,
    args: { from: number; to: number; campaign?: CampaignId },
  ): { rule: string; count: number }[] =>
    sql(
      db.$client,
      `SELECT refused_rule AS rule, count(*) AS count FROM attempts
       WHERE at >= ? AND at < ? AND refused_rule IS NOT NULL AND (? IS NULL OR campaign = ?) GROUP BY rule ORDER BY count DESC`,
    ).all(args.from, args.to, args.campaign ?? null, args.campaign ?? null) as { rule: string; count: number }[],
}

/** `passed`: calls that the agent asked about talked on, and that stand under another's name. */
function where(args: CallFilter, passed: CallId[]) {
  const after = readCursor(args.cursor, ['number', 'string'])
  const [at, id] = (after ?? []) as [number, CallId]
  return and(
    args.from === undefined ? undefined : gte(calls.startedAt, args.from),
    args.to === undefined ? undefined : lt(calls.startedAt, args.to),
    args.agent === undefined
      ? undefined
      : passed.length === 0
        ? eq(calls.agent, args.agent)
        : or(eq(calls.agent, args.agent), inArray(calls.id, passed)),
    args.agents === undefined ? undefined : ofAgents(args.agents),
    args.number === undefined ? undefined : eq(calls.number, args.number),
    args.campaign === undefined ? undefined : eq(calls.campaign, args.campaign),
    args.queue === undefined ? undefined : eq(calls.queue, args.queue),
    args.lead === undefined ? undefined : eq(calls.lead, args.lead),
    args.direction === undefined ? undefined : eq(calls.direction, args.direction),
    args.result === undefined ? undefined : eq(calls.result, args.result),
    args.disposition === undefined ? undefined : eq(calls.disposition, args.disposition),
    args.connected ? isNotNull(calls.connectedAt) : undefined,
    args.inFlight ? isNull(calls.endedAt) : undefined,
    after ? or(lt(calls.startedAt, at), and(eq(calls.startedAt, at), lt(calls.id, id))) : undefined,
  )
}
