/** The dry run of a placement: what would go to an agency now and what would not, told by a fingerprint so that what is placed is what was looked at. */
import { createHash } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'
import type { Agency } from '../../lender/agency.ts'
import { addDays } from '../../lender/dates.ts'
import { bucketOf, dpdOf } from '../../lender/overdue.ts'
import {
  batchCasesMax,
  type PlacementFilter,
  type PlacementPlan,
  type PlacementRefusal,
  planPlacement,
} from '../../lender/placement.ts'
import type { Candidate } from '../../store/lender/placements.ts'
import type { RecordsDoor } from '../door.ts'
import { InvalidInput } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { type Reckoning, reckoningOf } from '../parties/lender.ts'
import { agencyById } from './agencies.ts'
import { placementFilter } from './placement-schemas.ts'

const sliceMax = 500
const pageMax = 1_000

export type PlacementDryRun = {
  go: number
  sums: { currency: string; owed: number }[]
  stay: { why: PlacementRefusal; cases: number }[]
  /** The first of those that stay, as examples. */
  examples: { case: string; party: string; why: PlacementRefusal }[]
  /** How many more the agency may have now. */
  free: number
  /** There are more than one batch takes. */
  more: boolean
  fingerprint: string
}

type Known = Candidate & { bucket: string }
export type PlacementRun = { plan: PlacementPlan; known: Map<string, Known>; shown: PlacementDryRun }

/** What would go, what would not and why; changes nothing. Throws InvalidInput, NotFound. */
export async function planBatch(door: RecordsDoor, agency: string, given: unknown): Promise<PlacementDryRun> {
  const filter = parseInput(placementFilter, given)
  return (await planNow(door, await agencyById(door, agency), filter)).shown
}

/** `own`: a batch whose listing was broken off; what waits in it counts as not listed yet, so that it comes out as it was shown. */
export async function planNow(
  door: RecordsDoor,
  agency: Agency & { placed: number },
  filter: PlacementFilter,
  own: string | null = null,
): Promise<PlacementRun> {
  const reckoning = await reckoningOf(door)
  checkBuckets(filter, reckoning)
  const found = await candidates(door, filter, { reckoning, own })
  const known = new Map(found.slice(0, batchCasesMax).map(each => [each.id, each]))
  const waiting = await door.store.read('placements.count', { agency: agency.id, state: 'WAITING', except: own })
  const free = Math.max(0, agency.caseQuota - agency.placed - waiting)
  const ordered = [...known.values()].sort((a, b) => b.owed - a.owed || (a.id < b.id ? -1 : 1))
  const plan = planPlacement(ordered, agency, free)
  const hash = createHash('sha256')
  for (let from = 0; from < plan.go.length; from += sliceMax) {
    hash.update(JSON.stringify(plan.go.slice(from, from + sliceMax).map(({ id, owed }) => [id, owed])))
    await breathe()
  }
  const sums = new Map<string, number>()
  for (const { id, owed } of plan.go) {
    const { currency } = known.get(id)!
    sums.set(currency, (sums.get(currency) ?? 0) + owed)
  }
  const why = Map.groupBy(plan.stay, each => each.why)
  return {
    plan,
    known,
    shown: {
      go: plan.go.length,
      sums: [...sums].map(([currency, owed]) => ({ currency, owed })),
      stay: [...why].map(([reason, cases]) => ({ why: reason, cases: cases.length })),
      examples: [...why.values()]
        .flatMap(cases => cases.slice(0, 10))
        .map(each => ({ case: each.case.id, party: each.case.party, why: each.why })),
      ...{ free, more: found.length > batchCasesMax, fingerprint: hash.digest('base64url').slice(0, 32) },
    },
  }
}

/** Open cases that the filter fits, by pages: twenty thousand rows at once would hold this thread up. */
async function candidates(
  door: RecordsDoor,
  filter: PlacementFilter,
  { reckoning: { rules, today }, own }: { reckoning: Reckoning; own: string | null },
): Promise<Known[]> {
  const { dpdFrom, dpdTo, products, owedFrom, owedBelow } = filter
  const found: Known[] = []
  const asked = {
    ...{ products, owedFrom, owedBelow },
    dueFrom: dpdTo === null ? null : addDays(today, -dpdTo),
    dueTo: dpdFrom === null ? null : addDays(today, -dpdFrom),
    ...{ now: door.clock.now(), own },
  }
  for (let after = ''; found.length <= batchCasesMax; ) {
    const page = await door.store.read('placements.candidates', { ...asked, after, limit: pageMax })
    for (const each of page) {
      const bucket = bucketOf(each.oldestDueOn === null ? 0 : dpdOf(each.oldestDueOn, today), rules)
      if (filter.buckets.length === 0 || filter.buckets.includes(bucket)) found.push({ ...each, bucket })
    }
    if (page.length < pageMax) break
    after = page.at(-1)!.id
  }
  return found
}

function checkBuckets({ buckets }: PlacementFilter, { rules }: Reckoning): void {
  const names = rules.buckets.map(({ name }) => name)
  const unknown = buckets.find(name => !names.includes(name))
  if (unknown !== undefined)
    throw new InvalidInput([{ field: 'filter.buckets', found: unknown, allowed: names.join(', ') }])
}
