/** The log of agents' phases, and its sums by half hour. */
import type { AgentPhase } from '../../centre/facts.ts'
import { bookPhase } from '../campaigns/project-minutes.ts'
import { type Connection, sql } from '../db.ts'

export const slotMs = 1_800_000

/** The agent's phase ends and another begins. Signed off is the absence of a row. */
export function enterPhase(
  db: Connection,
  to: { seq: number; at: number; agent: string; phase: AgentPhase; reason: string | null; call: string | null },
): void {
  leavePhase(db, to.agent, to.at, to.phase)
  if (to.phase === 'signed_off') return
  sql(db, 'INSERT INTO agent_states (seq, agent, phase, reason, call, from_at) VALUES (?, ?, ?, ?, ?, ?)').run(
    to.seq,
    to.agent,
    to.phase,
    to.reason,
    to.call,
    to.at,
  )
}

export function leavePhase(db: Connection, agent: string, at: number, next: AgentPhase | null = null): void {
  const open = sql(
    db,
    'SELECT seq, agent, phase, from_at AS fromAt FROM agent_states WHERE agent = ? AND to_at IS NULL',
  )
  for (const row of open.all(agent) as OpenPhase[]) close(db, row, at, next)
}

/** After a crash: nobody is known to have worked past the last line of the journal. */
export function leaveAllPhases(db: Connection, at: number): void {
  const open = sql(db, 'SELECT seq, agent, phase, from_at AS fromAt FROM agent_states WHERE to_at IS NULL ORDER BY seq')
  for (const row of open.all() as OpenPhase[]) close(db, row, at, null)
}

type OpenPhase = { seq: number; agent: string; phase: AgentPhase; fromAt: number }

function close(db: Connection, open: OpenPhase, at: number, next: AgentPhase | null): void {
  const toAt = Math.max(at, open.fromAt) // the clock may have been set back
  sql(db, 'UPDATE agent_states SET to_at = ? WHERE seq = ?').run(toAt, open.seq)
  bookPhase(db, { ...open, toAt }, next)
  const add = sql(
    db,
    `INSERT INTO agent_slots (agent, slot_at, phase, ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (agent, slot_at, phase) DO UPDATE SET ms = ms + excluded.ms`,
  )
  for (let from = open.fromAt; from < toAt; ) {
    const slotAt = Math.floor(from / slotMs) * slotMs
    const until = Math.min(toAt, slotAt + slotMs)
    add.run(open.agent, slotAt, open.phase, until - from)
    from = until
  }
}
