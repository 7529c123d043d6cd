/** The guard against toll fraud: its rules, what was talked abroad today, and what people were told of. */
import { dayOf } from '../centre/day.ts'
import type { Setup } from '../centre/state.ts'
import { isHome, type TollRules, tollRulesDefault } from '../centre/toll/rules.ts'
import type { CallId, UserId } from '../lib/ids.ts'
import { type Db, sql } from './db.ts'

/** The key of the setting that holds the rules as JSON. */
export const tollRulesKey = 'toll.rules'

export type Alarm = {
  seq: number
  at: number
  rule: string
  user: UserId | null
  call: CallId | null
  number: string
  words: string
}

export const tollQueries = {
  /** Newest first. */
  'alarms.page': (db: Db, args: { limit: number }): Alarm[] =>
    (
      sql(db.$client, "SELECT seq, at, body FROM journal WHERE type = 'safety.alarmed' ORDER BY seq DESC LIMIT ?").all(
        args.limit,
      ) as { seq: number; at: number; body: string }[]
    ).map(({ seq, at, body }) => {
      const { rule, user, call, number, words } = JSON.parse(body) as Alarm
      return { seq, at, rule, user, call, number, words }
    }),
}

/** Calls that a person dialled by hand count from midnight of the centre on; those that kept a campaign's callback too, which is on the careful side. */
export function tollOf(db: Db, zone: string, now: number): Pick<Setup, 'tollRules' | 'tollSpent'> {
  const saved = sql(db.$client, 'SELECT value FROM settings WHERE key = ?').get(tollRulesKey) as
    | { value: string }
    | undefined
  const tollRules =
    saved === undefined ? tollRulesDefault : { ...tollRulesDefault, ...(JSON.parse(saved.value) as Partial<TollRules>) }
  const rows = sql(
    db.$client,
    `SELECT agent, number, answered_at AS answeredAt, ended_at AS endedAt FROM calls
     WHERE started_at >= ? AND direction = 'out' AND mode = 'manual' AND lead IS NULL AND agent IS NOT NULL
       AND answered_at IS NOT NULL AND ended_at IS NOT NULL`,
  ).all(dayOf(zone, now).from) as { agent: UserId; number: string; answeredAt: number; endedAt: number }[]
  const tollSpent = rows
    .filter(({ number }) => number.startsWith('+') && !isHome(number, zone))
    .map(({ agent: by, answeredAt, endedAt }) => ({ by, ms: endedAt - answeredAt }))
  return { tollRules, tollSpent }
}
