import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createLoan } from '../../records/collections/loans.ts'
import { defineFields } from '../../records/parties/field-definitions.ts'
import { createParty } from '../../records/parties/parties.ts'
import { type House, openHouse } from '../testing/house.ts'
import { supervisorRoutes } from './supervisor.ts'

let house: House
let cookie: string
before(async () => {
  house = await openHouse({ pages: { routers: [supervisorRoutes] } })
  await house.add('sam', 'supervisor', { language: 'en', numbersMasked: true })
  cookie = `${(await house.signIn('sam')).cookie}; lang=en`
  const door = house.deps.records
  await defineFields(door, 'system', {
    business: 'collections',
    fields: [
      { key: 'branch', label: { 'zh-CN': '网点', en: 'Branch' }, type: 'text', searchable: true },
      { key: 'card', label: { 'zh-CN': '银行卡', en: 'Bank card' }, type: 'secret', searchable: true },
    ],
  })
  await createParty(door, 'system', {
    ref: 'K/1',
    name: '<b>Carl</b>',
    idNo: '110101199003071234',
    phones: [{ number: '13812345678' }],
    fields: { collections: { branch: 'Pudong', card: '6222021234567890' } },
  })
  await createLoan(door, 'system', {
    ref: 'L-1',
    party: 'K/1',
    product: 'cash',
    principal: 100_000,
    plan: [{ no: 1, dueOn: '2026-11-20', principal: 100_000, interest: 1_050 }],
  })
})
after(() => house[Symbol.asyncDispose]())

const get = async (path: string) => (await house.app.request(path, { headers: { cookie, accept: 'text/html' } })).text()

test('a party is found on its page by name, number, ID number and a field of the lender’s own', async () => {
  for (const q of ['<b>Ca', '138 1234 5678', '110101199003071234', 'Pudong', '6222 0212 3456 7890'])
    assert.ok(
      (await get(`/supervisor/parties?q=${encodeURIComponent(q)}`)).includes('href="/supervisor/parties/K%2F1"'),
      q,
    )
  assert.ok(!(await get('/supervisor/parties?q=Puxi')).includes('K%2F1'))
})

test('the page of a party has its loans as they stand, and nothing in clear that should not be', async () => {
  const page = await get('/supervisor/parties/K%2F1')
  assert.match(page, /¥1,010\.50/)
  assert.match(page, /<td class="figure">4<\/td><td>M1<\/td>/)
  assert.match(page, /1101\*{10}1234/)
  assert.match(page, /6222\*{8}7890/)
  assert.match(page, /138 \*\*\*\* 5678/)
  for (const clear of ['19900307', '6222021234567890', '13812345678', '138 1234 5678', '<b>Carl'])
    assert.ok(!page.includes(clear), clear)
})

test('a sealed field is shown to who says why, once, and that stands in the journal', async () => {
  const post = (fields: Record<string, string>) =>
    house.app.request('/supervisor/parties/K%2F1/disclosures', {
      method: 'POST',
      headers: { cookie, 'sec-fetch-site': 'same-origin', accept: 'text/html' },
      body: new URLSearchParams(fields),
    })
  const refused = await post({ field: 'collections.card', reason: '' })
  assert.equal(refused.status, 422)
  assert.ok(!(await refused.text()).includes('6222021234567890'))
  const shown = await post({ field: 'collections.card', reason: 'asked by the bank' })
  assert.equal(shown.status, 200)
  assert.match(await shown.text(), /6222021234567890/)
  const facts = await house.facts('party.secretShown')
  assert.equal(facts.length, 1)
  assert.match(facts[0]!.actor, /^user:/)
  assert.ok(!(await house.facts()).some(({ body }) => body.includes('6222021234567890')))
})

test('the list is narrowed by state and product of a loan: links keep each other, and a saved filter has both', async () => {
  const door = house.deps.records
  await createParty(door, 'system', { ref: 'K-2', name: 'Carla', phones: [{ number: '13912345678' }] })
  await createLoan(door, 'system', {
    ...{ ref: 'L-2', party: 'K-2', product: 'car', status: 'CLOSED', principal: 100_000 },
    plan: [{ no: 1, dueOn: '2026-11-20', principal: 100_000, interest: 0 }],
  })
  const refs = async (query: string) =>
    [...(await get(`/supervisor/parties${query}`)).matchAll(/href="\/supervisor\/parties\/(K[^"]+)"/g)].map(
      each => each[1],
    )
  assert.deepEqual(await refs('?loanStatus=ACTIVE'), ['K%2F1'])
  assert.deepEqual(await refs('?product=car'), ['K-2'])
  assert.deepEqual(await refs('?loanStatus=ACTIVE&product=car'), [])
  assert.deepEqual(await refs('?q=Carl&loanStatus=CLOSED'), ['K-2'])
  assert.deepEqual(await refs('?loanStatus=nonsense'), ['K-2', 'K%2F1'])
  const page = await get('/supervisor/parties?q=Carl&loanStatus=CLOSED&product=car')
  assert.match(page, /href="\/supervisor\/parties\?q=Carl&amp;loanStatus=CLOSED&amp;product=cash">cash</)
  assert.match(
    page,
    /href="\/supervisor\/parties\?q=Carl&amp;product=car&amp;loanStatus=CLOSED" aria-current="true">Closed</,
  )
  assert.match(
    page,
    /<input type="hidden" name="loanStatus" value="CLOSED"><input type="hidden" name="product" value="car">/,
  )
  assert.match(page, /name="query" value="loanStatus=CLOSED&amp;product=car"/)
})

test('the API lists parties by state and product of a loan, and says what it does not know', async () => {
  const { secret } = await house.token('supervisor')
  const ask = (query: string) => house.api(secret, 'GET', `/parties${query}`)
  const { items } = (await (await ask('?loanStatus=CLOSED&product=car')).json()) as { items: { ref: string }[] }
  assert.deepEqual(
    items.map(({ ref }) => ref),
    ['K-2'],
  )
  assert.equal((await ask('?loanStatus=closed')).status, 422)
})
