/** What a past span of a campaign was like, for who simulates it again: durations, answers and people. Walks the campaign's own index once. */
import type { Campaign, CampaignMode } from '../../centre/entities.ts'
import type { CampaignId } from '../../lib/ids.ts'
import { type Db, sql } from '../db.ts'
import { type CampaignMinute, minuteQueries } from './campaign-minutes.ts'

/** How many, their mean, and the coefficient of variation. */
export type Spread = { count: number; mean: number; cv: number }

export type DayRecord = {
  minutes: CampaignMinute[]
  /** As it was saved before its last call of the span; null: there is none such. */
  campaign: Campaign | null
  /** Saves within the span that changed how it dials. */
  changes: number
  /** By half hour of the clock: calls that came to something, and the answered among them. */
  halfHours: { at: number; outcomes: number; answered: number }[]
  answeredRing: Spread
  /** Ended by busy and the like, before the ring limit. */
  unanswered: Spread
  ringOuts: number
  withdrawn: number
  /** Ended by faults of the network. */
  faults: number
  /** Eighths of the talks, the short ones first. */
  talks: Spread[]
  wrap: Spread
  /** Time of its agents on calls of others, ms. */
  elsewhereMs: number
  /** Entries of the log of pacing, by the mode then in force; those before it was noted are left out. */
  modes: { mode: CampaignMode; entries: number }[]
  /** Entries of the log of pacing, and those in which no lead was due. */
  logged: number
  withoutLeads: number
  /** Bounds of its trunks, as they are now. */
  trunks: { id: string; maxCalls: number; callsPerSecond: number }[]
  /** Changes of those trunks' state within the span, oldest first. */
  trunkStates: { at: number; trunk: string; up: boolean }[]
}

const halfHourMs = 1_800_000
const trunkStatesMax = 1_000
const savesMax = 200
/** Ended so, a call says nothing about the people behind it. */
const ofTheNetwork = "('CONGESTION', 'FAILED', 'CALL_BARRED')"
const span = 'campaign = @campaign AND started_at >= @from AND started_at < @to'

export const dayQueries = {
  'days.record': (db: Db, args: { campaign: CampaignId; from: number; to: number; now: number }): DayRecord => {
    const of = { campaign: args.campaign, from: args.from, to: args.to }
    const minutes = minuteQueries['campaigns.minutes'](db, args)
    const lastAt = minutes.findLast(({ dialled }) => dialled > 0)?.minuteAt ?? args.to
    const saves = savesOf(db, args.campaign, lastAt + 60_000)
    const campaign = saves[0]?.campaign ?? null
    const trunks = trunksOf(db, campaign)
    return {
      minutes,
      campaign,
      changes: changesOf(saves, args.from),
      halfHours: halfHoursOf(db, of),
      ...ringsOf(db, of),
      talks: talksOf(db, of),
      ...wrapOf(db, of),
      ...logOf(db, of),
      modes: modesOf(db, of),
      trunks,
      trunkStates: trunkStatesOf(db, args).filter(({ trunk }) => trunks.some(({ id }) => id === trunk)),
    }
  },
}

type Of = { campaign: CampaignId; from: number; to: number }

function halfHoursOf(db: Db, of: Of): DayRecord['halfHours'] {
  return sql(
    db.$client,
    `SELECT started_at / ${halfHourMs} * ${halfHourMs} AS at, count(*) AS outcomes, count(answered_at) AS answered FROM calls
     WHERE ${span} AND (answered_at IS NOT NULL OR (result != 'CANCELLED' AND result NOT IN ${ofTheNetwork}))
     GROUP BY 1 ORDER BY 1`,
  ).all(of) as DayRecord['halfHours']
}

function ringsOf(db: Db, of: Of): Pick<DayRecord, 'answeredRing' | 'unanswered' | 'ringOuts' | 'withdrawn' | 'faults'> {
  const answered = sql(
    db.$client,
    `SELECT count(*) AS count, avg(ms) AS mean, avg(ms * ms) AS square FROM
       (SELECT 1.0 * (answered_at - started_at) AS ms FROM calls WHERE ${span} AND answered_at IS NOT NULL)`,
  ).get(of) as Sums
  const rest = sql(
    db.$client,
    `SELECT CASE WHEN result = 'CANCELLED' THEN 'withdrawn' WHEN result IN ${ofTheNetwork} THEN 'faults'
         WHEN json_extract(ending, '$.cause') = 'ring_timeout' THEN 'ringOuts' ELSE 'unanswered' END AS kind,
       count(*) AS count, avg(1.0 * (ended_at - started_at)) AS mean, avg(1.0 * (ended_at - started_at) * (ended_at - started_at)) AS square
     FROM calls WHERE ${span} AND answered_at IS NULL AND ended_at IS NOT NULL GROUP BY kind`,
  ).all(of) as (Sums & { kind: string })[]
  const kind = (name: string) => rest.find(row => row.kind === name)
  return {
    answeredRing: spreadOf(answered),
    unanswered: spreadOf(kind('unanswered')),
    ringOuts: kind('ringOuts')?.count ?? 0,
    withdrawn: kind('withdrawn')?.count ?? 0,
    faults: kind('faults')?.count ?? 0,
  }
}

function talksOf(db: Db, of: Of): Spread[] {
  const eighths = sql(
    db.$client,
    `SELECT count(*) AS count, avg(ms) AS mean, avg(ms * ms) AS square FROM
       (SELECT ms, ntile(8) OVER (ORDER BY ms) AS eighth FROM
         (SELECT 1.0 * (ended_at - connected_at) AS ms FROM calls
          WHERE ${span} AND connected_at IS NOT NULL AND ended_at > connected_at))
     GROUP BY eighth ORDER BY eighth`,
  ).all(of) as Sums[]
  return eighths.map(spreadOf)
}

function wrapOf(db: Db, of: Of): Pick<DayRecord, 'wrap' | 'elsewhereMs'> {
  const rows = sql(
    db.$client,
    `SELECT coalesce(calls.campaign = @campaign, 0) AS own, phase, count(*) AS count, sum(to_at - from_at) AS ms,
       avg(1.0 * (to_at - from_at)) AS mean, avg(1.0 * (to_at - from_at) * (to_at - from_at)) AS square
     FROM campaign_members JOIN agent_states ON agent_states.agent = campaign_members.agent LEFT JOIN calls ON calls.id = agent_states.call
     WHERE campaign_members.campaign = @campaign AND from_at >= @from AND from_at < @to AND to_at IS NOT NULL
       AND phase IN ('talking', 'wrapping') GROUP BY own, phase`,
  ).all(of) as (Sums & { own: number; phase: string; ms: number })[]
  return {
    wrap: spreadOf(rows.find(({ own, phase }) => own === 1 && phase === 'wrapping')),
    elsewhereMs: rows.reduce((sum, { own, ms }) => sum + (own === 1 ? 0 : ms), 0),
  }
}

function logOf(db: Db, of: Of): Pick<DayRecord, 'logged' | 'withoutLeads'> {
  return sql(
    db.$client,
    `SELECT count(*) AS logged, coalesce(sum(held = 'no_leads'), 0) AS withoutLeads FROM pacing_log
     WHERE campaign = @campaign AND at >= @from AND at < @to`,
  ).get(of) as Pick<DayRecord, 'logged' | 'withoutLeads'>
}

function modesOf(db: Db, of: Of): DayRecord['modes'] {
  return sql(
    db.$client,
    `SELECT mode, count(*) AS entries FROM pacing_log WHERE campaign = @campaign AND at >= @from AND at < @to AND mode IS NOT NULL
     GROUP BY mode ORDER BY entries DESC, mode`,
  ).all(of) as DayRecord['modes']
}

/** Of before `before`, newest first. Campaigns are saved seldom, and their lines have an index of their own kind. */
function savesOf(db: Db, id: CampaignId, before: number): { at: number; campaign: Campaign }[] {
  const rows = sql(
    db.$client,
    `SELECT at, body FROM journal WHERE type = 'campaign.saved' AND at < ? AND json_extract(body, '$.campaign.id') = ?
     ORDER BY seq DESC LIMIT ${savesMax}`,
  ).all(before, id) as { at: number; body: string }[]
  return rows.map(({ at, body }) => ({ at, campaign: (JSON.parse(body) as { campaign: Campaign }).campaign }))
}

/** How often what a replay reckons with was another than in the save before. */
function changesOf(saves: { at: number; campaign: Campaign }[], from: number): number {
  const settings = ({ mode, abandonRateMax, occupancyMax, linesPerAgentMax, ringMs, modeRules }: Campaign) =>
    JSON.stringify([mode, abandonRateMax, occupancyMax, linesPerAgentMax, ringMs, modeRules ?? []])
  let changes = 0
  for (const [n, { at, campaign }] of saves.entries()) {
    const before = saves[n + 1]
    if (at >= from && before !== undefined && settings(campaign) !== settings(before.campaign)) changes++
  }
  return changes
}

function trunksOf(db: Db, campaign: Campaign | null): DayRecord['trunks'] {
  const all = sql(db.$client, 'SELECT id, doc FROM trunks').all() as { id: string; doc: string }[]
  return all.flatMap(({ id, doc }) => {
    const { maxCalls, callsPerSecond } = JSON.parse(doc) as { maxCalls: number; callsPerSecond: number }
    return campaign?.trunks.some(trunk => trunk === id) ? [{ id, maxCalls, callsPerSecond }] : []
  })
}

function trunkStatesOf(db: Db, { from, to }: { from: number; to: number }): DayRecord['trunkStates'] {
  const rows = sql(
    db.$client,
    `SELECT at, body FROM journal WHERE type = 'trunk.stateChanged' AND at >= ? AND at < ? ORDER BY seq LIMIT ${trunkStatesMax}`,
  ).all(from, to) as { at: number; body: string }[]
  return rows.map(({ at, body }) => {
    const { trunk, state } = JSON.parse(body) as { trunk: string; state: string }
    return { at, trunk, up: state === 'up' }
  })
}

type Sums = { count: number; mean: number | null; square: number | null }

function spreadOf(sums: Sums | undefined): Spread {
  if (sums === undefined || sums.mean === null || sums.square === null || sums.mean <= 0)
    return { count: 0, mean: 0, cv: 0 }
  const variance = Math.max(0, sums.square - sums.mean * sums.mean)
  return { count: sums.count, mean: sums.mean, cv: Math.sqrt(variance) / sums.mean }
}
