/** Who answered: what the sound was judged to be, beside what people said who heard it. */
import type { answererVerdicts, Judged, Told } from '../../centre/calls/heard.ts'
import type { CallId, CampaignId, RecordingId, UserId } from '../../lib/ids.ts'
import { type Db, sql } from '../db.ts'

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

/** `of`: calls of these agents, and those of these campaigns that came to nobody; null: of everybody. */
type Asked = { from: number; to: number; of: { agents: readonly UserId[]; campaigns: readonly CampaignId[] } | null }

const mistakesMax = 100
/** Three parameters, as `ofValues` gives them. */
const isOf =
  '(? OR agent IN (SELECT value FROM json_each(?)) OR agent IS NULL AND campaign IN (SELECT value FROM json_each(?)))'

function ofValues({ of }: Asked): [number, string, string] {
  return [of === null ? 1 : 0, JSON.stringify(of?.agents ?? []), JSON.stringify(of?.campaigns ?? [])]
}

export const answererQueries = {
  'answerers.counts': (db: Db, args: Asked): AnswererCount[] =>
    sql(
      db.$client,
      `SELECT judged ->> 'verdict' AS verdict, count(*) AS calls,
         count(*) FILTER (WHERE told ->> 'answerer' = 'machine') AS machine, count(*) FILTER (WHERE told ->> 'answerer' = 'human') AS human
       FROM (SELECT judged, told FROM calls WHERE judged IS NOT NULL AND started_at >= ? AND started_at < ? AND ${isOf}
         UNION ALL SELECT judged, told FROM calls WHERE told IS NOT NULL AND judged IS NULL AND started_at >= ? AND started_at < ? AND ${isOf})
       GROUP BY 1`,
    ).all(args.from, args.to, ...ofValues(args), args.from, args.to, ...ofValues(args)) as AnswererCount[],
  /** A machine taken for a person or left to the agent, and a person taken for a machine; the newest first, at most 100. */
  'answerers.mistakes': (db: Db, args: Asked): AnswererMistake[] =>
    (
      sql(
        db.$client,
        `SELECT id AS call, started_at AS startedAt, campaign, agent, recording, judged, told FROM calls
         WHERE told IS NOT NULL AND judged IS NOT NULL AND started_at >= ? AND started_at < ? AND ${isOf}
           AND (told ->> 'answerer' = 'human') = (judged ->> 'verdict' IN ('machine', 'fax'))
         ORDER BY started_at DESC, id LIMIT ${mistakesMax}`,
      ).all(args.from, args.to, ...ofValues(args)) as (Omit<AnswererMistake, 'judged' | 'told'> & {
        judged: string
        told: string
      })[]
    ).map(({ judged, told, ...row }) => ({ ...row, judged: JSON.parse(judged), told: JSON.parse(told) })),
}
