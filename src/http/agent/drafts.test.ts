import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { CallId, UserId } from '../../lib/ids.ts'
import { type Desk, openDesk } from '../testing/desk.ts'
import { charactersMax, draftOf, fieldsMax, keepDraft } from './drafts.ts'

let desk: Desk
let bob = ''
before(async () => {
  desk = await openDesk()
  await desk.house.add('bob', 'agent', { language: 'en' })
  bob = (await desk.house.signIn('bob')).cookie
})
after(() => desk[Symbol.asyncDispose]())

const ask = (call: string, body?: unknown, cookie = desk.cookie) =>
  desk.house.app.request(`/agent/calls/${call}/draft`, {
    method: body === undefined ? 'GET' : 'PUT',
    headers: { cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
const fieldsOf = async (call: string) => ((await (await ask(call)).json()) as { fields: object }).fields
const factCount = async () => (await desk.house.facts()).length

test('what is typed is kept field by field, for this agent and call alone, sealed, and in no journal', async () => {
  const call = await desk.talk()
  assert.deepEqual(await fieldsOf(call), {})
  const facts = await factCount()
  // Two tabs at once: each field of either stays, and of a field that both touched the last.
  const both = [
    ask(call, { fields: { [`note-${call}`]: 'card 6222 0212', [`code-${call}-0`]: true } }),
    ask(call, { fields: { [`promise-amount-${call}`]: '1,000' } }),
  ]
  for (const answer of await Promise.all(both)) assert.equal(answer.status, 204)
  assert.equal(
    (await ask(call, { fields: { [`note-${call}`]: 'card 6222 0212 7', [`code-${call}-0`]: null } })).status,
    204,
  )
  const kept = { [`note-${call}`]: 'card 6222 0212 7', [`promise-amount-${call}`]: '1,000' }
  assert.deepEqual(await fieldsOf(call), kept)
  const raw = await desk.house.store.read('drafts.of', { agent: desk.alice.id, call: call as CallId, since: 0 })
  assert.ok(raw !== null && !raw.includes('6222'))
  assert.equal(await factCount(), facts)
  assert.equal((await ask(call, undefined, bob)).status, 404)
  assert.equal((await ask(call, { fields: {} }, bob)).status, 404)
  // Another machine: the same person signed in again.
  const again = (await desk.house.signIn('alice')).cookie
  assert.deepEqual(((await (await ask(call, undefined, again)).json()) as { fields: object }).fields, kept)
  desk.cookie = again
})

test('what is no draft, and more than one may be, is refused and changes nothing', async () => {
  const { id } = desk.call()
  const before = await fieldsOf(id)
  const bad = [
    '',
    '{',
    '[]',
    '{"fields":1}',
    '{"fields":{"a b":"x"}}',
    '{"fields":{"a":1}}',
    '{"fields":{},"agent":"u_2"}',
  ]
  for (const body of bad) assert.equal((await ask(id, body)).status, 422, body)
  const many = Object.fromEntries(Array.from({ length: fieldsMax + 1 }, (_, at) => [`f-${at}`, true]))
  assert.equal((await ask(id, { fields: many })).status, 413)
  assert.equal((await ask(id, { fields: { a: 'x'.repeat(charactersMax) } })).status, 413)
  assert.equal((await ask('c_other', { fields: {} })).status, 404)
  assert.deepEqual(await fieldsOf(id), before)
})

test('a draft is erased when the write-up is saved, and what comes too late does not bring it back', async () => {
  const { id } = desk.call()
  await desk.hangUp()
  assert.equal((await desk.post(`/agent/calls/${id}/disposition`, { code: '', next: 'break' })).status, 422)
  assert.notDeepEqual(await fieldsOf(id), {}, 'a write-up that was refused erases nothing')
  const late = ask(id, { fields: { [`note-${id}`]: 'late' } })
  assert.equal((await desk.post(`/agent/calls/${id}/disposition`, { code: 'refused', next: 'break' })).status, 200)
  await late
  assert.equal((await ask(id, { fields: { [`note-${id}`]: 'later' } })).status, 404)
  const { store, clock } = desk.house
  assert.deepEqual(await draftOf(store, desk.alice.id, id as CallId, clock.now()), {})
  // The call was written up while the draft of before was being read.
  const given = { agent: desk.alice.id, call: id as CallId, change: { note: 'late' }, now: clock.now() }
  assert.equal(await keepDraft(store, { ...given, isOpen: () => false }), 'over')
  assert.deepEqual(await draftOf(store, desk.alice.id, id as CallId, clock.now()), {})
})

test('the drafts of a whole floor go to the disk together, and are gone after a day', async () => {
  const { store, clock } = desk.house
  const operate = store.operate.bind(store)
  let writes = 0
  store.operate = ((...args: Parameters<typeof operate>) => {
    writes++
    return operate(...args)
  }) as typeof store.operate
  const call = 'c_x' as CallId
  const isOpen = () => true
  const keep = (agent: string, note: string, now = clock.now()) =>
    keepDraft(store, { agent: agent as UserId, call, change: { note }, now, isOpen })
  await Promise.all(Array.from({ length: 500 }, (_, at) => keep(`u_${at}`, `note ${at}`)))
  assert.ok(writes <= 2, `${writes} writes for 500 agents`)
  assert.deepEqual(await draftOf(store, 'u_499' as UserId, call, clock.now()), { note: 'note 499' })
  const tomorrow = clock.now() + 86_400_001
  assert.deepEqual(await draftOf(store, 'u_499' as UserId, call, tomorrow), {})
  await keep('u_0', 'new', tomorrow)
  assert.equal(
    await store.read('drafts.of', { agent: 'u_499' as UserId, call, since: 0 }),
    null,
    'erased, not only not shown',
  )
  store.operate = operate
})

test('what is typed while the draft of before is on its way to the disk is put to it, and both stay', async () => {
  const { store, clock } = desk.house
  const operate = store.operate.bind(store)
  const { promise: lets, resolve: letGo } = Promise.withResolvers<void>()
  let leaving = Promise.withResolvers<void>()
  store.operate = (async (...args: Parameters<typeof operate>) => {
    leaving.resolve()
    await lets
    return operate(...args)
  }) as typeof store.operate
  const [agent, call] = ['u_slow' as UserId, 'c_slow' as CallId]
  const keep = (change: Record<string, string>) =>
    keepDraft(store, { agent, call, change, now: clock.now(), isOpen: () => true })
  const first = keep({ amount: '1,500' })
  await leaving.promise
  leaving = Promise.withResolvers()
  assert.deepEqual(await draftOf(store, agent, call, clock.now()), { amount: '1,500' })
  const second = keep({ note: 'pays on Friday' })
  letGo()
  assert.deepEqual(await Promise.all([first, second]), ['kept', 'kept'])
  store.operate = operate
  const kept = { amount: '1,500', note: 'pays on Friday' }
  assert.deepEqual(await draftOf(store, agent, call, clock.now()), kept)
})
