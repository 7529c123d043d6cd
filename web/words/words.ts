import { adminWords } from './admin.ts'
import { agentWords } from './agent.ts'
import { announcementWords } from './announcements.ts'
import { appealWords } from './appeals.ts'
import { approvalWords } from './approvals.ts'
import { audioPageWords } from './audio.ts'
import { auditorWords } from './auditor.ts'
import { callStatusWords } from './call-status.ts'
import { callbackWords } from './callbacks.ts'
import { campaignWords } from './campaign.ts'
import { changeFieldWords } from './change-fields.ts'
import { changeWords } from './changes.ts'
import { claimWords } from './claims.ts'
import { collectionsWords } from './collections.ts'
import { confirmationWords } from './confirmation.ts'
import { connectionWords } from './connection.ts'
import { custodyWords } from './custody.ts'
import { divertedWords } from './diverted.ts'
import { domainWords } from './domain.ts'
import { frameWords } from './frame.ts'
import { importReportWords } from './import-report.ts'
import { importWords } from './imports.ts'
import { ladderWords } from './ladder.ts'
import type { Language, Like } from './language.ts'
import { lenderWords } from './lender.ts'
import { linesWords } from './lines.ts'
import { listWords } from './lists.ts'
import { mailWords } from './mail.ts'
import { menuWords } from './menus.ts'
import { orderWords } from './order.ts'
import { ownFieldWords } from './own-fields.ts'
import { phoneWords } from './phones.ts'
import { phraseWords } from './phrases.ts'
import { placementWords } from './placement.ts'
import { policyWords } from './policies.ts'
import { productWords } from './products.ts'
import { rehearsalWords } from './rehearsal.ts'
import { retentionWords } from './retention.ts'
import { safetyWords } from './safety.ts'
import { salesWords } from './sales.ts'
import { scriptWords } from './scripts.ts'
import { strategyWords } from './strategies.ts'
import { supervisionWords } from './supervision.ts'
import { supervisorWords } from './supervisor.ts'
import { tableExportWords } from './table-exports.ts'
import { teamWords } from './teams.ts'
import { transferWords } from './transfer.ts'
import { trunkRuleWords } from './trunk-rules.ts'
import { trunkTestWords } from './trunk-test.ts'
import { trunkTroubleWords } from './trunk-troubles.ts'
import { tryOutWords } from './try-out.ts'
import { verificationWords } from './verification.ts'
import { wallWords } from './walls.ts'

export type { Language } from './language.ts'

const zh = {
  frame: frameWords.zh,
  domain: domainWords.zh,
  agent: agentWords.zh,
  callStatus: callStatusWords.zh,
  diverted: divertedWords.zh,
  scripts: scriptWords.zh,
  supervisor: supervisorWords.zh,
  supervision: supervisionWords.zh,
  appeals: appealWords.zh,
  admin: adminWords.zh,
  auditor: auditorWords.zh,
  lines: linesWords.zh,
  policies: policyWords.zh,
  lists: listWords.zh,
  collections: collectionsWords.zh,
  mail: mailWords.zh,
  strategies: strategyWords.zh,
  approvals: approvalWords.zh,
  claims: claimWords.zh,
  placement: placementWords.zh,
  campaign: campaignWords.zh,
  rehearsal: rehearsalWords.zh,
  callbacks: callbackWords.zh,
  order: orderWords.zh,
  phrases: phraseWords.zh,
  phones: phoneWords.zh,
  announcements: announcementWords.zh,
  importReport: importReportWords.zh,
  imports: importWords.zh,
  tableExports: tableExportWords.zh,
  connection: connectionWords.zh,
  safety: safetyWords.zh,
  sales: salesWords.zh,
  products: productWords.zh,
  custody: custodyWords.zh,
  retention: retentionWords.zh,
  ladder: ladderWords.zh,
  audio: audioPageWords.zh,
  trunkRules: trunkRuleWords.zh,
  trunkTest: trunkTestWords.zh,
  trunkTroubles: trunkTroubleWords.zh,
  transfer: transferWords.zh,
  teams: teamWords.zh,
  walls: wallWords.zh,
  changes: changeWords.zh,
  changeFields: changeFieldWords.zh,
  ownFields: ownFieldWords.zh,
  lender: lenderWords.zh,
  menus: menuWords.zh,
  tryOut: tryOutWords.zh,
  confirmation: confirmationWords.zh,
  verification: verificationWords.zh,
}

export type Words = Like<typeof zh>

const en: Words = {
  frame: frameWords.en,
  domain: domainWords.en,
  agent: agentWords.en,
  callStatus: callStatusWords.en,
  diverted: divertedWords.en,
  scripts: scriptWords.en,
  supervisor: supervisorWords.en,
  supervision: supervisionWords.en,
  appeals: appealWords.en,
  admin: adminWords.en,
  auditor: auditorWords.en,
  lines: linesWords.en,
  policies: policyWords.en,
  lists: listWords.en,
  collections: collectionsWords.en,
  mail: mailWords.en,
  strategies: strategyWords.en,
  approvals: approvalWords.en,
  claims: claimWords.en,
  placement: placementWords.en,
  campaign: campaignWords.en,
  rehearsal: rehearsalWords.en,
  callbacks: callbackWords.en,
  order: orderWords.en,
  phrases: phraseWords.en,
  phones: phoneWords.en,
  announcements: announcementWords.en,
  importReport: importReportWords.en,
  imports: importWords.en,
  tableExports: tableExportWords.en,
  connection: connectionWords.en,
  safety: safetyWords.en,
  sales: salesWords.en,
  products: productWords.en,
  custody: custodyWords.en,
  retention: retentionWords.en,
  ladder: ladderWords.en,
  audio: audioPageWords.en,
  trunkRules: trunkRuleWords.en,
  trunkTest: trunkTestWords.en,
  trunkTroubles: trunkTroubleWords.en,
  transfer: transferWords.en,
  teams: teamWords.en,
  walls: wallWords.en,
  changes: changeWords.en,
  changeFields: changeFieldWords.en,
  ownFields: ownFieldWords.en,
  lender: lenderWords.en,
  menus: menuWords.en,
  tryOut: tryOutWords.en,
  confirmation: confirmationWords.en,
  verification: verificationWords.en,
}

/** All texts of the pages in one language. */
export function wordsIn(language: Language): Words {
  return language === 'en' ? en : zh
}
