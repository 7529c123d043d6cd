/** Complaints and waivers as supervisors work on them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createLoan } from '../../records/collections/loans.ts'
import { saveWaiverLimits } from '../../records/collections/waivers.ts'
import { createParty } from '../../records/parties/parties.ts'
import { type House, openHouse } from '../testing/house.ts'
import { supervisorRoutes } from './supervisor.ts'

let house: House
const cookies: Record<string, string> = {}
before(async () => {
  house = await openHouse({ pages: { routers: [supervisorRoutes] } })
  for (const name of ['sam', 'sue'] as const) {
    await house.add(name, 'supervisor', { language: 'en' })
    cookies[name] = (await house.signIn(name)).cookie
  }
  const door = house.deps.records
  await createParty(door, 'system', { ref: 'K-1', name: 'Carl' })
  const plan = [{ no: 1, dueOn: '2026-11-10', principal: 10_000, fees: 500 }]
  await createLoan(door, 'system', { ref: 'L-1', party: 'K-1', product: 'cash', principal: 10_000, plan })
  await saveWaiverLimits(door, 'system', { roles: [{ role: 'supervisor', max: 400 }] })
})
after(() => house[Symbol.asyncDispose]())

async function open(who: string, path: string, body?: Record<string, string>) {
  const response = await house.app.request(path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { cookie: cookies[who]!, accept: 'text/html', 'sec-fetch-site': 'same-origin' },
    ...(body === undefined ? {} : { body: new URLSearchParams(body) }),
  })
  return { status: response.status, text: await response.text() }
}

test('a complaint that is past its day is an alarm on the page, and is gone when it is resolved', async () => {
  const said = { party: 'K-1', kind: 'complaint', text: '<i>called at night', source: 'letter' }
  const unknown = await open('sam', '/supervisor/complaints', { ...said, party: 'K-9' })
  assert.ok(unknown.status === 422 && unknown.text.includes('value="K-9"') && /id="e-party"/.test(unknown.text))
  assert.equal((await open('sam', '/supervisor/complaints', said)).status, 303)
  const fresh = await open('sam', '/supervisor/complaints')
  assert.ok(
    fresh.text.includes('2026-12-09') && fresh.text.includes('&lt;i&gt;called') && !fresh.text.includes('past the day'),
  )
  house.clock.advance(16 * 86_400_000)
  cookies['sam'] = (await house.signIn('sam')).cookie
  cookies['sue'] = (await house.signIn('sue')).cookie
  assert.ok((await open('sam', '/supervisor/complaints')).text.includes('1 past the day on which they were due'))
  const tile = /Complaints overdue<\/span><span class="value">[\s\S]{0,900}?1<\/span>[\s\S]{0,200}?of 1 open/
  assert.match((await open('sam', '/supervisor')).text, tile)
  const { id } = (await house.store.read('complaints.page', {})).items[0]!
  const late = await open('sam', `/supervisor/complaints/${id}/extension`, { dueOn: '2027-06-01', reason: 'x' })
  assert.ok(late.status === 422 && late.text.includes('at most 30 days after'))
  assert.equal((await open('sam', `/supervisor/complaints/${id}/resolution`, { resolution: 'apologised' })).status, 303)
  assert.ok((await open('sam', '/supervisor/complaints')).text.includes('Nothing is open'))
  assert.doesNotMatch((await open('sam', '/supervisor')).text, /Complaints overdue/)
})

test('who asked for a waiver does not approve it; another does, up to the limit', async () => {
  assert.equal((await open('sam', '/supervisor/waivers', { loan: 'L-1', amount: '5.01', reason: 'x' })).status, 422)
  assert.equal((await open('sam', '/supervisor/waivers', { loan: 'L-1', amount: '4.50', reason: 'large' })).status, 303)
  assert.equal((await open('sam', '/supervisor/waivers', { loan: 'L-1', amount: '4.00', reason: 'small' })).status, 303)
  const { items } = await house.store.read('waivers.page', {})
  const { text } = await open('sue', '/supervisor/waivers')
  for (const value of ['true', 'false'])
    assert.ok(text.includes(`name="approve" value="${value}"`), 'each button says which')
  const [large, small] = [items.find(({ amount }) => amount === 450)!, items.find(({ amount }) => amount === 400)!]
  const decide = (who: string, id: string) =>
    open(who, `/supervisor/waivers/${id}/decision`, { approve: 'true', reason: 'agreed' })
  assert.ok((await decide('sam', small.id)).text.includes('Another person approves'))
  assert.ok((await decide('sue', large.id)).text.includes('more than you may approve'))
  assert.equal((await decide('sue', small.id)).status, 303)
  assert.equal((await house.store.read('loans.byRef', { ref: 'L-1' }))!.owed, 10_100)
})
