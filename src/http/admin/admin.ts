import { Hono } from 'hono'
import { approvalRoutes } from '../approvals.ts'
import type { Deps, Env } from '../deps.ts'
import { lineRoutes } from '../supervisor/lines.ts'
import { announcementRoutes } from './announcements.ts'
import { assignmentRoutes } from './assignment.ts'
import { calendarRoutes } from './calendars.ts'
import { campaignRoutes } from './campaigns.ts'
import { changeRoutes } from './changes.ts'
import { checklistRoutes } from './checklists.ts'
import { confirmationRoutes } from './confirmations.ts'
import { fieldRoutes } from './fields.ts'
import { importMappingRoutes } from './import-mappings.ts'
import { importRoutes } from './imports.ts'
import { journalRoutes } from './journal.ts'
import { leadRoutes } from './leads.ts'
import { listRoutes } from './lists.ts'
import { menuRoutes } from './menus.ts'
import { noticeAudioRoutes } from './notice-audio.ts'
import { numberRoutes } from './numbers.ts'
import { phoneRoutes } from './phones.ts'
import { phraseRoutes } from './phrases.ts'
import { policyRoutes } from './policies.ts'
import { productRoutes } from './products.ts'
import { queueRoutes } from './queues.ts'
import { recordingRuleRoutes } from './recordings.ts'
import { safetyRoutes } from './safety.ts'
import { scriptRoutes } from './scripts.ts'
import { setupRoutes } from './setup.ts'
import { strategyRoutes } from './strategies.ts'
import { suppressionRoutes } from './suppressions.ts'
import { tableExportRoutes } from './table-exports.ts'
import { teamRoutes } from './teams.ts'
import { tokenRoutes } from './tokens.ts'
import { trunkGroupRoutes } from './trunk-groups.ts'
import { trunkTestRoutes } from './trunk-tests.ts'
import { trunkRoutes } from './trunks.ts'
import { userRoutes } from './users.ts'
import { waiverLimitRoutes } from './waiver-limits.ts'
import { writeUpRoutes } from './write-ups.ts'

/** Everything under `/admin`, a noun a file. */
export function adminRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const nouns = [
    setupRoutes,
    userRoutes,
    teamRoutes,
    phoneRoutes,
    trunkRoutes,
    trunkGroupRoutes,
    trunkTestRoutes,
    lineRoutes,
    numberRoutes,
    queueRoutes,
    menuRoutes,
    campaignRoutes,
    checklistRoutes,
    productRoutes,
    fieldRoutes,
    confirmationRoutes,
    noticeAudioRoutes,
    phraseRoutes,
    announcementRoutes,
    writeUpRoutes,
    scriptRoutes,
    leadRoutes,
    listRoutes,
    suppressionRoutes,
    // Before those of one import, whose id could be this word.
    importMappingRoutes,
    importRoutes,
    tableExportRoutes,
    policyRoutes,
    calendarRoutes,
    tokenRoutes,
    approvalRoutes,
    changeRoutes,
    journalRoutes,
    safetyRoutes,
    recordingRuleRoutes,
    assignmentRoutes,
    strategyRoutes,
    waiverLimitRoutes,
  ]
  for (const routes of nouns) route.route('/', routes(deps))
  return route
}
