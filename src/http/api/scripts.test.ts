import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createQueue } from '../../records/telephony/queues.ts'
import { type House, openHouse } from '../testing/house.ts'

let house: House
let adam = ''
let olga = ''
let queue = ''
before(async () => {
  house = await openHouse()
  adam = (await house.token('admin')).secret
  olga = (await house.token('auditor')).secret
  queue = (await createQueue(house.deps.records, 'system', { name: 'hotline', members: [] })).id
})
after(() => house[Symbol.asyncDispose]())

const ask = async (method: string, path: string, body?: unknown, token = adam) => {
  const answer = await house.api(token, method, path, body)
  // biome-ignore lint/suspicious/noExplicitAny: replies of several routes
  return { status: answer.status, body: (await answer.json()) as any }
}
const both = (text: string) => ({ 'zh-CN': text, en: text })
const script = (text: string) => ({
  ...{ name: 'Hotline', places: [queue], must: [], others: null },
  steps: [{ key: 'who', title: both('Who'), text: both(text), answers: [] }],
})

test('a script is added and changed by a program, in versions; whoever only reads may read it', async () => {
  const made = await ask('POST', '/scripts', script('Hello {party}'))
  assert.equal(made.status, 201, JSON.stringify(made.body))
  const path = `/scripts/${made.body.id}`
  const changed = await ask('PATCH', path, { name: 'Hotline 2' })
  assert.deepEqual([changed.body.version, changed.body.name, changed.body.steps.length], [2, 'Hotline 2', 1])
  assert.deepEqual((await ask('GET', path, undefined, olga)).body, changed.body)
  assert.deepEqual((await ask('GET', '/scripts')).body.items, [changed.body])
  assert.equal((await ask('PATCH', path, { name: 'x' }, olga)).status, 403)
  assert.equal((await ask('GET', '/scripts/sc_none')).status, 404)
})

test('what does not hold together is told by its step, and nothing is saved', async () => {
  const { status, body } = await ask('POST', '/scripts', script('You are {nobody}'))
  assert.equal(status, 422)
  assert.deepEqual(body.errors[0], { field: 'steps.who', found: 'nobody', allowed: 'placeholders that there are' })
  for (const wrong of [{}, [], { ...script('x'), places: ['k_none'] }, { ...script('x'), more: 1 }])
    assert.equal((await ask('POST', '/scripts', wrong)).status, 422)
  assert.equal((await ask('GET', '/scripts')).body.items.length, 1)
})

test('what is written down after calls of a queue is read and changed by a program', async () => {
  const path = `/write-ups/${queue}`
  assert.deepEqual((await ask('GET', path)).body, { place: queue, fields: [], promise: [], grade: [] })
  const field = { key: 'why', label: both('Why'), type: 'choice', required: true, choices: ['a', 'b'] }
  const changed = await ask('PATCH', path, { fields: [field] })
  assert.equal(changed.status, 200, JSON.stringify(changed.body))
  assert.deepEqual((await ask('PATCH', path, { grade: ['resolved'] })).body.fields[0].choices, ['a', 'b'])
  assert.equal((await ask('PATCH', path, { fields: [{ ...field, choices: [] }] })).status, 422)
  assert.equal((await ask('PATCH', path, [])).status, 422)
  assert.equal((await ask('GET', '/write-ups/k_none')).status, 404)
  assert.deepEqual((await ask('GET', path)).body.grade, ['resolved'])
})
