/** What a campaign did by the minute: charts are drawn of it, and days are compared by it. Bounded walks of one index. */
import type { AgentPhase } from '../../centre/facts.ts'
import type { CampaignId } from '../../lib/ids.ts'
import { type Db, sql } from '../db.ts'
import { isPresent, minuteMs, minutesOf, timeOf } from './project-minutes.ts'

/** Agent time in ms, of the campaign's agents; `lines`: the most at once, 0 in a minute in which none was started. */
export type CampaignMinute = {
  minuteAt: number
  dialled: number
  answered: number
  connected: number
  /** Of the calls that were answered in this minute. */
  abandoned: number
  lines: number
  busyMs: number
  readyMs: number
  presentMs: number
  /** Waits of agents between two calls that came to their end in this minute: their sum, and how many. */
  idleMs: number
  idles: number
}

export type CampaignCounts = Pick<CampaignMinute, 'dialled' | 'answered' | 'connected' | 'abandoned'> & {
  campaign: CampaignId
}

/** Two days: nobody charts more. */
const minutesMax = 2 * 24 * 60

export const minuteQueries = {
  /** Minutes that begin in [from, to), oldest first, those without anything left out. What people do now counts up to `now`. */
  'campaigns.minutes': (
    db: Db,
    args: { campaign: CampaignId; from: number; to: number; now: number },
  ): CampaignMinute[] => {
    const rows = sql(
      db.$client,
      `SELECT minute_at AS minuteAt, dialled, answered, connected, abandoned, lines, busy_ms AS busyMs, ready_ms AS readyMs,
         present_ms AS presentMs, idle_ms AS idleMs, idles FROM campaign_minutes
       WHERE campaign = ? AND minute_at >= ? AND minute_at < ? ORDER BY minute_at LIMIT ${minutesMax}`,
    ).all(args.campaign, args.from, args.to) as CampaignMinute[]
    const byMinute = new Map(rows.map(row => [row.minuteAt, row]))
    for (const { phase, fromAt } of openPhases(db, args.campaign)) {
      if (!isPresent(phase)) continue
      for (const { minuteAt, ms } of minutesOf(Math.max(fromAt, args.from), Math.min(args.now, args.to))) {
        const minute = byMinute.get(minuteAt) ?? emptyMinute(minuteAt)
        const { busyMs, readyMs } = timeOf(phase, ms)
        minute.busyMs += busyMs
        minute.readyMs += readyMs
        minute.presentMs += ms
        byMinute.set(minuteAt, minute)
      }
    }
    return [...byMinute.values()].sort((a, b) => a.minuteAt - b.minuteAt)
  },

  /** What each campaign did in [from, to), those that did nothing left out. */
  'campaigns.counts': (db: Db, args: { from: number; to: number }): CampaignCounts[] =>
    sql(
      db.$client,
      `SELECT campaign, SUM(dialled) AS dialled, SUM(answered) AS answered, SUM(connected) AS connected, SUM(abandoned) AS abandoned
       FROM campaigns CROSS JOIN campaign_minutes ON campaign = campaigns.id AND minute_at >= ? AND minute_at < ?
       GROUP BY campaign`,
    ).all(args.from, args.to) as CampaignCounts[],
}

/** Of a campaign that has done nothing. */
export const noCounts = { dialled: 0, answered: 0, connected: 0, abandoned: 0 }

export function emptyMinute(minuteAt: number): CampaignMinute {
  const calls = { dialled: 0, answered: 0, connected: 0, abandoned: 0, lines: 0 }
  return { minuteAt, ...calls, busyMs: 0, readyMs: 0, presentMs: 0, idleMs: 0, idles: 0 }
}

function openPhases(db: Db, campaign: CampaignId): { phase: AgentPhase; fromAt: number }[] {
  return sql(
    db.$client,
    `SELECT phase, from_at AS fromAt FROM campaign_members JOIN agent_states INDEXED BY agent_states_open
       ON agent_states.agent = campaign_members.agent AND to_at IS NULL WHERE campaign = ?`,
  ).all(campaign) as { phase: AgentPhase; fromAt: number }[]
}

export type DayFigures = {
  dialled: number
  answered: number
  connected: number
  abandoned: number
  abandonRate: number | null
  /** The worst quarter of an hour with enough answers; null: there is none. */
  worst: { at: number; rate: number } | null
  utilisation: number | null
  idleMsMean: number | null
  linesPeak: number
  presentMs: number
  busyMs: number
}

export const quarterMs = 15 * minuteMs
/** Quarters with fewer answers say little about a rate. */
export const quarterAnsweredMin = 30

/** The sums of a time. Quarters begin at the full hour of the clock, as those of a simulated day. */
export function dayFigures(minutes: readonly CampaignMinute[]): DayFigures {
  const sum = minutes.reduce((sum, minute) => added(sum, minute), emptyMinute(0))
  const { dialled, answered, connected, abandoned, busyMs, presentMs, idleMs, idles } = sum
  let worst: DayFigures['worst'] = null
  for (const quarter of grouped(minutes, quarterMs)) {
    if (quarter.answered < quarterAnsweredMin) continue
    const rate = quarter.abandoned / quarter.answered
    if (worst === null || rate > worst.rate) worst = { at: quarter.minuteAt, rate }
  }
  return {
    dialled,
    answered,
    connected,
    abandoned,
    abandonRate: ratio(abandoned, answered),
    worst,
    utilisation: ratio(busyMs, presentMs),
    idleMsMean: ratio(idleMs, idles),
    linesPeak: sum.lines,
    presentMs,
    busyMs,
  }
}

/** Minutes put together to spans of `spanMs`, oldest first; spans without any minute are left out. */
export function grouped(minutes: readonly CampaignMinute[], spanMs: number): CampaignMinute[] {
  const spans: CampaignMinute[] = []
  for (const minute of minutes) {
    const at = Math.floor(minute.minuteAt / spanMs) * spanMs
    const last = spans.at(-1)
    if (last?.minuteAt === at) spans[spans.length - 1] = { ...added(last, minute), minuteAt: at }
    else spans.push({ ...minute, minuteAt: at })
  }
  return spans
}

function added(a: CampaignMinute, b: CampaignMinute): CampaignMinute {
  return {
    minuteAt: a.minuteAt,
    dialled: a.dialled + b.dialled,
    answered: a.answered + b.answered,
    connected: a.connected + b.connected,
    abandoned: a.abandoned + b.abandoned,
    lines: Math.max(a.lines, b.lines),
    busyMs: a.busyMs + b.busyMs,
    readyMs: a.readyMs + b.readyMs,
    presentMs: a.presentMs + b.presentMs,
    idleMs: a.idleMs + b.idleMs,
    idles: a.idles + b.idles,
  }
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}
