/** The tables' side of the measures of lines: counts by hour, kept as calls begin and end. Asked before the call's own row is changed. */
import type { Fact } from '../../centre/facts.ts'
import { saysSomething } from '../../centre/lines/learn.ts'
import { shortCallMs } from '../../centre/lines/tally.ts'
import { type Connection, sql } from '../db.ts'

const hourMs = 3_600_000

export function projectLines(db: Connection, at: number, fact: Fact): void {
  if (fact.type === 'call.dialed') noteDialled(db, fact, at)
  else if (fact.type === 'call.rerouted') noteRerouted(db, fact)
  else if (fact.type === 'call.ended') noteEnded(db, fact, at)
}

function noteDialled(db: Connection, fact: Extract<Fact, { type: 'call.dialed' }>, at: number): void {
  if (sql(db, 'SELECT 1 FROM calls WHERE id = ?').get(fact.call) !== undefined) return
  countDialled(db, [hourOf(at), fact.trunk, fact.callerId])
}

/** The line that could not take the call has an outcome; the one that it goes out on now counts in the hour of the attempt. */
function noteRerouted(db: Connection, fact: Extract<Fact, { type: 'call.rerouted' }>): void {
  const call = sql(db, 'SELECT trunk, our_number, started_at FROM calls WHERE id = ? AND ended_at IS NULL').get(
    fact.call,
  ) as Pick<EndedCall, 'trunk' | 'our_number' | 'started_at'> | undefined
  if (call === undefined) return
  const hour = hourOf(call.started_at)
  sql(db, 'UPDATE line_hours SET outcomes = outcomes + 1 WHERE hour_at = ? AND trunk = ? AND caller_id = ?').run(
    hour,
    call.trunk,
    call.our_number,
  )
  countResult(db, [hour, call.trunk, call.our_number], 'CONGESTION')
  countDialled(db, [hour, fact.trunk, fact.callerId])
}

type EndedCall = {
  trunk: string
  our_number: string
  started_at: number
  ringing_at: number | null
  early_at: number | null
  answered_at: number | null
  connected_at: number | null
}

function noteEnded(db: Connection, fact: Extract<Fact, { type: 'call.ended' }>, at: number): void {
  const call = sql(
    db,
    `SELECT trunk, our_number, started_at, ringing_at, early_at, answered_at, connected_at FROM calls
     WHERE id = ? AND direction = 'out' AND ended_at IS NULL`,
  ).get(fact.call) as EndedCall | undefined
  if (call === undefined) return
  const { result, cause } = fact.ending
  const signs = [call.ringing_at, call.early_at, call.answered_at].filter(sign => sign !== null)
  const delayMs = signs.length === 0 ? 0 : Math.max(0, Math.min(...signs) - call.started_at)
  const talkMs = call.connected_at === null ? 0 : Math.max(0, at - call.connected_at)
  const answered = call.answered_at !== null
  const line = [hourOf(call.started_at), call.trunk, call.our_number] as const
  sql(
    db,
    `UPDATE line_hours SET outcomes = outcomes + ?, answered = answered + ?, connected = connected + ?, short = short + ?,
       delays = delays + ?, delay_ms = delay_ms + ?, talk_ms = talk_ms + ? WHERE hour_at = ? AND trunk = ? AND caller_id = ?`,
  ).run(
    Number(answered || saysSomething(result, cause)),
    Number(answered),
    Number(call.connected_at !== null),
    Number(call.connected_at !== null && talkMs < shortCallMs),
    Number(signs.length > 0),
    Math.round(delayMs),
    Math.round(talkMs),
    ...line,
  )
  countResult(db, line, result)
}

type LineOfHour = readonly [hourAt: number, trunk: string, callerId: string]

function countDialled(db: Connection, line: LineOfHour): void {
  sql(
    db,
    `INSERT INTO line_hours (hour_at, trunk, caller_id, dialled) VALUES (?, ?, ?, 1)
     ON CONFLICT DO UPDATE SET dialled = dialled + 1`,
  ).run(...line)
}

function countResult(db: Connection, line: LineOfHour, result: string): void {
  sql(
    db,
    `INSERT INTO line_results (hour_at, trunk, caller_id, result, calls) VALUES (?, ?, ?, ?, 1)
     ON CONFLICT DO UPDATE SET calls = calls + 1`,
  ).run(...line, result)
}

function hourOf(at: number): number {
  return Math.floor(at / hourMs) * hourMs
}
