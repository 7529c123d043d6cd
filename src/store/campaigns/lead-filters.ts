/** Why leads are not dialled now: how many each filter takes away. Cheap whatever the number of leads: sums of `lead_counts`, and bounded walks. */
import type { Campaign, LeadState } from '../../centre/entities.ts'
import { isFull } from '../../centre/leads/lead-supply.ts'
import type { CampaignId } from '../../lib/ids.ts'
import { type Db, sql } from '../db.ts'
import { reachedOf } from './leads-due.ts'

/** Leads that are not due yet are counted so far; beyond it `more` is true. */
const countMax = 100_000
const reasonsMax = 100

/** Each figure stands for itself: a lead may be in a paused list and not due yet as well. */
export type LeadFilters = {
  total: number
  states: Record<LeadState, number>
  /** Ready leads, and callbacks, whose time has not come; `nextAt`: when the first of them is due. */
  notDue: { leads: number; more: boolean; nextAt: number | null }
  callbacks: { leads: number; nextAt: number | null }
  /** Ready leads in lists that are paused. */
  pausedLists: number
  /** Ready leads of segments whose quota is reached. */
  overQuota: number
  inHand: number
  doNotCall: number
  /** Leads that are over, by the result or rule that ended them. */
  exhausted: { reason: string; leads: number }[]
  /** Ready leads by place (country calling code); '' is not known. */
  places: { place: string; leads: number }[]
}

export const filterQueries = {
  'leads.filters': (db: Db, args: { campaign: CampaignId; now: number }): LeadFilters => {
    const { campaign, now } = args
    const states = { ready: 0, in_call: 0, callback: 0, done: 0, exhausted: 0, dnc: 0 }
    for (const { state, leads } of countsBy<{ state: LeadState }>(db, campaign, 'state')) states[state] = leads
    return {
      total: Object.values(states).reduce((sum, leads) => sum + leads, 0),
      states,
      notDue: notDue(db, campaign, 'ready', now),
      callbacks: { leads: states.callback, nextAt: notDue(db, campaign, 'callback', now).nextAt },
      pausedLists: inPausedLists(db, campaign),
      overQuota: overQuota(db, campaign),
      inHand: states.in_call,
      doNotCall: states.dnc,
      exhausted: countsBy<{ reason: string }>(db, campaign, 'reason', 'exhausted'),
      places: countsBy<{ place: string }>(db, campaign, 'place', 'ready'),
    }
  },
}

/** How many of the state have their time yet to come. */
export function notDue(db: Db, campaign: CampaignId, state: 'ready' | 'callback', now: number): LeadFilters['notDue'] {
  const { leads } = sql(
    db.$client,
    `SELECT count(*) AS leads FROM (SELECT 1 FROM leads INDEXED BY leads_due WHERE campaign = ? AND state = ? AND due_at > ? LIMIT ?)`,
  ).get(campaign, state, now, countMax) as { leads: number }
  const { at } = sql(
    db.$client,
    `SELECT min(due_at) AS at FROM leads INDEXED BY leads_due WHERE campaign = ? AND state = ? AND due_at > ?`,
  ).get(campaign, state, now) as { at: number | null }
  return { leads, more: leads >= countMax, nextAt: at }
}

function countsBy<Row extends object>(
  db: Db,
  campaign: CampaignId,
  what: 'state' | 'reason' | 'place' | 'segment',
  state: LeadState | null = null,
): (Row & { leads: number })[] {
  return sql(
    db.$client,
    `SELECT ${what}, sum(leads) AS leads FROM lead_counts WHERE campaign = ?${state === null ? '' : ' AND state = ?'}
     GROUP BY ${what} HAVING sum(leads) > 0 ORDER BY sum(leads) DESC, ${what} LIMIT ?`,
  ).all(campaign, ...(state === null ? [] : [state]), what === 'segment' ? -1 : reasonsMax) as (Row & {
    leads: number
  })[]
}

function inPausedLists(db: Db, campaign: CampaignId): number {
  const { leads } = sql(
    db.$client,
    `SELECT coalesce(sum(leads), 0) AS leads FROM lead_counts JOIN lists ON lists.id = lead_counts.list
     WHERE lead_counts.campaign = ? AND state = 'ready' AND lists.paused = 1`,
  ).get(campaign) as { leads: number }
  return leads
}

function overQuota(db: Db, campaign: CampaignId): number {
  const row = sql(db.$client, 'SELECT doc FROM campaigns WHERE id = ?').get(campaign) as { doc: string } | undefined
  const quotas = row === undefined ? [] : ((JSON.parse(row.doc) as Campaign).quotas ?? [])
  if (quotas.length === 0) return 0
  const reached = new Map(reachedOf(db, campaign).map(({ segment, ...counts }) => [segment, counts]))
  return countsBy<{ segment: string }>(db, campaign, 'segment', 'ready')
    .filter(({ segment }) => isFull(quotas, segment, reached.get(segment) ?? { done: 0, connected: 0 }))
    .reduce((sum, { leads }) => sum + leads, 0)
}
