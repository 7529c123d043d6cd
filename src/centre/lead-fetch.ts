/** The buffer of a campaign is filled ahead of need. */
import type { Draft } from './draft.ts'
import type { CampaignFloor } from './state.ts'

const fetchTimeoutMs = 30_000

/** Asks the store in time, so that the buffer holds about two minutes of calls (VICIdial's auto hopper: agents × 60 / ring time × 1.2). */
export function fetchLeads(d: Draft, floor: CampaignFloor): void {
  const { campaign } = floor
  if (campaign.state !== 'running' || campaign.mode === 'manual' || campaign.mode === 'notice') return
  if (floor.signedOn === 0 || d.now < floor.nextFetchAt) return
  if (floor.fetching && d.now < floor.fetchAskedAt + fetchTimeoutMs) return
  const target = Math.max(20, Math.ceil(floor.signedOn * (60_000 / campaign.ringMs) * 1.2) * 2)
  if (floor.buffer.length > target / 2) return
  d.note({ type: 'note.leadsFetching', campaign: campaign.id })
  d.effect({ type: 'leads.fetch', campaign: campaign.id, want: target })
}
