import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { defineFields } from '../../records/parties/field-definitions.ts'
import { createParty, partyByRef } from '../../records/parties/parties.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
let adam = ''
let sam = ''
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
  await house.add('adam', 'admin', { language: 'en' })
  await house.add('sam', 'supervisor', { language: 'en' })
  adam = `${(await house.signIn('adam')).cookie}; lang=en`
  sam = `${(await house.signIn('sam')).cookie}; lang=en`
})
after(() => house[Symbol.asyncDispose]())

const at = '/admin/fields/collections'
const post = (path: string, fields: Record<string, string>, cookie = adam) => send(house, cookie, 'POST', path, fields)
const kept = async () => (await house.store.read('fields.all', {})).collections ?? []
const keys = async () => (await kept()).map(({ key }) => key)
const branch = {
  key: 'branch',
  type: 'choice',
  labelZh: '网点',
  labelEn: 'Branch',
  choices: 'Pudong\nPuxi',
  shown: 'true',
}

test('fields are defined on a page, stand in their order, and parties take them', async () => {
  assert.match((await look(house, adam, '/admin/fields')).text, /No fields yet/)
  assert.match((await look(house, adam, `${at}/new`)).text, /name="place"[^>]*value="1"/)
  assert.equal((await post(at, branch)).status, 303)
  const income = {
    key: 'income',
    type: 'money',
    labelZh: '收入',
    min: '0',
    max: '1,000.50',
    required: 'true',
    place: '1',
  }
  assert.equal((await post(at, income)).status, 303)
  assert.equal(
    (await post(at, { key: 'card', type: 'secret', labelZh: '银行卡', searchable: 'true', place: '9' })).status,
    303,
  )
  assert.deepEqual(await keys(), ['income', 'branch', 'card'])
  const [first, second] = await kept()
  assert.deepEqual([first!.max, first!.label.en, first!.shown, first!.required], [100_050, '收入', false, true])
  assert.deepEqual([second!.choices, second!.shown], [['Pudong', 'Puxi'], true])
  const { records } = house.deps
  await createParty(records, 'system', {
    ref: 'K-1',
    name: 'Carl',
    fields: { collections: { income: '900.5', branch: 'Puxi' } },
  })
  assert.equal((await partyByRef(records, 'K-1')).fields.collections!['income'], 90_050)
  await assert.rejects(createParty(records, 'system', { ref: 'K-2', name: 'Dora', fields: { collections: {} } }))
})

test('what is wrong is said beside its field, what was typed stays, and nothing is kept of it', async () => {
  const before = await kept()
  const wrong = async (fields: Record<string, string>, words: RegExp) => {
    const { status, text } = await post(at, { ...branch, key: 'other', ...fields })
    assert.equal(status, 422, JSON.stringify(fields))
    assert.match(text.replace(/<[^>]*>/g, ' '), words)
    assert.match(text, /value="网点"|value=""/)
  }
  await wrong({ key: 'branch' }, /Small letters, digits and _, a letter first, .*\(found: branch\)/)
  await wrong({ key: 'Filiale 1' }, /\(found: Filiale 1\)/)
  await wrong({ labelZh: '', labelEn: '' }, /A name of 1 to 60 characters/)
  await wrong({ choices: '' }, /For the type choice one a line/)
  await wrong({ type: 'number', choices: '', min: '5', max: '1' }, /the least not above the most/)
  await wrong({ type: 'money', choices: '', min: 'much' }, /A number or an amount.*\(found: much\)/)
  await wrong({ type: 'colour' }, /Choose from the list/)
  assert.equal((await post('/admin/fields/nothing', branch)).status, 404)
  assert.equal((await look(house, adam, `${at}/nothing`)).status, 404)
  assert.equal((await post(at, { ...branch, key: 'sams' }, sam)).status, 403)
  assert.deepEqual(await kept(), before)
})

test('a field is changed and moved without writing over what somebody else changed meanwhile; its type stays', async () => {
  const form = (await look(house, adam, `${at}/branch`)).text
  const seen = /name="seen" value="([^"]+)"/.exec(form)![1]!
  const shown = {
    labelZh: '网点',
    labelEn: 'Branch',
    choices: 'Pudong\r\nPuxi',
    shown: 'true',
    min: '',
    max: '',
    place: '2',
    seen,
  }
  assert.equal((await post(`${at}/branch`, { ...shown, choices: 'Pudong\r\nPuxi\r\nMinhang' })).status, 303)
  assert.equal((await post(`${at}/branch`, { ...shown, labelEn: 'Office', place: '3', type: 'text' })).status, 303)
  assert.deepEqual(await keys(), ['income', 'card', 'branch'])
  const field = (await kept())[2]!
  assert.deepEqual([field.label.en, field.choices.length, field.type], ['Office', 3, 'choice'])
})

test('a field is removed, and each change stands in the log by the words of the page', async () => {
  assert.equal((await post(`${at}/card/removal`, {})).status, 303)
  assert.equal((await post(`${at}/card/removal`, {})).status, 404)
  assert.deepEqual(await keys(), ['income', 'branch'])
  const log = (await look(house, adam, '/admin/changes?of=fields%3Acollections')).text.replace(/<[^>]*>/g, '')
  assert.match(log, /branch · Place\s*2 → 3/)
  assert.match(log, /branch · Name\s*网点 · Branch → 网点 · Office/)
  assert.match(log, /card · Searchable\s*yes → nothing/)
})

test('a field that was removed comes back with its own type alone, over the API too: parties still have values of it', async () => {
  const text = { key: 'card', labelZh: '卡号', labelEn: 'Card', type: 'number', place: '9' }
  const refused = await post(at, text)
  assert.equal(refused.status, 422, refused.text.slice(0, 300))
  assert.match(refused.text, /A key that was used before keeps its type/)
  const label = { 'zh-CN': '卡号', en: 'Card' }
  await assert.rejects(
    defineFields(house.deps.records, 'system', {
      business: 'collections',
      fields: [...(await kept()), { key: 'card', label, type: 'number' }],
    }),
    /type/,
  )
  assert.deepEqual(await keys(), ['income', 'branch'])
})
