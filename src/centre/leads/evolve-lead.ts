/** What facts and notes about leads do to a campaign's buffer and supply. Answers whether the change was about a lead. */
import { pushDue } from '../deadlines.ts'
import type { Note } from '../decision.ts'
import type { BufferedLead, LeadList } from '../entities.ts'
import type { Fact } from '../facts.ts'
import type { CampaignFloor, FloorState } from '../state.ts'
import { placeOfLead, rankDefault } from './lead-buffer.ts'

/** When the store had fewer due leads than asked for, it is asked again after this long: some become due. */
export const refetchMs = 5_000
/** Places with a closing instant kept at most; there are about 50. */
const closedMax = 1_000

export function evolveLead(state: FloorState, change: Fact | Note, at: number): boolean {
  switch (change.type) {
    case 'lead.reserved': {
      state.leadsInHand.add(change.lead)
      const floor = state.campaigns.get(change.campaign)
      const lead = floor?.buffer.take(change.lead)
      if (floor !== undefined && lead !== undefined) {
        floor.reserved.set(change.lead, lead)
        countInHand(floor, lead, 1)
      }
      return true
    }
    case 'lead.released': {
      state.leadsInHand.delete(change.lead)
      const floor = state.campaigns.get(change.campaign)
      if (floor === undefined) return true
      const lead = floor.reserved.get(change.lead)
      if (lead !== undefined) {
        floor.reserved.delete(change.lead)
        countInHand(floor, lead, -1)
        if (change.state === 'done') countReached(floor, lead, 'done')
      }
      floor.buffer.take(change.lead)
      if (floor.fetching) floor.releasedSinceFetch.add(change.lead)
      if (change.state === 'callback' && change.dueAt !== null) expectCallback(state, floor, change.dueAt)
      return true
    }
    case 'note.leadDropped':
      state.campaigns.get(change.campaign)?.buffer.take(change.lead)
      return true
    case 'note.leadsBuffered':
      buffered(state, change, at)
      return true
    case 'note.leadsFetching': {
      const floor = state.campaigns.get(change.campaign)
      if (floor === undefined) return true
      floor.fetching = true
      floor.fetchAskedAt = at
      floor.releasedSinceFetch.clear()
      floor.supply.callbacksOnly = change.callbacksOnly
      floor.supply.callbacksDue = false
      if (!change.callbacksOnly) floor.supply.fresh = false
      return true
    }
    case 'note.placeClosed': {
      const floor = state.campaigns.get(change.campaign)
      if (floor === undefined) return true
      const { closed } = floor.supply
      if (closed.size >= closedMax) closed.clear()
      closed.set(change.place, { until: change.until, rule: change.rule, words: change.words })
      floor.buffer.dropWhere(lead => lead.callback === null && placeOfLead(lead) === change.place)
      return true
    }
    case 'note.campaignHeld': {
      const floor = state.campaigns.get(change.campaign)
      if (floor === undefined) return true
      floor.held = change.held
      floor.heldUntil = change.until
      if (change.until !== null) pushDue(state, { at: change.until, of: 'campaign', id: change.campaign })
      return true
    }
    case 'note.callbacksDue': {
      const floor = state.campaigns.get(change.campaign)
      if (floor === undefined) return true
      floor.supply.callbackAt = null
      floor.supply.callbacksDue = true
      floor.heldUntil = null
      return true
    }
    case 'leads.added':
    case 'leads.imported':
    case 'leads.recycled': {
      const floor = state.campaigns.get(change.campaign)
      if (floor !== undefined) moreLeads(floor, at)
      return true
    }
    case 'list.saved': {
      const floor = state.campaigns.get(change.list.campaign)
      if (floor !== undefined) listSaved(floor, change.list, at)
      return true
    }
    default:
      return false
  }
}

/** A call with a lead was connected for the first time: its segment has one more who was talked to. */
export function talkedTo(floor: CampaignFloor, lead: { segment?: string }): void {
  countReached(floor, lead, 'connected')
}

function buffered(state: FloorState, change: Extract<Note, { type: 'note.leadsBuffered' }>, at: number): void {
  const floor = state.campaigns.get(change.campaign)
  if (floor === undefined) return
  const { supply } = floor
  for (const lead of change.leads) floor.buffer.add(lead)
  floor.fetching = false
  floor.releasedSinceFetch.clear()
  if (change.outlook !== null) {
    const { nextCallbackAt, places, reached } = change.outlook
    if (nextCallbackAt !== null) expectCallback(state, floor, nextCallbackAt)
    supply.places = places
    // Without quotas it would be counted from this start on alone, and be short when one is set later in the day.
    if (floor.campaign.quotas?.length)
      supply.reached ??= new Map(reached.map(({ segment, done, connected }) => [segment, { done, connected }]))
  }
  if (supply.callbacksOnly) return
  floor.exhausted = change.exhausted
  floor.nextFetchAt = change.exhausted || change.leads.length === 0 ? at + refetchMs : at
}

/** The earliest one that is known; at its instant the store is asked. */
function expectCallback(state: FloorState, floor: CampaignFloor, at: number): void {
  const { supply } = floor
  if (supply.callbackAt !== null && supply.callbackAt <= at) return
  supply.callbackAt = at
  pushDue(state, { at, of: 'callbacks', id: floor.campaign.id })
}

function moreLeads(floor: CampaignFloor, at: number): void {
  floor.exhausted = false
  floor.supply.fresh = true
  floor.supply.places = null
  floor.heldUntil = null
  // An import comes in slices of 500: the store is asked once in a while, not for each of them.
  floor.nextFetchAt = floor.buffer.length === 0 ? at : Math.max(at, floor.fetchAskedAt + refetchMs)
}

/** What waits in memory was chosen under the former order. */
function listSaved(floor: CampaignFloor, list: LeadList, at: number): void {
  if (list.paused) floor.supply.paused.add(list.id)
  else floor.supply.paused.delete(list.id)
  floor.buffer.dropWhere(lead => lead.list === list.id && (list.paused || (lead.rank ?? rankDefault) !== list.priority))
  moreLeads(floor, at)
}

function countInHand(floor: CampaignFloor, lead: BufferedLead, step: 1 | -1): void {
  const { inHand } = floor.supply
  const segment = lead.segment ?? ''
  const count = (inHand.get(segment) ?? 0) + step
  if (count > 0) inHand.set(segment, count)
  else inHand.delete(segment)
}

function countReached(floor: CampaignFloor, lead: { segment?: string }, what: 'done' | 'connected'): void {
  const segment = lead.segment ?? ''
  const { reached } = floor.supply
  if (reached === null) return // the store says it all when it is asked
  const counts = reached.get(segment) ?? { done: 0, connected: 0 }
  reached.set(segment, { ...counts, [what]: counts[what] + 1 })
}
