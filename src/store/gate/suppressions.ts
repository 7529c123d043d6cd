import type { Db } from '../db.ts'
import { and, eq, gt, inArray, like } from '../drizzle.cjs'
import { type Page, type PageArgs, pageLimit, readCursor, toPage } from '../page.ts'
import { suppressions } from '../schema.ts'

export type SuppressionRecord = typeof suppressions.$inferSelect

export const suppressionQueries = {
  'suppressions.byNumber': (db: Db, args: { number: string }): SuppressionRecord | null =>
    db.select().from(suppressions).where(eq(suppressions.number, args.number)).get() ?? null,
  /** Those that there are, at most 500 at a time. */
  'suppressions.byNumbers': (db: Db, args: { numbers: string[] }): SuppressionRecord[] =>
    db
      .select()
      .from(suppressions)
      .where(inArray(suppressions.number, args.numbers.slice(0, 500)))
      .all(),
  /** `text`: a part of the number. */
  'suppressions.page': (db: Db, args: PageArgs & { text?: string }): Page<SuppressionRecord> => {
    const limit = pageLimit(args)
    const after = readCursor(args.cursor, ['string'])
    const digits = args.text?.replace(/[^\d+]/g, '')
    const rows = db
      .select()
      .from(suppressions)
      .where(
        and(
          after ? gt(suppressions.number, after[0] as string) : undefined,
          digits ? like(suppressions.number, `%${digits}%`) : undefined,
        ),
      )
      .orderBy(suppressions.number)
      .limit(limit + 1)
      .all()
    return toPage(rows, limit, row => [row.number])
  },
}
