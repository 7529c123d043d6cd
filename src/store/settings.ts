import type { Db } from './db.ts'
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
}
