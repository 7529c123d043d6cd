import type { TaskCall } from '../../lender/verification-facts.ts'
import type { CallbackId, CampaignId, LeadId, QueueId } from '../../lib/ids.ts'
import type { CampaignMode, Consent, LeadState, Promised, Relation } from '../entities.ts'

/** What a lead was before it was taken in hand. */
export type FormerLead = { state: Exclude<LeadState, 'in_call'>; dueAt: number | null; next: string | null }

/** What an agent wants to dial. `number` is E.164, or an emergency number. */
export type DialIntent = {
  number: string
  campaign: CampaignId | null
  lead: LeadId | null
  party: string | null
  name: string | null
  relation: Relation | null
  callback: CallbackId | null
  /** How the call came about, when the agent's phone is rung first; left out: by hand, or from a preview. */
  mode?: CampaignMode
  consent?: Consent | null
  debt?: string | null
  override?: string | null
  /** The instant that the party agreed on, when a callback is kept. */
  agreedAt?: number | null
  promised?: Promised | null
  /** The queue that owes the callback. */
  owedBy?: QueueId | null
  /** Attempts of the lead before this one, where the floor does not hold it. */
  attempts?: number
  /** How the lead stood, where it is dialled by hand and the agent's phone is rung first: it is so again when that is not picked up. */
  former?: FormerLead | null
  task?: TaskCall | null
}
