/** The tables' side of scripts, of how they were gone through, and of what has to be written down. */
import { type Connection, sql } from '../db.ts'
import type { ProjectedLine } from '../project.ts'

export function projectDesk(db: Connection, { seq, at, actor, fact }: ProjectedLine): void {
  const run = (text: string, ...values: unknown[]) => void sql(db, text).run(...values)
  switch (fact.type) {
    case 'script.saved': {
      const { script, version } = fact
      run(
        `INSERT INTO scripts (id, version, doc, saved_at, saved_by) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (id, version) DO UPDATE SET doc = excluded.doc, saved_at = excluded.saved_at, saved_by = excluded.saved_by`,
        ...[script.id, version, JSON.stringify(script), at, actor],
      )
      run('DELETE FROM script_places WHERE script = ?', script.id)
      for (const place of script.places)
        run(
          'INSERT INTO script_places (place, script) VALUES (?, ?) ON CONFLICT (place) DO UPDATE SET script = excluded.script',
          ...[place, script.id],
        )
      return
    }
    case 'script.turned':
      run(
        `INSERT INTO call_marks (call, seq, at, agent, kind, script, version, key, from_key, answer, offset_ms) VALUES (?, ?, ?, ?, 'turned', ?, ?, ?, ?, ?, ?)`,
        ...[fact.call, seq, at, fact.agent, fact.script, fact.version, fact.to, fact.from, fact.answer, fact.offsetMs],
      )
      return
    case 'script.read':
      run(
        `INSERT INTO call_marks (call, seq, at, agent, kind, script, version, key, offset_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[fact.call, seq, at, fact.agent, fact.read ? 'read' : 'unread', fact.script, fact.version, fact.sentence],
        fact.offsetMs,
      )
      return
    case 'writeUp.saved':
      run(
        'INSERT INTO write_ups (place, doc, saved_at) VALUES (?, ?, ?) ON CONFLICT (place) DO UPDATE SET doc = excluded.doc, saved_at = excluded.saved_at',
        ...[fact.writeUp.place, JSON.stringify(fact.writeUp), at],
      )
      return
    default:
      return
  }
}
