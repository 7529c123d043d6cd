import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { QueueId } from '../../lib/ids.ts'
import { createQueue } from '../../records/telephony/queues.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
let cookie = ''
let queue: QueueId
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
  await house.add('adam', 'admin', { language: 'en' })
  cookie = (await house.signIn('adam')).cookie
  queue = (await createQueue(house.deps.records, 'system', { name: 'service' })).id
})
after(() => house[Symbol.asyncDispose]())

const plain = { name: 'main', language: 'en', waitMs: '6', betweenMs: '3', triesMax: '3' }
const ends = { fallback: 'act:call_back', closed: 'act:hang_up' }
const menus = () => house.deps.store.read('menus.list', {})

test('a menu is set up on its page, a number leads to it, and neither goes while something leads there', async () => {
  assert.equal((await look(house, cookie, '/admin/menus')).status, 200)
  const form = await look(house, cookie, '/admin/menus/new')
  assert.ok(form.text.includes(`value="queue:${queue}"`) && form.text.includes('name="keyStar"'))
  const saved = await send(house, cookie, 'POST', '/admin/menus', {
    ...plain,
    ...ends,
    greeting: 'thank-you\r\ngoodbye',
    bargeIn: 'true',
    key1: `queue:${queue}`,
    key5: 'number',
    number5: '021 5555 9999',
    keyStar: 'act:repeat',
    hoursFrom: '09:00',
    hoursTo: '18:00',
    weekdays: ['1', '2'],
    hoursCalendar: 'ID',
    outsideMax: '4',
  })
  assert.equal(saved.status, 303, saved.text.slice(0, 300))
  const [menu] = await menus()
  assert.deepEqual(menu, {
    id: menu!.id,
    name: 'main',
    language: 'en',
    greeting: ['thank-you', 'goodbye'],
    keys: { '1': { queue }, '5': { number: '+862155559999' }, '*': { act: 'repeat' } },
    extensions: false,
    bargeIn: true,
    waitMs: 6_000,
    betweenMs: 3_000,
    triesMax: 3,
    outsideMax: 4,
    fallback: { act: 'call_back' },
    hours: { weekdays: [1, 2], from: '09:00', to: '18:00', holidays: 'ID' },
    closed: { act: 'hang_up' },
  })
  assert.ok(house.deps.engine.state.menus.has(menu!.id), 'the floor knows it')
  const list = await look(house, cookie, '/admin/menus')
  assert.ok(list.text.includes('1 → Queue: service') && list.text.includes('09:00–18:00'))
  const again = await look(house, cookie, `/admin/menus/${menu!.id}`)
  assert.ok(again.text.includes('<option value="ID" selected>') && /name="outsideMax"[^>]*value="4"/.test(again.text))
  assert.ok(/name="number5"[^>]*value="\+862155559999"/.test(again.text), 'what was saved stands in the form')

  const number = { number: '+861088880001', target: `ivr:${menu!.id}` }
  assert.equal((await send(house, cookie, 'POST', '/admin/numbers', number)).status, 303)
  assert.ok((await look(house, cookie, '/admin/numbers')).text.includes('Menu: main'))
  const refused = await send(house, cookie, 'POST', `/admin/menus/${menu!.id}/removal`)
  assert.deepEqual([refused.status, (await menus()).length], [409, 1])
  const [dialled] = await house.deps.store.read('numbers.list', {})
  assert.equal((await send(house, cookie, 'POST', `/admin/numbers/${dialled!.id}/removal`)).status, 303)
  assert.equal((await send(house, cookie, 'POST', `/admin/menus/${menu!.id}/removal`)).status, 303)
  assert.equal((await menus()).length, 0)
})

test('what is wrong stands beside its field, and what was typed stays', async () => {
  const wrong = await send(house, cookie, 'POST', '/admin/menus', {
    ...plain,
    ...ends,
    greeting: 'own/nobody-sent',
    key1: 'queue:q_gone',
    waitMs: '99',
    hoursFrom: '9 in the morning',
    hoursTo: '18:00',
    fallback: 'act:repeat',
  })
  assert.equal(wrong.status, 422)
  for (const field of ['waitMs', 'hoursFrom', 'fallback'])
    assert.ok(wrong.text.includes(`id="e-${field}"`), `${field} is refused beside its field`)
  assert.ok(wrong.text.includes('9 in the morning'))
  const next = await send(house, cookie, 'POST', '/admin/menus', {
    ...plain,
    ...ends,
    greeting: 'own/nobody-sent',
    key1: 'queue:q_gone',
    key2: 'number',
    number2: '+862155559999',
  })
  for (const field of ['greeting', 'key1']) assert.ok(next.text.includes(`id="e-${field}"`), field)
  const number = await send(house, cookie, 'POST', '/admin/menus', {
    ...plain,
    ...ends,
    key2: 'number',
    number2: 'abc',
  })
  assert.ok(number.status === 422 && /id="e-(key2|number2)"/.test(number.text))
  assert.deepEqual(await menus(), [])
})

test('announcements of a queue are set on its page, and off unless they are', async () => {
  const fields = { name: 'service', maxWaitMs: '360', serviceLevelMs: '20', callbackAfterMs: '0', announceEvery: '45' }
  const announced = async () => (await house.deps.store.read('queues.byId', { id: queue }))!.announce
  assert.equal(await announced(), null)
  const set = { ...fields, announceLanguage: 'en', announceEstimate: 'true' }
  assert.equal((await send(house, cookie, 'POST', `/admin/queues/${queue}`, set)).status, 303)
  assert.deepEqual(await announced(), { language: 'en', everyMs: 45_000, estimate: true })
  const often = await send(house, cookie, 'POST', `/admin/queues/${queue}`, { ...set, announceEvery: '2' })
  assert.ok(often.status === 422 && often.text.includes('id="e-announceEvery"'))
  assert.equal(
    (await send(house, cookie, 'POST', `/admin/queues/${queue}`, { ...fields, announceLanguage: '' })).status,
    303,
  )
  assert.equal(await announced(), null)
})
