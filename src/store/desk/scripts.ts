/** Scripts by version, which one a call has, and how far it was gone through. */
import type { Script } from '../../lender/script.ts'
import type { WriteUp } from '../../lender/write-up.ts'
import type { CallId } from '../../lib/ids.ts'
import { type Db, sql } from '../db.ts'
import { and, asc, desc, eq } from '../drizzle.cjs'
import type { NoArgs } from '../page.ts'
import { callMarks, scripts, writeUps } from '../schema.ts'

export type CallMark = typeof callMarks.$inferSelect
export type ScriptRecord = typeof scripts.$inferSelect

/** Of one call: more than anyone goes through. */
export const marksMax = 500

export type DeskTexts = { script: { doc: Script; version: number } | null; marks: CallMark[]; writeUp: WriteUp | null }

export const scriptQueries = {
  /** The newest version of each, by name. */
  'scripts.all': (db: Db, _args: NoArgs): ScriptRecord[] =>
    (
      sql(
        db.$client,
        `SELECT id, max(version) AS version, doc, saved_at AS savedAt, saved_by AS savedBy FROM scripts GROUP BY id ORDER BY json_extract(doc, '$.name'), id LIMIT 500`,
      ).all() as (Omit<ScriptRecord, 'doc'> & { doc: string })[]
    ).map(row => ({ ...row, doc: JSON.parse(row.doc) as Script })),
  /** Newest first. */
  'scripts.versions': (db: Db, args: { id: string }): ScriptRecord[] =>
    db.select().from(scripts).where(eq(scripts.id, args.id)).orderBy(desc(scripts.version)).limit(100).all(),
  'scripts.places': (db: Db, _args: NoArgs): { place: string; script: string }[] =>
    sql(db.$client, 'SELECT place, script FROM script_places ORDER BY place').all() as {
      place: string
      script: string
    }[],
  /** What a desk says and asks on a call: a call that has begun with a version of a script goes on with it. */
  'desk.texts': (db: Db, { place, call }: { place: string | null; call: CallId | null }): DeskTexts => {
    const marks = call === null ? [] : marksOf(db, call)
    const begun = marks.find(({ version }) => version > 0)
    const id = begun?.script ?? (place === null ? null : scriptOf(db, place))
    const row =
      id === null
        ? undefined
        : db
            .select()
            .from(scripts)
            .where(
              begun === undefined ? eq(scripts.id, id) : and(eq(scripts.id, id), eq(scripts.version, begun.version)),
            )
            .orderBy(desc(scripts.version))
            .limit(1)
            .get()
    const writeUp = place === null ? undefined : db.select().from(writeUps).where(eq(writeUps.place, place)).get()
    return {
      script: row === undefined ? null : { doc: row.doc, version: row.version },
      marks,
      writeUp: writeUp?.doc ?? null,
    }
  },
  'marks.ofCall': (db: Db, args: { call: CallId }): CallMark[] => marksOf(db, args.call),
  'writeUps.ofPlace': (db: Db, args: { place: string }): WriteUp | null =>
    db.select().from(writeUps).where(eq(writeUps.place, args.place)).get()?.doc ?? null,
}

function marksOf(db: Db, call: CallId): CallMark[] {
  return db.select().from(callMarks).where(eq(callMarks.call, call)).orderBy(asc(callMarks.seq)).limit(marksMax).all()
}

function scriptOf(db: Db, place: string): string | null {
  const row = sql(db.$client, 'SELECT script FROM script_places WHERE place = ?').get(place) as
    | { script: string }
    | undefined
  return row?.script ?? null
}
