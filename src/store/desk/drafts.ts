/** What agents typed on a call and have not saved yet: written by `drafts.keep` and `drafts.forget` (operations.ts), never a fact. */
import type { CallId, UserId } from '../../lib/ids.ts'
import { type Connection, type Db, sql } from '../db.ts'

/** `text`: sealed for this agent and call. */
export type DraftWrite = { agent: UserId; call: CallId; at: number; text: string }

export const draftQueries = {
  /** null: nothing was typed since then. */
  'drafts.of': (db: Db, args: { agent: UserId; call: CallId; since: number }): string | null =>
    (
      sql(db.$client, 'SELECT text FROM drafts WHERE agent = ? AND call = ? AND at >= ?').get(
        args.agent,
        args.call,
        args.since,
      ) as { text: string } | undefined
    )?.text ?? null,
}

export const draftOperations = {
  /** Many agents' in one transaction; what is older than `since` goes with it. */
  'drafts.keep': (db: Connection, args: { drafts: DraftWrite[]; since: number }): void => {
    const put = sql(
      db,
      `INSERT INTO drafts (agent, call, at, text) VALUES (?, ?, ?, ?)
       ON CONFLICT (agent, call) DO UPDATE SET at = excluded.at, text = excluded.text`,
    )
    for (const { agent, call, at, text } of args.drafts) put.run(agent, call, at, text)
    sql(db, 'DELETE FROM drafts WHERE at < ?').run(args.since)
  },
  'drafts.forget': (db: Connection, args: { agent: UserId; call: CallId }): void => {
    sql(db, 'DELETE FROM drafts WHERE agent = ? AND call = ?').run(args.agent, args.call)
  },
}
