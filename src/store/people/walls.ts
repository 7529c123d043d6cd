import type { WallId } from '../../lib/ids.ts'
import { type Connection, type Db, sql } from '../db.ts'
import { desc, eq, getTableColumns, isNotNull } from '../drizzle.cjs'
import type { NoArgs } from '../page.ts'
import type { ProjectedLine } from '../project.ts'
import { wallSeen, walls } from '../schema.ts'

export type WallRecord = typeof walls.$inferSelect & { seenAt: number | null; seenFrom: string | null }

const columns = { ...getTableColumns(walls), seenAt: wallSeen.seenAt, seenFrom: wallSeen.address }

export const wallQueries = {
  /** Newest first; those that were revoked come last, as many as there is room for. */
  'walls.list': (db: Db, _args: NoArgs): WallRecord[] =>
    db
      .select(columns)
      .from(walls)
      .leftJoin(wallSeen, eq(wallSeen.wall, walls.id))
      .orderBy(isNotNull(walls.revokedAt), desc(walls.madeAt))
      .limit(200)
      .all(),
  'walls.byId': (db: Db, args: { id: WallId }): WallRecord | null =>
    db.select(columns).from(walls).leftJoin(wallSeen, eq(wallSeen.wall, walls.id)).where(eq(walls.id, args.id)).get() ??
    null,
}

export const wallOperations = {
  'wall.seen': (db: Connection, seen: { wall: WallId; seenAt: number; address: string }): void => {
    sql(
      db,
      `INSERT INTO wall_seen (wall, seen_at, address) VALUES (?, ?, ?)
       ON CONFLICT (wall) DO UPDATE SET seen_at = max(seen_at, excluded.seen_at), address = excluded.address`,
    ).run(seen.wall, seen.seenAt, seen.address)
  },
}

/** Answers whether the fact was one of these. */
export function projectWall(db: Connection, { at, fact }: ProjectedLine): boolean {
  const run = (text: string, ...values: unknown[]) => void sql(db, text).run(...values)
  switch (fact.type) {
    case 'wall.made':
      run(
        'INSERT INTO walls (id, name, team, made_by, made_at, linked_at) VALUES (?, ?, ?, ?, ?, ?)',
        ...[fact.wall, fact.name, fact.team, fact.by, at, at],
      )
      return true
    case 'wall.linked':
      run('UPDATE walls SET linked_at = ? WHERE id = ?', at, fact.wall)
      return true
    case 'wall.opened':
      run('UPDATE walls SET opened_at = ?, opened_from = ? WHERE id = ?', at, fact.address, fact.wall)
      return true
    case 'wall.revoked':
      run('UPDATE walls SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?', at, fact.wall)
      return true
    default:
      return false
  }
}
