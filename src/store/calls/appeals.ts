/** Which agents asked for help on which call: kept beside the calls, written by the projection. */

import type { AppealEnd } from '../../centre/calls/ends.ts'
import type { Fact } from '../../centre/facts.ts'
import type { CallId, UserId } from '../../lib/ids.ts'
import { type Connection, type Db, sql } from '../db.ts'

export type AppealRecord = {
  call: CallId
  agent: UserId
  /** May be empty. */
  reason: string
  askedAt: number
  /** Who came; if one took it from another, the last. null: nobody. */
  takenBy: UserId | null
  /** Until the first took it. */
  waitedMs: number | null
  /** null: still open. */
  endedAt: number | null
  /** `restarted`: the process went. */
  how: AppealEnd | 'call_over' | 'restarted' | null
  endedBy: UserId | null
}

/** `waitedMs`: the mean of those that were taken; null: none was. */
export type AppealCounts = { asked: number; taken: number; waitedMs: number | null }

/** A call on which more is asked shows the first of them. */
const rowsMax = 500

export const appealQueries = {
  /** Oldest first, at most 500. */
  'appeals.ofCall': (db: Db, args: { call: CallId }): AppealRecord[] =>
    sql(
      db.$client,
      `SELECT call, agent, reason, asked_at AS askedAt, taken_by AS takenBy, waited_ms AS waitedMs, ended_at AS endedAt, how,
         ended_by AS endedBy FROM appeals WHERE call = ? ORDER BY seq LIMIT ${rowsMax}`,
    ).all(args.call) as AppealRecord[],
  /** Asked in [from, to), by agent. */
  'appeals.counts': (db: Db, args: { from: number; to: number }): (AppealCounts & { agent: UserId })[] =>
    sql(
      db.$client,
      `SELECT agent, count(*) AS asked, count(waited_ms) AS taken, avg(waited_ms) AS waitedMs FROM appeals
       WHERE asked_at >= ? AND asked_at < ? GROUP BY agent`,
    ).all(args.from, args.to) as (AppealCounts & { agent: UserId })[],
}

/** false: others have to do with it too. `previousAt`: the line before, which is the last that a dead process wrote. */
export function projectAppeal(
  db: Connection,
  { seq, at, fact, previousAt }: { seq: number; at: number; fact: Fact; previousAt: number },
): boolean {
  switch (fact.type) {
    case 'call.appealed':
      sql(db, 'INSERT INTO appeals (seq, call, agent, reason, asked_at) VALUES (?, ?, ?, ?, ?)').run(
        ...[seq, fact.call, fact.agent, fact.reason, at],
      )
      return true
    case 'call.appealTaken':
      sql(
        db,
        'UPDATE appeals SET taken_by = ?, waited_ms = coalesce(waited_ms, ?) WHERE call = ? AND ended_at IS NULL',
      ).run(fact.by, fact.waitedMs, fact.call)
      return true
    case 'call.appealEnded':
      close(db, { call: fact.call, at, how: fact.how, by: fact.by })
      return true
    case 'call.ended':
      close(db, { call: fact.call, at, how: 'call_over', by: null })
      return false
    case 'system.started':
      sql(db, "UPDATE appeals SET ended_at = max(asked_at, ?), how = 'restarted' WHERE ended_at IS NULL").run(
        previousAt,
      )
      return false
    default:
      return false
  }
}

function close(
  db: Connection,
  { call, at, how, by }: { call: CallId; at: number; how: NonNullable<AppealRecord['how']>; by: UserId | null },
): void {
  sql(
    db,
    'UPDATE appeals SET ended_at = max(asked_at, ?), how = ?, ended_by = ? WHERE call = ? AND ended_at IS NULL',
  ).run(at, how, by, call)
}
