/** Selling on a call: what is shown, what an offer comes to, what must be said, and the order up to its check, over the pages' own routes. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import type { User } from '../../centre/entities.ts'
import type { CallId, CampaignId, LegId } from '../../lib/ids.ts'
import { createCampaign, setCampaignState } from '../../records/campaigns/campaigns.ts'
import { createParty } from '../../records/parties/parties.ts'
import { giveConsent, withdrawConsent } from '../../records/parties/party-details.ts'
import { changeTeam, createTeam } from '../../records/people/teams.ts'
import { makeQuote, orderQuote, sayOfQuote } from '../../records/sales/quotes.ts'
import { moveOrderBy, openOrder, saveProduct, saveProspects } from '../../records/sales/sales.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { supervisorRoutes } from '../supervisor/supervisor.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { agentRoutes } from './agent.ts'

let house: House
let alice: User
let campaign: CampaignId
let consent = ''
const cookies: Record<string, string> = {}
const carl = '+8613766540078'
const spouse = '+8613900000042'

before(async () => {
  house = await openHouse({ pages: { routers: [agentRoutes, supervisorRoutes] } })
  const door = house.deps.records
  alice = await house.add('alice', 'agent', { language: 'zh-CN' })
  await house.add('bob', 'agent')
  await house.add('sam', 'supervisor', { language: 'zh-CN' })
  await house.add('quinn', 'quality', { language: 'zh-CN' })
  for (const name of ['alice', 'bob', 'sam', 'quinn']) cookies[name] = (await house.signIn(name)).cookie
  const trunk = await createTrunk(door, 'system', { name: 'c', host: '127.0.0.1', callerIds: ['+861012345678'] })
  campaign = (
    await createCampaign(door, 'system', {
      ...{ name: '分期', business: 'sales', mode: 'manual', trunks: [trunk.id] },
      ...{ agents: [alice.id], policy: 'LAB-ANY-HOUR' },
    })
  ).id
  await setCampaignState(door, 'system', campaign, { state: 'running' })
  await house.engine.dispatch({ type: 'trunk.up', trunk: trunk.id }, 'system')
  await createParty(door, 'system', {
    ...{ ref: 'K-1', name: '陈建国' },
    phones: [{ number: carl }, { number: spouse, relation: 'CONTACT', name: '陈小华' }],
  })
  consent = (
    await giveConsent(door, 'system', { party: 'K-1', purpose: 'sales', basis: '应用内授权', evidence: '表单 17' })
  ).id
  await saveProduct(door, 'system', {
    ...{ id: 'phone', name: '手机分期', amountMin: 100_000, amountMax: 2_000_000, terms: [3, 6, 12], ratePpm: 0 },
    ...{ monthlyFeePpm: 6_000, coolingDays: 7 },
  })
  await saveProspects(door, 'system', [
    {
      ...{ party: 'K-1', limit: 1_500_000, limitUntil: '2026-12-31', grade: 'B' },
      purchases: [{ on: '2026-03-01', what: '电视', amount: 300_000 }],
    },
  ])
  await house.engine.dispatch({ type: 'agent.signOn', agent: alice.id }, 'system')
  await house.engine.dispatch({ type: 'station.up', agent: alice.id, leg: 'l_alice' as LegId }, 'system')
})
after(() => house[Symbol.asyncDispose]())

const desk = async () => (await look(house, cookies['alice']!, '/agent')).text
const put = (path: string, fields: Record<string, string> = {}, who = 'alice') =>
  send(house, cookies[who]!, 'PUT', path, fields, true)
const post = (path: string, fields: Record<string, string | string[]> = {}, who = 'alice') =>
  send(house, cookies[who]!, 'POST', path, fields, who === 'alice')
const asked = { party: 'K-1', product: 'phone', amount: '12,000', term: '12', downPayment: '' }
const quotes = async () => (await house.store.read('sales.ofParty', { party: 'K-1' })).quotes
const orders = async () => (await house.store.read('sales.ofParty', { party: 'K-1' })).orders

async function talk(number: string, relation: 'SELF' | 'CONTACT'): Promise<CallId> {
  const dial = {
    type: 'agent.dial',
    agent: alice.id,
    number,
    campaign,
    lead: null,
    party: 'K-1',
    name: '陈建国',
  } as const
  const outcome = await house.engine.dispatch({ ...dial, relation }, 'system')
  assert.ok(outcome.ok, JSON.stringify(outcome))
  const { call } = outcome.facts.find(fact => fact.type === 'call.dialed')!
  await house.engine.dispatch({ type: 'leg.answered', leg: house.engine.state.calls.get(call)!.leg! }, 'system')
  return call
}
async function hangUp(call: CallId): Promise<void> {
  await house.engine.dispatch({ type: 'agent.hangUp', agent: alice.id, call }, 'system')
}
async function writeUp(call: CallId): Promise<void> {
  const { code } = house.engine.state.campaigns
    .get(campaign)!
    .campaign.dispositions.find(each => each.followUp === 'done')!
  const dispose = {
    type: 'agent.dispose',
    agent: alice.id,
    call,
    code,
    note: '',
    fields: {},
    callbackAt: null,
  } as const
  await house.engine.dispatch({ ...dispose, callbackMine: false, next: 'break' }, 'system')
}

test('who answers and is not the party hears and sees nothing of limits, purchases and offers', async () => {
  const call = await talk(spouse, 'CONTACT')
  const text = await desk()
  assert.match(text, /接听的不是本人/)
  assert.doesNotMatch(text, /15,000\.00|电视|id="calculator"/)
  assert.equal((await put('/agent/sales/sums', asked)).status, 404)
  assert.equal((await post('/agent/sales/offers', asked)).status, 404)
  await hangUp(call)
  await writeUp(call)
})

let call: CallId
test('the desk of a sales call has the proof of consent, the limit, what was bought and the intent', async () => {
  call = await talk(carl, 'SELF')
  const text = await desk()
  for (const shown of ['应用内授权', '表单 17', '¥15,000.00', '电视', 'B 有兴趣', 'id="calculator"'])
    assert.ok(text.includes(shown), shown)
})

test('an amount and a term come to an instalment, a cost, an annual rate and a plan, and a reload finds them again', async () => {
  const { status, text } = await put('/agent/sales/sums', asked)
  assert.equal(status, 200)
  for (const shown of ['13.03%', '¥864.00', '¥1,072.00', '¥12,864.00', '2027-11-24'])
    assert.ok(text.includes(shown), shown)
  assert.ok((await desk()).includes('13.03%'))
  for (const [typed, said] of [
    [{ amount: '90' }, /¥1,000\.00 至 ¥20,000\.00/],
    [{ amount: 'many' }, /请填写金额/],
    [{ amount: '16000' }, /预授信额度 ¥15,000\.00/],
    [{ amount: '12000', downPayment: '12000' }, /首付须少于金额/],
  ] as const)
    assert.match((await put('/agent/sales/sums', { ...asked, ...typed })).text, said)
})

test('an offer is kept as it was shown, and is no order before everything that must be said was said on the line', async () => {
  assert.equal((await post('/agent/sales/offers', { ...asked, amount: '90' })).status, 422)
  assert.equal((await quotes()).length, 0)
  const { status, text } = await post('/agent/sales/offers', asked)
  assert.equal(status, 200)
  assert.match(text, /年化利率（单利）为 13\.03%/)
  assert.match(text, /息费合计 ¥864\.00，总共支付 ¥12,864\.00/)
  const [quote] = await quotes()
  assert.deepEqual([quote?.call, quote?.offer.costTotal, quote?.productVersion], [call, 86_400, 1])
  const early = await post(`/agent/sales/offers/${quote!.id}/orders`)
  assert.equal(early.status, 422)
  assert.match(early.text, /还有必须说清的话没有说/)
  for (const item of ['consent', 'apr', 'total-cost'])
    assert.equal((await put(`/agent/sales/offers/${quote!.id}/sentences/${item}`)).status, 200)
  assert.equal((await post(`/agent/sales/offers/${quote!.id}/orders`)).status, 422)
  assert.equal((await put(`/agent/sales/offers/${quote!.id}/sentences/nothing`)).status, 422)
  assert.equal((await orders()).length, 0)
})

test('who is not on this call neither says a sentence of its offers nor orders them', async () => {
  const [quote] = await quotes()
  for (const who of ['bob', 'sam']) {
    assert.equal((await put(`/agent/sales/offers/${quote!.id}/sentences/apr`, {}, who)).status, 404, who)
    assert.equal((await post(`/agent/sales/offers/${quote!.id}/orders`, {}, who)).status, 404, who)
  }
})

test('the order goes to the check, with the terms that were read out', async () => {
  const [quote] = await quotes()
  await put(`/agent/sales/offers/${quote!.id}/sentences/cooling-off`)
  await hangUp(call)
  assert.equal((await put(`/agent/sales/offers/${quote!.id}/sentences/apr`)).status, 422, 'nobody is on the line')
  const { status, text } = await post(`/agent/sales/offers/${quote!.id}/orders`)
  assert.equal(status, 200)
  assert.match(text, /等待质检/)
  const [order] = await orders()
  assert.deepEqual([order?.state, order?.quote, order?.call, order?.agent], ['QC', quote!.id, call, alice.id])
  assert.equal((await post(`/agent/sales/offers/${quote!.id}/orders`)).status, 422, 'ordered once')
  await writeUp(call)
})

test('who leads a team hears no call of another, from its order neither', async () => {
  const door = house.deps.records
  const [recording] = await house.store.read('recordings.ofCall', { call })
  const audio = Buffer.alloc(8_000, 0xd5)
  const file = path.join(house.deps.config.recordingsDir, recording!.path)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, audio)
  const sealed = { sha256: '0'.repeat(64), bytes: audio.length, durationMs: 1_000, salvaged: false }
  await house.engine.dispatch({ type: 'recording.closed', recording: recording!.id, ...sealed }, 'system')
  const quincy = await house.add('quincy', 'quality')
  const { cookie } = await house.signIn('quincy')
  const team = await createTeam(door, 'system', { name: 'North', members: [], leaders: [quincy.id] })
  const [order] = await orders()
  const page = async () => (await look(house, cookie, `/supervisor/orders/${order!.id}`)).text
  const heard = () => look(house, cookie, `/supervisor/orders/${order!.id}/recordings/${recording!.id}/audio`)
  assert.doesNotMatch(await page(), /<audio|data-plays/)
  assert.equal((await heard()).status, 404)
  await changeTeam(door, 'system', team.id, { members: [alice.id] })
  assert.match(await page(), /<audio/)
  assert.equal((await heard()).status, 200)
})

test('the check is another person’s, passes only what was heard, and sends back with words that the seller reads', async () => {
  const [order] = await orders()
  const path = `/supervisor/orders/${order!.id}`
  assert.equal((await look(house, cookies['alice']!, path)).status, 403)
  assert.match((await look(house, cookies['quinn']!, path)).text, /客户同意听取产品[\s\S]*说明冷静期取消权/)
  const half = await post(`${path}/check`, { as: 'pass', heard: ['consent', 'apr'] }, 'quinn')
  assert.equal(half.status, 409)
  assert.match(half.text, /四条没有都听到/)
  const wordless = await post(`${path}/check`, { as: 'back', heard: ['consent', 'apr'] }, 'quinn')
  assert.match(wordless.text, /请写明原因/)
  await post(`${path}/check`, { as: 'back', heard: ['consent', 'apr'], checkNote: '没听到息费合计' }, 'quinn')
  assert.match((await look(house, cookies['alice']!, '/agent/orders')).text, /没听到息费合计/)
  assert.equal((await post(`/agent/orders/${order!.id}/submission`, {}, 'bob')).status, 404)
  assert.equal((await post(`/agent/orders/${order!.id}/submission`, {}, 'alice')).status, 200)
  const all = ['consent', 'apr', 'total-cost', 'cooling-off']
  assert.equal((await post(`${path}/check`, { as: 'pass', heard: all }, 'quinn')).status, 303)
  assert.equal((await post(`${path}/signature`, {}, 'quinn')).status, 403)
  assert.equal((await post(`${path}/signature`, {}, 'sam')).status, 303)
  const cooling = (await look(house, cookies['sam']!, path)).text
  assert.match(cooling, /冷静期至 2026-12-01（含当日） · 还剩 7 天/)
  assert.match((await post(`${path}/fulfilment`, {}, 'sam')).text, /冷静期还没过/)
  assert.match((await post(`${path}/cancellation`, { cancelReason: '' }, 'sam')).text, /请选择取消原因/)
  assert.match((await post(`${path}/cancellation`, { cancelReason: 'other' }, 'sam')).text, /请写明原因/)
  assert.equal((await post(`${path}/cancellation`, { cancelReason: 'too-dear' }, 'sam')).status, 303)
  assert.match((await look(house, cookies['sam']!, path)).text, /觉得贵/)
  assert.deepEqual(
    (await house.store.read('orders.moves', { id: order!.id })).map(({ state }) => state),
    ['QC', 'DRAFT', 'QC', 'CONFIRMED', 'COOLING', 'CANCELLED'],
  )
})

test('who made the offer or said a sentence of it sold it too, and does not check the order that a colleague made of it', async () => {
  const door = house.deps.records
  const idOf = async (name: string) => (await house.store.read('users.byName', { name }))!.id
  const [sam, quinn] = [await idOf('sam'), await idOf('quinn')]
  const { id } = await makeQuote(door, `user:${sam}`, { party: 'K-1', product: 'phone', amount: 900_000, term: 12 })
  for (const item of ['consent', 'apr', 'total-cost']) await sayOfQuote(door, `user:${sam}`, id, { item })
  await sayOfQuote(door, `user:${quinn}`, id, { item: 'cooling-off' })
  const order = await orderQuote(door, `user:${alice.id}`, id)
  const path = `/supervisor/orders/${order.id}`
  const heard = ['consent', 'apr', 'total-cost', 'cooling-off']
  for (const who of ['sam', 'quinn']) {
    assert.equal((await post(`${path}/check`, { as: 'pass', heard }, who)).status, 409, who)
    assert.doesNotMatch((await look(house, cookies[who]!, path)).text, /name="checkNote"/, who)
  }
  await moveOrderBy(door, `user:${sam}`, order.id, { type: 'cancel', reason: 'twice', note: '' })
})

test('an order that a program types in names no call of another party, whose recording its check would play', async () => {
  const door = house.deps.records
  await createParty(door, 'system', { ref: 'K-2', name: '李雷', phones: [{ number: '+8613900000043' }] })
  await giveConsent(door, 'system', { party: 'K-2', purpose: 'sales', basis: '应用内授权', evidence: '表单 18' })
  const given = { product: 'phone', amount: 900_000, term: 12, agent: alice.id, call }
  await assert.rejects(openOrder(door, 'system', { ...given, party: 'K-2' }), /a call with K-2/)
  const { id } = await openOrder(door, 'system', { ...given, party: 'K-1' })
  await moveOrderBy(door, 'system', id, { type: 'cancel', reason: 'twice', note: '' })
})

test('without a consent that holds nothing is reckoned, offered or ordered', async () => {
  call = await talk(carl, 'SELF')
  await withdrawConsent(house.deps.records, 'system', consent, { reason: 'asked on the line' })
  const text = await desk()
  assert.match(text, /没有有效的电话营销授权/)
  assert.doesNotMatch(text, /id="calculator"/)
  const { status, text: said } = await post('/agent/sales/offers', asked)
  assert.equal(status, 422)
  assert.match(said, /没有有效的电话营销授权，不能报价或下单/)
})

test('on the call on which the customer thinks better of it the agent cancels, with the reason in the journal; after the days to think no more', async () => {
  const door = house.deps.records
  const inHand = house.engine.state.agents.get(alice.id)!.call
  if (inHand !== null) await hangUp(inHand).then(() => writeUp(inHand))
  await giveConsent(door, 'system', { party: 'K-1', purpose: 'sales', basis: '应用内授权', evidence: '表单 18' })
  const order = await openOrder(door, 'system', {
    party: 'K-1',
    product: 'phone',
    amount: 200_000,
    term: 3,
    agent: alice.id,
  })
  const path = `/agent/sales/orders/${order.id}/cancellation`
  assert.equal((await post(path, { reason: 'too-dear' })).status, 404, 'the party is not in hand')
  const call = await talk(carl, 'SELF')
  assert.ok((await desk()).includes(`hx-post="${path}"`))
  const nothing = await post(path, { reason: '', note: '' })
  assert.equal(nothing.status, 422)
  assert.match(nothing.text, /请选择取消原因/)
  const other = await post(path, { reason: 'other', note: '' })
  assert.equal(other.status, 422)
  assert.match((await post(path, { reason: 'too-dear', note: '每月还不起' })).text, /已取消/)
  const [moved] = (await house.facts('order.moved')).filter(({ body }) => body.includes('每月还不起'))
  assert.equal(moved!.actor, `user:${alice.id}`)
  const { order: kept } = JSON.parse(moved!.body) as { order: { id: string; state: string; reason: string } }
  assert.deepEqual([kept.id, kept.state, kept.reason], [order.id, 'CANCELLED', 'too-dear'])
  assert.ok(!(await desk()).includes(`hx-post="${path}"`), 'it is over')
  await hangUp(call)
  await writeUp(call)
})

test('a callback says whose it is, and who is opened between calls is shown with limit, purchases and orders', async () => {
  const call = await talk(carl, 'SELF')
  await hangUp(call)
  const at = house.clock.now() + 3_600_000
  const { code } = house.engine.state.campaigns
    .get(campaign)!
    .campaign.dispositions.find(each => each.followUp === 'callback')!
  const done = { type: 'agent.dispose', agent: alice.id, call, code, note: '', next: 'break' } as const
  const outcome = await house.engine.dispatch(
    { ...done, fields: { grade: 'A' }, callbackAt: at, callbackMine: true },
    'system',
  )
  assert.ok(outcome.ok, JSON.stringify(outcome))
  assert.match(await desk(), /<b>陈建国<\/b> <span class="figure">137/)
  assert.match((await look(house, cookies['alice']!, '/agent/callbacks')).text, /<b>陈建国<\/b>/)
  const opened = await put('/agent/party', { ref: 'K-1' })
  assert.match(opened.text, /¥15,000\.00/)
  assert.match(opened.text, /电视/)
  assert.match(opened.text, /id="calculator"/)
  await put('/agent/party', { ref: '' })
})

test('an amount is typed in as many decimals as the product’s currency has', async () => {
  const door = house.deps.records
  const most = { terms: [3], ratePpm: 0, monthlyFeePpm: 0, coolingDays: 7 }
  await saveProduct(door, 'system', {
    ...{ id: 'yen', name: '日元分期', currency: 'JPY', amountMin: 1_000, amountMax: 100_000, ...most },
  })
  await saveProduct(door, 'system', {
    ...{ id: 'dinar', name: '第纳尔分期', currency: 'KWD', amountMin: 1_000, amountMax: 1_000_000, ...most },
  })
  house.clock.advance(2_000) // more calls than a trunk starts in a second
  const call = await talk(carl, 'SELF')
  const sums = async (product: string, amount: string) =>
    (await put('/agent/sales/sums', { ...asked, product, amount, term: '3' })).text
  assert.match(await sums('yen', '12,000'), /4,000 JPY/)
  assert.match(await sums('yen', '12000.5'), /请填写 JPY 金额，如 1200050。/)
  assert.match(await sums('dinar', '300.375'), /100\.125 KWD/)
  assert.match(await sums('dinar', '300.3755'), /请填写 KWD 金额，如 1200\.050。/)
  assert.match(await sums('phone', '12000.505'), /请填写金额，如 12000\.50。/)
  await hangUp(call)
  await writeUp(call)
})
