/** How lines did, by the hour; and what a start must know of them. */
import { packedAreas } from '../../centre/lines/area.ts'
import { type LineRules, lineRulesDefault } from '../../centre/lines/rest.ts'
import type { TallyCounts } from '../../centre/lines/tally.ts'
import type { Setup } from '../../centre/records/setup.ts'
import type { TrunkId } from '../../lib/ids.ts'
import { type Db, sql } from '../db.ts'
import type { NoArgs } from '../page.ts'

export type LineHour = TallyCounts & { hourAt: number; trunk: TrunkId; callerId: string; talkMs: number }
export type LineResult = { trunk: TrunkId; callerId: string; result: string; calls: number }

/** The key of the setting that holds the rules of rest as JSON. */
export const lineRulesKey = 'lines.rules'
const hourMs = 3_600_000
/** What happened longer ago than this weighs nothing any more when the floor starts. */
const resumeMs = 24 * hourMs
const hoursMax = 20_000

export const lineQueries = {
  /** Hours that begin in [from, to), oldest first, 20,000 rows at most. */
  'lines.hours': (db: Db, args: { from: number; to: number; trunk?: string; callerId?: string }): LineHour[] =>
    sql(
      db.$client,
      `SELECT hour_at AS hourAt, trunk, caller_id AS callerId, dialled, outcomes, answered, connected, short, delays, delay_ms AS delayMs,
         talk_ms AS talkMs FROM line_hours
       WHERE hour_at >= ? AND hour_at < ? AND (? IS NULL OR trunk = ?) AND (? IS NULL OR caller_id = ?)
       ORDER BY hour_at, trunk, caller_id LIMIT ${hoursMax}`,
    ).all(
      args.from,
      args.to,
      args.trunk ?? null,
      args.trunk ?? null,
      args.callerId ?? null,
      args.callerId ?? null,
    ) as LineHour[],
  'lines.results': (db: Db, args: { from: number; to: number }): LineResult[] =>
    sql(
      db.$client,
      `SELECT trunk, caller_id AS callerId, result, sum(calls) AS calls FROM line_results WHERE hour_at >= ? AND hour_at < ?
       GROUP BY trunk, caller_id, result ORDER BY trunk, caller_id, calls DESC, result`,
    ).all(args.from, args.to) as LineResult[],
  'lines.areaCount': (db: Db, _args: NoArgs): number =>
    (sql(db.$client, 'SELECT count(*) AS n FROM attributions').get() as { n: number }).n,
}

export function linesOf(db: Db, now: number): Pick<Setup, 'lines' | 'lineRules' | 'mobileAreas'> {
  const hours = lineQueries['lines.hours'](db, { from: now - resumeMs, to: now + hourMs })
  const lines = hours.map(({ hourAt, talkMs, ...line }) => ({ ...line, at: Math.min(now, hourAt + hourMs) }))
  const saved = sql(db.$client, 'SELECT value FROM settings WHERE key = ?').get(lineRulesKey) as
    | { value: string }
    | undefined
  const lineRules =
    saved === undefined ? lineRulesDefault : { ...lineRulesDefault, ...(JSON.parse(saved.value) as Partial<LineRules>) }
  const rows = sql(db.$client, 'SELECT prefix, area FROM attributions').all() as { prefix: number; area: number }[]
  return { lines, lineRules, mobileAreas: rows.length === 0 ? null : packedAreas(rows) }
}
