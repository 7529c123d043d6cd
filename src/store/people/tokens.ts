import type { TokenId, UserId } from '../../lib/ids.ts'
import { type Connection, type Db, sql } from '../db.ts'
import { desc, eq } from '../drizzle.cjs'
import type { NoArgs } from '../page.ts'
import type { ProjectedLine } from '../project.ts'
import { tokens } from '../schema.ts'

export type TokenRecord = typeof tokens.$inferSelect

export const tokenQueries = {
  'tokens.list': (db: Db, _args: NoArgs): TokenRecord[] =>
    db.select().from(tokens).orderBy(desc(tokens.issuedAt)).limit(500).all(),
  'tokens.byId': (db: Db, args: { id: TokenId }): TokenRecord | null =>
    db.select().from(tokens).where(eq(tokens.id, args.id)).get() ?? null,
}

/** Answers whether the fact was one of these. Who answers for a token that asked for another one answers for that one too. */
export function projectToken(db: Connection, { at, actor, fact }: ProjectedLine): boolean {
  const run = (text: string, ...values: unknown[]) => void sql(db, text).run(...values)
  switch (fact.type) {
    case 'token.issued':
      run(
        'INSERT INTO tokens (id, name, role, issued_at, issued_by, approved_by, team) VALUES (?, ?, ?, ?, ?, ?, ?)',
        ...[fact.token, fact.name, fact.role, at, personBehind(db, actor), fact.approvedBy ?? null, fact.team ?? null],
      )
      return true
    case 'token.revoked':
      run('UPDATE tokens SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?', at, fact.token)
      return true
    case 'token.adopted':
      run('UPDATE tokens SET issued_by = ? WHERE id = ?', fact.user, fact.token)
      return true
    default:
      return false
  }
}

function personBehind(db: Connection, actor: string): UserId | null {
  const [kind, id] = actor.split(':', 2)
  if (kind === 'user') return id as UserId
  const row = sql(db, 'SELECT issued_by AS issuedBy FROM tokens WHERE id = ?').get(kind === 'token' ? id : '')
  return (row as { issuedBy: UserId | null } | undefined)?.issuedBy ?? null
}
