import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { defineFields } from '../../records/parties/field-definitions.ts'
import { createParty, partyByRef } from '../../records/parties/parties.ts'
import { type House, openHouse } from '../testing/house.ts'
import { supervisorRoutes } from './supervisor.ts'

let house: House
const cookies: Record<string, string> = {}
before(async () => {
  house = await openHouse({ pages: { routers: [supervisorRoutes] } })
  for (const [name, role] of [
    ['sam', 'supervisor'],
    ['olga', 'auditor'],
  ] as const) {
    await house.add(name, role, { language: 'en', numbersMasked: true })
    cookies[name] = `${(await house.signIn(name)).cookie}; lang=en`
  }
  await defineFields(house.deps.records, 'system', {
    business: 'collections',
    fields: [
      { key: 'branch', label: { 'zh-CN': '网点', en: 'Branch' }, type: 'text' },
      { key: 'income', label: { 'zh-CN': '收入', en: 'Income' }, type: 'money' },
      { key: 'card', label: { 'zh-CN': '银行卡', en: 'Bank card' }, type: 'secret' },
    ],
  })
})
after(() => house[Symbol.asyncDispose]())

const get = async (path: string, who = 'sam') =>
  (await house.app.request(path, { headers: { cookie: cookies[who]!, accept: 'text/html' } })).text()
const post = (path: string, form: Record<string, string>, who = 'sam') =>
  house.app.request(path, {
    method: 'POST',
    headers: { cookie: cookies[who]!, accept: 'text/html', 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams(form),
  })
const known = (ref: string) => partyByRef(house.deps.records, ref)
const common = { type: 'person', zone: 'Asia/Shanghai', language: 'zh-CN' }

test('a party is added by hand, with numbers and fields of the lender’s own', async () => {
  const added = await post('/supervisor/parties', {
    ...{ ...common, ref: 'K 1', name: 'Carl', idNo: '110101199003071234' },
    ...{ 'number-0': '138 1234 5678', 'relation-0': 'SELF', 'number-2': '010-62345678', 'relation-2': 'WORKPLACE' },
    ...{
      'field-collections-branch': 'Pudong',
      'field-collections-income': '1,200.50',
      'field-collections-card': '6222021234567890',
    },
  })
  assert.equal(added.status, 303, await added.clone().text())
  assert.equal(added.headers.get('location'), '/supervisor/parties/K%201')
  const party = await known('K 1')
  assert.deepEqual(
    party.phones.map(({ number, relation }) => [number, relation]),
    [
      ['+8613812345678', 'SELF'],
      ['+861062345678', 'WORKPLACE'],
    ],
  )
  assert.equal(party.fields.collections?.['income'], 120_050)
})

test('what is changed is changed, and what is masked or sealed goes neither out nor lost', async () => {
  const before = await known('K 1')
  const form = await get('/supervisor/parties/K%201/change')
  for (const clear of ['13812345678', '138 1234 5678', '110101199003071234', '6222021234567890'])
    assert.ok(!form.includes(clear), clear)
  assert.match(form, /value="1200\.50"/)
  const changed = await post('/supervisor/parties/K%201', {
    ...{ ...common, name: 'Carla', changedAt: String(before.changedAt), 'relation-0': 'SELF', 'whose-1': 'Works' },
    ...{ 'relation-1': 'WORKPLACE', 'status-1': 'BAD', 'number-2': '13900001111', 'relation-2': 'CONTACT' },
    ...{ 'field-collections-branch': 'Puxi', 'field-collections-income': '1300', 'field-collections-card': '' },
  })
  assert.equal(changed.status, 303, await changed.clone().text())
  const after = await known('K 1')
  assert.deepEqual(
    after.phones.map(({ number, status }) => [number, status]),
    [
      ['+8613812345678', 'UNTRIED'],
      ['+861062345678', 'BAD'],
      ['+8613900001111', 'UNTRIED'],
    ],
  )
  assert.deepEqual(after.idNo, before.idNo)
  assert.deepEqual(after.fields.collections?.['card'], before.fields.collections?.['card'])
  assert.deepEqual([after.name, after.fields.collections?.['branch']], ['Carla', 'Puxi'])
})

test('who changed it later than the form was opened is not written over, and rows are not mixed up', async () => {
  const stale = await post('/supervisor/parties/K%201', { ...common, name: 'Old', changedAt: '1', 'remove-0': 'true' })
  assert.equal(stale.status, 422)
  assert.match(await stale.text(), /Somebody else changed this party/)
  const { name, phones } = await known('K 1')
  assert.deepEqual([name, phones.length], ['Carla', 3])
})

test('what is wrong is said beside its field, what was typed stays, and what is secret is not sent back', async () => {
  const { changedAt } = await known('K 1')
  const refused = await post('/supervisor/parties/K%201', {
    ...{ ...common, name: 'Carla', changedAt: String(changedAt), idNo: '!!', 'number-3': '12' },
    ...{
      'field-collections-income': 'much',
      'field-collections-card': '6222 9999',
      'field-collections-branch': 'Kept <b>',
    },
  })
  assert.equal(refused.status, 422)
  const page = await refused.text()
  assert.match(page, /id="e-idNo"/)
  assert.match(page, /id="e-phones"/)
  assert.match(page, /value="Kept &lt;b&gt;"/)
  assert.ok(!page.includes('6222 9999'))
})

test('a consent is recorded and taken back on the page of its party, by who may write alone', async () => {
  const given = { purpose: 'sales', channel: 'voice', basis: 'form', evidence: 'F-1' }
  assert.equal((await post('/supervisor/parties/K%201/consents', given, 'olga')).status, 403)
  assert.equal((await post('/supervisor/parties/K%201/consents', { ...given, evidence: '' })).status, 422)
  assert.equal((await post('/supervisor/parties/K%201/consents', given)).status, 303)
  const id = /consents\/([\w-]+)\/withdrawal/.exec(await get('/supervisor/parties/K%201'))![1]!
  await createParty(house.deps.records, 'system', { ref: 'K-2', name: 'Dora' })
  assert.equal((await post(`/supervisor/parties/K-2/consents/${id}/withdrawal`, { reason: 'x' })).status, 404)
  assert.equal((await post(`/supervisor/parties/K%201/consents/${id}/withdrawal`, { reason: 'by letter' })).status, 303)
  assert.ok(!/withdrawal/.test(await get('/supervisor/parties/K%201')))
  assert.ok(!(await get('/supervisor/parties/K%201', 'olga')).includes('/change'))
})
