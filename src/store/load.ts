/** What a start reads: how the floor is set up, and what was under way when the process went. */

import type { Setup } from '../centre/state.ts'
import { localTime, zoneOr } from '../centre/zone.ts'
import type { CallId, CampaignId, LeadId, RecordingId, UserId } from '../lib/ids.ts'
import { type Db, sql } from './db.ts'
import { isNull, sql as literal } from './drizzle.cjs'
import type { NoArgs } from './page.ts'
import { calls, campaigns, numbers, queues, suppressions, trunks, users } from './schema.ts'

/** Under way at the last line of the journal. After a clean stop all four are empty. */
export type InFlight = {
  calls: (typeof calls.$inferSelect)[]
  leads: { id: LeadId; campaign: CampaignId; lastCall: CallId | null; answered: boolean }[]
  recordings: { id: RecordingId; call: CallId; path: string }[]
  agents: UserId[]
}

export const loadQueries = {
  'load.setup': (db: Db, args: { now: number }): Setup => ({
    users: db
      .select()
      .from(users)
      .all()
      .map(row => row.doc),
    trunks: db
      .select()
      .from(trunks)
      .all()
      .map(row => row.doc),
    numbers: db
      .select()
      .from(numbers)
      .all()
      .map(row => row.doc),
    queues: db
      .select()
      .from(queues)
      .all()
      .map(row => row.doc),
    campaigns: db
      .select()
      .from(campaigns)
      .all()
      .map(row => row.doc),
    suppressed: db
      .select({ number: suppressions.number, until: suppressions.until })
      .from(suppressions)
      .where(literal`until IS NULL OR until > ${args.now}`)
      .all(),
    ...todayOf(db, args.now),
  }),
  'load.inFlight': (db: Db, _args: NoArgs): InFlight => ({
    calls: db.select().from(calls).where(isNull(calls.endedAt)).all(),
    leads: (
      sql(
        db.$client,
        `SELECT leads.id, leads.campaign, last_call AS lastCall, calls.answered_at IS NOT NULL AS answered
         FROM leads LEFT JOIN calls ON calls.id = last_call WHERE leads.state = 'in_call' ORDER BY leads.id`,
      ).all() as { id: LeadId; campaign: CampaignId; lastCall: CallId | null; answered: number }[]
    ).map(row => ({ ...row, answered: row.answered === 1 })),
    recordings: sql(
      db.$client,
      'SELECT id, call, path FROM recordings WHERE sealed_at IS NULL AND missing_reason IS NULL ORDER BY id',
    ).all() as InFlight['recordings'],
    agents: (
      sql(db.$client, 'SELECT DISTINCT agent FROM agent_states WHERE to_at IS NULL ORDER BY agent').all() as {
        agent: UserId
      }[]
    ).map(row => row.agent),
  }),
}

/** The centre's zone, and what the dialler's account of abandonment stands at since its midnight. */
function todayOf(db: Db, now: number): Pick<Setup, 'zone' | 'today'> {
  const row = sql(db.$client, "SELECT value FROM settings WHERE key = 'centre.zone'").get() as
    | { value: string }
    | undefined
  const zone = zoneOr(row?.value)
  const { minute } = localTime(zone, now)
  const midnight = Math.floor(now / 60_000) * 60_000 - minute * 60_000
  const today = sql(
    db.$client,
    `SELECT campaign, count(coalesce(connected_at, abandoned_at)) AS answered, count(abandoned_at) AS abandoned FROM calls
     WHERE started_at >= ? AND direction = 'out' AND mode IN ('predictive', 'progressive') AND campaign IS NOT NULL GROUP BY campaign`,
  ).all(midnight) as { campaign: CampaignId; answered: number; abandoned: number }[]
  return { zone, today }
}
