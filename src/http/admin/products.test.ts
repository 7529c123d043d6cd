/** The page of products: what follows is seen before it is saved, each save is a version, and orders keep theirs. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createParty } from '../../records/parties/parties.ts'
import { giveConsent } from '../../records/parties/party-details.ts'
import { openOrder, orderById } from '../../records/sales/sales.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
let cookie = ''
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
  await house.add('adam', 'admin', { language: 'zh-CN' })
  cookie = (await house.signIn('adam')).cookie
})
after(() => house[Symbol.asyncDispose]())

const phone = {
  ...{
    saleId: 'phone',
    saleName: '手机分期',
    amountMin: '1,000',
    amountMax: '20000.00',
    terms: '12，3, 6',
    way: 'equal-instalment',
  },
  ...{
    ratePercent: '0',
    upfrontPercent: '',
    monthlyPercent: '0.6',
    coolingDays: '7',
    active: 'true',
    saleCurrency: '',
  },
}
const post = (path: string, fields: Record<string, string>) => send(house, cookie, 'POST', path, fields)
const products = () => house.store.read('products.list', {})

test('the annual rate that follows is shown from what is typed, and nothing is kept', async () => {
  const { text } = await post('/admin/products/example', phone)
  assert.match(text, /13\.03%/)
  assert.match((await post('/admin/products', { ...phone, do: 'example' })).text, /13\.03%/)
  assert.doesNotMatch((await post('/admin/products/example', { ...phone, monthlyPercent: 'much' })).text, /%<\/b>/)
  assert.equal((await products()).length, 0)
})

test('what is wrong stands beside its field with what was found, and what was typed stays', async () => {
  for (const [wrong, said] of [
    [{ amountMax: '10' }, /e-amountMax[\s\S]*不低于最低金额/],
    [{ terms: '3, many' }, /e-terms[\s\S]*1–360 的整数/],
    [{ ratePercent: '240' }, /e-ratePercent[\s\S]*填写的是：240/],
    [{ validFrom: '2027-01-01', validUntil: '2026-01-01' }, /e-validUntil[\s\S]*不早于起售日/],
    [{ saleId: 'Phone!' }, /e-saleId/],
    [{ coolingDays: '-1' }, /e-coolingDays/],
  ] as const) {
    const { status, text } = await post('/admin/products', { ...phone, ...wrong })
    assert.equal(status, 422, text.slice(0, 200))
    assert.match(text, said)
    assert.match(text, /value="手机分期"/)
  }
  assert.equal((await products()).length, 0)
})

test('a product is made once, and its id is not taken twice', async () => {
  assert.equal((await post('/admin/products', phone)).status, 303)
  const [made] = await products()
  assert.deepEqual(
    [made?.amountMin, made?.amountMax, made?.terms, made?.monthlyFeePpm, made?.version, made?.currency],
    [100_000, 2_000_000, [3, 6, 12], 6_000, 1, 'CNY'],
  )
  const twice = await post('/admin/products', phone)
  assert.equal(twice.status, 422)
  assert.match(twice.text, /e-saleId/)
})

test('a change is a new version with its line in the log, an order keeps its terms, and an old form overwrites nobody', async () => {
  const door = house.deps.records
  const alice = await house.add('alice', 'agent')
  await createParty(door, 'system', { ref: 'K-1', name: 'Carl', phones: [{ number: '13812345678' }] })
  await giveConsent(door, 'system', { party: 'K-1', purpose: 'sales', basis: 'form', evidence: '17' })
  const asked = { party: 'K-1', product: 'phone', amount: 1_200_000, term: 12, agent: alice.id }
  const { id } = await openOrder(door, 'system', asked)
  assert.match(
    (await look(house, cookie, '/admin/products/phone')).text,
    /第 1 版 · 1 个订单[\s\S]*已有订单按各自下单时的版本执行/,
  )
  assert.equal((await post('/admin/products/phone', { ...phone, seen: '1', monthlyPercent: '0.5' })).status, 303)
  const stale = await post('/admin/products/phone', { ...phone, seen: '1', monthlyPercent: '0.9' })
  assert.equal(stale.status, 409)
  assert.match(stale.text, /刚被他人修改过/)
  assert.equal((await post('/admin/products/phone', { ...phone, seen: '2', monthlyPercent: '0.5' })).status, 303)
  const [product] = await products()
  assert.deepEqual([product?.version, product?.monthlyFeePpm], [2, 5_000], 'the same once more is no version')
  const order = await orderById(door, id)
  assert.deepEqual([order.productVersion, order.terms.monthlyFeePpm], [1, 6_000])
  const log = await house.store.read('changes.page', { subject: 'product:phone' })
  assert.deepEqual(
    log.items.map(({ kind, fields }) => [kind, kind === 'made' ? null : fields.map(({ field }) => field).sort()]),
    [
      ['changed', ['monthlyFeePpm', 'version']],
      ['made', null],
    ],
  )
})

test('before its first day and after its last one a product is not sold', async () => {
  const door = house.deps.records
  const asked = {
    party: 'K-1',
    product: 'phone',
    amount: 1_200_000,
    term: 12,
    agent: (await house.add('bob', 'agent')).id,
  }
  for (const days of [{ validFrom: '2026-11-25' }, { validUntil: '2026-11-23' }] as Record<string, string>[]) {
    const [{ version } = { version: 0 }] = await products()
    await post('/admin/products/phone', { ...phone, ...days, seen: String(version) })
    await assert.rejects(openOrder(door, 'system', asked), /is not sold now/)
  }
  const [{ version } = { version: 0 }] = await products()
  await post('/admin/products/phone', {
    ...phone,
    validFrom: '2026-11-24',
    validUntil: '2026-11-24',
    seen: String(version),
  })
  assert.equal((await openOrder(door, 'system', asked)).state, 'DRAFT')
})
