import type { FloorProps } from '../../../web/pages/supervisor/floor-props.ts'
import { startOfDay } from '../../../web/parts/time.ts'
import { dateOf } from '../../centre/numbers/day.ts'
import type { UserId } from '../../lib/ids.ts'
import type { AppealCounts } from '../../store/calls/appeals.ts'
import type { CampaignCounts } from '../../store/campaigns/campaign-minutes.ts'
import { callbackCounts } from '../callbacks.ts'
import type { Deps } from '../deps.ts'

/** What the store counts: recordings missing today, sound lost within those that are there, callbacks, and complaints past their day. */
export type FloorStored = {
  missing: number
  lostMs: number
  callbacks: FloorProps['figures']['callbacks']
  complaints: FloorProps['figures']['complaints']
  /** How often each agent asked for help today. */
  appeals: (AppealCounts & { agent: UserId })[]
  /** What each campaign did today, also before the process began. */
  today: ReadonlyMap<string, CampaignCounts>
}

export async function floorStored(deps: Deps, now: number, zone: string): Promise<FloorStored> {
  const today = { from: startOfDay(now, zone), to: now }
  const [missing, { lostMs }, callbacks, complaints, appeals, counts] = await Promise.all([
    deps.store.read('recordings.missing', today),
    deps.store.read('recordings.lost', today),
    callbackCounts(deps, now),
    deps.store.read('complaints.counts', { today: dateOf(zone, now) }),
    deps.store.read('appeals.counts', { from: today.from, to: now + 1 }),
    countsToday(deps, now, zone),
  ])
  return { missing, lostMs, callbacks, complaints, appeals, today: counts }
}

export async function countsToday(deps: Deps, now: number, zone: string): Promise<ReadonlyMap<string, CampaignCounts>> {
  const counts = await deps.store.read('campaigns.counts', { from: startOfDay(now, zone), to: now + 1 })
  return new Map(counts.map(one => [one.campaign, one]))
}
