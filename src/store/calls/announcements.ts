import type { Actor } from '../../centre/facts.ts'
import type { CallId } from '../../lib/ids.ts'
import { type Db, sql } from '../db.ts'
import type { NoArgs } from '../page.ts'

export type AnnouncementRecord = {
  id: string
  /** A result of calls, or `NONE`: it tells nothing about the number. null: nobody has labelled it. */
  label: string | null
  language: string
  words: string
  sha256: string
  bytes: number
  durationMs: number
  /** The call it was first heard on; null: a person sent it. */
  call: CallId | null
  savedAt: number
  savedBy: Actor
  /** Calls it was recognised on. */
  heard: number
  heardAt: number | null
}

const columns = `id, label, language, words, sha256, bytes, duration_ms AS durationMs, call, saved_at AS savedAt, saved_by AS savedBy,
  heard, heard_at AS heardAt`

/** The bounds of the library, see records/telephony/announcements.ts, and more. */
const announcementsMax = 1_000

export const announcementQueries = {
  /** Those without a label first, the most heard first. */
  'announcements.list': (db: Db, _args: NoArgs): AnnouncementRecord[] =>
    sql(
      db.$client,
      `SELECT ${columns} FROM announcements ORDER BY label IS NOT NULL, heard DESC, saved_at DESC, id LIMIT ${announcementsMax}`,
    ).all() as AnnouncementRecord[],
  'announcements.byId': (db: Db, args: { id: string }): AnnouncementRecord | null =>
    (sql(db.$client, `SELECT ${columns} FROM announcements WHERE id = ?`).get(args.id) as
      | AnnouncementRecord
      | undefined) ?? null,
}
