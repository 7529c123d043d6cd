import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { CampaignId } from '../../lib/ids.ts'
import { look, send, sendOn } from '../testing/form.ts'
import { type House, openHouse, testPassword } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
let adam = ''
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
  await house.add('adam', 'admin', { displayName: 'Adam An', language: 'en', numbersMasked: false })
  adam = (await house.signIn('adam')).cookie
})
after(() => house[Symbol.asyncDispose]())

const paths = [
  '/admin',
  '/admin/users',
  '/admin/users/new',
  '/admin/trunks',
  '/admin/trunks/new',
  '/admin/trunk-groups',
  '/admin/trunk-groups/new',
  '/admin/teams',
  '/admin/teams/new',
  '/admin/numbers',
  '/admin/queues',
  '/admin/queues/new',
  '/admin/campaigns',
  '/admin/campaigns/new',
  '/admin/suppressions',
  '/admin/policies',
  '/admin/tokens',
  '/admin/certificate',
  '/admin/journal',
]

test('every page of the administrator opens for the administrator, and for no agent', async () => {
  await house.add('alice', 'agent')
  const alice = (await house.signIn('alice')).cookie
  for (const path of paths) {
    const page = await look(house, adam, path)
    assert.equal(page.status, 200, `${path}: ${page.text.slice(0, 200)}`)
    assert.match(page.text, /^<!doctype html>/)
    assert.equal((await look(house, alice, path)).status, 403, path)
  }
})

test('a centre is set up by its forms alone, and the check-list turns green', async () => {
  const agent = { name: 'bob', displayName: 'Bob', role: 'agent', station: 'browser', language: 'en', enabled: 'true' }
  assert.equal((await send(house, adam, 'POST', '/admin/users', { ...agent, password: testPassword })).status, 303)
  const sam = { ...agent, name: 'sam', role: 'supervisor', password: testPassword }
  assert.equal((await send(house, adam, 'POST', '/admin/users', sam)).status, 303)
  const line = {
    name: 'carrier',
    host: '127.0.0.1',
    port: '5060',
    transport: 'udp',
    maxCalls: '30',
    callsPerSecond: '5',
    codecs: ['pcma', 'pcmu'],
    enabled: 'true',
    callerIds: '+862151860000\n+862151860001\n',
  }
  assert.equal((await send(house, adam, 'POST', '/admin/trunks', line)).status, 303)
  const [trunk] = await house.store.read('trunks.list', {})
  assert.deepEqual(trunk?.callerIds, ['+862151860000', '+862151860001'])
  const bob = await house.store.read('users.byName', { name: 'bob' })
  const queue = { name: 'service', members: bob!.id, maxWaitMs: '360', serviceLevelMs: '20', callbackAfterMs: '0' }
  assert.equal((await send(house, adam, 'POST', '/admin/queues', queue)).status, 303)
  const [made] = await house.store.read('queues.list', {})
  assert.equal(made?.maxWaitMs, 360_000)
  const number = { number: '+86 21 5186 0000', target: `queue:${made!.id}` }
  assert.equal((await send(house, adam, 'POST', '/admin/numbers', number)).status, 303)
  const campaign = {
    name: 'spring',
    business: 'sales',
    mode: 'progressive',
    policy: 'CN-SALES-DEFAULT',
    trunks: trunk!.id,
    agents: bob!.id,
    ringMs: '30',
    wrapMs: '15',
    previewMs: '30',
    abandonRateMax: '3',
    dispositions: 'sold | 成交 | Sold | done\nlater | 回呼 | Later | callback',
    retries: 'BUSY 10 3',
  }
  const answer = await send(house, adam, 'POST', '/admin/campaigns', campaign)
  assert.equal(answer.status, 303, answer.text)
  const [spring] = await house.store.read('campaigns.list', {})
  assert.deepEqual(spring?.retries, [{ result: 'BUSY', delayMs: 600_000, max: 3 }])
  assert.deepEqual(
    spring?.dispositions.map(each => each.followUp),
    ['done', 'callback'],
  )
  assert.equal(spring?.abandonRateMax, 0.03)
  assert.equal(spring?.state, 'paused')
  assert.equal(
    (await send(house, adam, 'POST', `/admin/campaigns/${spring!.id}/state`, { state: 'running' })).status,
    303,
  )
  assert.equal(house.engine.state.campaigns.get(spring!.id)?.campaign.state, 'running')
  const list = (await look(house, adam, '/admin')).text
  assert.equal(list.match(/class="is-done"/g)?.length, 7) // all but the trunk's answer and the leads; no own CA in this house
})

test('a form that is refused says what was found beside the field, and keeps what was typed', async () => {
  const typed = {
    name: 'carl',
    displayName: 'Carl <b>',
    role: 'agent',
    station: 'browser',
    language: 'en',
    extension: '8o1',
    password: 'short',
  }
  const answer = await send(house, adam, 'POST', '/admin/users', typed)
  assert.equal(answer.status, 422)
  assert.ok(answer.text.includes('value="Carl &lt;b&gt;"'))
  assert.match(answer.text, /id="e-extension"[\s\S]*2 to 8 digits[\s\S]*8o1/)
  assert.match(answer.text, /id="e-password"/)
  assert.ok(!answer.text.includes('short'), 'a password is never sent back')
  assert.equal(await house.store.read('users.byName', { name: 'carl' }), null)
})

test('a name that is taken is refused beside the name', async () => {
  const again = {
    name: 'adam',
    displayName: 'X',
    role: 'agent',
    station: 'browser',
    language: 'en',
    password: testPassword,
  }
  const answer = await send(house, adam, 'POST', '/admin/users', again)
  assert.equal(answer.status, 422)
  assert.match(answer.text, /id="e-name"/)
})

test('an empty password leaves the old one, and a new one ends the person’s session', async () => {
  const dora = await house.add('dora', 'agent')
  const { cookie } = await house.signIn('dora')
  const typed = {
    name: 'dora',
    displayName: 'Dora',
    role: 'agent',
    station: 'browser',
    language: 'en',
    enabled: 'true',
  }
  assert.equal((await send(house, adam, 'POST', `/admin/users/${dora.id}`, typed)).status, 303)
  assert.equal((await look(house, cookie, '/admin')).status, 403, 'still signed in')
  const fresh = { ...typed, password: 'another long password' }
  assert.equal((await send(house, adam, 'POST', `/admin/users/${dora.id}`, fresh)).status, 303)
  assert.equal((await look(house, cookie, '/admin')).status, 303, 'back to the sign-in')
})

test('a CSV of leads goes in row by row, and what does not is listed with its row', async () => {
  const [trunk] = await house.store.read('trunks.list', {})
  const given = {
    name: 'summer',
    business: 'sales',
    mode: 'manual',
    policy: 'CN-SALES-DEFAULT',
    trunks: trunk!.id,
    ringMs: '30',
    wrapMs: '15',
    previewMs: '30',
    abandonRateMax: '3',
  }
  const { location } = await send(house, adam, 'POST', '/admin/campaigns', given)
  const form = new FormData()
  form.set('file', new File(['ref,name,phone\nA1,Carl,13812345678\nA2,Dora,123\n'], 'leads.csv', { type: 'text/csv' }))
  const response = await house.app.request(location!, {
    method: 'POST',
    headers: { cookie: adam, 'sec-fetch-site': 'same-origin' },
    body: form,
  })
  const text = await response.text()
  assert.equal(response.status, 200, text)
  assert.ok(text.includes('1 row went in.'))
  assert.match(text, /1 row did not:[\s\S]*<td class="figure">2<\/td>/)
  const campaign = location!.split('/')[3] as CampaignId
  const found = await house.store.read('leads.page', { campaign })
  assert.deepEqual(
    found.items.map(lead => lead.ref),
    ['A1'],
  )
  assert.equal((await send(house, adam, 'POST', location!, {})).status, 422, 'no file chosen')
})

test('a number on the do-not-call list is known to the floor at once, and taken off again', async () => {
  const typed = { number: '13899990000', reason: 'asked for it' }
  assert.equal((await send(house, adam, 'POST', '/admin/suppressions', typed)).status, 303)
  assert.ok(house.engine.state.suppressed.has('+8613899990000', house.clock.now()))
  const removal = await send(house, adam, 'POST', '/admin/suppressions/removal', { number: '+8613899990000' })
  assert.equal(removal.status, 303)
  assert.ok(!house.engine.state.suppressed.has('+8613899990000', house.clock.now()))
})

test('a token is shown once, and its secret is in no journal', async () => {
  const issued = await sendOn(house, adam, '/admin/tokens', { name: 'crm', role: 'admin' })
  const secret = /swr_[\w-]+/.exec(issued.text)?.[0]
  assert.ok(secret)
  const again = await look(house, adam, issued.location)
  assert.equal(again.status, 200)
  assert.ok(!again.text.includes(secret), 'nor again by a reload')
  assert.match(again.text, /A token is shown once and cannot be shown any more/)
  assert.equal((await house.facts('token.issued')).length, 1)
  const { text } = await look(house, adam, `${issued.location}-of-before-a-restart`)
  assert.match(text, /cannot be shown any more/)
  assert.doesNotMatch(text, /this one was|was shown/, 'nobody knows that')
  assert.ok(!(await look(house, adam, '/admin/tokens')).text.includes(secret))
  assert.ok(!JSON.stringify(await house.facts()).includes(secret))
})

test('the security administrator sees people, tokens and the journal, and no trunk', async () => {
  await house.add('sue', 'security')
  const sue = (await house.signIn('sue')).cookie
  for (const path of ['/admin/users', '/admin/tokens', '/admin/journal'])
    assert.equal((await look(house, sue, path)).status, 200)
  assert.equal((await look(house, sue, '/admin')).status, 303)
  assert.equal((await look(house, sue, '/admin/trunks')).status, 403)
})

test('what is not there is a page that says so', async () => {
  for (const path of ['/admin/users/u_nobody', '/admin/trunks/t_none', '/admin/campaigns/cp_none/leads'])
    assert.equal((await look(house, adam, path)).status, 404, path)
})

test('the bench says whether a number may be called, and why not; a policy of our own is kept as a new version', async () => {
  const ask = (fields: Record<string, string>) => send(house, adam, 'POST', '/admin/policies/verdict', fields)
  const open = await ask({ number: '13800000009', at: '2026-11-24T10:00' })
  assert.match(open.text, /It may be called/)
  const under = { policy: 'CN-CFC-2024+UK', version: '2024-04-18+2017-03-01', by: 'UK' }
  const refused = { campaign: null, lead: null, agent: null, number: '+8613800000009', under }
  const fact = { type: 'call.refused', ...refused, refusal: { rule: 'cap_abandoned', words: 'rests' } } as const
  await house.store.commit({ recorded: [{ at: house.clock.now(), actor: 'system', fact }] })
  const lately = (await ask({ number: '13800000009', at: '' })).text
  assert.ok(lately.includes('CN-CFC-2024 2024-04-18') && lately.includes('UK 2017-03-01'), 'what refused it before')
  const nonsense = await ask({ number: '"><b>', at: '' })
  assert.equal(nonsense.status, 422)
  const form = { id: 'OWN-A', source: 'board', business: 'collections', from: '9', to: '20', relations: 'SELF' }
  const saved = { ...form, limits: '3 CONVERSATION PARTY DAY BLOCK\n7 ATTEMPT PARTY+DEBT 7DAY WARN' }
  assert.equal((await send(house, adam, 'POST', '/admin/policies', saved)).status, 303)
  assert.equal((await send(house, adam, 'POST', '/admin/policies', saved)).status, 303)
  assert.equal(house.engine.state.policies.get('OWN-A')?.version, '2')
  const shown = (await look(house, adam, '/admin/policies')).text
  assert.ok(shown.includes('7 ATTEMPT PARTY+DEBT 7DAY WARN'))
  const wrong = await send(house, adam, 'POST', '/admin/policies', { ...form, limits: 'three calls a day' })
  assert.equal(wrong.status, 422)
  assert.ok(wrong.text.includes('three calls a day'), 'what was typed stays')
})
