/** The tables' side of what each campaign did by the minute. Asked before the call's own row is changed. */
import type { AgentPhase, Fact } from '../../centre/facts.ts'
import { type Connection, sql } from '../db.ts'

export const minuteMs = 60_000
/** A phase is booked to the minutes of its first day only: nobody talks for longer, and one fact must not cost more. */
const minutesOfPhaseMax = 24 * 60

export function projectMinutes(db: Connection, at: number, fact: Fact): void {
  switch (fact.type) {
    case 'campaign.saved':
      return saveMembers(db, fact.campaign.id, fact.campaign.agents)
    case 'call.dialed':
      if (fact.campaign !== null && callOf(db, fact.call) === undefined) noteDialled(db, fact.campaign, at)
      return
    case 'call.answered': {
      const call = callOf(db, fact.call)
      if (call?.campaign && call.answeredAt === null) count(db, 'answered', call.campaign, at)
      return
    }
    case 'call.connected': {
      const call = callOf(db, fact.call)
      if (call?.campaign && call.connectedAt === null) count(db, 'connected', call.campaign, at)
      return
    }
    case 'call.abandoned': {
      // It belongs to the minute in which it was answered, so that a rate is of the same calls above and below.
      const call = callOf(db, fact.call)
      if (call?.campaign && call.abandonedAt === null) count(db, 'abandoned', call.campaign, call.answeredAt ?? at)
      return
    }
    case 'call.ended': {
      const call = callOf(db, fact.call)
      if (!call?.campaign || call.endedAt !== null) return
      sql(db, 'UPDATE campaign_lines SET lines = max(0, lines - 1) WHERE campaign = ?').run(call.campaign)
      return
    }
    default:
      return
  }
}

type CallRow = {
  campaign: string | null
  answeredAt: number | null
  connectedAt: number | null
  abandonedAt: number | null
  endedAt: number | null
}

function callOf(db: Connection, id: string): CallRow | undefined {
  return sql(
    db,
    `SELECT campaign, answered_at AS answeredAt, connected_at AS connectedAt, abandoned_at AS abandonedAt, ended_at AS endedAt
     FROM calls WHERE id = ? AND direction = 'out'`,
  ).get(id) as CallRow | undefined
}

function noteDialled(db: Connection, campaign: string, at: number): void {
  sql(
    db,
    'INSERT INTO campaign_lines (campaign, lines) VALUES (?, 1) ON CONFLICT (campaign) DO UPDATE SET lines = lines + 1',
  ).run(campaign)
  sql(
    db,
    `INSERT INTO campaign_minutes (campaign, minute_at, dialled, lines)
       SELECT campaign, ?, 1, lines FROM campaign_lines WHERE campaign = ?
     ON CONFLICT (campaign, minute_at) DO UPDATE SET dialled = dialled + 1, lines = max(lines, excluded.lines)`,
  ).run(minuteOf(at), campaign)
}

const counting = {
  answered: `INSERT INTO campaign_minutes (campaign, minute_at, answered) VALUES (?, ?, 1)
     ON CONFLICT (campaign, minute_at) DO UPDATE SET answered = answered + 1`,
  connected: `INSERT INTO campaign_minutes (campaign, minute_at, connected) VALUES (?, ?, 1)
     ON CONFLICT (campaign, minute_at) DO UPDATE SET connected = connected + 1`,
  abandoned: `INSERT INTO campaign_minutes (campaign, minute_at, abandoned) VALUES (?, ?, 1)
     ON CONFLICT (campaign, minute_at) DO UPDATE SET abandoned = abandoned + 1`,
} as const

function count(db: Connection, what: keyof typeof counting, campaign: string, at: number): void {
  sql(db, counting[what]).run(campaign, minuteOf(at))
}

function saveMembers(db: Connection, campaign: string, agents: readonly string[]): void {
  sql(db, 'DELETE FROM campaign_members WHERE campaign = ?').run(campaign)
  const add = sql(db, 'INSERT INTO campaign_members (agent, campaign) VALUES (?, ?) ON CONFLICT DO NOTHING')
  for (const agent of agents) add.run(agent, campaign)
}

/** The agent's phase is over (`next` began, or nothing): its time goes to the minutes it lay in, of each campaign the agent serves. */
export function bookPhase(
  db: Connection,
  phase: { agent: string; phase: AgentPhase; fromAt: number; toAt: number },
  next: AgentPhase | null,
): void {
  if (!isPresent(phase.phase)) return
  const campaigns = sql(db, 'SELECT campaign FROM campaign_members WHERE agent = ?').all(phase.agent) as {
    campaign: string
  }[]
  if (campaigns.length === 0) return
  const add = sql(
    db,
    `INSERT INTO campaign_minutes (campaign, minute_at, busy_ms, ready_ms, present_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (campaign, minute_at) DO UPDATE SET busy_ms = busy_ms + excluded.busy_ms, ready_ms = ready_ms + excluded.ready_ms,
       present_ms = present_ms + excluded.present_ms`,
  )
  const wait = sql(
    db,
    `INSERT INTO campaign_minutes (campaign, minute_at, idle_ms, idles) VALUES (?, ?, ?, 1)
     ON CONFLICT (campaign, minute_at) DO UPDATE SET idle_ms = idle_ms + excluded.idle_ms, idles = idles + 1`,
  )
  const isWait = phase.phase === 'ready' && next !== null && next !== 'ready' && isPresent(next)
  for (const { campaign } of campaigns) {
    for (const { minuteAt, ms } of minutesOf(phase.fromAt, phase.toAt)) {
      const { busyMs, readyMs } = timeOf(phase.phase, ms)
      add.run(campaign, minuteAt, busyMs, readyMs, ms)
    }
    if (isWait) wait.run(campaign, minuteOf(phase.toAt), phase.toAt - phase.fromAt)
  }
}

export function isPresent(phase: AgentPhase): boolean {
  return phase !== 'signed_off' && phase !== 'break'
}

export function timeOf(phase: AgentPhase, ms: number): { busyMs: number; readyMs: number } {
  const isBusy = phase === 'talking' || phase === 'wrapping'
  return { busyMs: isBusy ? ms : 0, readyMs: phase === 'ready' ? ms : 0 }
}

/** A stretch of time cut at the minutes, of its first day at most. */
export function minutesOf(from: number, to: number): { minuteAt: number; ms: number }[] {
  const parts: { minuteAt: number; ms: number }[] = []
  for (let at = from; at < to && parts.length < minutesOfPhaseMax; ) {
    const minuteAt = minuteOf(at)
    const until = Math.min(to, minuteAt + minuteMs)
    parts.push({ minuteAt, ms: until - at })
    at = until
  }
  return parts
}

function minuteOf(at: number): number {
  return Math.floor(at / minuteMs) * minuteMs
}
