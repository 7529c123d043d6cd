import type { Actor } from '../../centre/facts.ts'
import { type Db, sql } from '../db.ts'
import type { NoArgs } from '../page.ts'

export type PhraseRecord = {
  name: string
  version: number
  /** What it says, in writing. */
  words: string
  sha256: string
  bytes: number
  durationMs: number
  savedAt: number
  savedBy: Actor
  usedAt: number | null
}

const columns = `name, version, words, sha256, bytes, duration_ms AS durationMs, saved_at AS savedAt, saved_by AS savedBy, used_at AS usedAt`
const phrasesMax = 1_000

export const phraseQueries = {
  /** All versions, by name, the newest first; at most 1,000. */
  'phrases.list': (db: Db, _args: NoArgs): PhraseRecord[] =>
    sql(
      db.$client,
      `SELECT ${columns} FROM phrases ORDER BY name, version DESC LIMIT ${phrasesMax}`,
    ).all() as PhraseRecord[],
  'phrases.byVersion': (db: Db, args: { name: string; version: number }): PhraseRecord | null =>
    (sql(db.$client, `SELECT ${columns} FROM phrases WHERE name = ? AND version = ?`).get(args.name, args.version) as
      | PhraseRecord
      | undefined) ?? null,
  /** Whether this person has heard it. */
  'phrases.wasHeard': (db: Db, args: { name: string; version: number; actor: Actor }): boolean =>
    sql(db.$client, 'SELECT 1 FROM phrase_hearings WHERE name = ? AND version = ? AND actor = ?').get(
      args.name,
      args.version,
      args.actor,
    ) !== undefined,
}

/** The version of each that is said: the last that was put to use. */
export function phrasesInUse(db: Db): { name: string; version: number }[] {
  return sql(
    db.$client,
    `SELECT name, version FROM phrases AS one WHERE used_seq IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM phrases WHERE name = one.name AND used_seq > one.used_seq) ORDER BY name`,
  ).all() as { name: string; version: number }[]
}
