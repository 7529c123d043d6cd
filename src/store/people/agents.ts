import type { AgentPhase } from '../../centre/facts.ts'
import type { UserId } from '../../lib/ids.ts'
import { type Db, sql } from '../db.ts'
import { and, desc, eq, gt, isNull, lt, or } from '../drizzle.cjs'
import { agentStates } from '../schema.ts'

/** An agent's figures of a time; ms by phase, calls that started in it. `utilisation` = (talking + wrapping) / signed in, 0 to 1. */
export type AgentFigures = {
  agent: UserId
  ms: Partial<Record<AgentPhase, number>>
  signedOnMs: number
  utilisation: number
  calls: number
  connected: number
  talkMs: number
}

export type AgentStateRow = typeof agentStates.$inferSelect

export const agentQueries = {
  /** Figures of [from, to) for one agent or all; `from` is cut to the half hour. What lasts still counts up to `now`. */
  'agents.figures': (db: Db, args: { from: number; to: number; now: number; agent?: UserId }): AgentFigures[] => {
    const byAgent = new Map<UserId, AgentFigures>()
    const of = (agent: UserId) => {
      let figures = byAgent.get(agent)
      if (!figures) {
        figures = { agent, ms: {}, signedOnMs: 0, utilisation: 0, calls: 0, connected: 0, talkMs: 0 }
        byAgent.set(agent, figures)
      }
      return figures
    }
    const { agent = null } = args
    // Of one agent by the index of agents: the cost is that of their own day and not of everybody's.
    const [whose, who] = agent === null ? ['', []] : ['AND agent = ?', [agent]]
    const slots = sql(
      db.$client,
      `SELECT agent, phase, sum(ms) AS ms FROM agent_slots WHERE slot_at >= ? AND slot_at < ? ${whose} GROUP BY agent, phase`,
    ).all(Math.floor(args.from / 1_800_000) * 1_800_000, args.to, ...who) as {
      agent: UserId
      phase: AgentPhase
      ms: number
    }[]
    const open = sql(
      db.$client,
      `SELECT agent, phase, from_at AS fromAt FROM agent_states WHERE to_at IS NULL ${whose}`,
    ).all(...who) as { agent: UserId; phase: AgentPhase; fromAt: number }[]
    const lasting = open.map(row => ({
      ...row,
      ms: Math.max(0, Math.min(args.now, args.to) - Math.max(row.fromAt, args.from)),
    }))
    for (const row of [...slots, ...lasting]) {
      const figures = of(row.agent)
      figures.ms[row.phase] = (figures.ms[row.phase] ?? 0) + row.ms
      figures.signedOnMs += row.ms
    }
    const dialled = sql(
      db.$client,
      `SELECT agent, count(*) AS calls FROM calls
       WHERE started_at >= ? AND started_at < ? AND agent IS NOT NULL AND of_call IS NULL ${whose} GROUP BY agent`,
    ).all(args.from, args.to, ...who) as { agent: UserId; calls: number }[]
    // Of a call that was passed on each agent has their own part, counted by when it began.
    const talked = sql(
      db.$client,
      `SELECT agent, count(DISTINCT call) AS connected, coalesce(sum(to_at - from_at), 0) AS talkMs
       FROM talks WHERE from_at >= ? AND from_at < ? ${whose} GROUP BY agent`,
    ).all(args.from, args.to, ...who) as { agent: UserId; connected: number; talkMs: number }[]
    for (const row of [...dialled, ...talked]) Object.assign(of(row.agent), row)
    for (const figures of byAgent.values()) figures.calls = Math.max(figures.calls, figures.connected)
    for (const figures of byAgent.values()) {
      const busy = (figures.ms.talking ?? 0) + (figures.ms.wrapping ?? 0)
      figures.utilisation = figures.signedOnMs > 0 ? busy / figures.signedOnMs : 0
    }
    return [...byAgent.values()]
  },
  /** What the agent did in [from, to), newest first; at most 500 rows. */
  'agents.states': (db: Db, args: { agent: UserId; from: number; to: number }): AgentStateRow[] =>
    db
      .select()
      .from(agentStates)
      .where(
        and(
          eq(agentStates.agent, args.agent),
          lt(agentStates.fromAt, args.to),
          or(isNull(agentStates.toAt), gt(agentStates.toAt, args.from)),
        ),
      )
      .orderBy(desc(agentStates.fromAt))
      .limit(500)
      .all(),
}
