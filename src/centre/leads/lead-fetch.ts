/** The buffer of a campaign is filled ahead of need, and callbacks are fetched at their minute. */

import { modeNow } from '../campaigns/mode.ts'
import type { Draft } from '../draft.ts'
import type { CampaignFloor } from '../state.ts'
import { bufferMax } from './lead-buffer.ts'
import { closedPlaces, fullSegments } from './lead-supply.ts'

/** Then it is asked again, and the former answer is not waited for any more. */
const fetchTimeoutMs = 120_000
/** Callbacks asked for at once when some are due and the buffer is well filled. */
const callbacksMax = 500

/** Asks the store in time, so that the buffer holds about two minutes of calls (VICIdial's auto hopper: agents × 60 / ring time × 1.2). */
export function fetchLeads(d: Draft, floor: CampaignFloor): void {
  const { campaign, supply } = floor
  const mode = modeNow(floor)
  if (campaign.state !== 'running' || mode === 'manual') return
  if (mode === 'notice' ? !campaign.notice : floor.signedOn === 0) return
  if (floor.fetching && d.now < floor.fetchAskedAt + fetchTimeoutMs) return
  const atOnce = mode === 'notice' ? (campaign.notice?.maxLines ?? 0) : floor.signedOn
  const target = Math.min(bufferMax, Math.max(20, Math.ceil(atOnce * (60_000 / campaign.ringMs) * 1.2) * 2))
  const isLow = floor.buffer.length <= target / 2 || supply.fresh
  if (isLow && d.now >= floor.nextFetchAt) return ask(d, floor, target, false)
  if (supply.callbacksDue) ask(d, floor, callbacksMax, true)
}

function ask(d: Draft, floor: CampaignFloor, want: number, callbacksOnly: boolean): void {
  const { id: campaign } = floor.campaign
  d.note({ type: 'note.leadsFetching', campaign, callbacksOnly })
  const without = { closed: closedPlaces(floor, d.now), full: fullSegments(floor) }
  d.effect({ type: 'leads.fetch', campaign, want, callbacksOnly, ...without, askedAt: d.now })
}
