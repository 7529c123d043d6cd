import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { checklistDefault } from '../../lender/checklist.ts'
import { allChecklists, checklistById, decisionReasons } from '../../records/verification/checklists.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
let cookie = ''
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
  await house.add('adam', 'admin', { language: 'en' })
  cookie = (await house.signIn('adam')).cookie
})
after(() => house[Symbol.asyncDispose]())

const post = (path: string, fields: Record<string, string>) => send(house, cookie, 'POST', path, fields)

/** What a browser would send back of a form as it stands. */
async function formOf(path: string): Promise<Record<string, string>> {
  const { text } = await look(house, cookie, path)
  const fields: Record<string, string> = {}
  const plain = (value: string) => value.replaceAll('&quot;', '"').replaceAll('&amp;', '&').replaceAll('&#39;', "'")
  for (const [tag] of text.matchAll(/<input[^>]*>/g)) {
    const name = / name="([^"]+)"/.exec(tag)?.[1]
    if (name === undefined || (tag.includes('type="checkbox"') && !tag.includes(' checked'))) continue
    fields[name] = plain(/ value="([^"]*)"/.exec(tag)?.[1] ?? '')
  }
  for (const [, name, value] of text.matchAll(/<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)</g))
    fields[name!] = plain(value!)
  for (const [, name, options] of text.matchAll(/<select[^>]* name="([^"]+)"[^>]*>([\s\S]*?)<\/select>/g))
    fields[name!] = /value="([^"]*)" selected/.exec(options!)?.[1] ?? /value="([^"]*)"/.exec(options!)![1]!
  return fields
}

test('the shipped checklist is saved as it stands, as version 1, and loses nothing by the form', async () => {
  const form = await formOf('/admin/checklists/standard')
  const saved = await post('/admin/checklists/standard', form)
  assert.equal(saved.status, 303, saved.text)
  const { version, ...own } = await checklistById(house.deps.records, 'standard')
  assert.deepEqual([version, own.name, own.contactOrder], [1, checklistDefault.name, checklistDefault.contactOrder])
  assert.deepEqual(own.items, checklistDefault.items)
  assert.deepEqual(own.recall, checklistDefault.recall)
})

test('whoever saves over a version that came meanwhile is told, and keeps what was typed', async () => {
  const form = await formOf('/admin/checklists/standard')
  assert.equal((await post('/admin/checklists/standard', { ...form, name: 'first' })).status, 303)
  const late = await post('/admin/checklists/standard', { ...form, name: 'second' })
  assert.equal(late.status, 422)
  assert.match(late.text, /Somebody saved a new version meanwhile/)
  assert.match(late.text, /value="second"/)
})

test('a question can be added, and what is wrong with one is said with its place', async () => {
  const form = await formOf('/admin/checklists/standard')
  const more = await post('/admin/checklists/standard', { ...form, add: 'true' })
  assert.match(more.text, /name="key-8"/)
  const wrong = await post('/admin/checklists/standard', { ...form, 'offers-0': 'somebody else' })
  assert.equal(wrong.status, 422)
  assert.match(wrong.text, /\{offered\} in the question of a trap/)
  const slots = await post('/admin/checklists/standard', { ...form, slots: '12:00-08:00' })
  assert.match(slots.text, /Times one a line that follow each other/)
})

test('a new checklist is for its product, and the reasons of decisions are a list of one’s own', async () => {
  const form = await formOf('/admin/checklists/new')
  const item = {
    'key-0': 'purpose',
    'zh-0': '用途？',
    'en-0': 'What for?',
    'expected-0': 'custom',
    'value-0': 'purpose',
  }
  assert.equal(
    (await post('/admin/checklists', { ...form, ...item, checklistId: 'car', name: 'Cars', product: 'car' })).status,
    303,
  )
  const car = await checklistById(house.deps.records, 'car')
  assert.deepEqual(
    [car.version, car.product, car.items[0]!.expected],
    [1, 'car', { type: 'field', field: 'fields.purpose' }],
  )
  assert.equal((await allChecklists(house.deps.records)).length, 2)
  const bad = await post('/admin/checklists/reasons', { reasons: 'lower | REJECT | 低 | low' })
  assert.equal(bad.status, 422)
  assert.match(bad.text, /four parts a line/)
  assert.equal(
    (await post('/admin/checklists/reasons', { reasons: 'INCOME | REJECT | 收入不足 | Income too low' })).status,
    303,
  )
  assert.deepEqual(
    (await decisionReasons(house.deps.records)).map(({ code }) => code),
    ['INCOME'],
  )
})

test('what applicants are told is written one text a line, read back as it was, and shown filled in', async () => {
  const lines =
    'PASS | * | sms | {name}，已通过。 | {name}: approved.\nREJECT | car | sms | 未通过：{reason} | Declined: {reason}\n' +
    'PASS | * | email | 申请 {application} | {name}：\\n已通过。 | Application {application} | Dear {name},\\napproved.'
  const saved = await post('/admin/confirmations', { templates: lines, needsConsent: 'true' })
  assert.equal(saved.status, 303, saved.text)
  assert.equal((await formOf('/admin/confirmations'))['templates'], lines)
  const { text } = await look(house, cookie, '/admin/confirmations')
  assert.match(text, /Wang Xiaoming: approved\./)
  assert.match(text, /未通过：年龄不符合要求/)
  assert.match(text, /<b>Application A-20261124-031<\/b><br>Dear Wang Xiaoming,<br>approved\./)
})

test('a line that is none is refused with its place, nothing is lost, and what was saved stays', async () => {
  const bad = await post('/admin/confirmations', { templates: 'PASS | * | sms | a | b\nFRAUD | * | sms | a | b' })
  assert.equal(bad.status, 422)
  assert.match(bad.text, /2: Five parts a line/)
  assert.match(bad.text, /FRAUD \| \* \| sms \| a \| b/)
  const secret = await post('/admin/confirmations', { templates: 'PASS | * | sms | {idNo} | {idNo}' })
  assert.match(secret.text, /1: There is no value \{idNo\}/)
  assert.match((await formOf('/admin/confirmations'))['templates']!, /^PASS \| \* \| sms \| \{name\}/)
})

test('who saves texts that somebody else changed meanwhile is told so in words, loses nothing, and may save again', async () => {
  const mine = await formOf('/admin/confirmations')
  const theirs = { ...(await formOf('/admin/confirmations')), templates: 'PASS | * | sms | 通过 | theirs' }
  assert.equal((await post('/admin/confirmations', theirs)).status, 303)
  const late = await post('/admin/confirmations', { ...mine, templates: 'PASS | * | sms | 通过 | mine' })
  assert.equal(late.status, 409)
  assert.match(late.text, /Somebody else saved/)
  assert.match(late.text, /PASS \| \* \| sms \| 通过 \| mine/, 'what was typed stays')
  assert.match(late.text, /<p lang="en">theirs<\/p>/, 'and what holds now stands below')
  const seen = /name="seen" value="([^"]*)"/.exec(late.text)![1]!
  assert.equal((await post('/admin/confirmations', { templates: 'PASS | * | sms | 通过 | mine', seen })).status, 303)
  assert.match((await formOf('/admin/confirmations'))['templates']!, /mine$/)
})

test('of two saves at one instant one is kept, and the other one is told so and keeps what was typed', async () => {
  const form = await formOf('/admin/confirmations')
  const texts = ['of adam', 'of ada'].map(words => `PASS | * | sms | 通过 | ${words}`)
  const both = await Promise.all(texts.map(templates => post('/admin/confirmations', { ...form, templates })))
  const late = both.findIndex(({ status }) => status === 409)
  assert.deepEqual(both.map(({ status }) => status).sort(), [303, 409])
  assert.match(both[late]!.text, /Somebody else saved/)
  assert.ok(both[late]!.text.includes(texts[late]!), 'what was typed stays')
  assert.equal((await formOf('/admin/confirmations'))['templates'], texts[1 - late])
  const seen = /name="seen" value="([^"]*)"/.exec(both[late]!.text)![1]!
  assert.equal((await post('/admin/confirmations', { templates: texts[late]!, seen })).status, 303, 'who saves again')
})

test('a reason may have words for applicants beside those of the house', async () => {
  const line = 'AGE | REJECT | 年龄造假 | Lied about age | 年龄不符合要求 | Age outside our range'
  assert.equal((await post('/admin/checklists/reasons', { reasons: line })).status, 303)
  assert.deepEqual((await decisionReasons(house.deps.records))[0]?.told, {
    'zh-CN': '年龄不符合要求',
    en: 'Age outside our range',
  })
  assert.equal((await formOf('/admin/checklists'))['reasons'], line)
  const half = await post('/admin/checklists/reasons', { reasons: 'AGE | REJECT | 年龄 | Age | 年龄不符合要求' })
  assert.equal(half.status, 422)
})
