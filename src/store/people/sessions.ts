import type { Db } from '../db.ts'
import { desc } from '../drizzle.cjs'
import type { Session } from '../operations.ts'
import type { NoArgs } from '../page.ts'
import { sessions } from '../schema.ts'

export const sessionQueries = {
  /** All that were not closed, last seen first; which of them are over by time is the door's to say. */
  'sessions.list': (db: Db, _args: NoArgs): Session[] =>
    db.select().from(sessions).orderBy(desc(sessions.seenAt)).limit(10_000).all(),
}
