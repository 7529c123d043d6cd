/** Waivers are approved by another person within a limit; complaints have clocks and hold the party. */
import assert from 'node:assert/strict'
import path from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import Sqlite from 'better-sqlite3'
import type { Actor } from '../../centre/facts.ts'
import { asset } from '../../lib/places.ts'
import { judgeDuePromises } from '../../records/collections/promises.ts'
import { askWaiver, decideWaiver } from '../../records/collections/waivers.ts'
import { issueToken } from '../../records/people/tokens.ts'
import { readMigrations } from '../../store/db.ts'
import { differenceFromJournal } from '../../store/journal/held-against.ts'
import { type House, openHouse } from '../testing/house.ts'

let house: House
let admin: string
let supervisor: string
const people: Record<string, string> = {}
let n = 0
let party: string
let loan: string
before(async () => {
  house = await openHouse()
  admin = (await house.token('admin')).secret
  supervisor = (await house.token('supervisor')).secret
  for (const name of ['adam', 'sam'])
    people[name] = (await house.add(name, name === 'adam' ? 'admin' : 'supervisor')).id
})
after(() => house[Symbol.asyncDispose]())

async function ask<T = Record<string, unknown>>(
  method: string,
  where: string,
  body?: unknown,
  status = 200,
  token = admin,
): Promise<T> {
  const response = await house.api(token, method, where, body)
  const text = await response.text()
  assert.equal(response.status, status, text)
  return (text === '' ? null : JSON.parse(text)) as T
}
beforeEach(async () => {
  party = `K-${++n}`
  loan = `L-${n}`
  await ask(
    'POST',
    '/parties',
    { ref: party, name: 'Carl', phones: [{ number: `+8613800001${String(n).padStart(3, '0')}` }] },
    201,
  )
  const plan = [{ no: 1, dueOn: '2026-11-10', principal: 100_000, interest: 2_000, fees: 300, penalty: 700 }]
  await ask('POST', '/loans', { ref: loan, party, product: 'cash', principal: 100_000, plan }, 201)
})
/** As the page of waivers decides. Answers the state, or the rule that said no. */
const decideBy = (name: 'adam' | 'sam', waiver: string, approve = true): Promise<string> =>
  decideWaiver(
    house.deps.records,
    { actor: `user:${people[name]!}` as Actor, user: people[name]!, role: name === 'adam' ? 'admin' : 'supervisor' },
    waiver,
    { approve, reason: 'agreed' },
  ).then(
    ({ state }) => state,
    (error: { rule?: string }) => error.rule ?? String(error),
  )
const openCase = async () => (await ask<{ id: string }>('POST', '/cases', { party }, 201)).id
const rule = (answer: { rule?: unknown }) => answer.rule

test('a waiver is asked for what is owed, and approved by another within the limit, which takes it off the loan', async () => {
  const wrong = await ask<{ errors: { field: string; allowed: string }[] }>(
    'POST',
    '/waivers',
    { loan, amount: 3_001, reason: 'x' },
    422,
  )
  assert.deepEqual([wrong.errors[0]!.field, /at most 3000/.test(wrong.errors[0]!.allowed)], ['amount', true])
  const asked = await askWaiver(house.deps.records, `user:${people['adam']!}` as Actor, {
    ...{ loan, amount: 900, reason: 'first time' },
  })
  assert.equal(asked.state, 'ASKED')
  const byProgram = (approve: boolean, status: number) =>
    ask(`POST`, `/waivers/${asked.id}/decision`, { approve, reason: 'agreed' }, status)
  assert.equal(rule(await byProgram(true, 409)), 'waiver-person')
  assert.equal(await decideBy('adam', asked.id), 'waiver-own')
  assert.equal(await decideBy('sam', asked.id), 'waiver-limit')
  await ask('POST', '/waivers/limits', { roles: [{ role: 'supervisor', max: 899 }] })
  assert.equal(await decideBy('sam', asked.id), 'waiver-limit')
  await ask('POST', '/waivers/limits', { roles: [{ role: 'supervisor', max: 900 }] })
  assert.equal(await decideBy('sam', asked.id), 'APPROVED')
  assert.equal(await decideBy('sam', asked.id), 'waiver-decided')
  const after = await ask<{ owedTotal: number; overdue: object }>('GET', `/loans/${loan}`)
  assert.deepEqual(
    [after.owedTotal, after.overdue],
    [102_100, { principal: 100_000, interest: 2_000, fees: 0, penalty: 100 }],
  )
  await ask('POST', '/waivers/limits', { roles: [] }, 403, supervisor)
})

test('one that is refused changes nothing, one of what was paid meanwhile is not approved, and one that leaves nothing overdue cures the case', async () => {
  await ask('POST', '/waivers/limits', { roles: [{ role: 'supervisor', max: 1_000_000 }] })
  const id = await openCase()
  const all = { loan, components: ['principal', 'interest', 'fees', 'penalty'] }
  const first = await ask<{ id: string }>('POST', '/waivers', { ...all, amount: 103_000, reason: 'x' }, 201)
  assert.equal(
    (await ask('POST', `/waivers/${first.id}/decision`, { approve: false, reason: 'x' }, 200, supervisor))['state'],
    'REFUSED',
  )
  const second = await ask<{ id: string }>('POST', '/waivers', { ...all, amount: 103_000, reason: 'x' }, 201)
  const third = await ask<{ id: string }>('POST', '/waivers', { ...all, amount: 3_000, reason: 'x' }, 201)
  await ask('POST', '/repayments', { id: `P-${n}`, party, amount: 100_000, paidAt: '2026-11-24T10:00:00+08:00' }, 201)
  assert.equal(await decideBy('sam', second.id), 'waiver-paid')
  assert.equal((await ask('GET', `/cases/${id}`))['state'], 'IMPORTED')
  assert.equal(await decideBy('sam', third.id), 'APPROVED')
  assert.equal((await ask('GET', `/cases/${id}`))['state'], 'CURED')
})

test('who answers for the program that asked approves nothing that it asked for', async () => {
  const actor = `user:${people['adam']!}` as Actor
  const { secret } = await issueToken(house.deps.records, actor, { name: 'his own', role: 'admin' })
  const waiver = await ask<{ id: string }>('POST', '/waivers', { loan, amount: 10, reason: 'x' }, 201, secret)
  assert.equal(await decideBy('adam', waiver.id), 'waiver-own')
})

test('two people with limits of their own: by name before by role', async () => {
  const [sam, sue] = [await house.add(`sam-${n}`, 'supervisor'), await house.add(`sue-${n}`, 'supervisor')]
  await ask('POST', '/waivers/limits', {
    roles: [{ role: 'supervisor', max: 1_000 }],
    people: [{ user: sam.id, max: 10 }],
  })
  const waiver = await askWaiver(house.deps.records, 'system', { loan, amount: 500, reason: 'x' })
  const by = ({ id }: { id: string }) => ({ actor: `user:${id}` as const, user: id, role: 'supervisor' })
  await assert.rejects(decideWaiver(house.deps.records, by(sam), waiver.id, { approve: true, reason: 'x' }), {
    rule: 'waiver-limit',
  })
  assert.equal(
    (await decideWaiver(house.deps.records, by(sue), waiver.id, { approve: true, reason: 'x' })).decidedBy,
    `user:${sue.id}`,
  )
})

test('a complaint holds the party, is due in 15 days, is extended once, and its resolution lifts the hold', async () => {
  const id = await openCase()
  const said = { party, kind: 'complaint', text: 'called at night', source: 'the regulator' }
  const first = await ask<{ id: string; dueOn: string; overdue: boolean }>('POST', '/complaints', said, 201)
  assert.deepEqual([first.dueOn, first.overdue], ['2026-12-09', false])
  assert.equal((await ask('GET', `/cases/${id}`))['state'], 'HOLD')
  assert.equal(house.engine.state.stops.of(party, house.clock.now())?.reason, 'complaint')
  const extend = (dueOn: string, status = 200) =>
    ask('POST', `/complaints/${first.id}/extension`, { dueOn, reason: 'recordings' }, status)
  assert.equal(rule(await extend('2027-02-01', 409)), 'complaint-date')
  assert.equal((await extend('2026-12-20'))['state'], 'EXTENDED')
  assert.equal(rule(await extend('2026-12-21', 409)), 'complaint-extended')
  const second = await ask<{ id: string }>(
    'POST',
    '/complaints',
    { ...said, kind: 'dispute', openedOn: '2026-11-01' },
    201,
  )
  assert.deepEqual(await house.store.read('complaints.counts', { today: '2026-11-24' }), { open: 2, overdue: 1 })
  const { items } = await ask<{ items: { id: string; overdue: boolean }[] }>('GET', '/complaints')
  assert.deepEqual(
    items.map(({ id: of, overdue }) => [of, overdue]),
    [
      [second.id, true],
      [first.id, false],
    ],
  )
  const resolve = (of: string, status = 200) =>
    ask('POST', `/complaints/${of}/resolution`, { resolution: 'apologised' }, status)
  await resolve(first.id)
  assert.equal((await ask('GET', `/cases/${id}`))['state'], 'HOLD', 'the dispute is open still')
  assert.equal((await resolve(second.id))['state'], 'RESOLVED')
  assert.equal((await ask('GET', `/cases/${id}`))['state'], 'IMPORTED')
  assert.equal(house.engine.state.stops.of(party, house.clock.now()), null)
  assert.equal(rule(await resolve(second.id, 409)), 'complaint-resolved')
})

test('a case whose promise was broken comes first, until there is a new promise', async () => {
  const id = await openCase()
  await ask('POST', '/promises', { party, amount: 1_000, dueOn: '2026-11-25' }, 201)
  house.clock.advance(3 * 86_400_000)
  await judgeDuePromises(house.deps.records)
  const first = async () => (await house.store.read('cases.list', { sort: 'broken', limit: 1 })).items[0]!
  assert.deepEqual([(await first()).id, (await first()).brokenAt], [id, house.clock.now()])
  await ask('POST', '/promises', { party, amount: 1_000, dueOn: '2026-12-05' }, 201)
  assert.equal((await house.store.read('cases.byId', { id }))!.brokenAt, null)
})

test('all of it can be made anew from the journal', () => {
  const db = new Sqlite(path.join(house.folder, 'switchroom.db'), { readonly: true })
  try {
    assert.equal(differenceFromJournal(db, readMigrations(asset('migrations'))), null)
  } finally {
    db.close()
  }
})
