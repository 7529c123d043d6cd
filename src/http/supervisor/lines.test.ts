import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createTrunk } from '../../records/trunks.ts'
import { adminRoutes } from '../admin/admin.ts'
import { look } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'

let house: House
let adam = ''
let sam = ''
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
  await house.add('adam', 'admin', { language: 'en' })
  await house.add('sam', 'supervisor', { language: 'en' })
  adam = (await house.signIn('adam')).cookie
  sam = (await house.signIn('sam')).cookie
  const callerIds = ['+862155550001', '+861055550001']
  const trunk = await createTrunk(house.deps.records, 'system', { name: 'carrier', host: '127.0.0.1', callerIds })
  await house.engine.dispatch({ type: 'trunk.up', trunk: trunk.id }, 'system')
})
after(() => house[Symbol.asyncDispose]())

test('the page says which line a call would take: the caller ID of the callee’s own city', async () => {
  const page = await look(house, sam, '/supervisor/lines?number=010-62345678')
  assert.equal(page.status, 200)
  const rows = page.text.split('<tr').filter(row => row.includes('would be taken'))
  assert.equal(rows.length, 2, 'the trunk and one caller ID')
  assert.ok(rows[1]!.includes('+861055550001'))
  assert.match((await look(house, sam, '/supervisor/lines?number=sip:x')).text, /This is no telephone number/)
})

test('the administrator imports home cities, row by row, and a mobile is then shown a number of its city', async () => {
  const form = new FormData()
  form.set('file', new File(['prefix,area\n1381234,010\n138,010\n1381235,9\n'], 'areas.csv'))
  const headers = { cookie: adam, origin: 'http://localhost', 'sec-fetch-site': 'same-origin' }
  const reply = await house.app.request('/admin/lines/areas', { method: 'POST', body: form, headers })
  const text = await reply.text()
  assert.equal(reply.status, 200, text.slice(0, 200))
  assert.match(text, /1 rows taken, 2 refused/)
  assert.match(text, /3: area, found/)
  assert.equal(house.engine.state.lines.mobiles.count, 1)
  const page = await look(house, adam, '/admin/lines?number=13812345678')
  assert.ok(
    page.text
      .split('<tr')
      .filter(row => row.includes('would be taken'))[1]!
      .includes('+861055550001'),
  )
})

test('a supervisor does not import home cities', async () => {
  assert.equal((await look(house, sam, '/admin/lines')).status, 403)
})
