/** What somebody of an agency is told of a party, by the page, by its stream and by whatever may be guessed: the placed case and her own agency's work on it. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { AgencyId, CampaignId, LegId, UserId } from '../../lib/ids.ts'
import { createAgency } from '../../records/agencies/agencies.ts'
import { planBatch } from '../../records/agencies/placement-plan.ts'
import { placeBatch } from '../../records/agencies/placements.ts'
import { recallBatch } from '../../records/agencies/recalls.ts'
import { createCampaign, setCampaignState } from '../../records/campaigns/campaigns.ts'
import { openCase } from '../../records/collections/cases.ts'
import { openComplaint, resolveComplaint } from '../../records/collections/complaints.ts'
import { saveLoans } from '../../records/collections/loans.ts'
import { makePromise } from '../../records/collections/promises.ts'
import { recordRepayment } from '../../records/collections/repayments.ts'
import { defineFields } from '../../records/parties/field-definitions.ts'
import { changeParty, createParty } from '../../records/parties/parties.ts'
import { markNumber } from '../../records/parties/party-details.ts'
import { createUser } from '../../records/people/users.ts'
import { liveRoutes } from '../live/live.ts'
import { carl, type Desk, friend, openDesk } from '../testing/desk.ts'
import { look, send } from '../testing/form.ts'
import { testPassword } from '../testing/house.ts'
import { handleOf } from './party-view.ts'

let desk: Desk
let agency: AgencyId
let zhou: UserId
let cookie = ''
let theirs: CampaignId
let batch = ''
/** Whatever the lender's own people wrote, or is of other loans: none of it is for an agency. */
const lenders =
  /LENDER-NOTE|COMPLAINT-TEXT|BAD-REASON|BANK-77|L-OTHER|Alice|777\.00|SALES-FIELD|VIP|Wendy|110101199003071234|13700000001|13700000002/

before(async () => {
  desk = await openDesk({ routers: [liveRoutes] })
  const { house, post, alice } = desk
  const door = house.deps.records
  const label = { 'zh-CN': '推荐', en: 'Offer' }
  await defineFields(door, 'system', { business: 'sales', fields: [{ key: 'offer', label, type: 'text' }] })
  await changeParty(door, 'system', 'K-1', { flags: ['vip'], fields: { sales: { offer: 'SALES-FIELD' } } })
  await createParty(door, 'system', {
    ...{ ref: 'K-2', name: 'Wendy Wang', flags: ['vip'], idNo: '110101199003071234' },
    phones: [{ number: '+8613700000009' }, { number: carl, relation: 'CONTACT' }],
  })
  const plan = [{ no: 1, dueOn: '2026-11-07', principal: 50_000 }]
  const later = [{ no: 1, dueOn: '2027-01-07', principal: 77_700 }]
  await saveLoans(door, 'system', [
    { ref: 'L-OTHER', party: 'K-1', product: 'card', principal: 77_700, plan: later },
    { ref: 'L-2', party: 'K-2', product: 'cash', principal: 50_000, plan },
  ])
  await openCase(door, 'system', { party: 'K-2', agent: alice.id })
  await desk.talk()
  await desk.hangUp()
  const { id } = desk.call()
  const code = 'paid'
  const note = 'LENDER-NOTE lies about his job'
  assert.equal((await post(`/agent/calls/${id}/disposition`, { code, next: 'break', note })).status, 200)
  await markNumber(door, 'system', 'K-1', { number: friend, status: 'BAD', reason: 'BAD-REASON' })
  const { id: complaint } = await openComplaint(door, 'system', {
    ...{ party: 'K-1', kind: 'complaint', text: 'COMPLAINT-TEXT', source: '12378' },
  })
  await resolveComplaint(door, 'system', complaint, { resolution: 'COMPLAINT-TEXT done' })
  const promise = { party: 'K-1', amount: 111_100, currency: 'CNY', dueOn: '2026-11-28', agent: alice.id }
  await makePromise(door, 'system', promise)
  const now = house.clock.now()
  await recordRepayment(door, 'system', {
    id: 'R-1',
    party: 'K-1',
    loan: 'L-1',
    amount: 100,
    paidAt: now,
    channel: 'BANK-77',
  })
  house.clock.advance(60_000)

  const contract = { from: '2026-11-01', until: '2026-12-31', commissionPermille: 200, seats: 5, caseQuota: 1 }
  agency = (await createAgency(door, 'system', { name: 'Hengxin', ...contract })).id
  zhou = (
    await createUser(door, 'system', { name: 'zhou', role: 'agent', password: testPassword, agency, language: 'en' })
  ).id
  const trunk = [...house.engine.state.trunks.keys()][0]!
  const about = { name: 'Placed', business: 'collections', mode: 'manual', trunks: [trunk], agents: [zhou], agency }
  theirs = (await createCampaign(door, 'system', { ...about, policy: 'LAB-ANY-HOUR' })).id
  await setCampaignState(door, 'system', theirs, { state: 'running' })
  const { fingerprint, go } = await planBatch(door, agency, {})
  assert.equal(go, 1)
  batch = (await placeBatch(door, 'system', agency, { name: 'b', until: '2026-12-10', filter: {}, plan: fingerprint }))
    .id
  cookie = (await house.signIn('zhou')).cookie
  await put('/agent/state', { state: 'signed_on' })
  await house.engine.dispatch({ type: 'station.up', agent: zhou, leg: 'l_zhou' as LegId }, 'system')
})
after(() => desk[Symbol.asyncDispose]())

const put = (path: string, fields: Record<string, string>) => send(desk.house, cookie, 'PUT', path, fields, true)
const post = (path: string, fields: Record<string, string>) => send(desk.house, cookie, 'POST', path, fields, true)
const page = async () => (await look(desk.house, cookie, '/agent')).text
const handle = (ref: string, number: string) => handleOf(desk.house.store.sealer, ref, number)
const zhousCall = () => desk.house.engine.state.calls.get(desk.house.engine.state.agents.get(zhou)!.call!)!

/** What the desk's stream sends first. */
async function stream(): Promise<string> {
  const { app, engine } = desk.house
  const response = await app.request('/live/desk', { headers: { cookie } })
  const reader = response.body!.getReader()
  let text = ''
  await engine.dispatch({ type: 'station.up', agent: zhou, leg: 'l_zhou2' as LegId }, 'system')
  while (!text.includes('id="who"')) {
    const { value, done } = await reader.read()
    if (done) break
    text += new TextDecoder().decode(value)
  }
  await reader.cancel()
  return text
}

test('the case is shown with its loans and amounts, and nothing of what the lender’s own people did or wrote', async () => {
  const opened = await put('/agent/party', { ref: 'K-1' })
  assert.equal(opened.status, 200)
  for (const text of [opened.text, await page(), await stream()]) {
    assert.match(text, /Carl Chen[\s\S]*2,079\.50[\s\S]*1,111\.00/)
    assert.doesNotMatch(text, lenders)
  }
})

test('on the line she has the same, and what her agency does from now on is in the history', async () => {
  const dialled = await post('/agent/calls', { party: 'K-1', phone: handle('K-1', carl), campaign: theirs })
  assert.equal(dialled.status, 200, dialled.text.slice(0, 300))
  await desk.house.engine.dispatch({ type: 'leg.answered', leg: zhousCall().leg }, 'system')
  assert.doesNotMatch(await page(), lenders)
  assert.doesNotMatch(await stream(), lenders)
  const { id } = zhousCall()
  const { phase } = desk.house.engine.state.agents.get(desk.alice.id)!
  const targets = await look(desk.house, cookie, `/agent/calls/${id}/targets`)
  assert.deepEqual([targets.status, phase !== 'signed_off', targets.text.includes('alice')], [200, true, false])
  await put(`/agent/calls/${id}/ending`, {})
  const code = 'paid'
  const done = await post(`/agent/calls/${id}/disposition`, { code, next: 'break', note: 'AGENCY-NOTE' })
  assert.equal(done.status, 200, done.text.slice(0, 300))
  const { text } = await put('/agent/party', { ref: 'K-1' })
  assert.match(text, /AGENCY-NOTE/)
  assert.doesNotMatch(text, lenders)
  assert.match((await look(desk.house, cookie, '/agent/calls')).text, /AGENCY-NOTE/)
})

test('who guesses ids of parties, tasks, orders and callbacks that are not placed with the agency finds none of them', async () => {
  await put('/agent/party', { ref: '' })
  const guesses: [string, Promise<{ status: number; text: string }>][] = [
    ['open', put('/agent/party', { ref: 'K-2' })],
    ['mark', post('/agent/parties/K-2/marks', { phone: handle('K-2', '+8613700000009'), why: 'vacant' })],
    ['dial', post('/agent/calls', { party: 'K-2', phone: handle('K-2', '+8613700000009'), campaign: theirs })],
    ['dial by a number of K-1 that is also of K-2', post('/agent/calls', { party: 'K-2', phone: handle('K-2', carl) })],
    ['task', look(desk.house, cookie, '/agent/tasks/vt_1')],
    ['order', post('/agent/orders/or_1/submission', {})],
    ['offer', post('/agent/sales/offers', { party: 'K-2', product: 'p', term: '1', amount: '1' })],
    ['callback', post('/agent/calls', { callback: 'cb_none' })],
    ['the API', look(desk.house, cookie, '/api/v1/parties/K-1')],
  ]
  for (const [what, guess] of guesses) {
    const { status, text } = await guess
    assert.ok(status === 404 || status === 401 || status === 403, `${what}: ${status}`)
    assert.doesNotMatch(text, /Wendy|13700000009/, what)
  }
  const floor = desk.house.engine.state
  assert.equal([...floor.calls.values()].filter(({ phase }) => phase !== 'ended').length, 0)
})

test('a callback that is anyone’s of the lender is not hers to dial', async () => {
  const { house } = desk
  const owed = { at: house.clock.now(), number: '+8613700000009', agent: null, campaign: null, lead: null, queue: null }
  const callback = { id: 'cb_lender' as never, ...owed, reason: 'agreed' } as const
  const fact = { type: 'callback.scheduled', callback } as const
  await house.store.commit({ recorded: [{ at: house.clock.now(), actor: 'system', fact }] })
  assert.equal((await post('/agent/calls', { callback: 'cb_lender' })).status, 404)
  assert.doesNotMatch((await look(house, cookie, '/agent/callbacks')).text, /0009/)
})

test('her dial pad is for emergency numbers alone: neither a placed party’s number nor a strange one is typed', async () => {
  assert.match(await page(), /placeholder="Emergency, e.g. 110, 120"/)
  for (const number of [carl, '13700000009', '+8613911112222', '95588', '0013911112222']) {
    const { status, text } = await post('/agent/calls', { number, campaign: theirs })
    assert.equal(status, 409, number)
    assert.match(text, /click on a number/)
  }
  const help = await post('/agent/calls', { number: '110', campaign: theirs })
  assert.equal(help.status, 200)
  assert.deepEqual([zhousCall().number, zhousCall().party], ['110', null])
  const { id } = zhousCall()
  assert.equal((await post(`/agent/calls/${id}/party`, { name: 'Police', relation: 'SELF' })).status, 404)
  await put(`/agent/calls/${id}/ending`, {})
})

test('a case that is recalled while she talks is gone from her desk, but not the call: amounts, numbers and history', async () => {
  const dialled = await post('/agent/calls', { party: 'K-1', phone: handle('K-1', carl), campaign: theirs })
  assert.equal(dialled.status, 200, dialled.text.slice(0, 300))
  await desk.house.engine.dispatch({ type: 'leg.answered', leg: zhousCall().leg }, 'system')
  assert.match(await page(), /2,079\.50/)
  await recallBatch(desk.house.deps.records, 'system', batch, { reason: 'test' })
  for (const text of [await page(), await stream()]) {
    assert.match(text, /Carl Chen/)
    assert.doesNotMatch(text, /2,079\.50|AGENCY-NOTE|L-1\b/)
    assert.doesNotMatch(text, lenders)
  }
  assert.equal((await post('/agent/parties/K-1/marks', { phone: handle('K-1', carl), why: 'vacant' })).status, 404)
  const { id } = zhousCall()
  assert.equal((await put(`/agent/calls/${id}/party`, { find: 'K-2' })).status, 422)
  assert.equal((await post(`/agent/calls/${id}/party`, { name: 'X', relation: 'SELF' })).status, 404)
  await put(`/agent/calls/${id}/ending`, {})
  const code = 'paid'
  assert.equal((await post(`/agent/calls/${id}/disposition`, { code, next: 'break', note: '' })).status, 200)
  assert.equal((await put('/agent/party', { ref: 'K-1' })).status, 404)
  assert.doesNotMatch(await page(), /Carl Chen|K-1\b/)
  assert.doesNotMatch((await look(desk.house, cookie, '/agent/calls')).text, /AGENCY-NOTE|Carl/)
})
