import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { User } from '../../centre/entities.ts'
import type { CampaignId, LegId, TrunkId } from '../../lib/ids.ts'
import { createCampaign, setCampaignState } from '../../records/campaigns/campaigns.ts'
import { moveCaseBy, openCase } from '../../records/collections/cases.ts'
import { saveLoans } from '../../records/collections/loans.ts'
import { makePromise } from '../../records/collections/promises.ts'
import { recordRepayment } from '../../records/collections/repayments.ts'
import { createParty } from '../../records/parties/parties.ts'
import { createNumber } from '../../records/telephony/inbound-numbers.ts'
import { createMenu } from '../../records/telephony/menus.ts'
import { createQueue } from '../../records/telephony/queues.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { agentRoutes } from './agent.ts'
import { handleOf } from './party-view.ts'

let house: House
let alice: User
let cookie = ''
let campaign: CampaignId
let trunk: TrunkId
before(async () => {
  house = await openHouse({ pages: { routers: [agentRoutes] } })
  alice = await house.add('alice', 'agent', { displayName: 'Alice', language: 'en', numbersMasked: true })
  cookie = (await house.signIn('alice')).cookie
  const door = house.deps.records
  trunk = (await createTrunk(door, 'system', { name: 'c', host: '127.0.0.1', callerIds: ['+861012345678'] })).id
  const given = { name: 'March', business: 'collections', mode: 'manual', trunks: [trunk], agents: [alice.id] }
  campaign = (await createCampaign(door, 'system', { ...given, policy: 'LAB-ANY-HOUR' })).id
  await setCampaignState(door, 'system', campaign, { state: 'running' })
  const queue = await createQueue(door, 'system', { name: 'hotline', members: [alice.id] })
  await createNumber(door, 'system', { number: '+862151860000', target: { queue: queue.id } })
  const menu = await createMenu(door, 'system', {
    ...{
      name: 'Front <door>',
      greeting: ['press-1'],
      keys: { '1': { queue: queue.id } },
      fallback: { act: 'hang_up' },
    },
  })
  await createNumber(door, 'system', { number: '+862151860001', target: { ivr: menu.id } })
  await house.engine.dispatch({ type: 'trunk.up', trunk }, 'system')
  const phones = [
    { number: '+8613700000001' },
    { number: '+8613700000002', relation: 'CONTACT', name: 'Carla' },
    { number: '+862163520000', relation: 'WORKPLACE' },
  ]
  await createParty(door, 'system', { ref: 'K-1', name: 'Carl Chen', idNo: '110101199003071234', phones })
  await createParty(door, 'system', {
    ...{ ref: 'K-2', name: 'Wendy Wang' },
    phones: [{ number: '+8613700000002', relation: 'SELF' }],
  })
  await createParty(door, 'system', { ref: 'K-3', name: 'Nobody Near', phones: [{ number: '+8613700000003' }] })
  const plan = [{ no: 1, dueOn: '2026-11-07', principal: 200_000, interest: 8_000 }]
  await saveLoans(door, 'system', [
    { ref: 'L-1', party: 'K-1', product: 'cash', principal: 200_000, plan },
    { ref: 'L-2', party: 'K-2', product: 'card', principal: 200_000, plan },
  ])
  await openCase(door, 'system', { party: 'K-1', agent: alice.id })
  await makePromise(door, 'system', { party: 'K-1', amount: 100_000, currency: 'CNY', dueOn: '2026-11-28' })
  await send(house, cookie, 'PUT', '/agent/state', { state: 'signed_on' }, true)
  await house.engine.dispatch({ type: 'station.up', agent: alice.id, leg: 'l_alice' as LegId }, 'system')
})
after(() => house[Symbol.asyncDispose]())

const put = (path: string, fields: Record<string, string>) => send(house, cookie, 'PUT', path, fields, true)
const post = (path: string, fields: Record<string, string>) => send(house, cookie, 'POST', path, fields, true)
const theCall = () => house.engine.state.calls.get(house.engine.state.agents.get(alice.id)!.call!)!
const handle = (ref: string, number: string) => handleOf(house.store.sealer, ref, number)
const column = (text: string) =>
  /<section id="who"[\s\S]*?<\/section>/
    .exec(text)![0]
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
const debts = /\bL-1\b|2,080\.00|\bM1\b|Promised|past due/

let legs = 0
/** Rings, and is taken by alice who is ready. */
async function callIn(from: string): Promise<string> {
  await put('/agent/state', { state: 'ready' })
  const leg = `l_in${++legs}` as LegId
  await house.engine.dispatch({ type: 'leg.offered', leg, trunk, from, to: '+862151860000' }, 'system')
  await house.engine.dispatch({ type: 'leg.answered', leg }, 'system')
  return column((await look(house, cookie, '/agent')).text)
}

async function done(): Promise<void> {
  const { id } = theCall()
  await put(`/agent/calls/${id}/ending`, {})
  const code = theCall().campaign === null ? 'resolved' : 'paid'
  const written = await post(`/agent/calls/${id}/disposition`, {
    ...{ code, next: 'break', note: 'owes 2080' },
  })
  assert.equal(written.status, 200, column(written.text))
}

test('an own case may be looked at without a call; a party that is no matter of this agent’s is as if there were none', async () => {
  const opened = await put('/agent/party', { ref: 'K-1' })
  assert.equal(opened.status, 200)
  assert.match(column(opened.text), /Carl Chen[\s\S]*M1[\s\S]*17 days past due[\s\S]*¥2,080\.00/)
  assert.equal((await put('/agent/party', { ref: 'K-3' })).status, 404)
  assert.equal((await put('/agent/party', { ref: 'K-2' })).status, 404)
  const mark = { phone: handle('K-3', '+8613700000003'), why: 'vacant' }
  assert.equal((await post('/agent/parties/K-3/marks', mark)).status, 404)
  const dial = { party: 'K-3', phone: handle('K-3', '+8613700000003'), campaign }
  assert.equal((await post('/agent/calls', dial)).status, 404)
  assert.equal((await post('/agent/calls', { party: 'K-1', phone: 'no such', campaign })).status, 404)
})

test('the numbers of a party are masked, and dialled by a handle that is no number', async () => {
  const { text } = await put('/agent/party', { ref: 'K-1' })
  assert.ok(text.includes('137 **** 0001') && text.includes(handle('K-1', '+8613700000001')))
  assert.doesNotMatch(text, /13700000001|13700000002|2163520000|110101199003071234/)
  const dialled = await post('/agent/calls', { party: 'K-1', phone: handle('K-1', '+8613700000001'), campaign })
  assert.equal(dialled.status, 200, dialled.text.slice(0, 500))
  assert.deepEqual([theCall().number, theCall().party, theCall().relation], ['+8613700000001', 'K-1', 'SELF'])
  await house.engine.dispatch({ type: 'leg.answered', leg: theCall().leg }, 'system')
  assert.match(column((await look(house, cookie, '/agent')).text), debts)
  await done()
})

test('on a call to a contact or a workplace no debt is on the page, neither of the loans nor of the history or a note', async () => {
  for (const number of ['+8613700000002', '+862163520000']) {
    await put('/agent/party', { ref: 'K-1' })
    await post('/agent/calls', { party: 'K-1', phone: handle('K-1', number), campaign })
    await house.engine.dispatch({ type: 'leg.answered', leg: theCall().leg }, 'system')
    const { text } = await look(house, cookie, '/agent')
    assert.match(column(text), /Carl Chen[\s\S]*Not the debtor/)
    assert.ok(!debts.test(text), number)
    assert.doesNotMatch(text, /owes 2080/, number)
    await done()
  }
})

test('what happens to the party during the call is said at once; to who is not the debtor nothing of payments', async () => {
  const pay = (id: string) =>
    recordRepayment(house.deps.records, 'system', { id, party: 'K-1', amount: 100, paidAt: house.clock.now() })
  const talkTo = async (number: string) => {
    await put('/agent/party', { ref: 'K-1' })
    await post('/agent/calls', { party: 'K-1', phone: handle('K-1', number), campaign })
    await house.engine.dispatch({ type: 'leg.answered', leg: theCall().leg }, 'system')
  }
  await talkTo('+8613700000001')
  await pay('P-1')
  assert.match(column((await look(house, cookie, '/agent')).text), /A repayment came in during this call/)
  await done()
  await talkTo('+8613700000002')
  await pay('P-2')
  assert.equal(theCall().overtaken, 'party_paid')
  assert.doesNotMatch((await look(house, cookie, '/agent')).text, /repayment came in/)
  await done()
})

test('a caller whose number one party alone has is shown at once; of several the agent chooses; and it is a fact', async () => {
  assert.match(await callIn('13700000001'), /Found by the number[\s\S]*M1/)
  await done()
  const both = await callIn('13700000002')
  assert.match(both, /Several parties have this number[\s\S]*Carl Chen[\s\S]*Wendy Wang/)
  assert.doesNotMatch(both, debts)
  const { id } = theCall()
  assert.equal((await put(`/agent/calls/${id}/party`, { ref: 'K-3' })).status, 422, 'has not this number')
  const chosen = await put(`/agent/calls/${id}/party`, { ref: 'K-2' })
  assert.match(column(chosen.text), /Wendy Wang[\s\S]*2,080\.00/)
  assert.equal((await put(`/agent/calls/${id}/party`, { ref: 'K-1' })).status, 422, 'said once, it stays said')
  const facts = await house.facts('call.identified')
  assert.match(facts[0]!.body, /"party":"K-1"/, 'whom the number alone named, once it was written down')
  assert.match(facts[1]!.body, /"party":"K-2"[\s\S]*"relation":"SELF"/)
  await done()
  assert.deepEqual(
    (await house.store.read('calls.ofParty', { party: 'K-2' })).map(call => call.id),
    [id],
  )
})

test('how a caller came through a voice menu is on the desk', async () => {
  await put('/agent/state', { state: 'ready' })
  const leg = `l_in${++legs}` as LegId
  await house.engine.dispatch(
    { type: 'leg.offered', leg, trunk, from: '+8613700000077', to: '+862151860001' },
    'system',
  )
  await house.engine.dispatch({ type: 'leg.answered', leg }, 'system')
  await house.engine.dispatch({ type: 'leg.digit', leg, digit: '1' }, 'system')
  const { text } = await look(house, cookie, '/agent')
  assert.match(column(text), /Came through Front &lt;door&gt; · key 1/)
  await done()
})

test('a contact who calls stays one whatever the agent says, and sees no debt', async () => {
  await callIn('13700000002')
  const chosen = await put(`/agent/calls/${theCall().id}/party`, { ref: 'K-1' })
  assert.match(column(chosen.text), /Carl Chen[\s\S]*Not the debtor/)
  assert.doesNotMatch(column(chosen.text), debts)
  await done()
})

test('an unknown caller is found by a whole ref or ID number, and by nothing less', async () => {
  assert.match(await callIn('13900000099'), /No party has this number/)
  const path = `/agent/calls/${theCall().id}/party`
  for (const find of ['', 'K-', 'Carl', '110101', '%', "' OR 1=1 --"]) {
    const refused = await put(path, { find })
    assert.equal(refused.status, 422)
    assert.match(refused.text, /Not found/)
  }
  const found = await put(path, { find: '1101 0119 9003 0712 34' })
  assert.equal(found.status, 200)
  assert.match(column(found.text), /Carl Chen[\s\S]*M1/)
  await done()
})

test('a contact’s number that refuses is marked so and called by nobody again', async () => {
  await put('/agent/party', { ref: 'K-1' })
  const phone = handle('K-1', '+8613700000002')
  const marked = await post('/agent/parties/K-1/marks', { phone, why: 'refused' })
  assert.match(column(marked.text), /Refuses|Wants no calls/)
  assert.equal((await house.facts('suppression.added')).length, 1)
  assert.equal((await post('/agent/parties/K-1/marks', { phone, why: 'shot' })).status, 422)
  const dial = await post('/agent/calls', { party: 'K-1', phone, campaign })
  assert.equal(dial.status, 409, 'the gate says no')
})

test('what moves the case on the line is on the desk at once: a hold is said in words', async () => {
  const open = await house.store.read('cases.openOf', { party: 'K-1' })
  await moveCaseBy(house.deps.records, 'system', open!.id, { type: 'hold', hold: 'dispute', reason: 'paid, he says' })
  const { text } = await look(house, cookie, '/agent')
  assert.match(column(text), /On hold, no contact allowed/)
})

test('a party that was looked at is gone from the desk once its case is another collector’s', async () => {
  const door = house.deps.records
  const bob = await house.add('bob', 'agent')
  await createParty(door, 'system', { ref: 'K-4', name: 'Dora Dong', phones: [{ number: '+8613700000004' }] })
  const plan = [{ no: 1, dueOn: '2026-11-07', principal: 200_000, interest: 8_000 }]
  await saveLoans(door, 'system', [{ ref: 'L-4', party: 'K-4', product: 'cash', principal: 200_000, plan }])
  const { id } = await openCase(door, 'system', { party: 'K-4', agent: alice.id })
  assert.match(column((await put('/agent/party', { ref: 'K-4' })).text), /Dora Dong/)
  await moveCaseBy(door, 'system', id, { type: 'assign', agent: bob.id, reason: 'shared out anew' })
  assert.doesNotMatch((await look(house, cookie, '/agent')).text, /Dora Dong/)
})

test('of two whose number is typed, it is the one whose case is this agent’s; else the desk asks which of them is meant', async () => {
  const door = house.deps.records
  const shared = '+8613700000077'
  house.clock.advance(60_000)
  for (const ref of ['K-71', 'K-72'])
    await createParty(door, 'system', { ref, name: `Shared ${ref}`, phones: [{ number: shared }] })
  const dial = (more: Record<string, string> = {}) => post('/agent/calls', { number: '13700000077', campaign, ...more })
  const asked = await dial()
  assert.equal(asked.status, 422)
  assert.match(asked.text, /Several parties have this number[\s\S]*name="owner"[\s\S]*Shared K-71[\s\S]*Shared K-72/)
  assert.equal((await dial({ owner: 'K-1' })).status, 422, 'somebody else is none of the two')
  const chosen = await dial({ owner: 'K-72' })
  assert.equal(chosen.status, 200)
  assert.deepEqual([theCall().party, theCall().relation], ['K-72', 'SELF'])
  await house.engine.dispatch({ type: 'leg.answered', leg: theCall().leg }, 'system')
  await done()
  const plan = [{ no: 1, dueOn: '2026-11-07', principal: 200_000 }]
  await saveLoans(door, 'system', [{ ref: 'L-71', party: 'K-71', product: 'cash', principal: 200_000, plan }])
  await openCase(door, 'system', { party: 'K-71', agent: alice.id })
  assert.equal((await dial()).status, 200)
  assert.equal(theCall().party, 'K-71')
  await house.engine.dispatch({ type: 'leg.answered', leg: theCall().leg }, 'system')
  await done()
})
