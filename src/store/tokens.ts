import type { TokenId } from '../lib/ids.ts'
import type { Db } from './db.ts'
import { desc, eq } from './drizzle.cjs'
import type { NoArgs } from './page.ts'
import { tokens } from './schema.ts'

export type TokenRecord = typeof tokens.$inferSelect

export const tokenQueries = {
  'tokens.list': (db: Db, _args: NoArgs): TokenRecord[] =>
    db.select().from(tokens).orderBy(desc(tokens.issuedAt)).limit(500).all(),
  'tokens.byId': (db: Db, args: { id: TokenId }): TokenRecord | null =>
    db.select().from(tokens).where(eq(tokens.id, args.id)).get() ?? null,
}
