/** The log of pacing: once a minute what each campaign's dialler saw and did, newest first. */
import type { CampaignMode } from '../../centre/entities.ts'
import type { CampaignId } from '../../lib/ids.ts'
import { type Db, sql } from '../db.ts'
import { type Page, type PageArgs, pageLimit, readCursor, toPage } from '../page.ts'

/** Chances from 0 to 1; `answered` and `abandoned` since midnight. null: the entry is of before it was noted. */
export type PacingEntry = {
  seq: number
  at: number
  mode: CampaignMode | null
  agents: number
  free: number
  talking: number | null
  wrapping: number | null
  ringing: number
  waiting: number
  lines: number | null
  /** Calls started since the entry before. */
  dialled: number | null
  answerChance: number
  risk: number
  theta: number
  limiter: string
  freeSoon: number | null
  withinS: number | null
  held: string | null
  answered: number
  abandoned: number
}

export const pacingQueries = {
  /** Entries of [from, to), newest first. */
  'pacing.page': (db: Db, args: PageArgs & { campaign: CampaignId; from?: number; to?: number }): Page<PacingEntry> => {
    const limit = pageLimit(args)
    const [at, seq] = (readCursor(args.cursor, ['number', 'number']) ?? [null, null]) as [number | null, number | null]
    const rows = sql(
      db.$client,
      `SELECT seq, at, mode, agents, free, talking, wrapping, ringing, waiting, lines, dialled, answer_chance AS answerChance, risk, theta,
         limiter, free_soon AS freeSoon, within_s AS withinS, held, answered, abandoned FROM pacing_log
       WHERE campaign = @campaign AND at >= @from AND at < @to AND (@at IS NULL OR at < @at OR (at = @at AND seq < @seq))
       ORDER BY at DESC, seq DESC LIMIT @rows`,
    ).all({
      campaign: args.campaign,
      from: args.from ?? 0,
      to: args.to ?? Number.MAX_SAFE_INTEGER,
      at,
      seq,
      rows: limit + 1,
    }) as PacingEntry[]
    return toPage(rows, limit, row => [row.at, row.seq])
  },
}
