/**
 * Whose a callback is that somebody of an agency agreed on. It follows the case: as long as that is placed with the agency it is for whoever has it there;
 * after that for the lender's collector. Where that is nobody who may work it is anyone's, and stands on the supervisors' list.
 */
import type { AgencyId, CampaignId, LeadId, UserId } from '../lib/ids.ts'

export type CallbackHolder = { agent: UserId | null; campaign: CampaignId | null; lead: LeadId | null }

export type AgencyCallback = CallbackHolder & {
  agency: AgencyId
  /** Of its party's newest case; nulls: it is not known whose the callback is, or the party has none. */
  holder: AgencyId | null
  collector: UserId | null
  hasCase: boolean
}

/** Who has it from now on; null: it stays as it is. `mayWork`: whether this person may sign in, and the agency, if any, may work. */
export function nextHolder(given: AgencyCallback, mayWork: (person: UserId) => boolean): CallbackHolder | null {
  const { agency, holder, collector, hasCase, agent, campaign, lead } = given
  const to: CallbackHolder =
    hasCase && holder !== agency
      ? { agent: able(collector, mayWork), campaign: null, lead: null }
      : // Anyone's stays anyone's: of the agency's people only whoever has the case sees it.
        { agent: agent === null ? null : able(hasCase ? collector : agent, mayWork), campaign, lead }
  return to.agent === agent && to.campaign === campaign && to.lead === lead ? null : to
}

function able(person: UserId | null, mayWork: (person: UserId) => boolean): UserId | null {
  return person !== null && mayWork(person) ? person : null
}
