/** Due leads come from the store. */
import type { Draft } from '../draft.ts'
import type { Input } from '../inputs.ts'
import { placeOfLead } from './lead-buffer.ts'
import { isAboutDebt } from './settled.ts'

/**
 * Late answers may bring leads that are here, in a call, or just given back, of a list that is paused by now or of a place that is closed:
 * those are passed over.
 */
export function leadsLoaded(d: Draft, input: Extract<Input, { type: 'leads.loaded' }>): void {
  const floor = d.state.campaigns.get(input.campaign)
  if (floor === undefined) return
  // What was read before the last question may bring leads that were given back since, and are over.
  if (input.askedAt !== undefined && (!floor.fetching || input.askedAt !== floor.fetchAskedAt)) return
  const { supply } = floor
  const running = floor.campaign.state === 'running'
  const leads = input.leads.filter(
    lead =>
      running &&
      lead.campaign === input.campaign &&
      !floor.buffer.has(lead.id) &&
      !d.state.leadsInHand.has(lead.id) &&
      !(isAboutDebt(d.state, lead.campaign) && d.state.settled.isNewerThan(floor.fetchAskedAt, lead.ref)) &&
      !floor.releasedSinceFetch.has(lead.id) &&
      !(lead.list && supply.paused.has(lead.list)) &&
      (lead.callback !== null || (supply.closed.get(placeOfLead(lead))?.until ?? 0) <= d.now),
  )
  const { campaign, exhausted, outlook = null } = input
  d.note({ type: 'note.leadsBuffered', campaign, leads, exhausted, outlook })
}
