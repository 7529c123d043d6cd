/** Who listened to which call: kept beside the calls, written by the projection. */

import type { SupervisionEnd } from '../../centre/calls/ends.ts'
import type { SupervisionMode } from '../../centre/entities.ts'
import type { Fact } from '../../centre/facts.ts'
import type { CallId, UserId } from '../../lib/ids.ts'
import { type Connection, type Db, sql } from '../db.ts'

export type SupervisionRecord = {
  call: CallId
  agent: UserId
  supervisor: UserId
  mode: SupervisionMode
  reason: string
  fromAt: number
  /** null: still. */
  untilAt: number | null
  /** `changed`: to another mode; `restarted`: the process went. */
  cause: SupervisionEnd | 'changed' | 'restarted' | null
}

/** A call that is supervised by more, one after the other, shows the first of them. */
const rowsMax = 500

export const supervisionQueries = {
  /** Oldest first, at most 500. */
  'supervisions.ofCall': (db: Db, args: { call: CallId }): SupervisionRecord[] =>
    sql(
      db.$client,
      `SELECT call, agent, supervisor, mode, reason, from_at AS fromAt, until_at AS untilAt, cause
       FROM supervisions WHERE call = ? ORDER BY seq LIMIT ${rowsMax}`,
    ).all(args.call) as SupervisionRecord[],
}

/** false: not a fact about a supervision. `previousAt`: the line before, which is the last that a dead process wrote. */
export function projectSupervision(
  db: Connection,
  { seq, at, fact, previousAt }: { seq: number; at: number; fact: Fact; previousAt: number },
): boolean {
  switch (fact.type) {
    case 'call.monitored': {
      const { call, by, agent, mode, reason } = fact
      close(db, { call, by, at, cause: 'changed' })
      sql(
        db,
        'INSERT INTO supervisions (seq, call, agent, supervisor, mode, reason, from_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ).run(seq, call, agent, by, mode, reason, at)
      return true
    }
    case 'call.unmonitored':
      close(db, { ...fact, at })
      return true
    case 'supervision.began':
    case 'supervision.answered':
    case 'supervision.changed':
    case 'supervision.ended':
      return true
    case 'system.started':
      sql(db, "UPDATE supervisions SET until_at = max(from_at, ?), cause = 'restarted' WHERE until_at IS NULL").run(
        previousAt,
      )
      return false // others have to do with it too
    default:
      return false
  }
}

function close(db: Connection, { call, by, at, cause }: { call: CallId; by: UserId; at: number; cause: string }): void {
  sql(
    db,
    'UPDATE supervisions SET until_at = max(from_at, ?), cause = ? WHERE call = ? AND supervisor = ? AND until_at IS NULL',
  ).run(at, cause, call, by)
}
