import type { CallId, UserId } from '../../lib/ids.ts'
import { type Db, sql } from '../db.ts'
import { asc, sql as built, inArray, or } from '../drizzle.cjs'
import { calls, talks } from '../schema.ts'

export type TalkRecord = typeof talks.$inferSelect

/** A page of calls. */
const callsMax = 500
/** Calls that one agent passed on and that a page of the agent's calls looks through. */
const passedMax = 500

export const talkQueries = {
  /** Who talked on these calls, in order. */
  'talks.ofCalls': (db: Db, args: { calls: CallId[] }): TalkRecord[] =>
    args.calls.length === 0
      ? []
      : db
          .select()
          .from(talks)
          .where(inArray(talks.call, args.calls.slice(0, callsMax)))
          .orderBy(asc(talks.call), asc(talks.fromAt))
          .all(),
}

/** The last calls that this agent talked on and gave away: they stand under another's name since. */
export function passedOnBy(db: Db, agent: UserId): CallId[] {
  const rows = sql(
    db.$client,
    'SELECT call FROM talks WHERE agent = ? AND passed = 1 ORDER BY from_at DESC LIMIT ?',
  ).all(agent, passedMax) as { call: CallId }[]
  return rows.map(({ call }) => call)
}

/** Condition on `calls`: whoever of these has it, had it last, or talked on it. */
export function ofAgents(agents: readonly UserId[]) {
  const ids = JSON.stringify(agents)
  return or(
    built`${calls.agent} IN (SELECT value FROM json_each(${ids}))`,
    built`EXISTS (SELECT 1 FROM talks WHERE talks.call = ${calls.id} AND talks.agent IN (SELECT value FROM json_each(${ids})))`,
  )
}
