/**
 * Placement (委外): a dry run that says what would go and what would not, and the same done as a batch. What is placed is the plan that was looked at, told
 * by its fingerprint. Its cases are listed first and then placed in slices of at most 500, each a turn and a commit; each is looked at again in its turn, so
 * that of two who place the same case one gets it, and a run that was broken off is taken up where it was.
 */
import { createHash } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'
import type { Lead } from '../centre/entities.ts'
import type { Actor, RecordFact } from '../centre/facts.ts'
import { type Agency, agencyBar } from '../lender/agency.ts'
import { moveCase, movedFact } from '../lender/case.ts'
import { addDays } from '../lender/dates.ts'
import { bucketOf, dpdOf } from '../lender/overdue.ts'
import {
  type AgencyBatch,
  batchCasesMax,
  Dealer,
  type PlacementFilter,
  type PlacementPlan,
  type PlacementRefusal,
  planPlacement,
  whyNotPlace,
} from '../lender/placement.ts'
import type { CampaignId, ImportId } from '../lib/ids.ts'
import type { BatchRecord, Candidate } from '../store/placements.ts'
import { agencyById, peopleOf } from './agencies.ts'
import { bare } from './cases.ts'
import { keep, newId, type RecordsDoor } from './door.ts'
import { InvalidInput, NotFound, NotNow } from './errors.ts'
import { type Reckoning, reckoningOf } from './lender.ts'
import { parseInput } from './parse.ts'
import { placementFilter, placementOrder } from './placement-schemas.ts'
import { endEmptyBatches, recallAgency, recallBatch } from './recalls.ts'
import { inTurn } from './turn.ts'

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
type Run = { plan: PlacementPlan; known: Map<string, Known>; shown: PlacementDryRun }

export async function batchById(door: RecordsDoor, id: string): Promise<BatchRecord> {
  const found = await door.store.read('batches.byId', { id })
  if (found === null) throw new NotFound('batch', id)
  return found
}

/** What would go, what would not and why; changes nothing. Throws InvalidInput, NotFound. */
export async function planBatch(door: RecordsDoor, agency: string, given: unknown): Promise<PlacementDryRun> {
  const filter = parseInput(placementFilter, given)
  return (await planNow(door, await agencyById(door, agency), filter)).shown
}

async function planNow(door: RecordsDoor, agency: Agency & { placed: number }, filter: PlacementFilter): Promise<Run> {
  const reckoning = await reckoningOf(door)
  checkBuckets(filter, reckoning)
  const found = await candidates(door, filter, reckoning)
  const known = new Map(found.slice(0, batchCasesMax).map(each => [each.id, each]))
  const waiting = await door.store.read('placements.count', { agency: agency.id, state: 'WAITING' })
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
async function candidates(door: RecordsDoor, filter: PlacementFilter, reckoning: Reckoning): Promise<Known[]> {
  const { rules, today } = reckoning
  const { dpdFrom, dpdTo, products, owedFrom, owedBelow } = filter
  const found: Known[] = []
  const asked = {
    ...{ products, owedFrom, owedBelow },
    dueFrom: dpdTo === null ? null : addDays(today, -dpdTo),
    dueTo: dpdFrom === null ? null : addDays(today, -dpdFrom),
    now: door.clock.now(),
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

/** Throws NotNow `plan-changed` when it would not come out as it was shown, `agency-closed` when the agency may not work then. */
export async function placeBatch(
  door: RecordsDoor,
  actor: Actor,
  agencyId: string,
  given: unknown,
): Promise<BatchRecord> {
  const { plan: looked, ...order } = parseInput(placementOrder, given)
  const agency = await agencyById(door, agencyId)
  const { today } = await reckoningOf(door)
  const bar = agencyBar(agency.removedAt === null ? agency : undefined, today)
  if (bar !== null) throw new NotNow('agency-closed', `${agency.name} may not work now: ${bar}`)
  if (order.until < today || order.until > agency.until)
    throw new InvalidInput([{ field: 'until', found: order.until, allowed: `${today} to ${agency.until}` }])
  await checkCampaign(door, agency, order.campaign)
  const run = await planNow(door, agency, order.filter)
  if (run.shown.fingerprint !== looked)
    throw new NotNow('plan-changed', 'cases or quota have changed since: look at the plan again')
  if (run.plan.go.length === 0) throw new NotNow('batch-empty', 'no case may go: the dry run says why')
  const { commissionPermille } = agency
  const batch: AgencyBatch = {
    ...{ id: newId<'batch'>('bt'), agency: agency.id, ...order, commissionPermille },
    cases: run.plan.go.length,
  }
  for (let from = 0; from < run.plan.go.length; from += sliceMax) {
    const cases = run.plan.go.slice(from, from + sliceMax).map(({ id, party, owed }) => ({
      ...{ case: id, party, owed },
      currency: run.known.get(id)!.currency,
    }))
    const opened: RecordFact[] = from === 0 ? [{ type: 'batch.opened', batch }] : []
    await keep(door, actor, [...opened, { type: 'batch.listed', batch: batch.id, cases }])
  }
  await continueBatch(door, actor, batch.id)
  return batchById(door, batch.id)
}

/** Places what is listed and waits; nothing, when all is placed or refused already. */
async function continueBatch(door: RecordsDoor, actor: Actor, id: string): Promise<void> {
  for (;;) {
    const left = await inTurn(door, () => placeSlice(door, actor, id))
    if (left === 0) break
  }
  await inTurn(door, async () => {
    if ((await batchById(door, id)).state === 'PLACING') await keep(door, actor, [{ type: 'batch.placed', batch: id }])
  })
}

/** Each case is looked at as it is now: what came in between is a refusal with its reason. Answers how many were dealt with. */
async function placeSlice(door: RecordsDoor, actor: Actor, id: string): Promise<number> {
  const waiting = await door.store.read('placements.waiting', { batch: id, limit: sliceMax })
  if (waiting.length === 0) return 0
  const { doc: batch } = await batchById(door, id)
  const agency = await agencyById(door, batch.agency)
  const { rules, today } = await reckoningOf(door)
  const isOpen = agencyBar(agency.removedAt === null ? agency : undefined, today) === null && batch.until >= today
  const ids = waiting.map(each => each.case)
  const now = door.clock.now()
  const [asked, records, people, loads] = await Promise.all([
    door.store.read('placements.candidatesById', { ids, now }),
    door.store.read('cases.byIds', { ids }),
    peopleOf(door, agency.id),
    door.store.read('placements.loads', { agency: agency.id }),
  ])
  const byId = new Map(asked.map(each => [each.id, each]))
  const caseOf = new Map(records.map(each => [each.id, each]))
  const load = new Map(loads.map(each => [each.agent, each.cases]))
  const dealer = new Dealer(people.map(user => ({ id: user.id, load: load.get(user.id) ?? 0 })))
  let free = agency.caseQuota - agency.placed
  const refused: { case: string; why: PlacementRefusal }[] = []
  const facts: RecordFact[] = []
  const parties: string[] = []
  for (const { case: each } of waiting) {
    const candidate = byId.get(each)
    const record = caseOf.get(each)
    if (candidate === undefined || record === undefined) {
      refused.push({ case: each, why: 'case_closed' })
      continue
    }
    const days = candidate.oldestDueOn === null ? 0 : dpdOf(candidate.oldestDueOn, today)
    const why = isOpen
      ? (whyNotPlace({ ...candidate, bucket: bucketOf(days, rules) }, agency) ?? (free > 0 ? null : 'over_quota'))
      : 'outside_contract'
    const before = bare(record)
    const moved =
      why === null ? moveCase(before, { type: 'place', agency: agency.id, batch: id, agent: dealer.next() }) : null
    if (!moved?.ok) {
      refused.push({ case: each, why: why ?? 'case_away' })
      continue
    }
    free--
    parties.push(candidate.party)
    facts.push(...movedFact(before, moved.case, `placed: ${agency.name}`.slice(0, 200)))
  }
  if (refused.length > 0) facts.push({ type: 'batch.refused', batch: id, cases: refused })
  facts.push(...(await leadsOf(door, batch, parties)))
  await keep(door, actor, facts)
  return waiting.length
}

/** As leads of the agency's campaign, with the party's own numbers; those that are known there are made ready again. */
async function leadsOf(door: RecordsDoor, batch: AgencyBatch, refs: string[]): Promise<RecordFact[]> {
  const { campaign: id } = batch
  if (id === null || refs.length === 0) return []
  const campaign = await door.store.read('campaigns.byId', { id: id as CampaignId })
  if (campaign === null || campaign.state === 'closed' || campaign.agency !== batch.agency) return []
  const list = `i_${batch.id}` as ImportId
  const parties = await door.store.read('parties.byRefs', { refs })
  const leads: Lead[] = []
  const again: RecordFact[] = []
  for (const { ref, name, phones } of parties) {
    const own = phones.filter(({ relation, status }) => relation === 'SELF' && status !== 'BAD' && status !== 'REFUSED')
    if (own.length === 0) continue
    const known = await door.store.read('leads.byRef', { campaign: id, ref })
    if (known === null)
      leads.push({
        ...{ id: newId<'lead'>('l'), campaign: campaign.id, ref, name, fields: {} },
        phones: own.slice(0, 20).map(({ number }) => ({ number, relation: 'SELF' as const })),
      })
    else if (known.state !== 'dnc') {
      const from = (await door.store.read('leads.byId', { id: known.id as Lead['id'] }))!.import
      again.push({ type: 'leads.recycled', campaign: campaign.id, list: from, leads: [known.id as Lead['id']] })
    }
  }
  if (leads.length === 0) return again
  const saved = { id: list, campaign: campaign.id, name: batch.name, priority: 5, weight: 1, paused: false }
  const isNew = (await door.store.read('lists.byId', { id: list })) === null
  const listed: RecordFact[] = isNew ? [{ type: 'list.saved', list: saved }] : []
  return [...again, ...listed, { type: 'leads.added', campaign: campaign.id, import: list, leads }]
}

/**
 * What time does: batches that were broken off go on, those whose last day is over and those of agencies whose contract is over come back, and a batch
 * of which nothing is placed any more is over.
 */
export async function keepPlacements(door: RecordsDoor): Promise<void> {
  const { today } = await reckoningOf(door)
  for (const { id, openedBy } of await door.store.read('batches.placing', {})) await continueBatch(door, openedBy, id)
  for (const { id } of await door.store.read('batches.over', { today }))
    await recallBatch(door, 'system', id, { reason: 'batch_over' })
  for (const { id, until, placed } of await door.store.read('agencies.list', { all: true }))
    if (placed > 0 && until < today) await recallAgency(door, 'system', id, 'contract_over')
  await endEmptyBatches(door, 'system', 'all_back')
}

async function checkCampaign(door: RecordsDoor, agency: Agency, id: string | null): Promise<void> {
  if (id === null) return
  const campaign = await door.store.read('campaigns.byId', { id: id as CampaignId })
  if (campaign !== null && campaign.agency === agency.id && campaign.state !== 'closed') return
  throw new InvalidInput([{ field: 'campaign', found: id, allowed: 'a campaign of this agency that is not closed' }])
}

function checkBuckets({ buckets }: PlacementFilter, { rules }: Reckoning): void {
  const names = rules.buckets.map(({ name }) => name)
  const unknown = buckets.find(name => !names.includes(name))
  if (unknown !== undefined)
    throw new InvalidInput([{ field: 'filter.buckets', found: unknown, allowed: names.join(', ') }])
}
