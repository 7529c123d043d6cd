/** Legal holds: what must not be destroyed, whatever its age. */
import type { Fact } from '../../centre/facts.ts'
import type { LegalHoldKind } from '../../centre/records/record-facts.ts'
import type { CallId, LegalHoldId } from '../../lib/ids.ts'
import { type Connection, type Db, sql } from '../db.ts'
import type { ProjectedLine } from '../project.ts'

export type LegalHold = {
  id: LegalHoldId
  kind: LegalHoldKind
  target: string
  reason: string
  placedBy: string
  placedAt: number
}

const columns = 'id, kind, target, reason, placed_by AS placedBy, placed_at AS placedAt'
const shownMax = 500

export const legalHoldQueries = {
  'legalHolds.byId': (db: Db, args: { id: LegalHoldId }): LegalHold | null =>
    (sql(db.$client, `SELECT ${columns} FROM legal_holds WHERE id = ? AND lifted_at IS NULL`).get(args.id) as
      | LegalHold
      | undefined) ?? null,
  'legalHolds.on': (db: Db, args: { kind: LegalHoldKind; target: string }): LegalHold | null =>
    (sql(db.$client, `SELECT ${columns} FROM legal_holds WHERE kind = ? AND target = ? AND lifted_at IS NULL`).get(
      args.kind,
      args.target,
    ) as LegalHold | undefined) ?? null,
  /** Those in force, the newest first; at most 500. */
  'legalHolds.inForce': (db: Db, _args: Record<string, never>): LegalHold[] =>
    sql(
      db.$client,
      `SELECT ${columns} FROM legal_holds WHERE lifted_at IS NULL ORDER BY placed_at DESC, id LIMIT ${shownMax}`,
    ).all() as LegalHold[],
  /** Those in force that keep anything of a call: its recordings, itself or the call it is the outside leg of, its party. */
  'legalHolds.ofCall': (db: Db, args: { call: CallId }): LegalHold[] =>
    sql(
      db.$client,
      `SELECT DISTINCT ${columns.replace(/^id/, 'legal_holds.id').replace('kind', 'legal_holds.kind')} FROM legal_holds
       JOIN calls ON calls.id = ? LEFT JOIN recordings ON recordings.call = calls.id
       WHERE lifted_at IS NULL AND ${keeps} ORDER BY placed_at, legal_holds.id`,
    ).all(args.call) as LegalHold[],
}

/** Whether a hold keeps the recording `recordings` of the call `calls`. */
const keeps = `(
  (legal_holds.kind = 'recording' AND legal_holds.target = recordings.id)
  OR (legal_holds.kind = 'call' AND legal_holds.target IN (calls.id, calls.of_call))
  OR (legal_holds.kind = 'party' AND legal_holds.target IN
    (calls.party, (SELECT whole.party FROM calls AS whole WHERE whole.id = calls.of_call))))`

/** True of a row of `recordings` that no hold keeps. */
export const isUnheld = `NOT EXISTS (SELECT 1 FROM legal_holds LEFT JOIN calls ON calls.id = recordings.call
  WHERE legal_holds.lifted_at IS NULL AND ${keeps})`

/** Answers whether the fact was about a hold. */
export function projectLegalHold(
  db: Connection,
  { fact, at, actor }: Pick<ProjectedLine, 'at' | 'actor'> & { fact: Fact },
) {
  if (fact.type === 'legalHold.placed')
    sql(
      db,
      'INSERT OR IGNORE INTO legal_holds (id, kind, target, reason, placed_by, placed_at) VALUES (?, ?, ?, ?, ?, ?)',
    ).run(fact.hold, fact.kind, fact.target, fact.reason, actor, at)
  else if (fact.type === 'legalHold.lifted')
    sql(
      db,
      'UPDATE legal_holds SET lifted_by = ?, lifted_at = ?, lifted_reason = ? WHERE id = ? AND lifted_at IS NULL',
    ).run(actor, at, fact.reason, fact.hold)
  else return false
  return true
}
