/** Who talked to the party of a call, from when to when, and what each of them wrote down. */
import type { Fact } from '../../centre/facts.ts'
import { type Connection, sql } from '../db.ts'

/** Told of every fact of a call, before the table of calls is. */
export function projectTalks(db: Connection, at: number, fact: Fact): void {
  const run = (text: string, ...values: unknown[]) => void sql(db, text).run(...values)
  switch (fact.type) {
    case 'call.connected':
      leave(db, fact.call, at)
      run(
        'INSERT INTO talks (call, agent, from_at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET to_at = NULL, passed = 0',
        fact.call,
        fact.agent,
        at,
      )
      run('UPDATE calls SET passed_at = NULL WHERE id = ? AND passed_at IS NOT NULL', fact.call)
      return
    case 'call.transferred':
    case 'call.slotted': {
      const agent = fact.type === 'call.slotted' ? fact.agent : fact.from
      run('UPDATE talks SET passed = 1 WHERE call = ? AND agent = ? AND to_at IS NULL', fact.call, agent)
      leave(db, fact.call, at)
      run('UPDATE calls SET passed_at = ? WHERE id = ?', at, fact.call)
      return
    }
    case 'call.fellBack':
      leave(db, fact.call, at)
      run('UPDATE calls SET passed_at = ? WHERE id = ?', at, fact.call)
      return
    case 'call.takenOn':
    case 'call.dismissed': // whoever is told that we call back is owed that already
      run('UPDATE calls SET passed_at = NULL WHERE id = ?', fact.call)
      return
    case 'call.queued':
    case 'call.ended':
      leave(db, fact.call, at)
      return
    case 'call.disposed':
      run(
        `UPDATE talks SET disposition = ?, note = ?, fields = ?, disposed_at = ? WHERE call = ? AND agent = ?
         AND from_at = (SELECT max(from_at) FROM talks WHERE call = ? AND agent = ?)`,
        fact.code,
        fact.note,
        JSON.stringify(fact.fields),
        at,
        fact.call,
        fact.agent,
        fact.call,
        fact.agent,
      )
      return
    default:
      return
  }
}

/** Whoever talks, talks no more. The clock may have been set back. */
function leave(db: Connection, call: string, at: number): void {
  sql(db, 'UPDATE talks SET to_at = max(from_at, ?) WHERE call = ? AND to_at IS NULL').run(at, call)
}
