import type { CallId, CampaignId, RecordingId, UserId } from '../../lib/ids.ts'
import { type Db, sql as raw } from '../db.ts'
import { and, desc, eq, gt, gte, isNotNull, isNull, lt, or, sql } from '../drizzle.cjs'
import { type NoArgs, type Page, type PageArgs, pageLimit, readCursor, toPage } from '../page.ts'
import { calls, recordings } from '../schema.ts'
import { isUnheld } from './legal-holds.ts'
import { ofAgents } from './talks.ts'

export type RecordingRow = typeof recordings.$inferSelect
/** A recording with the call it belongs to; null when the call's facts are not there (never, but a page must not fall over). */
export type RecordingRecord = RecordingRow & { callRecord: typeof calls.$inferSelect | null }

/** A recording that is to be on the disk: its file, relative to the recordings folder. */
export type NewestRecording = { path: string }

/** Its file lies as it was left. What it was told to lack is told with its seal; left out: nothing. */
export type UnsealedRecording = Pick<RecordingRow, 'id' | 'call' | 'path'> & {
  lack?: { lostMs: number; lost: [fromMs: number, forMs: number][] }
}
export type UnsealedRow = Pick<RecordingRow, 'id' | 'call' | 'path' | 'lostMs'> & { lost: string | null }

export function unsealed({ lostMs, lost, ...row }: UnsealedRow): UnsealedRecording {
  return lostMs === 0 ? row : { ...row, lack: { lostMs, lost: JSON.parse(lost ?? '[]') } }
}

/** Open when the process went. `callEndedAt` null: the call was in flight, or nothing is known of it. */
export type LeftRecording = UnsealedRecording & Pick<RecordingRow, 'openedAt'> & { callEndedAt: number | null }
/** Told as missing, and not found since. `callEndedAt` null: the call goes on, or nothing is known of it (`goesOn` says which). */
export type MissingRecording = LeftRecording & Pick<RecordingRow, 'missingCause'> & { goesOn: boolean }
type MissingRow = UnsealedRow & Pick<MissingRecording, 'openedAt' | 'missingCause' | 'callEndedAt'> & { goesOn: 0 | 1 }

/** Recordings opened in [from, to), newest first. */
export type RecordingFilter = PageArgs & {
  from?: number
  to?: number
  agent?: UserId
  /** Only of calls that one of these talked on. */
  agents?: readonly UserId[]
  number?: string
  campaign?: CampaignId
  sealedOnly?: boolean
}

/** From when on a sealed recording is kept by rule: what was found later is kept from its call on. As the indexes have it. */
const keptSince = 'sealed_at - found_after_ms'

export function keptSinceOf({ sealedAt, foundAfterMs }: Pick<RecordingRow, 'sealedAt' | 'foundAfterMs'>): number {
  return (sealedAt ?? 0) - foundAfterMs
}

export const recordingQueries = {
  'recordings.byId': (db: Db, args: { id: RecordingId }): RecordingRecord | null => {
    const row = joined(db).where(eq(recordings.id, args.id)).get()
    return row ? { ...row.recordings, callRecord: row.calls } : null
  },
  /** Of the last hundred the newest three that are sealed and kept: the file that must be there. */
  'recordings.newest': (db: Db, _args: NoArgs): NewestRecording[] =>
    raw(
      db.$client,
      `SELECT iif(source_removed_at IS NULL, path, derived_path) AS path
       FROM (SELECT * FROM recordings ORDER BY opened_at DESC, id DESC LIMIT 100)
       WHERE sealed_at IS NOT NULL AND destroyed_at IS NULL ORDER BY opened_at DESC, id DESC LIMIT 3`,
    ).all() as NewestRecording[],
  /** Whether there is a file that must be there still. */
  'recordings.areKept': (db: Db, _args: NoArgs): boolean =>
    raw(db.$client, 'SELECT 1 FROM recordings WHERE sealed_at IS NOT NULL AND destroyed_at IS NULL LIMIT 1').get() !==
    undefined,
  /** The last that were begun and not destroyed, sealed or not: where recordings are kept, one of their files is. */
  'recordings.lately': (db: Db, _args: NoArgs): NewestRecording[] =>
    raw(
      db.$client,
      `SELECT iif(source_removed_at IS NULL, path, derived_path) AS path FROM recordings
       WHERE destroyed_at IS NULL ORDER BY opened_at DESC, id DESC LIMIT 20`,
    ).all() as NewestRecording[],
  /** How many calls in [from, to) have a part without audio. */
  'recordings.missing': (db: Db, args: { from: number; to: number }): number =>
    db
      .select({ id: calls.id })
      .from(calls)
      .where(and(gte(calls.startedAt, args.from), lt(calls.startedAt, args.to), isNotNull(calls.recordingMissing)))
      .all().length,
  /** Told as missing, and not found since: newest first, on from `after`. What lies there under a name that was taken is another's. */
  'recordings.toldMissing': (
    db: Db,
    args: { after: { openedAt: number; id: RecordingId } | null; limit: number; only?: RecordingId },
  ): MissingRecording[] =>
    (
      raw(
        db.$client,
        `SELECT recordings.id, call, path, opened_at AS openedAt, missing_cause AS missingCause, lost_ms AS lostMs, lost,
           calls.ended_at AS callEndedAt, calls.id IS NOT NULL AND calls.ended_at IS NULL AS goesOn
         FROM recordings LEFT JOIN calls ON calls.id = recordings.call
         WHERE sealed_at IS NULL AND missing_reason IS NOT NULL AND missing_cause IS NOT 'taken' AND (opened_at, recordings.id) < (?, ?)
           ${args.only === undefined ? '' : 'AND recordings.id = ?'}
         ORDER BY opened_at DESC, recordings.id DESC LIMIT ?`,
      ).all(
        ...[args.after?.openedAt ?? Number.MAX_SAFE_INTEGER, args.after?.id ?? ''],
        ...(args.only === undefined ? [args.limit] : [args.only, args.limit]),
      ) as MissingRow[]
    ).map(({ openedAt, missingCause, callEndedAt, goesOn, ...row }) => ({
      ...{ ...unsealed(row), openedAt, missingCause, callEndedAt, goesOn: goesOn === 1 },
    })),
  'recordings.ofCall': (db: Db, args: { call: CallId }): RecordingRow[] =>
    db.select().from(recordings).where(eq(recordings.call, args.call)).orderBy(recordings.openedAt).all(),
  /** Sealed before an instant, oldest first, and without a smaller form. */
  'recordings.underived': (db: Db, args: { sealedBefore: number; limit: number }): RecordingRow[] =>
    db
      .select()
      .from(recordings)
      .where(
        and(
          lt(recordings.sealedAt, args.sealedBefore),
          isNull(recordings.derivedAt),
          isNull(recordings.underivable),
          isNull(recordings.destroyedAt),
        ),
      )
      .orderBy(recordings.sealedAt)
      .limit(args.limit)
      .all(),
  /** Whose smaller form may stand alone: sealed before an instant, both forms there, and kept by no hold. */
  'recordings.twofold': (db: Db, args: { sealedBefore: number; limit: number; only?: RecordingId }): RecordingRow[] =>
    db
      .select()
      .from(recordings)
      .where(
        and(
          lt(recordings.sealedAt, args.sealedBefore),
          args.only === undefined ? undefined : eq(recordings.id, args.only),
          isNotNull(recordings.derivedAt),
          isNull(recordings.sourceRemovedAt),
          isNull(recordings.destroyedAt),
          sql.raw(isUnheld),
        ),
      )
      .orderBy(recordings.sealedAt)
      .limit(args.limit)
      .all(),
  /** Of calls that nobody answered, kept since before an instant, and by no hold. */
  'recordings.unanswered': (db: Db, args: { keptBefore: number; limit: number; only?: RecordingId }): RecordingRow[] =>
    db
      .select()
      .from(recordings)
      .where(
        and(
          sql`${sql.raw(keptSince)} < ${args.keptBefore}`,
          eq(recordings.unanswered, true),
          args.only === undefined ? undefined : eq(recordings.id, args.only),
          isNull(recordings.destroyedAt),
          sql.raw(isUnheld),
        ),
      )
      .orderBy(sql.raw(keptSince))
      .limit(args.limit)
      .all(),
  /**
   * Of answered calls, kept since before their campaign's instant, which no hold keeps, oldest first; `rules` says the instant of each campaign, and
   * with null that of calls without one. An outside leg is its call's.
   */
  'recordings.expired': (
    db: Db,
    args: {
      rules: { campaign: CampaignId | null; before: number }[]
      limit: number
      after?: { keptSince: number; id: RecordingId } | null
    },
  ): (RecordingRow & { campaign: CampaignId | null })[] => {
    const after = args.after ?? { keptSince: Number.MIN_SAFE_INTEGER, id: '' }
    const found = raw(
      db.$client,
      `SELECT recordings.id, coalesce(calls.campaign, whole.campaign) AS campaign FROM recordings
       JOIN calls ON calls.id = recordings.call LEFT JOIN calls AS whole ON whole.id = calls.of_call
       JOIN json_each(?) AS rule ON rule.value ->> 'campaign' IS coalesce(calls.campaign, whole.campaign)
       WHERE unanswered = 0 AND destroyed_at IS NULL AND ${keptSince} < ? AND ${keptSince} < rule.value ->> 'before' AND ${isUnheld}
         AND ${keptSince} >= ? AND (${keptSince}, recordings.id) > (?, ?)
       ORDER BY ${keptSince}, recordings.id LIMIT ?`,
    ).all(
      ...[JSON.stringify(args.rules), Math.max(0, ...args.rules.map(rule => rule.before))],
      ...[after.keptSince, after.keptSince, after.id, args.limit],
    ) as {
      id: RecordingId
      campaign: CampaignId | null
    }[]
    return found.map(({ id, campaign }) => ({
      ...db.select().from(recordings).where(eq(recordings.id, id)).get()!,
      campaign,
    }))
  },
  /** Told as destroyed, and not yet as gone from the disk. */
  'recordings.unerased': (db: Db, args: { limit: number }): RecordingRow[] =>
    db
      .select()
      .from(recordings)
      .where(and(isNotNull(recordings.destroyedAt), isNull(recordings.erasedAt)))
      .orderBy(recordings.destroyedAt)
      .limit(args.limit)
      .all(),
  /** Whose source went by policy since an instant, so that the smaller form stands alone: a process that died may have said so and not done it. */
  'recordings.sourcesRemovedSince': (db: Db, args: { at: number }): RecordingRow[] =>
    db
      .select()
      .from(recordings)
      .where(
        and(
          gte(sql`coalesce(${recordings.destroyedAt}, ${recordings.sourceRemovedAt})`, args.at),
          isNull(recordings.destroyedAt),
        ),
      )
      .all(),
  'recordings.byPath': (db: Db, args: { path: string }): RecordingRow | null =>
    db.select().from(recordings).where(eq(recordings.path, args.path)).get() ?? null,
  /** How many recordings begun in [from, to) lack sound, and how much in all. */
  'recordings.lost': (db: Db, args: { from: number; to: number }): { recordings: number; lostMs: number } => {
    const rows = db
      .select({ lostMs: recordings.lostMs })
      .from(recordings)
      .where(and(gt(recordings.lostMs, 0), gte(recordings.openedAt, args.from), lt(recordings.openedAt, args.to)))
      .all()
    return { recordings: rows.length, lostMs: rows.reduce((sum, row) => sum + row.lostMs, 0) }
  },
  'recordings.page': (db: Db, args: RecordingFilter): Page<RecordingRecord> => {
    const limit = pageLimit(args)
    const rows = joined(db)
      .where(where(args))
      .orderBy(desc(recordings.openedAt), desc(recordings.id))
      .limit(limit + 1)
      .all()
    const items = rows.map(row => ({ ...row.recordings, callRecord: row.calls }))
    return toPage(items, limit, recording => [recording.openedAt, recording.id])
  },
}

function joined(db: Db) {
  return db.select().from(recordings).leftJoin(calls, eq(calls.id, recordings.call))
}

function where(args: RecordingFilter) {
  const after = readCursor(args.cursor, ['number', 'string'])
  const [at, id] = (after ?? []) as [number, RecordingId]
  return and(
    args.from === undefined ? undefined : gte(recordings.openedAt, args.from),
    args.to === undefined ? undefined : lt(recordings.openedAt, args.to),
    args.agent === undefined ? undefined : eq(calls.agent, args.agent),
    args.agents === undefined ? undefined : ofAgents(args.agents),
    args.number === undefined ? undefined : eq(calls.number, args.number),
    args.campaign === undefined ? undefined : eq(calls.campaign, args.campaign),
    args.sealedOnly ? isNotNull(recordings.sealedAt) : undefined,
    after ? or(lt(recordings.openedAt, at), and(eq(recordings.openedAt, at), lt(recordings.id, id))) : undefined,
  )
}
