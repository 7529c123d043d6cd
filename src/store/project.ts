/**
 * From facts to tables. `project` is told one line after another and answers nothing; the same lines give the same tables, which is what
 * `rebuild` and its test rely on: no clock, no chance, nothing read that is not itself a projection.
 */
import type { Actor, Fact } from '../centre/facts.ts'
import { projectAppeal } from './calls/appeals.ts'
import { projectLegalHold } from './calls/legal-holds.ts'
import { projectFloor } from './calls/project-floor.ts'
import { projectTalks } from './calls/project-talks.ts'
import { projectSupervision } from './calls/supervisions.ts'
import { projectAbandonment } from './campaigns/abandonment.ts'
import { projectFollowUp } from './campaigns/project-follow-ups.ts'
import { projectMinutes } from './campaigns/project-minutes.ts'
import type { Connection } from './db.ts'
import { projectDesk } from './desk/project-desk.ts'
import { projectImport } from './files/imports.ts'
import { projectTableExport } from './files/table-exports.ts'
import { projectChange } from './journal/changes.ts'
import { projectLender } from './lender/project-lender.ts'
import { projectPlacement } from './lender/project-placement.ts'
import { projectVerification } from './lender/project-verification.ts'
import { projectSales } from './lender/sales.ts'
import { projectApproval } from './people/approvals.ts'
import { projectTeam } from './people/teams.ts'
import { projectToken } from './people/tokens.ts'
import { projectWall } from './people/walls.ts'
import { projectRecord } from './project-records.ts'
import { projectSavedFilter } from './saved-filters.ts'
import { projectLines } from './telephony/project-lines.ts'

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
