import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { User } from '../../centre/entities.ts'
import type { CampaignId, LegId } from '../../lib/ids.ts'
import { createCampaign, setCampaignState } from '../../records/campaigns.ts'
import { openCase } from '../../records/cases.ts'
import { saveLoans } from '../../records/loans.ts'
import { createParty } from '../../records/parties.ts'
import { makePromise } from '../../records/promises.ts'
import { saveWriteUp } from '../../records/scripts.ts'
import { createTrunk } from '../../records/trunks.ts'
import { send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { agentRoutes } from './agent.ts'
import { handleOf } from './party-view.ts'

let house: House
let alice: User
let cookie = ''
let campaign: CampaignId
before(async () => {
  house = await openHouse({ pages: { routers: [agentRoutes] } })
  alice = await house.add('alice', 'agent', { displayName: 'Alice', language: 'en', numbersMasked: true })
  cookie = (await house.signIn('alice')).cookie
  const door = house.deps.records
  const trunk = (await createTrunk(door, 'system', { name: 'c', host: '127.0.0.1', callerIds: ['+861012345678'] })).id
  const about = { name: 'March', business: 'collections', mode: 'manual', trunks: [trunk], agents: [alice.id] }
  campaign = (await createCampaign(door, 'system', { ...about, policy: 'LAB-ANY-HOUR' })).id
  await setCampaignState(door, 'system', campaign, { state: 'running' })
  await house.engine.dispatch({ type: 'trunk.up', trunk }, 'system')
  await createParty(door, 'system', {
    ...{ ref: 'K-1', name: 'Carl Chen' },
    phones: [{ number: '+8613700000001' }, { number: '+8613700000002', relation: 'CONTACT' }],
  })
  const plan = [{ no: 1, dueOn: '2026-11-07', principal: 200_000, interest: 8_000 }]
  await saveLoans(door, 'system', [{ ref: 'L-1', party: 'K-1', product: 'cash', principal: 200_000, plan }])
  await openCase(door, 'system', { party: 'K-1', agent: alice.id })
  const label = (en: string) => ({ 'zh-CN': en, en })
  await saveWriteUp(door, 'system', {
    place: campaign,
    fields: [
      {
        key: 'why',
        label: label('Why'),
        type: 'choice',
        required: true,
        choices: ['Illness', 'Forgot'],
        codes: ['promise'],
      },
      { key: 'income', label: label('Income'), type: 'money', required: false },
    ],
    ...{ promise: ['promise'], grade: ['hardship'] },
  })
  await send(house, cookie, 'PUT', '/agent/state', { state: 'signed_on' }, true)
  await house.engine.dispatch({ type: 'station.up', agent: alice.id, leg: 'l_alice' as LegId }, 'system')
})
after(() => house[Symbol.asyncDispose]())

const post = (path: string, fields: Record<string, string>) => send(house, cookie, 'POST', path, fields, true)
const theCall = () => house.engine.state.calls.get(house.engine.state.agents.get(alice.id)!.call!)!
const promises = () => house.store.read('promises.ofParty', { party: 'K-1' })
async function talk(number = '+8613700000001', over = true): Promise<string> {
  const phone = handleOf(house.store.sealer, 'K-1', number)
  assert.equal((await post('/agent/calls', { party: 'K-1', phone, campaign })).status, 200)
  const { id, leg } = theCall()
  await house.engine.dispatch({ type: 'leg.answered', leg }, 'system')
  if (over) await send(house, cookie, 'PUT', `/agent/calls/${id}/ending`, {}, true)
  return id
}
const write = (call: string, fields: Record<string, string>) =>
  post(`/agent/calls/${call}/disposition`, { next: 'break', ...fields })

test('what an outcome asks for is asked for beside its field, and all that was typed stays', async () => {
  const call = await talk()
  const refused = await write(call, {
    code: 'promise',
    note: 'he <i>',
    promiseAmount: '1,000.5',
    promiseDate: '',
    'field-income': 'much',
  })
  assert.equal(refused.status, 422)
  for (const words of ['Choose one.', 'Choose a date.', 'Write an amount'])
    assert.ok(refused.text.includes(words), words)
  assert.ok(refused.text.includes('value="1,000.5"') && refused.text.includes('value="much"'))
  assert.match(refused.text, /he &lt;i&gt;/)
  const grade = await write(call, { code: 'hardship', grade: 'E' })
  assert.match(grade.text, /Choose a grade/)
  assert.equal((await promises()).length, 0)
  assert.equal((await write(call, { code: 'refused' })).status, 200, 'this outcome asks for nothing')
})

test('a promise is checked against what is owed and kept with the call, and the case goes to PTP', async () => {
  const call = await talk()
  const good = {
    code: 'promise',
    'field-why': 'Forgot',
    promiseAmount: '1,000',
    promiseDate: '2026-11-28',
    'field-income': '8000',
  }
  const much = await write(call, { ...good, promiseAmount: '99999' })
  assert.equal(much.status, 422)
  assert.match(much.text, /At most 2 080\.00 CNY/)
  assert.match((await write(call, { ...good, promiseDate: '2026-11-01' })).text, /must be within 2026-11-24/)
  assert.equal((await promises()).length, 0)
  assert.equal((await write(call, good)).status, 200)
  const [made] = await promises()
  assert.deepEqual([made!.amount, made!.dueOn, made!.call, made!.agent], [100_000, '2026-11-28', call, alice.id])
  assert.equal((await house.store.read('cases.openOf', { party: 'K-1' }))!.state, 'PTP')
  const record = await house.store.read('calls.byId', { id: call as never })
  assert.deepEqual(record!.fields, { why: 'Forgot', income: '800000', promise: made!.id })
  // The answer was lost, and the browser sends it again.
  assert.notEqual((await write(call, good)).status, 200)
  assert.equal((await promises()).length, 1)
})

test('while the call goes on nothing is promised, and a contact promises nothing', async () => {
  const before = (await promises()).length
  const call = await talk(undefined, false)
  const given = { code: 'promise', 'field-why': 'Forgot', promiseAmount: '500', promiseDate: '2026-11-28' }
  assert.equal((await write(call, given)).status, 409)
  assert.equal((await promises()).length, before)
  await send(house, cookie, 'PUT', `/agent/calls/${call}/ending`, {}, true)
  await write(call, { code: 'hardship', grade: 'C' })
  const contact = await talk('+8613700000002')
  assert.equal((await write(contact, given)).status, 200)
  assert.equal((await promises()).length, before)
})

test('the same promise of a call, sent by two tabs at once, is one', async () => {
  const door = house.deps.records
  await createParty(door, 'system', { ref: 'K-9', name: 'Dora' })
  const plan = [{ no: 1, dueOn: '2026-11-07', principal: 200_000 }]
  await saveLoans(door, 'system', [{ ref: 'L-9', party: 'K-9', product: 'cash', principal: 200_000, plan }])
  const given = { party: 'K-9', amount: 1_000, dueOn: '2026-11-28', call: 'c_1' }
  const made = await Promise.all([makePromise(door, 'system', given), makePromise(door, 'system', given)])
  assert.equal(made[0]!.id, made[1]!.id)
  const other = await makePromise(door, 'system', { ...given, call: 'c_2' })
  assert.notEqual(other.id, made[0]!.id)
})
