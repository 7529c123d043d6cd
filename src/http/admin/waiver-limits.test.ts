import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { waiverLimits } from '../../records/collections/waivers.ts'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
let cookie = ''
let sam = ''
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
  await house.add('adam', 'admin', { language: 'en' })
  sam = (await house.add('sam', 'supervisor', {})).id
  await house.add('alice', 'agent', {})
  cookie = (await house.signIn('adam')).cookie
})
after(() => house[Symbol.asyncDispose]())

async function open(path: string, body?: Record<string, string>) {
  const response = await house.app.request(path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { cookie, accept: 'text/html', 'sec-fetch-site': 'same-origin' },
    ...(body === undefined ? {} : { body: new URLSearchParams(body) }),
  })
  return { status: response.status, text: await response.text() }
}

test('limits of waivers are set by role and person, and stand on the page as they were saved', async () => {
  const given = { supervisorMax: '1,500.5', adminMax: '', limitLines: 'sam 80\n' }
  assert.equal((await open('/admin/waivers', given)).status, 303)
  assert.deepEqual(await waiverLimits(house.deps.records), {
    roles: [{ role: 'supervisor', max: 150_050 }],
    people: [{ user: sam, max: 8_000 }],
  })
  const { text } = await open('/admin/waivers?saved=1')
  for (const words of ['value="1500.50"', 'sam 80.00', 'name="adminMax" type="text" value=""', 'Saved'])
    assert.ok(text.includes(words), words)
})

test('what is no amount, nobody, who may never approve, and a person twice are each said beside their field, and nothing is saved', async () => {
  const before = await waiverLimits(house.deps.records)
  for (const [field, value] of [
    ['supervisorMax', '-5'],
    ['adminMax', '1e9'],
    ['adminMax', '5.005'],
    ['limitLines', 'nobody 5'],
    ['limitLines', 'alice 5'],
    ['limitLines', 'sam 5\nsam 6'],
    ['limitLines', 'sam much'],
    ['limitLines', 'sam'],
  ] as const) {
    const { status, text } = await open('/admin/waivers', { supervisorMax: '7', [field]: value })
    assert.equal(status, 422, `${field} ${value}`)
    assert.ok(text.includes(`id="e-${field}"`), `${field} ${value}`)
    assert.ok(text.includes(value.split('\n')[0]!), 'what was typed stays')
  }
  assert.deepEqual(await waiverLimits(house.deps.records), before)
})
