/**
 * From facts to tables. `project` is told one line after another and answers nothing; the same lines give the same tables, which is what
 * `rebuild` and its test rely on: no clock, no chance, nothing read that is not itself a projection.
 */
import type { Actor, Fact } from '../centre/facts.ts'
import { projectAbandonment } from './abandonment.ts'
import { projectAppeal } from './appeals.ts'
import { projectApproval } from './approvals.ts'
import { projectChange } from './changes.ts'
import type { Connection } from './db.ts'
import { projectImport } from './imports.ts'
import { projectLegalHold } from './legal-holds.ts'
import { projectDesk } from './project-desk.ts'
import { projectFloor } from './project-floor.ts'
import { projectFollowUp } from './project-follow-ups.ts'
import { projectLender } from './project-lender.ts'
import { projectLines } from './project-lines.ts'
import { projectMinutes } from './project-minutes.ts'
import { projectPlacement } from './project-placement.ts'
import { projectRecord } from './project-records.ts'
import { projectTalks } from './project-talks.ts'
import { projectVerification } from './project-verification.ts'
import { projectSales } from './sales.ts'
import { projectSavedFilter } from './saved-filters.ts'
import { projectSupervision } from './supervisions.ts'
import { projectTableExport } from './table-exports.ts'
import { projectTeam } from './teams.ts'
import { projectToken } from './tokens.ts'
import { projectWall } from './walls.ts'

/** `previousAt` is the instant of the line before: after a crash it is the last moment known. */
export type ProjectedLine = { seq: number; at: number; actor: Actor; fact: Fact; previousAt: number }

/** Children before parents. */
export const projectedTables = [
  'lead_phones',
  'leads',
  'lead_counts',
  'lists',
  'answer_hours',
  'users',
  'trunks',
  'trunk_groups',
  'teams',
  'numbers',
  'queues',
  'menus',
  'campaigns',
  'suppressions',
  'callbacks',
  'calls',
  'talks',
  'supervisions',
  'appeals',
  'attempts',
  'recordings',
  'legal_holds',
  'leg_audio',
  'agent_states',
  'agent_slots',
  'tokens',
  'walls',
  'approvals',
  'exports',
  'imports',
  'settings',
  'saved_filters',
  'changes',
  'change_heads',
  'policies',
  'party_stops',
  'pacing_log',
  'abandon_quarters',
  'campaign_minutes',
  'campaign_lines',
  'campaign_members',
  'line_hours',
  'line_results',
  'attributions',
  'phrases',
  'phrase_hearings',
  'announcements',
  'party_phones',
  'party_fields',
  'party_name_parts',
  'party_flags',
  'parties',
  'field_definitions',
  'consents',
  'allocations',
  'repayments',
  'loans',
  'cases',
  'agencies',
  'agency_batches',
  'placements',
  'batch_exports',
  'lender_days',
  'case_steps',
  'waivers',
  'complaints',
  'messages',
  'promises',
  'order_moves',
  'orders',
  'quotes',
  'prospects',
  'product_versions',
  'products',
  'task_refusals',
  'task_answers',
  'task_confirmations',
  'task_calls',
  'verification_tasks',
  'checklists',
  'applications',
  'file_imports',
  'table_exports',
  'import_mappings',
  'scripts',
  'script_places',
  'call_marks',
  'write_ups',
] as const

export function project(db: Connection, line: ProjectedLine): void {
  projectLines(db, line.at, line.fact)
  projectMinutes(db, line.at, line.fact)
  projectAbandonment(db, line.at, line.fact)
  projectTalks(db, line.at, line.fact)
  projectDesk(db, line)
  projectChange(db, line)
  projectFollowUp(db, line)
  if (projectPlacement(db, line)) return
  if (projectAppeal(db, line)) return
  if (projectSupervision(db, line) || projectTeam(db, line) || projectFloor(db, line) || projectLender(db, line)) return
  if (
    projectVerification(db, line) ||
    projectSales(db, line) ||
    projectSavedFilter(db, line.fact) ||
    projectLegalHold(db, line) ||
    projectApproval(db, line) ||
    projectToken(db, line) ||
    projectWall(db, line) ||
    projectImport(db, line) ||
    projectTableExport(db, line)
  )
    return
  projectRecord(db, line)
}

/** Makes every projected table anew from the journal, in one transaction. Answers the number of lines told. */
export function rebuild(db: Connection): number {
  return db.transaction(() => {
    for (const table of projectedTables) db.exec(`DELETE FROM ${table}`)
    const lines = db.prepare('SELECT seq, at, actor, body FROM journal WHERE seq > ? ORDER BY seq LIMIT 1000')
    let previousAt = 0
    let told = 0
    for (;;) {
      const slice = lines.all(told) as { seq: number; at: number; actor: Actor; body: string }[]
      if (slice.length === 0) return told
      for (const { seq, at, actor, body } of slice) {
        project(db, { seq, at, actor, fact: JSON.parse(body) as Fact, previousAt })
        previousAt = at
        told = seq
      }
    }
  })()
}
