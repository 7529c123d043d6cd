/** Why leads are not dialled now, for the API and the page: what the store counts, and where the policy's hours are closed at this moment. */

import type { Campaign } from '../centre/entities.ts'
import { isOpenAt } from '../centre/gate/compliance.ts'
import { bestTime, type HourScore } from '../centre/leads/best-time.ts'
import type { CampaignId } from '../lib/ids.ts'
import type { LeadFilters } from '../store/campaigns/lead-filters.ts'
import type { Deps } from './deps.ts'

export type FiltersNow = Omit<LeadFilters, 'places'> & {
  /** Ready leads where the hours are closed now; places whose clock is not known are closed. */
  closed: number
  places: (LeadFilters['places'][number] & { open: boolean })[]
}

export async function leadFilters(
  deps: Pick<Deps, 'store' | 'engine' | 'clock'>,
  campaign: Campaign,
): Promise<FiltersNow> {
  const now = deps.clock.now()
  const found = await deps.store.read('leads.filters', { campaign: campaign.id, now })
  const places = found.places.map(({ place, leads }) => ({
    place,
    leads,
    open: isOpenAt(deps.engine.state, `+${place}`, campaign, now),
  }))
  const closed = places.reduce((sum, { leads, open }) => sum + (open ? 0 : leads), 0)
  return { ...found, places, closed }
}

export async function answerHoursOf(
  deps: Pick<Deps, 'store'>,
  campaign: CampaignId,
): Promise<({ segment: string; hour: number } & HourScore)[]> {
  const hours = await deps.store.read('leads.answerHours', { campaign })
  const score = bestTime(hours)
  return hours.map(({ segment, hour }) => ({ segment, hour, ...score(segment, hour) }))
}
