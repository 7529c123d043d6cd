/** What a person keeps of the filters of lists: few, and read by owner. */
import type { SavedFilter } from '../centre/entities.ts'
import type { Fact } from '../centre/facts.ts'
import type { FilterId, UserId } from '../lib/ids.ts'
import { type Connection, type Db, sql } from './db.ts'

export const savedFilterQueries = {
  /** By name; of one page, or of all. */
  'savedFilters.of': (db: Db, args: { owner: UserId; page?: string }): SavedFilter[] =>
    sql(
      db.$client,
      'SELECT id, owner, page, name, query FROM saved_filters WHERE owner = ? AND (? IS NULL OR page = ?) ORDER BY page, name',
    ).all(args.owner, args.page ?? null, args.page ?? null) as SavedFilter[],
  'savedFilters.byId': (db: Db, args: { id: FilterId; owner: UserId }): SavedFilter | null =>
    (sql(db.$client, 'SELECT id, owner, page, name, query FROM saved_filters WHERE id = ? AND owner = ?').get(
      args.id,
      args.owner,
    ) as SavedFilter | undefined) ?? null,
}

/** Answers whether the fact was about a saved filter. */
export function projectSavedFilter(db: Connection, fact: Fact): boolean {
  if (fact.type === 'filter.removed')
    sql(db, 'DELETE FROM saved_filters WHERE id = ? AND owner = ?').run(fact.filter, fact.owner)
  else if (fact.type === 'filter.saved') {
    const { id, owner, page, name, query } = fact.filter
    sql(db, 'DELETE FROM saved_filters WHERE id = ? OR (owner = ? AND page = ? AND name = ?)').run(
      id,
      owner,
      page,
      name,
    )
    sql(db, 'INSERT INTO saved_filters (id, owner, page, name, query) VALUES (?, ?, ?, ?, ?)').run(
      ...[id, owner, page, name, query],
    )
  } else return false
  return true
}
