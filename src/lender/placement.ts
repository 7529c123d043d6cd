/**
 * Placement (委外) of cases with an agency, as a batch: which of those that a filter fits may go, and why the others may not; who of the agency gets which;
 * and what the agency has earned. Pure: what a dry run shows is what is done.
 *
 *   a case in a batch: WAITING → PLACED → ENDED       or REFUSED, when it could not go any more when its turn came
 *   a batch: PLACING → OPEN → ENDED                    a run that was broken off is taken up where it was
 */
import type { AgencyId, UserId } from '../lib/ids.ts'
import type { Agency } from './agency.ts'
import type { CaseState, PlacedCase } from './case.ts'
import { isAway, isClosed } from './case.ts'
import type { PlainDate } from './dates.ts'

export const batchStates = ['PLACING', 'OPEN', 'ENDED'] as const
export type BatchState = (typeof batchStates)[number]
export const placementStates = ['WAITING', 'PLACED', 'ENDED', 'REFUSED'] as const
export type PlacementState = (typeof placementStates)[number]

/** Amounts owed in minor units, `owedBelow` not among them; days past due, both among them. Empty, null: any. */
export type PlacementFilter = {
  buckets: string[]
  products: string[]
  owedFrom: number | null
  owedBelow: number | null
  dpdFrom: number | null
  dpdTo: number | null
}

export type AgencyBatch = {
  id: string
  agency: AgencyId
  name: string
  /** The last day; on the next the cases come back. */
  until: PlainDate
  filter: PlacementFilter
  /** As it was agreed when the batch was placed: a later contract changes nothing of it. */
  commissionPermille: number
  /** A campaign of the agency's into which the cases go as leads; null: they are called by hand. */
  campaign: string | null
  cases: number
  /** The fingerprint of the plan that was looked at; left out in batches of before. */
  plan?: string
}

export const unlistedWhys = ['plan_changed', 'recalled'] as const
export type UnlistedWhy = (typeof unlistedWhys)[number]

export const batchCasesMax = 20_000

export const placementRefusals = [
  'on_hold',
  'complaint_open',
  'placed_already',
  /** Listed in a batch that is being placed. */
  'waiting',
  'case_away',
  'case_closed',
  'nothing_owed',
  'outside_contract',
  'over_quota',
  /** Taken back before its turn came. */
  'recalled',
] as const
export type PlacementRefusal = (typeof placementRefusals)[number]

/** One that the filter fits. */
export type PlacementCase = {
  id: string
  party: string
  state: CaseState
  owed: number
  bucket: string
  product: string | null
  placed: PlacedCase | null
  /** It waits in a batch to be placed. */
  waiting: boolean
  /** A stop of its party holds, or a complaint or dispute of it is open. */
  held: boolean
  complaint: boolean
}

/** Why this one may not go to this agency; null: it may. The quota is not asked here. */
export function whyNotPlace(
  given: PlacementCase,
  agency: Pick<Agency, 'products' | 'buckets'>,
): PlacementRefusal | null {
  if (given.placed) return 'placed_already'
  if (given.waiting) return 'waiting'
  if (isClosed(given.state)) return 'case_closed'
  if (isAway(given.state)) return 'case_away'
  if (given.complaint) return 'complaint_open'
  if (given.held || given.state === 'HOLD') return 'on_hold'
  if (given.owed <= 0) return 'nothing_owed'
  if (agency.products.length > 0 && (given.product === null || !agency.products.includes(given.product)))
    return 'outside_contract'
  return agency.buckets.length > 0 && !agency.buckets.includes(given.bucket) ? 'outside_contract' : null
}

export type PlacementPlan = {
  go: PlacementCase[]
  stay: { case: PlacementCase; why: PlacementRefusal }[]
}

/** In the order given, until the quota is full. `free`: how many more the agency may have. */
export function planPlacement(
  cases: readonly PlacementCase[],
  agency: Pick<Agency, 'products' | 'buckets'>,
  free: number,
): PlacementPlan {
  const plan: PlacementPlan = { go: [], stay: [] }
  for (const each of cases) {
    const why = whyNotPlace(each, agency) ?? (plan.go.length < free ? null : 'over_quota')
    if (why === null) plan.go.push(each)
    else plan.stay.push({ case: each, why })
  }
  return plan
}

/** Each to whoever of the agency has the fewest, in the order of the people given; null where it has nobody yet. */
export class Dealer {
  readonly #load: Map<UserId, number>

  constructor(people: readonly { id: UserId; load: number }[]) {
    this.#load = new Map(people.map(({ id, load }) => [id, load]))
  }

  next(): UserId | null {
    let best: UserId | null = null
    for (const [id, load] of this.#load) if (best === null || load < this.#load.get(best)!) best = id
    if (best !== null) this.#load.set(best, this.#load.get(best)! + 1)
    return best
  }
}

/** Rounded half up to a minor unit, of the whole sum and not of each repayment. */
export function commissionOf(recovered: number, permille: number): number {
  return Math.floor((recovered * permille + 500) / 1_000)
}
