/**
 * Every named read. To add one: write a pure function `(db, args) => rows` under a `noun.verb` name in its noun's file, exported in that
 * file's `…Queries`, and see that the file is spread in here. `store.read('noun.verb', args)` is then typed by it. Arguments and answers
 * cross a thread: plain values only.
 */

import { agentQueries } from './agents.ts'
import { announcementQueries } from './announcements.ts'
import { answererQueries } from './answerers.ts'
import { appealQueries } from './appeals.ts'
import { approvalQueries } from './approvals.ts'
import { bookQueries } from './books.ts'
import { callbackQueries } from './callbacks.ts'
import { callQueries } from './calls.ts'
import { minuteQueries } from './campaign-minutes.ts'
import { campaignQueries } from './campaigns.ts'
import { caseQueries } from './cases.ts'
import { changeQueries } from './changes.ts'
import { dayQueries } from './day-record.ts'
import { deskQueries } from './desk.ts'
import { draftQueries } from './drafts.ts'
import { exportQueries } from './exports.ts'
import { gateQueries } from './gate.ts'
import { importQueries } from './imports.ts'
import { journalQueries } from './journal.ts'
import { filterQueries } from './lead-filters.ts'
import { leadQueries } from './leads.ts'
import { dueQueries } from './leads-due.ts'
import { audioQueries } from './leg-audio.ts'
import { legalHoldQueries } from './legal-holds.ts'
import { lineQueries } from './lines.ts'
import { listQueries } from './lists.ts'
import { loadQueries } from './load.ts'
import { loanQueries } from './loans.ts'
import { messageQueries } from './messages.ts'
import { pacingQueries } from './pacing-log.ts'
import { partyQueries } from './parties.ts'
import { phraseQueries } from './phrases.ts'
import { placementQueries } from './placements.ts'
import { promiseQueries } from './promises.ts'
import { quoteQueries } from './quotes.ts'
import { recordingQueries } from './recordings.ts'
import { repaymentQueries } from './repayments.ts'
import { salesQueries } from './sales.ts'
import { savedFilterQueries } from './saved-filters.ts'
import { scriptQueries } from './scripts.ts'
import { sessionQueries } from './sessions.ts'
import { settingQueries } from './settings.ts'
import { supervisionQueries } from './supervisions.ts'
import { suppressionQueries } from './suppressions.ts'
import { tableExportQueries } from './table-exports.ts'
import { talkQueries } from './talks.ts'
import { teamQueries } from './teams.ts'
import { telephonyQueries } from './telephony.ts'
import { tokenQueries } from './tokens.ts'
import { tollQueries } from './toll.ts'
import { userQueries } from './users.ts'
import { verificationQueries } from './verification.ts'
import { waiverQueries } from './waivers.ts'
import { wallQueries } from './walls.ts'

export const queries = {
  ...agentQueries,
  ...appealQueries,
  ...approvalQueries,
  ...audioQueries,
  ...callbackQueries,
  ...callQueries,
  ...campaignQueries,
  ...dayQueries,
  ...draftQueries,
  ...deskQueries,
  ...exportQueries,
  ...gateQueries,
  ...journalQueries,
  ...leadQueries,
  ...dueQueries,
  ...filterQueries,
  ...listQueries,
  ...legalHoldQueries,
  ...lineQueries,
  ...tollQueries,
  ...loadQueries,
  ...minuteQueries,
  ...pacingQueries,
  ...phraseQueries,
  ...announcementQueries,
  ...answererQueries,
  ...recordingQueries,
  ...scriptQueries,
  ...sessionQueries,
  ...settingQueries,
  ...savedFilterQueries,
  ...changeQueries,
  ...supervisionQueries,
  ...suppressionQueries,
  ...talkQueries,
  ...telephonyQueries,
  ...teamQueries,
  ...tokenQueries,
  ...wallQueries,
  ...userQueries,
  ...partyQueries,
  ...loanQueries,
  ...repaymentQueries,
  ...caseQueries,
  ...messageQueries,
  ...waiverQueries,
  ...placementQueries,
  ...promiseQueries,
  ...bookQueries,
  ...verificationQueries,
  ...quoteQueries,
  ...salesQueries,
  ...importQueries,
  ...tableExportQueries,
}

export type QueryName = keyof typeof queries
export type QueryArgs<Name extends QueryName> = Parameters<(typeof queries)[Name]>[1]
export type QueryResult<Name extends QueryName> = ReturnType<(typeof queries)[Name]>
