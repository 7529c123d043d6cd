/**
 * Every named read. To add one: write a pure function `(db, args) => rows` under a `noun.verb` name in its noun's file, exported in that
 * file's `…Queries`, and see that the file is spread in here. `store.read('noun.verb', args)` is then typed by it. Arguments and answers
 * cross a thread: plain values only.
 */

import { announcementQueries } from './calls/announcements.ts'
import { answererQueries } from './calls/answerers.ts'
import { appealQueries } from './calls/appeals.ts'
import { callQueries } from './calls/calls.ts'
import { audioQueries } from './calls/leg-audio.ts'
import { legalHoldQueries } from './calls/legal-holds.ts'
import { recordingQueries } from './calls/recordings.ts'
import { supervisionQueries } from './calls/supervisions.ts'
import { talkQueries } from './calls/talks.ts'
import { callbackQueries } from './campaigns/callbacks.ts'
import { minuteQueries } from './campaigns/campaign-minutes.ts'
import { campaignQueries } from './campaigns/campaigns.ts'
import { dayQueries } from './campaigns/day-record.ts'
import { filterQueries } from './campaigns/lead-filters.ts'
import { leadQueries } from './campaigns/leads.ts'
import { dueQueries } from './campaigns/leads-due.ts'
import { listQueries } from './campaigns/lists.ts'
import { pacingQueries } from './campaigns/pacing-log.ts'
import { deskQueries } from './desk/desk.ts'
import { draftQueries } from './desk/drafts.ts'
import { scriptQueries } from './desk/scripts.ts'
import { exportQueries } from './files/exports.ts'
import { importQueries } from './files/imports.ts'
import { tableExportQueries } from './files/table-exports.ts'
import { gateQueries } from './gate/gate.ts'
import { suppressionQueries } from './gate/suppressions.ts'
import { tollQueries } from './gate/toll.ts'
import { changeQueries } from './journal/changes.ts'
import { journalQueries } from './journal/journal.ts'
import { bookQueries } from './lender/books.ts'
import { caseQueries } from './lender/cases.ts'
import { loanQueries } from './lender/loans.ts'
import { messageQueries } from './lender/messages.ts'
import { partyQueries } from './lender/parties.ts'
import { placementQueries } from './lender/placements.ts'
import { promiseQueries } from './lender/promises.ts'
import { quoteQueries } from './lender/quotes.ts'
import { repaymentQueries } from './lender/repayments.ts'
import { salesQueries } from './lender/sales.ts'
import { verificationQueries } from './lender/verification.ts'
import { waiverQueries } from './lender/waivers.ts'
import { loadQueries } from './load.ts'
import { agentQueries } from './people/agents.ts'
import { approvalQueries } from './people/approvals.ts'
import { sessionQueries } from './people/sessions.ts'
import { teamQueries } from './people/teams.ts'
import { tokenQueries } from './people/tokens.ts'
import { userQueries } from './people/users.ts'
import { wallQueries } from './people/walls.ts'
import { savedFilterQueries } from './saved-filters.ts'
import { settingQueries } from './settings.ts'
import { lineQueries } from './telephony/lines.ts'
import { phraseQueries } from './telephony/phrases.ts'
import { telephonyQueries } from './telephony/telephony.ts'

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
