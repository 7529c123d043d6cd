/** The tables' side of placement: agencies, batches, and what becomes of each case in one. Told before the case itself moves. */
import type { Fact } from '../../centre/facts.ts'
import { type Connection, sql } from '../db.ts'
import type { ProjectedLine } from '../project.ts'

/** Answers whether the fact was of agencies and batches alone; that a case moved is also for others. */
export function projectPlacement(db: Connection, { seq, at, actor, fact }: ProjectedLine): boolean {
  const run = (text: string, ...values: unknown[]) => void sql(db, text).run(...values)
  switch (fact.type) {
    case 'case.moved':
      moved(db, fact, at)
      return false
    case 'agency.saved': {
      const { id, name, state } = fact.agency
      run(
        `INSERT INTO agencies (id, name, state, doc, saved_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, state = excluded.state, doc = excluded.doc, saved_at = excluded.saved_at`,
        ...[id, name, state, JSON.stringify(fact.agency), at],
      )
      return true
    }
    case 'agency.removed':
      run("UPDATE agencies SET removed_at = coalesce(removed_at, ?), state = 'suspended' WHERE id = ?", at, fact.agency)
      return true
    case 'batch.opened': {
      const { batch } = fact
      run(
        `INSERT INTO agency_batches (id, agency, state, until, doc, opened_by, opened_at) VALUES (?, ?, 'PLACING', ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
        ...[batch.id, batch.agency, batch.until, JSON.stringify(batch), actor, at],
      )
      return true
    }
    case 'batch.listed':
      for (const each of fact.cases)
        run(
          `INSERT INTO placements (batch, case_id, agency, party, state, owed, currency)
           SELECT id, ?, agency, ?, 'WAITING', ?, ? FROM agency_batches WHERE id = ? ON CONFLICT DO NOTHING`,
          ...[each.case, each.party, each.owed, each.currency, fact.batch],
        )
      run(
        'UPDATE agency_batches SET listed = (SELECT count(*) FROM placements WHERE batch = agency_batches.id) WHERE id = ?',
        fact.batch,
      )
      return true
    case 'batch.unlisted':
      run(
        'UPDATE agency_batches SET unlisted = unlisted + ?, unlisted_why = ? WHERE id = ?',
        ...[fact.cases, fact.why, fact.batch],
      )
      return true
    case 'batch.refused':
      for (const each of fact.cases)
        run(
          "UPDATE placements SET state = 'REFUSED', why = ?, ended_at = ? WHERE batch = ? AND case_id = ? AND state = 'WAITING'",
          ...[each.why, at, fact.batch, each.case],
        )
      return true
    case 'batch.placed':
      run(
        "UPDATE agency_batches SET state = 'OPEN', placed_at = coalesce(placed_at, ?) WHERE id = ? AND state = 'PLACING'",
        at,
        fact.batch,
      )
      return true
    case 'batch.ended':
      run(
        "UPDATE agency_batches SET state = 'ENDED', ended_at = coalesce(ended_at, ?), reason = coalesce(reason, ?) WHERE id = ?",
        ...[at, fact.reason, fact.batch],
      )
      return true
    case 'callback.passed': {
      const { agent, campaign, lead } = fact.to
      run(
        'UPDATE callbacks SET agent = ?, campaign = ?, lead = ? WHERE id = ? AND closed_at IS NULL',
        ...[agent, campaign, lead, fact.callback],
      )
      run(
        'UPDATE leads SET callback = CASE WHEN id = ? THEN callback END, callback_agent = CASE WHEN id = ? THEN ? END WHERE callback = ?',
        ...[lead, lead, agent, fact.callback],
      )
      return true
    }
    case 'batch.exported':
      run(
        'INSERT INTO batch_exports (seq, batch, format, rows, bytes, sha256, reason, actor, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
        ...[seq, fact.batch, fact.format, fact.rows, fact.bytes, fact.sha256, fact.reason, actor, at],
      )
      return true
    default:
      return false
  }
}

/** Who holds a case now follows from its last move alone: whatever was placed before and is not so any more has ended. */
function moved(db: Connection, fact: Extract<Fact, { type: 'case.moved' }>, at: number): void {
  const batch = fact.placed?.batch ?? null
  sql(
    db,
    "UPDATE placements SET state = 'ENDED', why = ?, ended_at = ? WHERE case_id = ? AND state = 'PLACED' AND (? IS NULL OR batch <> ?)",
  ).run(endedBy(fact), at, fact.case, batch, batch)
  if (fact.placed)
    sql(
      db,
      `UPDATE placements SET state = 'PLACED', agent = ?, placed_at = coalesce(placed_at, ?) WHERE batch = ? AND case_id = ?
         AND state IN ('WAITING', 'PLACED')`,
    ).run(fact.agent, at, batch, fact.case)
}

/** `hold`, the name of a closed or away state, or why it was recalled. */
function endedBy({ to, reason, holdReason }: Extract<Fact, { type: 'case.moved' }>): string {
  if (to === 'HOLD') return `hold: ${holdReason ?? ''}`
  if (to === 'CURED' || to === 'SETTLED' || to === 'RETURNED' || to === 'WRITTEN_OFF' || to === 'LEGAL') return to
  return reason.slice(0, 200)
}
