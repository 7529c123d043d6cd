import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { adminRoutes } from '../admin/admin.ts'
import { look, send } from '../testing/form.ts'
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
  assert.match(text, /Row 3 Area code: .*found: /)
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

test('the administrator says when a caller ID rests; what is not allowed is said at its field and changes nothing', async () => {
  const rules = { restBelow: '40', restSamplesMin: '60', callsPerHourMax: '', restMs: '45', placeBonus: '10' }
  assert.equal((await send(house, adam, 'POST', '/admin/lines/rules', rules)).status, 303)
  assert.deepEqual(house.engine.state.lines.rules, {
    restBelow: 0.4,
    restSamplesMin: 60,
    callsPerHourMax: null,
    restMs: 2_700_000,
    placeBonus: 0.1,
  })
  const refused = await send(house, adam, 'POST', '/admin/lines/rules', { ...rules, restBelow: 'half', restMs: '0' })
  assert.equal(refused.status, 422)
  assert.match(refused.text, /A percentage from 0 to 95\. \(found: /)
  assert.match(refused.text, /1 to 1440 minutes/)
  assert.match(refused.text, /name="restSamplesMin"[^>]*value="60"/)
  assert.equal(house.engine.state.lines.rules.restMs, 2_700_000)
  assert.equal((await send(house, sam, 'POST', '/admin/lines/rules', rules)).status, 403)
})

test('shares of a trunk and of its numbers are kept by its form, and told back', async () => {
  const [trunk] = await house.store.read('trunks.list', {})
  const fields = {
    name: 'carrier',
    host: '127.0.0.1',
    port: '5060',
    transport: 'udp',
    callerIds: '+862155550001\n+861055550001',
    maxCalls: '30',
    callsPerSecond: '5',
    codecs: 'pcma',
    enabled: 'true',
    minShare: '10',
    maxShare: '62.5',
    callerIdShares: '+862155550001 20 60\n+861055550001 5 100',
  }
  assert.equal((await send(house, adam, 'POST', `/admin/trunks/${trunk!.id}`, fields)).status, 303)
  const [kept] = await house.store.read('trunks.list', {})
  assert.equal(kept?.minShare, 0.1)
  assert.equal(kept?.maxShare, 0.625)
  assert.deepEqual(kept?.callerIdShares, [
    { callerId: '+862155550001', minShare: 0.2, maxShare: 0.6 },
    { callerId: '+861055550001', minShare: 0.05, maxShare: 1 },
  ])
  const form = await look(house, adam, `/admin/trunks/${trunk!.id}`)
  assert.match(form.text, /\+862155550001 20 60\n\+861055550001 5 100/)
  for (const callerIdShares of ['+862155550001 20', '+8699 1 2', '+862155550001 90 95\n+861055550001 20 30', 'x y z'])
    assert.equal(
      (await send(house, adam, 'POST', `/admin/trunks/${trunk!.id}`, { ...fields, callerIdShares })).status,
      422,
    )
})
