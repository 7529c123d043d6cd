import type { Role, User } from '../../centre/entities.ts'
import type { UserId } from '../../lib/ids.ts'
import type { Db } from '../db.ts'
import { eq } from '../drizzle.cjs'
import { users } from '../schema.ts'

/** A person with what the sign-in needs to know. Failed sign-ins since the last one that went well. */
export type UserRecord = User & {
  failedSignIns: number
  lockedUntil: number | null
  passwordSetAt: number | null
  sipPasswordSetAt: number | null
}

export const userQueries = {
  'users.list': (db: Db, args: { role?: Role; enabledOnly?: boolean }): UserRecord[] =>
    db
      .select()
      .from(users)
      .orderBy(users.name)
      .all()
      .map(recordOf)
      .filter(user => (!args.role || user.role === args.role) && (!args.enabledOnly || user.enabled)),
  'users.byId': (db: Db, args: { id: UserId }): UserRecord | null =>
    first(db.select().from(users).where(eq(users.id, args.id)).all()),
  /** Names compare without case (ASCII). */
  'users.byName': (db: Db, args: { name: string }): UserRecord | null =>
    first(db.select().from(users).where(eq(users.name, args.name)).all()),
  'users.byExtension': (db: Db, args: { extension: string }): UserRecord | null =>
    first(db.select().from(users).where(eq(users.extension, args.extension)).all()),
}

function first(rows: (typeof users.$inferSelect)[]): UserRecord | null {
  return rows[0] ? recordOf(rows[0]) : null
}

function recordOf(row: typeof users.$inferSelect): UserRecord {
  const { failedSignIns, lockedUntil, passwordSetAt, sipPasswordSetAt } = row
  return { ...row.doc, failedSignIns, lockedUntil, passwordSetAt, sipPasswordSetAt }
}
