import type { CallId, CampaignId, LeadId, LegId, TrunkId, UserId } from '../lib/ids.ts'
import type { Effect } from './effects.ts'
import type { BufferedLead, LeadOutlook, Refusal } from './entities.ts'
import type { Actor, Fact } from './facts.ts'
import type { ContactPack } from './gate/contact-columns.ts'
import type { RecordFact } from './records/record-facts.ts'
import type { Supervision } from './state.ts'

/**
 * What only memory keeps: applied by `evolve` like a fact, never journalled, lost at a restart without harm. (`record` wraps a fact that
 * the records door has journalled already.)
 */
export type Note =
  | { type: 'note.historyAsked' }
  | { type: 'note.contactsLoaded'; contacts: ContactPack; since: number }
  | { type: 'note.ids'; next: number }
  | { type: 'note.record'; fact: RecordFact }
  /** The first of the loose ends has been looked after. */
  | { type: 'note.tiedUp' }
  | { type: 'note.behind' }
  | { type: 'note.caughtUp'; afterMs: number }
  | { type: 'note.diskSlow' }
  /** The disk is slow: the instant that has come is looked at again when it has caught up. */
  | { type: 'note.deferred' }
  | { type: 'note.diskCaughtUp'; afterMs: number }
  | { type: 'note.closing' }
  | {
      type: 'note.leadsBuffered'
      campaign: CampaignId
      leads: BufferedLead[]
      exhausted: boolean
      outlook: LeadOutlook | null
    }
  | { type: 'note.leadDropped'; campaign: CampaignId; lead: LeadId }
  /** The rules of its mode were asked. */
  | { type: 'note.modeLooked'; campaign: CampaignId }
  /** Keys of an extension so far: which they are is not journalled. */
  | { type: 'note.menuKeys'; call: CallId; keys: string; until: number }
  /** There is no place to tell this caller any more. */
  | { type: 'note.placeSkipped'; call: CallId }
  /** The first response of its trunk is late. */
  | { type: 'note.respondedLate'; call: CallId }
  /** A person tests the trunk with a call, or that is over. */
  | { type: 'note.trunkTested'; trunk: TrunkId; isOver: boolean }
  /** The dialler of the campaign looks at the floor anew. */
  | { type: 'note.looked'; campaign: CampaignId }
  | { type: 'note.leadsFetching'; campaign: CampaignId; callbacksOnly: boolean }
  | { type: 'note.placeClosed'; campaign: CampaignId; place: string; until: number; rule: string; words: string }
  | { type: 'note.callbacksDue'; campaign: CampaignId }
  /** The desk phone holds its leg of the shift, or has taken it up again. */
  | { type: 'note.stationHeld'; agent: UserId; held: boolean }
  /** Whether it is open from now on: see open-phone.ts. */
  | { type: 'note.phoneLooked'; agent: UserId; open: boolean }
  /** A desk phone that was rung for a call, or for listening, holds its leg, or has taken it up again. */
  | { type: 'note.legHeld'; leg: LegId; held: boolean }
  /** What the bay was told of this supervisor's audio. */
  | { type: 'note.supervisionTold'; by: UserId; told: Supervision['told'] }
  | { type: 'note.campaignHeld'; campaign: CampaignId; held: Refusal | null; until: number | null }

/**
 * What one input comes to. A refused input has no facts and no effects unless the refusal itself is a fact (`call.refused`). The engine
 * need not handle the parts by itself: `step` in step.ts decides, applies and proceeds, and returns what to journal and what to do.
 */
export type Decision = { facts: Fact[]; effects: Effect[]; refusal: Refusal | null; notes?: Note[] }

/** Time and author arrive as arguments. */
export type Moment = { now: number; actor: Actor }
