/** Writes that are no facts: sessions, idempotent replies, drafts, and when a screen was seen. Each is a pure function of the connection, run in the writer's transaction. */
import type { UserId } from '../lib/ids.ts'
import { type Connection, sql } from './db.ts'
import { draftOperations } from './desk/drafts.ts'
import { wallOperations } from './people/walls.ts'
import type { IdempotentReply } from './port.ts'

/** `tokenHash`: SHA-256 of the cookie's token, hex. */
export type Session = { tokenHash: string; user: UserId; createdAt: number; seenAt: number; address: string }

export const operations = {
  ...draftOperations,
  ...wallOperations,
  /** Which key seals here; the first one stays. */
  'key.note': (db: Connection, args: { fingerprint: string; at: number }): void => {
    sql(db, 'INSERT INTO key_check (one, fingerprint, noted_at) VALUES (1, ?, ?) ON CONFLICT DO NOTHING').run(
      args.fingerprint,
      args.at,
    )
  },
  /** Opened, or seen again. */
  'session.put': (db: Connection, session: Session): void => {
    sql(
      db,
      `INSERT INTO sessions (token_hash, user, created_at, seen_at, address) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (token_hash) DO UPDATE SET seen_at = max(seen_at, excluded.seen_at), address = excluded.address`,
    ).run(session.tokenHash, session.user, session.createdAt, session.seenAt, session.address)
  },
  'session.remove': (db: Connection, args: { tokenHash: string }): void => {
    sql(db, 'DELETE FROM sessions WHERE token_hash = ?').run(args.tokenHash)
  },
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
