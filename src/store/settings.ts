import { type Db, sql } from './db.ts'
import { eq } from './drizzle.cjs'
import type { NoArgs } from './page.ts'
import { settings } from './schema.ts'

export const settingQueries = {
  'settings.all': (db: Db, _args: NoArgs): Record<string, string> =>
    Object.fromEntries(
      db
        .select()
        .from(settings)
        .all()
        .map(row => [row.key, row.value]),
    ),
  'settings.get': (db: Db, args: { key: string }): string | null =>
    db.select().from(settings).where(eq(settings.key, args.key)).get()?.value ?? null,
  /** As it was at an instant, by the journal; null: it was not set yet. */
  'settings.at': (db: Db, args: { key: string; at: number }): string | null =>
    (
      sql(
        db.$client,
        `SELECT json_extract(body, '$.value') AS value FROM journal
         WHERE type = 'setting.saved' AND json_extract(body, '$.key') = ? AND at <= ? ORDER BY seq DESC LIMIT 1`,
      ).get(args.key, args.at) as { value: string } | undefined
    )?.value ?? null,
}
