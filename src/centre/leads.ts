/** Due leads come from the store. */
import type { Draft } from './draft.ts'
import type { Input } from './inputs.ts'

/** Late answers may bring leads that are here, in a call, or just given back: those are passed over. */
export function leadsLoaded(d: Draft, input: Extract<Input, { type: 'leads.loaded' }>): void {
  const floor = d.state.campaigns.get(input.campaign)
  if (floor === undefined) return
  const running = floor.campaign.state === 'running'
  const leads = input.leads.filter(
    lead =>
      running &&
      lead.campaign === input.campaign &&
      !floor.buffered.has(lead.id) &&
      !d.state.leadsInHand.has(lead.id) &&
      !floor.releasedSinceFetch.has(lead.id),
  )
  d.note({ type: 'note.leadsBuffered', campaign: input.campaign, leads, exhausted: input.exhausted })
}
