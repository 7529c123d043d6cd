/** Live-answered and abandoned calls by campaign and quarter of an hour: kept as facts come, read at a start. The same rule as centre/gate/abandonment.ts. */

import type { Call } from '../../centre/call-state.ts'
import type { Fact } from '../../centre/facts.ts'
import { type AbandonCount, abandonDaysMax, isCounted } from '../../centre/gate/abandonment.ts'
import type { CampaignId } from '../../lib/ids.ts'
import { type Connection, sql } from '../db.ts'

const quarterMs = 900_000
const dayMs = 86_400_000

/** `at`: the beginning of the quarter. */
export type AbandonQuarter = AbandonCount & { campaign: CampaignId; at: number }

/** Asked before the call's own row is changed. */
export function projectAbandonment(db: Connection, at: number, fact: Fact): void {
  if (fact.type !== 'call.connected' && fact.type !== 'call.abandoned') return
  const call = sql(
    db,
    'SELECT direction, campaign, mode, connected_at AS connectedAt, abandoned_at AS abandonedAt FROM calls WHERE id = ?',
  ).get(fact.call) as
    | (Pick<Call, 'direction' | 'campaign' | 'mode'> & { connectedAt: number | null; abandonedAt: number | null })
    | undefined
  if (call === undefined || !isCounted(call) || call.connectedAt !== null || call.abandonedAt !== null) return
  sql(
    db,
    `INSERT INTO abandon_quarters (campaign, quarter_at, answered, abandoned) VALUES (?, ?, 1, ?)
     ON CONFLICT (campaign, quarter_at) DO UPDATE SET answered = answered + 1, abandoned = abandoned + excluded.abandoned`,
  ).run(call.campaign, Math.floor(at / quarterMs) * quarterMs, fact.type === 'call.abandoned' ? 1 : 0)
}

/** As far back as any policy may ask, a day more for the zone. */
export function abandonQuarters(db: Connection, now: number): AbandonQuarter[] {
  return sql(
    db,
    `SELECT campaign, quarter_at AS at, answered, abandoned FROM abandon_quarters WHERE quarter_at >= ? ORDER BY quarter_at, campaign`,
  ).all(now - (abandonDaysMax + 1) * dayMs) as AbandonQuarter[]
}
