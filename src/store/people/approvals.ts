/** What waits for a second person, and what was decided: the tables' side of their facts, and how pages read them. */

import type { Actor } from '../../centre/facts.ts'
import type { Approval, ApprovalKind, ApprovalState, Reach } from '../../centre/records/approval.ts'
import type { ApprovalId, UserId } from '../../lib/ids.ts'
import { type Connection, type Db, sql } from '../db.ts'
import type { NoArgs } from '../page.ts'
import type { ProjectedLine } from '../project.ts'

export type ApprovalRecord = Approval & {
  actor: Actor
  askedAt: number
  state: ApprovalState
  decidedBy: UserId | null
  decidedAt: number | null
  why: string | null
}

type Row = Omit<ApprovalRecord, 'about'> & { about: string }

const columns = `id, kind, subject, about, approver, reason, asked_by AS askedBy, actor, asked_at AS askedAt, expires_at AS expiresAt, state,
  decided_by AS decidedBy, decided_at AS decidedAt, why`
const shownMax = 500

export const approvalQueries = {
  'approvals.byId': (db: Db, args: { id: ApprovalId }): ApprovalRecord | null =>
    rowsOf(db, 'WHERE id = ?', args.id)[0] ?? null,
  /** Undecided and not yet expired, the oldest first; at most 500. */
  'approvals.waiting': (db: Db, args: { now: number }): ApprovalRecord[] =>
    rowsOf(db, `WHERE state = 'waiting' AND expires_at > ? ORDER BY rowid LIMIT ${shownMax}`, args.now),
  /** The newest first; at most 500. */
  'approvals.latest': (db: Db, _args: NoArgs): ApprovalRecord[] => rowsOf(db, `ORDER BY rowid DESC LIMIT ${shownMax}`),
  /** Of those that were asked for since, the newest first; at most 500. */
  'approvals.ofKind': (db: Db, args: { kind: ApprovalKind; since: number }): ApprovalRecord[] =>
    rowsOf(db, `WHERE kind = ? AND asked_at >= ? ORDER BY rowid DESC LIMIT ${shownMax}`, args.kind, args.since),
  /** The newest about it. */
  'approvals.of': (db: Db, args: { kind: ApprovalKind; subject: string }): ApprovalRecord | null =>
    rowsOf(db, 'WHERE kind = ? AND subject = ? ORDER BY rowid DESC LIMIT 1', args.kind, args.subject)[0] ?? null,
  /** Who could act as whom: by a password that they set since, or by a token that was ever theirs. */
  'approvals.reach': (db: Db, args: { since: number }): Reach[] =>
    sql(
      db.$client,
      `SELECT actor AS "by", 'user:' || json_extract(body, '$.user') AS "as" FROM journal
         WHERE type = 'user.passwordSet' AND at > ? AND actor <> 'system' AND actor <> 'user:' || json_extract(body, '$.user')
       UNION SELECT actor, 'token:' || json_extract(body, '$.token') FROM journal WHERE type IN ('token.issued', 'token.adopted')`,
    ).all(args.since) as Reach[],
}

/** Answers whether the fact was one of these. */
export function projectApproval(db: Connection, { at, actor, fact }: ProjectedLine): boolean {
  const run = (text: string, ...values: unknown[]) => void sql(db, text).run(...values)
  switch (fact.type) {
    case 'approval.asked': {
      const { id, kind, subject, about, approver, reason, askedBy, expiresAt } = fact.approval
      run(
        `INSERT INTO approvals (id, kind, subject, about, approver, reason, asked_by, actor, asked_at, expires_at, state)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting')`,
        ...[id, kind, subject, JSON.stringify(about), approver, reason, askedBy, actor, at, expiresAt],
      )
      return true
    }
    case 'approval.decided':
      run(
        `UPDATE approvals SET state = ?, decided_by = ?, decided_at = ?, why = ? WHERE id = ? AND state = 'waiting'`,
        ...[fact.as, fact.user, at, fact.why, fact.approval],
      )
      return true
    case 'approval.used':
      run(`UPDATE approvals SET state = 'used' WHERE id = ? AND state = 'approved'`, fact.approval)
      return true
    default:
      return false
  }
}

function rowsOf(db: Db, rest: string, ...values: unknown[]): ApprovalRecord[] {
  const rows = sql(db.$client, `SELECT ${columns} FROM approvals ${rest}`).all(...values) as Row[]
  return rows.map(row => ({ ...row, about: JSON.parse(row.about) as Approval['about'] }))
}
