/** The guard against toll fraud: its rules, what was talked abroad today, and what people were told of. */

import type { Fact } from '../../centre/facts.ts'
import { dayOf } from '../../centre/numbers/day.ts'
import type { Setup } from '../../centre/records/setup.ts'
import { isHome, type TollRules, tollRulesIn, tollRulesKey } from '../../centre/toll/rules.ts'
import type { CallId, TrunkId, UserId } from '../../lib/ids.ts'
import { type Db, sql } from '../db.ts'

export type Alarm = {
  seq: number
  at: number
  rule: string
  user: UserId | null
  call: CallId | null
  number: string
  words: string
  /** Where somebody is who guesses; null: the alarm is about no address. */
  address: string | null
  /** The one that it is about, and how many of its calls are told of together; null: it is about none, and no such calls. */
  trunk: TrunkId | null
  calls: number | null
  /** Calls of a media thread that died: those that another one goes on with, and those that were cut off; null: it is about none. */
  goOn: number | null
  cut: number | null
}

export const tollQueries = {
  /** Callers of a trunk since `since` who were turned away as too many, and are in the journal by their number alone. */
  'alarms.turnedAway': (db: Db, args: { trunk: TrunkId; since: number }): number =>
    (
      sql(
        db.$client,
        `SELECT COALESCE(SUM(json_extract(body, '$.calls')), 0) AS calls FROM journal
         WHERE type = 'safety.alarmed' AND seq >= (SELECT seq FROM journal WHERE at >= ? ORDER BY at, seq LIMIT 1) AND at >= ?
           AND json_extract(body, '$.rule') = 'callers_turned_away' AND json_extract(body, '$.trunk') = ?`,
      ).get(args.since, args.since, args.trunk) as { calls: number }
    ).calls,
  /** Newest first. */
  'alarms.page': (db: Db, args: { limit: number }): Alarm[] =>
    (
      sql(db.$client, "SELECT seq, at, body FROM journal WHERE type = 'safety.alarmed' ORDER BY seq DESC LIMIT ?").all(
        args.limit,
      ) as { seq: number; at: number; body: string }[]
    ).map(({ seq, at, body }) => {
      const { rule, user, call, number, words, ...more } = JSON.parse(body) as Alarm
      const { address = null, trunk = null, calls = null, goOn = null, cut = null } = more
      return { seq, at, rule, user, call, number, words, address, trunk, calls, goOn, cut }
    }),
}

/**
 * Calls that a person dialled by hand count from midnight of the centre on, for whoever dialled them: in whose hands they were later, or that
 * they were in nobody's, says nothing of that. What a voice menu had dialled is nobody's, and counts for the centre.
 */
export function tollOf(db: Db, zone: string, now: number): Pick<Setup, 'tollRules' | 'tollSpent'> {
  const saved = sql(db.$client, 'SELECT value FROM settings WHERE key = ?').get(tollRulesKey) as
    | { value: string }
    | undefined
  const tollRules =
    saved === undefined ? undefined : { ...tollRulesIn(zone), ...(JSON.parse(saved.value) as Partial<TollRules>) }
  const rows = sql(
    db.$client,
    `SELECT number, answered_at AS answeredAt, ended_at AS endedAt, (SELECT body FROM journal
       WHERE json_extract(body, '$.call') = +calls.id AND json_extract(body, '$.call') IS NOT NULL AND type = 'call.dialed' LIMIT 1) AS dialled
     FROM calls WHERE started_at >= ? AND direction = 'out' AND mode = 'manual' AND lead IS NULL AND number LIKE '+%'
       AND answered_at IS NOT NULL AND ended_at IS NOT NULL`,
  ).all(dayOf(zone, now).from) as { number: string; answeredAt: number; endedAt: number; dialled: string | null }[]
  const tollSpent = rows.flatMap(({ number, answeredAt, endedAt, dialled }) => {
    const fact = dialled === null || isHome(number, zone) ? null : (JSON.parse(dialled) as CallDialed)
    if (fact === null || keepsCampaign(fact)) return []
    const by = fact.of?.agent ?? fact.agent
    return by === null && fact.of === undefined ? [] : [{ by, ms: endedAt - answeredAt }]
  })
  return { ...(tollRules && { tollRules }), tollSpent }
}

type CallDialed = Extract<Fact, { type: 'call.dialed' }>

/** The callback of a campaign goes to a number that the centre knows; the live book leaves it out too. */
function keepsCampaign({ callback, campaign }: CallDialed): boolean {
  return Boolean(callback) && campaign !== null
}
