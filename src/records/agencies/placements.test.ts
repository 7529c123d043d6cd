/** Placing many cases: what a process that dies in the middle leaves is finished or told, and nothing is placed twice or lost silently. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type House, openHouse } from '../../http/testing/house.ts'
import { runDay, saveDailyWork } from '../collections/daily.ts'
import { saveLoans } from '../collections/loans.ts'
import { recordRepayment } from '../collections/repayments.ts'
import type { RecordsDoor } from '../door.ts'
import { saveParties } from '../parties/parties.ts'
import { createAgency } from './agencies.ts'
import { planBatch } from './placement-plan.ts'
import { batchById, keepPlacements, placeBatch } from './placements.ts'
import { recallBatch } from './recalls.ts'

const many = 620

let house: House
let door: RecordsDoor
let agency: string
before(async () => {
  house = await openHouse()
  door = house.deps.records
  const { openCases, fromDays, owedFrom } = { openCases: true, fromDays: 1, owedFrom: 0 }
  await saveDailyWork(door, 'system', { openCases, fromDays, owedFrom, assign: false })
  await overdue('cash', many)
  const contract = { from: '2026-11-01', until: '2026-12-31', commissionPermille: 200, seats: 2, caseQuota: 5_000 }
  agency = (await createAgency(door, 'system', { name: 'Hengxin', ...contract })).id
})
after(() => house[Symbol.asyncDispose]())

/** So many cases of a product of their own. */
async function overdue(product: string, n: number): Promise<void> {
  for (let from = 0; from < n; from += 500) {
    const some = Array.from({ length: Math.min(500, n - from) }, (_, at) => `${product}-${from + at}`)
    await saveParties(
      door,
      'system',
      some.map(ref => ({ ref, name: `Carl ${ref}`, phones: [] })),
    )
    const plan = [{ no: 1, dueOn: '2026-10-01', principal: 100_000 }]
    await saveLoans(
      door,
      'system',
      some.map(ref => ({ ref: `L-${ref}`, party: ref, product, principal: 100_000, plan })),
    )
  }
  await runDay(door, true)
}

/** A door whose store fails at the commit of the second list, as a process that is killed there. */
function dyingDoor(): RecordsDoor {
  let lists = 0
  const store = new Proxy(house.store, {
    get(of, name) {
      const value = Reflect.get(of, name) as unknown
      if (name !== 'commit') return typeof value === 'function' ? value.bind(of) : value
      return (given: Parameters<typeof house.store.commit>[0]) => {
        if (given.recorded?.some(({ fact }) => fact.type === 'batch.listed') && ++lists > 1)
          return Promise.reject(new Error('killed'))
        return house.store.commit(given)
      }
    },
  })
  return { ...door, store }
}

const order = async (products: string[]) => {
  house.clock.advance(60_000)
  const { fingerprint, go } = await planBatch(door, agency, { products })
  return { go, order: { name: `batch of ${products}`, until: '2026-12-10', filter: { products }, plan: fingerprint } }
}
const figures = async (batch: string) => {
  const { waiting, placed, ended, refused } = await house.store.read('batches.figures', { batch })
  return { waiting, placed, ended, refused }
}
const newest = async () => (await house.store.read('batches.page', { agency, limit: 1 })).items[0]!

async function brokenOff(products: string[]): Promise<string> {
  const { order: asked } = await order(products)
  await assert.rejects(placeBatch(dyingDoor(), 'system', agency, asked), /killed/)
  const { id, state } = await newest()
  assert.equal(state, 'PLACING')
  assert.deepEqual(await figures(id), { waiting: 500, placed: 0, ended: 0, refused: 0 })
  return id
}

test('a process that dies while a batch is listed leaves nothing out: at the next start the rest is listed and placed', async () => {
  const id = await brokenOff(['cash'])
  await keepPlacements(door)
  assert.deepEqual(await figures(id), { waiting: 0, placed: many, ended: 0, refused: 0 })
  const { state, unlisted } = await batchById(door, id)
  assert.deepEqual([state, unlisted], ['OPEN', 0])
  await recallBatch(door, 'system', id, { reason: 'test' })
})

test('when the plan comes out otherwise by then, what was listed is placed, and the batch says how many never were', async () => {
  const id = await brokenOff(['cash'])
  const [left] = await house.store
    .read('placements.candidates', {
      ...{ products: ['cash'], owedFrom: null, owedBelow: null, dueFrom: null, dueTo: null, after: '', limit: 1_000 },
      ...{ now: door.clock.now(), own: null },
    })
    .then(all => all.filter(each => !each.waiting))
  const paid = { id: 'p1', party: left!.party, amount: 100_000, paidAt: door.clock.now() }
  await recordRepayment(door, 'system', paid)
  await keepPlacements(door)
  assert.deepEqual(await figures(id), { waiting: 0, placed: 500, ended: 0, refused: 0 })
  const { state, unlisted, unlistedWhy } = await batchById(door, id)
  assert.deepEqual([state, unlisted, unlistedWhy], ['OPEN', many - 500, 'plan_changed'])
  await keepPlacements(door)
  assert.equal((await house.facts('batch.unlisted')).length, 1, 'said once')
  await recallBatch(door, 'system', id, { reason: 'test' })
})

test('a batch that is recalled when it was broken off is not listed any further', async () => {
  const id = await brokenOff(['cash'])
  await recallBatch(door, 'system', id, { reason: 'test' })
  await keepPlacements(door)
  assert.deepEqual(await figures(id), { waiting: 0, placed: 0, ended: 0, refused: 500 })
  const { state, unlisted, unlistedWhy } = await batchById(door, id)
  assert.deepEqual([state, unlisted, unlistedWhy], ['ENDED', many - 1 - 500, 'recalled'])
})

test('what time does beside a batch that is being listed does not open it before all is listed', async () => {
  const { order: asked, go } = await order(['cash'])
  const early: string[] = []
  let isKeeping: Promise<void> | null = null
  const store = new Proxy(house.store, {
    get(of, name) {
      const value = Reflect.get(of, name) as unknown
      if (name !== 'commit') return typeof value === 'function' ? value.bind(of) : value
      return async (given: Parameters<typeof house.store.commit>[0]) => {
        const committed = await house.store.commit(given)
        if (given.recorded?.some(({ fact }) => fact.type === 'batch.listed')) {
          isKeeping ??= keepPlacements(beside)
          for (let turn = 0; turn < 50; turn++) await house.store.read('batches.short', {})
          early.push((await newest()).state)
        }
        return committed
      }
    },
  })
  const beside: RecordsDoor = { ...door, store }
  const { id } = await placeBatch(beside, 'system', agency, asked)
  await isKeeping
  assert.deepEqual(early, ['PLACING', 'PLACING'])
  assert.deepEqual(await figures(id), { waiting: 0, placed: go, ended: 0, refused: 0 })
  assert.equal((await batchById(door, id)).state, 'OPEN')
  await recallBatch(door, 'system', id, { reason: 'test' })
})

test('a form of placement that is sent twice makes one batch: the second is told that the plan has changed', async () => {
  const { order: asked, go } = await order(['cash'])
  const before = (await house.store.read('batches.page', { agency, limit: 50 })).items.length
  const [one, two] = await Promise.allSettled([1, 2].map(() => placeBatch(door, 'system', agency, asked)))
  assert.equal(one!.status, 'fulfilled')
  assert.equal(two?.status === 'rejected' && (two.reason as { rule?: string }).rule, 'plan-changed')
  assert.equal((await house.store.read('batches.page', { agency, limit: 50 })).items.length, before + 1)
  assert.deepEqual(await figures((await newest()).id), { waiting: 0, placed: go, ended: 0, refused: 0 })
})
