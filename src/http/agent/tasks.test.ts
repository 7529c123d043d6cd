/** A verifier's pages: the worklist, the task, and the checklist on the desk. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { User } from '../../centre/entities.ts'
import type { Fact } from '../../centre/facts.ts'
import type { CallId, CampaignId, LegId } from '../../lib/ids.ts'
import { createCampaign, setCampaignState } from '../../records/campaigns/campaigns.ts'
import { defineFields } from '../../records/parties/field-definitions.ts'
import { changeParty, createParty } from '../../records/parties/parties.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { createApplication } from '../../records/verification/applications.ts'
import { saveChecklist } from '../../records/verification/checklists.ts'
import { moveTaskBy } from '../../records/verification/tasks.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { agentRoutes } from './agent.ts'

let house: House
let alice: User
let cookie = ''
let bob = ''
let campaign: CampaignId
let id = ''
before(async () => {
  house = await openHouse({ pages: { routers: [agentRoutes] } })
  alice = await house.add('alice', 'agent', { language: 'en', numbersMasked: true })
  cookie = (await house.signIn('alice')).cookie
  await house.add('bob', 'agent', { language: 'zh-CN' })
  bob = (await house.signIn('bob')).cookie
  const door = house.deps.records
  const trunk = await createTrunk(door, 'system', { name: 'carrier', host: '127.0.0.1', callerIds: ['+861012345678'] })
  campaign = (
    await createCampaign(door, 'system', {
      ...{ name: 'checks', business: 'verification', mode: 'manual', policy: 'LAB-ANY-HOUR' },
      ...{ trunks: [trunk.id], agents: [alice.id] },
    })
  ).id
  await setCampaignState(door, 'system', campaign, { state: 'running' })
  await house.engine.dispatch({ type: 'trunk.up', trunk: trunk.id }, 'system')
  await house.engine.dispatch({ type: 'agent.signOn', agent: alice.id }, 'system')
  await house.engine.dispatch({ type: 'station.up', agent: alice.id, leg: 'l_alice' as LegId }, 'system')
  await createParty(door, 'system', {
    ...{ ref: 'K-1', name: 'Wang Xiaoming', idNo: '110101199003071234', phones: [{ number: '13812345678' }] },
  })
  await createApplication(door, 'system', {
    ...{ ref: 'A-1', party: 'K-1', product: 'cash', amount: 1_234_500, term: 17 },
    employer: { name: 'Red Lantern', line: { number: '010-62345678', source: 'directory' } },
    contacts: [{ name: 'Li Lei', number: '13900000002', relation: 'spouse' }],
  })
})
after(() => house[Symbol.asyncDispose]())

const post = (path: string, fields: Record<string, string | string[]> = {}, htmx = false) =>
  send(house, cookie, 'POST', path, fields, htmx)
const page = async (path: string) => (await look(house, cookie, path)).text
const secrets = [
  'Wang Xiaoming',
  '12,345.00',
  '12345.00',
  'Red Lantern',
  '110101',
  'Li Lei',
  '13812345678',
  '010-62345678',
]
const shownIn = (text: string) => secrets.filter(each => text.includes(each))

test('a verifier takes the next task, and no page of hers says what she has still to ask', async () => {
  assert.match(await page('/agent/tasks'), /No tasks/)
  const taken = await post('/agent/tasks')
  assert.equal(taken.status, 303)
  id = taken.location!.split('/').at(-1)!
  assert.match(await page('/agent/tasks'), /A-1/)
  const text = await page(`/agent/tasks/${id}`)
  assert.match(text, /138 \*\*\*\* 5678/)
  // The contact's name is asked by no question of this checklist.
  assert.deepEqual(shownIn(text), ['Li Lei'])
  assert.doesNotMatch(text, /<dd>17<\/dd>/)
  assert.equal((await post('/agent/tasks')).status, 409)
})

test('another verifier neither sees it nor calls for it nor answers in it, whatever they post', async () => {
  assert.equal((await look(house, bob, `/agent/tasks/${id}`)).status, 404)
  for (const path of ['calls', 'refusals', 'recall', 'submission']) {
    const refused = await send(house, bob, 'POST', `/agent/tasks/${id}/${path}`, { who: 'applicant', campaign })
    assert.equal(refused.status, 404, path)
    assert.ok(!refused.text.includes('Li Lei') && !refused.text.includes('K-1'), path)
  }
  const answer = await send(house, bob, 'POST', `/agent/tasks/${id}/answers`, { item: 'name', said: 'x' }, true)
  assert.equal(answer.status, 422)
  assert.match(answer.text, /这是别人的任务/)
  assert.ok(!answer.text.includes('蓝鲸物流') && !answer.text.includes('A-1'))
  assert.equal((await house.store.read('tasks.byId', { id }))?.state, 'ASSIGNED')
})

test('the applicant is called from the task, and the checklist is on the desk while they talk', async () => {
  const early = await post(`/agent/tasks/${id}/calls`, { who: 'employer', campaign })
  assert.match(early.text, /Call those before first/)
  const dialled = await post(`/agent/tasks/${id}/calls`, { who: 'applicant', campaign })
  assert.deepEqual([dialled.status, dialled.location], [303, '/agent'])
  const call = [...house.engine.state.calls.values()].find(({ agent }) => agent === alice.id)!
  assert.deepEqual([call.party, call.name], ['K-1', null])
  const dialed = (await house.store.read('journal.ofCall', { call: call.id })).find(
    ({ type }) => type === 'call.dialed',
  )
  const { task } = JSON.parse(dialed!.body) as { task: unknown }
  assert.deepEqual(task, { id, who: 'applicant', place: 0 }, 'a process that dies now has lost nothing')
  await house.engine.dispatch({ type: 'leg.answered', leg: call.leg! }, 'system')
  const desk = await page('/agent')
  assert.match(desk, new RegExp(`id="checklist-${id}"`))
  assert.match(desk, /You work at 蓝鲸物流有限公司, is that right\?/)
  for (const hidden of ['Wang Xiaoming', '12,345.00', '12345.00', 'Red Lantern', '110101199003071234'])
    assert.ok(!desk.includes(hidden), hidden)
})

test('what was expected is shown once an answer is kept, and not before', async () => {
  await house.clock.advance(3_000)
  const empty = await post(`/agent/tasks/${id}/answers`, { item: 'amount', said: '' }, true)
  assert.equal(empty.status, 422)
  assert.match(empty.text, /Write what was answered/)
  assert.deepEqual(shownIn(empty.text), [])
  const kept = await post(`/agent/tasks/${id}/answers`, { item: 'amount', said: '13,500' }, true)
  assert.equal(kept.status, 200)
  assert.match(
    kept.text,
    /Mismatch[\s\S]*said <b>13,500<\/b>[\s\S]*expected <b>12345\.00<\/b>[\s\S]*out of bounds · 9\.4 %/,
  )
  assert.deepEqual(shownIn(kept.text), ['12345.00'])
  const idNo = await post(`/agent/tasks/${id}/answers`, { item: 'id_no', said: '110101199003071234' }, true)
  assert.match(idNo.text, /expected <b>1101\*{10}1234<\/b>/)
  assert.ok(!idNo.text.includes('19900307'))
  assert.match(await page(`/agent/tasks/${id}`), /¥12,345\.00/)
})

test('without script an answer leads back to the task, and a trap that was taken stands there', async () => {
  const kept = await post(`/agent/tasks/${id}/answers`, { item: 'employer', said: '蓝鲸物流' })
  assert.deepEqual([kept.status, kept.location], [303, `/agent/tasks/${id}`])
  const text = await page(`/agent/tasks/${id}`)
  assert.match(text, /1 traps taken/)
  // Asked of the employer too, which was not called yet: its name stands beside the answer alone.
  assert.match(text, /expected <b>Red Lantern<\/b>/)
})

test('a task is submitted with its proposal, and refusals are told in words with what was chosen kept', async () => {
  const early = await post(`/agent/tasks/${id}/submission`, { proposal: 'PASS', note: 'all well' })
  assert.equal(early.status, 409)
  assert.match(early.text, /Required questions have no answer yet/)
  assert.match(early.text, /all well/)
  const bare = await post(`/agent/tasks/${id}/submission`, { proposal: 'FRAUD' })
  assert.match(bare.text, /Choose at least one reason/)
  const done = await post(`/agent/tasks/${id}/submission`, { proposal: 'FRAUD', reasons: ['COACHED', 'FORGED'] })
  assert.match(done.text, /Submitted; another person reviews it/)
  const task = (await house.store.read('tasks.byId', { id }))!
  assert.deepEqual([task.state, task.proposal, task.reasons], ['SUBMITTED', 'FRAUD', ['COACHED', 'FORGED']])
  const call = [...house.engine.state.calls.values()].find(({ agent }) => agent === alice.id)!.id as CallId
  const [answer] = await house.store.read('tasks.answersOfCall', { call })
  assert.deepEqual([answer?.item, answer?.offsetMs], ['amount', 3_000])
})

test('who sees numbers masked sees none in full beside answers or among the fields of an application', async () => {
  const { clock, deps, store } = house
  await defineFields(deps.records, 'system', {
    business: 'verification',
    fields: [{ key: 'second', label: { 'zh-CN': '备用电话', en: 'Second' }, type: 'phone' }],
  })
  const label = { 'zh-CN': '问', en: 'Which number?' }
  const asks = (key: string, field: string | null, kind: string) => ({
    ...{ key, kind, question: label, asked: 'applicant', compare: { rule: 'digits', percent: 0 } },
    expected: field === null ? null : { type: 'field', field },
  })
  const items = [asks('own', 'party.number', 'phone'), asks('other', null, 'text')]
  await saveChecklist(deps.records, 'system', { id: 'numbers', name: 'numbers', product: 'loan', items })
  const phones = [{ number: '13812340001' }]
  await createParty(deps.records, 'system', { ref: 'K-2', name: 'Carl', phones })
  await createApplication(deps.records, 'system', {
    ...{ ref: 'A-2', party: 'K-2', product: 'loan', amount: 100, term: 1, fields: { second: '13812340002' } },
  })
  const task = (await store.read('tasks.page', { party: 'K-2' })).items[0]!.id
  await moveTaskBy(deps.records, 'system', task, { type: 'assign', agent: alice.id })
  const call = 'c_9' as CallId
  const verdict = { policy: 'LAB-ANY-HOUR', version: '1', rules: [] }
  const facts = [
    {
      ...{ type: 'call.dialed', call, mode: 'manual', campaign: null, lead: null, party: 'K-2', name: 'Carl', verdict },
      ...{ relation: 'SELF', agent: alice.id, number: '+8613812340001', trunk: 't_1', callerId: '+861012345678' },
      ...{ leg: 'g_9', task: { id: task, who: 'applicant', place: 0 } },
    },
    { type: 'call.answered', call },
  ] as Fact[]
  await store.commit({ recorded: facts.map(fact => ({ at: clock.now(), actor: 'system' as const, fact })) })
  await post(`/agent/tasks/${task}/answers`, { item: 'own', said: '139 1234 0003', place: '0' })
  await post(`/agent/tasks/${task}/answers`, { item: 'other', said: 'ask 13812340004', judged: 'MATCH', place: '0' })
  const text = await page(`/agent/tasks/${task}`)
  assert.match(text, /said <b>139\*\*\*\*0003<\/b>[\s\S]*expected <b>138\*\*\*\*0001<\/b>/)
  for (const number of ['13812340001', '13812340002', '139 1234 0003', '13812340004'])
    assert.ok(!text.includes(number), number)
})

test('a verifier who called and opens the party afterwards reads no answer there that is still to be asked', async () => {
  const { clock, deps, store, engine } = house
  await createParty(deps.records, 'system', {
    ...{ ref: 'K-4', name: 'Zhang San', phones: [{ number: '13812340044' }] },
  })
  const contact = { number: '13900000044', relation: 'CONTACT', name: 'Zhao Si' }
  await changeParty(deps.records, 'system', 'K-4', { phones: [{ number: '13812340044' }, contact] })
  const question = (key: string, asked: string, field: string) => ({
    ...{ key, asked, kind: 'text', question: { 'zh-CN': '谁', en: 'Who?' }, expected: { type: 'field', field } },
  })
  const items = [question('name', 'applicant', 'party.name'), question('who', 'contact', 'contact.name')]
  await saveChecklist(deps.records, 'system', { id: 'gold', name: 'gold', product: 'gold', items })
  await createApplication(deps.records, 'system', {
    ...{ ref: 'A-4', party: 'K-4', product: 'gold', amount: 100, term: 1 },
    contacts: [{ name: 'Zhao Si', number: '13900000044', relation: 'friend' }],
  })
  const task = (await store.read('tasks.page', { party: 'K-4' })).items[0]!.id
  const bobs = [...engine.state.users.values()].find(({ name }) => name === 'bob')!.id
  await moveTaskBy(deps.records, 'system', task, { type: 'assign', agent: bobs })
  const verdict = { policy: 'LAB-ANY-HOUR', version: '1', rules: [] }
  const fact = {
    ...{
      type: 'call.dialed',
      call: 'c_44',
      mode: 'manual',
      campaign: null,
      lead: null,
      party: 'K-4',
      name: null,
      verdict,
    },
    ...{
      relation: 'SELF',
      agent: bobs,
      number: '+8613812340044',
      trunk: 't_1',
      callerId: '+861012345678',
      leg: 'g_44',
    },
  } as unknown as Fact
  await store.commit({ recorded: [{ at: clock.now(), actor: 'system' as const, fact }] })
  const desk = (await look(house, bob, '/agent')).text
  assert.match(desk, /K-4/)
  assert.ok(!desk.includes('Zhang San'), 'among those of today')
  const opened = await send(house, bob, 'PUT', '/agent/party', { ref: 'K-4' }, true)
  assert.equal(opened.status, 200)
  assert.match(opened.text, /K-4/)
  assert.ok(!opened.text.includes('Zhang San') && !opened.text.includes('Zhao Si'), 'on the card')
  await moveTaskBy(deps.records, 'system', task, { type: 'cancel', note: 'x' })
  assert.match((await look(house, bob, '/agent')).text, /Zhang San/, 'once it is over it is no secret')
})
