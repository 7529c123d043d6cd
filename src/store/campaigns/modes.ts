/** What the rules of mode go by after a restart: which held and since when, as the journal says, and how the last calls were answered. */

import type { ResumedMode } from '../../centre/campaigns/mode.ts'
import type { Campaign } from '../../centre/entities.ts'
import type { Fact } from '../../centre/facts.ts'
import { type Db, sql } from '../db.ts'

/** As many calls as the floor itself goes by: see `noteOutcome` in mode.ts. */
const callsMax = 400

/** One for each campaign that has rules of mode. */
export function modesOf(db: Db): ResumedMode[] {
  const ruled = sql(
    db.$client,
    "SELECT doc FROM campaigns WHERE state <> 'closed' AND json_array_length(doc, '$.modeRules') > 0",
  ).all() as { doc: string }[]
  return ruled.map(({ doc }) => modeOf(db, (JSON.parse(doc) as Campaign).id))
}

function modeOf(db: Db, campaign: Campaign['id']): ResumedMode {
  const last = sql(
    db.$client,
    `SELECT at, body FROM journal INDEXED BY journal_type
     WHERE type = 'campaign.modeChanged' AND json_extract(body, '$.campaign') = ? ORDER BY seq DESC LIMIT 1`,
  ).get(campaign) as { at: number; body: string } | undefined
  const change = last === undefined ? null : (JSON.parse(last.body) as Extract<Fact, { type: 'campaign.modeChanged' }>)
  const counts = sql(
    db.$client,
    `SELECT count(*) AS calls, count(answered_at) AS answers FROM (
       SELECT answered_at FROM calls INDEXED BY calls_campaign
       WHERE campaign = ? AND direction = 'out' AND ended_at IS NOT NULL ORDER BY started_at DESC, id DESC LIMIT ?)`,
  ).get(campaign, callsMax) as { calls: number; answers: number }
  const changed = change === null ? null : { mode: change.mode, rule: change.rule, since: last!.at }
  return { campaign, changed, ...counts }
}
