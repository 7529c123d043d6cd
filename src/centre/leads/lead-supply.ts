/** What the floor knows of a campaign's leads beyond its buffer: what the store need not send now, and when the next callback is due. */
import type { ImportId } from '../../lib/ids.ts'
import type { BufferedLead, Quota } from '../entities.ts'
import type { CampaignFloor } from '../state.ts'

export type LeadSupply = {
  /** Places (see zone.ts) where no call is allowed before an instant. */
  closed: Map<string, { until: number; rule: string; words: string }>
  /** Lists that are paused: a late answer of the store may not bring their leads. */
  paused: Set<ImportId>
  /** Places in which the store has ready leads, as of its last answer; null: it did not say. */
  places: number | null
  /** Instant of the next callback that is not due yet; null: none is known. */
  callbackAt: number | null
  /** A callback has become due and the store has not been asked since. */
  callbacksDue: boolean
  /** The fetch under way is for callbacks alone. */
  callbacksOnly: boolean
  /** New leads have come: the buffer may hold what is worth less. */
  fresh: boolean
  /** Per segment: leads done and leads talked to, for quotas; null until the store has said. */
  reached: Map<string, Reached> | null
  /** Leads in hand per segment. */
  inHand: Map<string, number>
}

export type Reached = { done: number; connected: number }

export function emptySupply(): LeadSupply {
  return {
    closed: new Map(),
    paused: new Set(),
    places: null,
    callbackAt: null,
    callbacksDue: false,
    callbacksOnly: false,
    fresh: false,
    reached: null,
    inHand: new Map(),
  }
}

/** Places that are closed at `now`. */
export function closedPlaces(floor: CampaignFloor, now: number): string[] {
  return [...floor.supply.closed].filter(([, { until }]) => until > now).map(([place]) => place)
}

/** Whether one more lead of this segment may be dialled: those in hand count as reached, so that a quota is never passed. */
export function isOverQuota(floor: CampaignFloor, lead: Pick<BufferedLead, 'segment'>): boolean {
  const quotas = floor.campaign.quotas ?? []
  if (quotas.length === 0) return false
  const segment = lead.segment ?? ''
  const inHand = floor.supply.inHand.get(segment) ?? 0
  const reached = floor.supply.reached?.get(segment) ?? { done: 0, connected: 0 }
  return quotas.some(quota => isOf(quota, segment) && reached[quota.count] + inHand >= quota.max)
}

/** Segments that need no more leads now. */
export function fullSegments(floor: CampaignFloor): string[] {
  if ((floor.campaign.quotas ?? []).length === 0) return []
  const known = new Set([...(floor.supply.reached?.keys() ?? []), ...floor.supply.inHand.keys()])
  for (const quota of floor.campaign.quotas ?? []) if (quota.segment !== null) known.add(quota.segment)
  return [...known].filter(segment => isOverQuota(floor, { segment }))
}

/** Whether a quota is reached, leads in hand apart. */
export function isFull(quotas: readonly Quota[], segment: string, reached: Reached): boolean {
  return quotas.some(quota => isOf(quota, segment) && reached[quota.count] >= quota.max)
}

function isOf(quota: Quota, segment: string): boolean {
  return quota.segment === null || quota.segment === segment
}
