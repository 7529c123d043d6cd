/** What facts and notes about leads do to a campaign's buffer. Answers whether the change was about a lead. */
import type { LeadId } from '../lib/ids.ts'
import { pushDue } from './deadlines.ts'
import type { Note } from './decision.ts'
import type { BufferedLead } from './entities.ts'
import type { Fact } from './facts.ts'
import type { CampaignFloor, FloorState } from './state.ts'
import { zonesOf } from './zone.ts'

/** Leads of one campaign held in memory at most. */
export const bufferMax = 2_000
/** When the store had fewer due leads than asked for, it is asked again after this long: some become due. */
export const refetchMs = 5_000

export function evolveLead(state: FloorState, change: Fact | Note, at: number): boolean {
  switch (change.type) {
    case 'lead.reserved': {
      state.leadsInHand.add(change.lead)
      const floor = state.campaigns.get(change.campaign)
      const lead = floor === undefined ? undefined : takeFromBuffer(floor, change.lead)
      if (lead !== undefined) floor!.reserved.set(change.lead, lead)
      return true
    }
    case 'lead.released': {
      state.leadsInHand.delete(change.lead)
      const floor = state.campaigns.get(change.campaign)
      if (floor === undefined) return true
      takeFromBuffer(floor, change.lead)
      floor.reserved.delete(change.lead)
      if (floor.fetching) floor.releasedSinceFetch.add(change.lead)
      return true
    }
    case 'note.leadDropped': {
      const floor = state.campaigns.get(change.campaign)
      if (floor !== undefined) takeFromBuffer(floor, change.lead)
      return true
    }
    case 'note.leadsBuffered': {
      const floor = state.campaigns.get(change.campaign)
      if (floor === undefined) return true
      for (const lead of change.leads) {
        if (floor.buffer.length >= bufferMax) break
        floor.buffer.push(lead)
        floor.buffered.add(lead.id)
        countZone(floor, lead, 1)
      }
      floor.fetching = false
      floor.releasedSinceFetch.clear()
      floor.exhausted = change.exhausted
      floor.nextFetchAt = change.exhausted || change.leads.length === 0 ? at + refetchMs : at
      return true
    }
    case 'note.leadsFetching': {
      const floor = state.campaigns.get(change.campaign)
      if (floor === undefined) return true
      floor.fetching = true
      floor.fetchAskedAt = at
      floor.releasedSinceFetch.clear()
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
    default:
      return false
  }
}

function takeFromBuffer(floor: CampaignFloor, id: LeadId): BufferedLead | undefined {
  if (!floor.buffered.delete(id)) return undefined
  const at = floor.buffer.findIndex(lead => lead.id === id)
  const lead = at < 0 ? undefined : floor.buffer.splice(at, 1)[0]
  if (lead !== undefined) countZone(floor, lead, -1)
  return lead
}

function countZone(floor: CampaignFloor, lead: BufferedLead, step: 1 | -1): void {
  const key = zonesOf(lead.phones[0]?.number ?? '').join()
  const count = (floor.bufferZones.get(key) ?? 0) + step
  if (count > 0) floor.bufferZones.set(key, count)
  else floor.bufferZones.delete(key)
}
