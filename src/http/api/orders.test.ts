/** Sales on instalments: what is offered, who may be sold to, and an order up to its last day to think. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { User } from '../../centre/entities.ts'
import { saidItems } from '../../lender/quote.ts'
import { NotNow } from '../../records/errors.ts'
import { moveOrderBy } from '../../records/sales/sales.ts'
import { type Ask, askerOf } from '../testing/ask.ts'
import { type House, openHouse } from '../testing/house.ts'

let house: House
let admin: string
let ask: Ask
let alice: User
let sam: User
before(async () => {
  house = await openHouse()
  admin = (await house.token('admin')).secret
  ask = askerOf(house, admin)
  alice = await house.add('alice', 'agent')
  sam = await house.add('sam', 'supervisor')
  for (const ref of ['K-1', 'K-2']) await ask('POST', '/parties', { ref, name: 'Carl' })
  await ask('POST', '/consents', { party: 'K-1', purpose: 'sales', basis: 'opt-in', evidence: 'form 17' })
})
after(() => house[Symbol.asyncDispose]())

const ruleOf = async (method: string, path: string, body: unknown) =>
  ((await (await house.api(admin, method, path, body)).json()) as { rule?: string; detail?: string }).rule

const phone = {
  ...{ id: 'phone', name: '手机分期', amountMin: 100_000, amountMax: 2_000_000, terms: [12, 3, 6], ratePpm: 0 },
  ...{ monthlyFeePpm: 6_000, coolingDays: 7 },
}
const order = (more: object = {}) => ({
  party: 'K-1',
  product: 'phone',
  amount: 1_200_000,
  term: 12,
  agent: alice.id,
  ...more,
})
let id = ''

test('a product shows each instalment, the whole cost and the annual rate before anything is kept', async () => {
  assert.deepEqual((await ask('POST', '/products', phone))['terms'], [3, 6, 12])
  const offer = await ask<{ instalments: { total: number; dueOn: string }[]; aprNominal: number; costTotal: number }>(
    'POST',
    '/products/phone/offers',
    { amount: 1_200_000, term: 12 },
    200,
  )
  assert.deepEqual(
    [offer.instalments.length, offer.instalments[0]],
    [12, { no: 1, dueOn: '2026-12-24', principal: 100_000, interest: 0, fees: 7_200, total: 107_200, left: 1_100_000 }],
  )
  assert.deepEqual([offer.costTotal, (offer.aprNominal * 100).toFixed(2)], [86_400, '13.03'])
  for (const wrong of [
    { amount: 1, term: 12 },
    { amount: 1_200_000, term: 9 },
    { amount: 100_000, term: 3, downPayment: 100_000 },
  ])
    assert.equal((await house.api(admin, 'POST', '/products/phone/offers', wrong)).status, 422)
})

test('prospects come by the hundred, a bad one stops no other, and are found by their grade', async () => {
  const report = await ask<{ saved: number; rejected: { at: number }[] }>(
    'POST',
    '/prospects',
    [
      {
        party: 'K-1',
        limit: 1_500_000,
        limitUntil: '2026-12-31',
        grade: 'A',
        purchases: [{ on: '2026-03-01', what: 'TV', amount: 300_000 }],
      },
      { party: 'K-none' },
      { party: 'K-2', grade: 'E' },
    ],
    200,
  )
  assert.deepEqual([report.saved, report.rejected.map(({ at }) => at)], [1, [1, 2]])
  const { items } = await ask<{ items: { party: string }[] }>('GET', '/prospects?grade=A', undefined, 200)
  assert.deepEqual(
    items.map(({ party }) => party),
    ['K-1'],
  )
})

test('nobody is sold to without consent, nor more than was approved', async () => {
  assert.equal(await ruleOf('POST', '/orders', order({ party: 'K-2' })), 'no-sales-consent')
  const above = await house.api(admin, 'POST', '/orders', order({ amount: 1_600_000 }))
  assert.equal(above.status, 422)
  assert.match(await above.text(), /at most 1500000, as approved/)
  const down = await ask<{ id: string; offer: { financed: number } }>(
    'POST',
    '/orders',
    order({ amount: 1_600_000, downPayment: 200_000 }),
  )
  assert.equal(down.offer.financed, 1_400_000)
})

test('an order is checked by another person, and no program does it', async () => {
  id = (await ask<{ id: string }>('POST', '/orders', order())).id
  await ask('POST', `/orders/${id}/moves`, { type: 'submit' }, 200)
  assert.equal((await house.api(admin, 'POST', `/orders/${id}/moves`, { type: 'check', passes: true })).status, 422)
  const check = (user: User, heard: readonly string[] = saidItems) =>
    moveOrderBy(house.deps.records, `user:${user.id}`, id, { type: 'check', passes: true, heard })
  await assert.rejects(check(alice), (error: unknown) => error instanceof NotNow && error.rule === 'order-four-eyes')
  await assert.rejects(
    check(sam, saidItems.slice(1)),
    (error: unknown) => error instanceof NotNow && error.rule === 'order-not-said',
  )
  const checked = await check(sam)
  assert.deepEqual([checked.state, checked.checker], ['CONFIRMED', sam.id])
})

test('days to think are days of the centre: it is cancelled to the end of the last and fulfilled from the next', async () => {
  const signed = await ask('POST', `/orders/${id}/moves`, { type: 'sign' }, 200)
  assert.deepEqual([signed['state'], signed['coolingUntil']], ['COOLING', '2026-12-01'])
  // A minute before midnight in Shanghai: in UTC it is the afternoon of the same day.
  await house.clock.advance(Date.parse('2026-12-01T23:59:00+08:00') - house.clock.now())
  assert.equal(await ruleOf('POST', `/orders/${id}/moves`, { type: 'fulfil' }), 'order-cooling')
  await house.clock.advance(60_000)
  assert.equal(await ruleOf('POST', `/orders/${id}/moves`, { type: 'cancel', note: 'late' }), 'order-cooling-over')
  assert.equal((await ask('POST', `/orders/${id}/moves`, { type: 'fulfil' }, 200))['state'], 'FULFILLED')
  const { items } = await ask<{ items: { id: string }[] }>('GET', '/orders?state=FULFILLED', undefined, 200)
  assert.deepEqual(
    items.map(each => each.id),
    [id],
  )
  assert.equal((await house.facts('order.moved')).length, 4)
})
