/** Writes that are no facts: sessions and idempotent replies. Each is a pure function of the connection, run in the writer's transaction. */
import type { UserId } from '../lib/ids.ts'
import { type Connection, sql } from './db.ts'
import type { IdempotentReply } from './port.ts'

export type Session = { tokenHash: string; user: UserId; createdAt: number; seenAt: number; address: string }

export const operations = {
  /** With `alone`, every other session of the person ends; answers how many did. */
  'session.open': (db: Connection, args: { session: Session; alone: boolean }): { replaced: number } => {
    const { session } = args
    const replaced = args.alone ? sql(db, 'DELETE FROM sessions WHERE user = ?').run(session.user).changes : 0
    sql(db, 'INSERT INTO sessions (token_hash, user, created_at, seen_at, address) VALUES (?, ?, ?, ?, ?)').run(
      session.tokenHash,
      session.user,
      session.createdAt,
      session.seenAt,
      session.address,
    )
    return { replaced }
  },
  'session.seen': (db: Connection, args: { tokenHash: string; at: number }): void => {
    sql(db, 'UPDATE sessions SET seen_at = max(seen_at, ?) WHERE token_hash = ?').run(args.at, args.tokenHash)
  },
  /** false: it was closed already. */
  'session.close': (db: Connection, args: { tokenHash: string }): boolean =>
    sql(db, 'DELETE FROM sessions WHERE token_hash = ?').run(args.tokenHash).changes > 0,
  'sessions.closeOf': (db: Connection, args: { user: UserId }): number =>
    sql(db, 'DELETE FROM sessions WHERE user = ?').run(args.user).changes,
  /** Ends sessions not seen since `idleSince` or opened before `openedSince`; answers them, so that their ends are journaled. */
  'sessions.expire': (db: Connection, args: { idleSince: number; openedSince: number }): { user: UserId }[] =>
    sql(db, 'DELETE FROM sessions WHERE seen_at < ? OR created_at < ? RETURNING user').all(
      args.idleSince,
      args.openedSince,
    ) as { user: UserId }[],
  'idempotency.put': (db: Connection, reply: IdempotentReply): void => {
    sql(db, 'INSERT INTO idempotency (owner, key, request_hash, status, response, at) VALUES (?, ?, ?, ?, ?, ?)').run(
      reply.owner,
      reply.key,
      reply.requestHash,
      reply.status,
      reply.response,
      reply.at,
    )
  },
  'idempotency.forget': (db: Connection, args: { before: number }): number =>
    sql(db, 'DELETE FROM idempotency WHERE at < ?').run(args.before).changes,
}

export type OperationName = keyof typeof operations
export type OperationArgs<Name extends OperationName> = Parameters<(typeof operations)[Name]>[1]
export type OperationResult<Name extends OperationName> = ReturnType<(typeof operations)[Name]>
