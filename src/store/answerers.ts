/** Who answered: what the sound was judged to be, beside what people said who heard it. */
import type { answererVerdicts, Judged, Told } from '../centre/heard.ts'
import type { CallId, CampaignId, RecordingId, UserId } from '../lib/ids.ts'
import { type Db, sql } from './db.ts'

export type AnswererVerdict = (typeof answererVerdicts)[number]
/** Calls of one verdict (null: nothing was judged), and of how many of these somebody said what it was. */
export type AnswererCount = { verdict: AnswererVerdict | null; calls: number; machine: number; human: number }
/** The sound and a person are of different minds. */
export type AnswererMistake = {
  call: CallId
  startedAt: number
  campaign: CampaignId | null
  agent: UserId | null
  recording: RecordingId | null
  judged: Judged
  told: Told & { at: number; actor: string }
}

const mistakesMax = 100

export const answererQueries = {
  'answerers.counts': (db: Db, args: { from: number; to: number }): AnswererCount[] =>
    sql(
      db.$client,
      `SELECT judged ->> 'verdict' AS verdict, count(*) AS calls,
         count(*) FILTER (WHERE told ->> 'answerer' = 'machine') AS machine, count(*) FILTER (WHERE told ->> 'answerer' = 'human') AS human
       FROM (SELECT judged, told FROM calls WHERE judged IS NOT NULL AND started_at >= ? AND started_at < ?
         UNION ALL SELECT judged, told FROM calls WHERE told IS NOT NULL AND judged IS NULL AND started_at >= ? AND started_at < ?)
       GROUP BY 1`,
    ).all(args.from, args.to, args.from, args.to) as AnswererCount[],
  /** A machine taken for a person or left to the agent, and a person taken for a machine; the newest first, at most 100. */
  'answerers.mistakes': (db: Db, args: { from: number; to: number }): AnswererMistake[] =>
    (
      sql(
        db.$client,
        `SELECT id AS call, started_at AS startedAt, campaign, agent, recording, judged, told FROM calls
         WHERE told IS NOT NULL AND judged IS NOT NULL AND started_at >= ? AND started_at < ?
           AND (told ->> 'answerer' = 'human') = (judged ->> 'verdict' IN ('machine', 'fax'))
         ORDER BY started_at DESC, id LIMIT ${mistakesMax}`,
      ).all(args.from, args.to) as (Omit<AnswererMistake, 'judged' | 'told'> & { judged: string; told: string })[]
    ).map(({ judged, told, ...row }) => ({ ...row, judged: JSON.parse(judged), told: JSON.parse(told) })),
}
