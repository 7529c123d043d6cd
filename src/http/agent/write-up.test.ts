import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { User } from '../../centre/entities.ts'
import { saveWriteUp } from '../../records/campaigns/scripts.ts'
import { saveLoans } from '../../records/collections/loans.ts'
import { makePromise } from '../../records/collections/promises.ts'
import { createParty } from '../../records/parties/parties.ts'
import { carl, type Desk, friend, openDesk } from '../testing/desk.ts'
import type { House } from '../testing/house.ts'

let desk: Desk
let house: House
let alice: User
before(async () => {
  desk = await openDesk()
  house = desk.house
  alice = desk.alice
  const door = house.deps.records
  const label = (en: string) => ({ 'zh-CN': en, en })
  await saveWriteUp(door, 'system', {
    place: desk.campaign,
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
})
after(() => desk[Symbol.asyncDispose]())

const promises = () => house.store.read('promises.ofParty', { party: 'K-1' })
async function talk(number = carl, over = true): Promise<string> {
  const id = await desk.talk(number)
  if (over) await desk.hangUp()
  return id
}
const write = (call: string, fields: Record<string, string>) =>
  desk.post(`/agent/calls/${call}/disposition`, { next: 'break', ...fields })

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
  assert.match(much.text, /At most ¥2,080\.50/)
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
  await desk.hangUp()
  await write(call, { code: 'hardship', grade: 'C' })
  const contact = await talk(friend)
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

test('a promise is in the currency of the loan: yen have no parts', async () => {
  await using tokyo = await openDesk({ currency: 'JPY' })
  const call = await tokyo.talk()
  const page = await tokyo.page()
  assert.match(page, /Amount \(JPY\)|\(JPY\)/)
  await tokyo.hangUp()
  const write = (promiseAmount: string) =>
    tokyo.post(`/agent/calls/${call}/disposition`, {
      next: 'break',
      code: 'promise',
      promiseAmount,
      promiseDate: '2026-11-28',
    })
  assert.match((await write('1,000.50')).text, /this currency has no parts/)
  assert.match((await write('208051')).text, /At most 208,050 JPY/)
  assert.equal((await write('1,000')).status, 200)
  const [made] = await tokyo.house.store.read('promises.ofParty', { party: 'K-1' })
  assert.deepEqual([made!.amount, made!.currency], [1_000, 'JPY'])
})
