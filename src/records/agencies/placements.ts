/**
 * Placement (委外): a dry run done as a batch. What is placed is the plan that was looked at, told by its fingerprint. Its cases are listed first, one
 * batch after the other, and then placed in slices of at most 500, each a turn and a commit; each is looked at again in its turn, so that of two who place
 * the same case one gets it. A listing or a placing that was broken off is taken up where it was.
 */
import type { Lead } from '../../centre/entities.ts'
import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import { type Agency, agencyBar } from '../../lender/agency.ts'
import { moveCase, movedFact } from '../../lender/case.ts'
import { bucketOf, dpdOf } from '../../lender/overdue.ts'
import { type AgencyBatch, Dealer, type PlacementRefusal, whyNotPlace } from '../../lender/placement.ts'
import type { CampaignId, ImportId } from '../../lib/ids.ts'
import type { BatchRecord } from '../../store/lender/placements.ts'
import { bare } from '../collections/cases.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { reckoningOf } from '../parties/lender.ts'
import { inListing, inTurn } from '../turn.ts'
import { agencyById, peopleOf } from './agencies.ts'
import { passOnCallbacks } from './agency-callbacks.ts'
import { type PlacementRun, planNow } from './placement-plan.ts'
import { placementOrder } from './placement-schemas.ts'
import { endEmptyBatches, recallAgency, recallBatch, recallStopped } from './recalls.ts'

const sliceMax = 500

export async function batchById(door: RecordsDoor, id: string): Promise<BatchRecord> {
  const found = await door.store.read('batches.byId', { id })
  if (found === null) throw new NotFound('batch', id)
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
  const id = await inListing(door, async () => {
    const run = await planNow(door, await agencyById(door, agencyId), order.filter)
    if (run.shown.fingerprint !== looked)
      throw new NotNow('plan-changed', 'cases or quota have changed since: look at the plan again')
    if (run.plan.go.length === 0) throw new NotNow('batch-empty', 'no case may go: the dry run says why')
    const { commissionPermille } = agency
    const batch: AgencyBatch = {
      ...{ id: newId<'batch'>('bt'), agency: agency.id, ...order, commissionPermille },
      ...{ cases: run.plan.go.length, plan: looked },
    }
    await listCases(door, actor, { batch: batch.id, run, from: 0, opened: [{ type: 'batch.opened', batch }] })
    return batch.id
  })
  await continueBatch(door, actor, id)
  return batchById(door, id)
}

/** Lists what the plan has from there on, so that it is known after a restart; with the first of them, what opens the batch. */
async function listCases(
  door: RecordsDoor,
  actor: Actor,
  { batch, run, from, opened }: { batch: string; run: PlacementRun; from: number; opened: RecordFact[] },
): Promise<void> {
  for (let at = from; at < run.plan.go.length; at += sliceMax) {
    const cases = run.plan.go.slice(at, at + sliceMax).map(({ id, party, owed }) => ({
      ...{ case: id, party, owed },
      currency: run.known.get(id)!.currency,
    }))
    await keep(door, actor, [...(at === from ? opened : []), { type: 'batch.listed', batch, cases }])
  }
}

/**
 * A batch of which fewer cases are listed than it was opened with: the process died in between. When the plan comes out as it was looked at, the rest is
 * listed; when it does not (or is not known, since the batch is of before), how many never were is told, and the batch shows it.
 */
function finishListing(door: RecordsDoor, batch: BatchRecord): Promise<void> {
  return inListing(door, async () => {
    const { id, doc, listed, unlisted, state, openedBy } = await batchById(door, batch.id)
    const left = doc.cases - listed - unlisted
    if (left <= 0 || state === 'ENDED') return
    const agency = await agencyById(door, doc.agency)
    const run = doc.plan === undefined ? null : await planNow(door, agency, doc.filter, id)
    if (run?.shown.fingerprint === doc.plan && run !== null)
      await listCases(door, openedBy, { batch: id, run, from: listed, opened: [] })
    else await keep(door, 'system', [{ type: 'batch.unlisted', batch: id, cases: left, why: 'plan_changed' }])
  })
}

/** Places what is listed and waits; nothing, when all is placed or refused already. */
async function continueBatch(door: RecordsDoor, actor: Actor, id: string): Promise<void> {
  for (;;) {
    const left = await inTurn(door, () => placeSlice(door, actor, id))
    if (left === 0) break
  }
  await inTurn(door, async () => {
    const { state, doc, listed, unlisted } = await batchById(door, id)
    if (state === 'PLACING' && listed + unlisted >= doc.cases)
      await keep(door, actor, [{ type: 'batch.placed', batch: id }])
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
      ? (whyNotPlace({ ...candidate, waiting: false, bucket: bucketOf(days, rules) }, agency) ??
        (free > 0 ? null : 'over_quota'))
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
 * What time does: batches that were broken off go on, those whose last day is over and those of agencies whose contract is over come back, as do cases
 * of people who do not want to be called any more; a batch of which nothing is placed any more is over, and callbacks go where their cases went.
 */
export async function keepPlacements(door: RecordsDoor): Promise<void> {
  const { today } = await reckoningOf(door)
  for (const batch of await door.store.read('batches.short', {})) await finishListing(door, batch)
  for (const { id, openedBy } of await door.store.read('batches.unplaced', {})) await continueBatch(door, openedBy, id)
  for (const { id } of await door.store.read('batches.over', { today }))
    await recallBatch(door, 'system', id, { reason: 'batch_over' })
  for (const { id, until, placed } of await door.store.read('agencies.list', { all: true }))
    if (placed > 0 && until < today) await recallAgency(door, 'system', id, 'contract_over')
  await recallStopped(door)
  await endEmptyBatches(door, 'system', 'all_back')
  await inTurn(door, () => passOnCallbacks(door))
}

async function checkCampaign(door: RecordsDoor, agency: Agency, id: string | null): Promise<void> {
  if (id === null) return
  const campaign = await door.store.read('campaigns.byId', { id: id as CampaignId })
  if (campaign !== null && campaign.agency === agency.id && campaign.state !== 'closed') return
  throw new InvalidInput([{ field: 'campaign', found: id, allowed: 'a campaign of this agency that is not closed' }])
}
