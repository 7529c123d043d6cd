/** Cases are dealt by rules: shown first, then done as shown; and the work of a day, once. */
import assert from 'node:assert/strict'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import { asset } from '../../lib/places.ts'
import { assignNow, planNow as dryRun } from '../../records/collections/assignment.ts'
import { moveCaseBy } from '../../records/collections/cases.ts'
import { runDay } from '../../records/collections/daily.ts'
import { inTurn } from '../../records/turn.ts'
import { readMigrations } from '../../store/db.ts'
import { differenceFromJournal } from '../../store/journal/held-against.ts'
import { type House, openHouse } from '../testing/house.ts'

let house: House
let admin: string
let supervisor: string
const people: Record<string, string> = {}
before(async () => {
  house = await openHouse()
  admin = (await house.token('admin')).secret
  supervisor = (await house.token('supervisor')).secret
  for (const name of ['alice', 'bob', 'gone'] as const)
    people[name] = (
      await house.add(name, 'agent', { skills: name === 'bob' ? ['card'] : [], enabled: name !== 'gone' })
    ).id
  for (const [n, owed] of [90_000, 50_000, 40_000, 20_000, 10_000, 5_000].entries()) {
    await ask('POST', '/parties', { ref: `K-${n}`, name: `Carl ${n}`, phones: [{ number: `+861380000000${n}` }] }, 201)
    const plan = [{ no: 1, dueOn: n < 4 ? '2026-11-10' : '2026-09-10', principal: owed }]
    const product = n % 2 === 0 ? 'cash' : 'card'
    await ask('POST', '/loans', { ref: `L-${n}`, party: `K-${n}`, product, principal: owed, plan }, 201)
  }
})
after(() => house[Symbol.asyncDispose]())

async function ask<T = unknown>(method: string, path: string, body?: unknown, status = 200, token = admin): Promise<T> {
  const response = await house.api(token, method, path, body)
  const text = await response.text()
  assert.equal(response.status, status, text)
  return (text === '' ? null : JSON.parse(text)) as T
}

type Plan = {
  plan: string
  totals: { agent: string; before: number; gets: number; after: number; owed: number }[]
  placed: { case: string; party: string; agent: string; rule: string; group: string; why: string }[]
  unplaced: { case: string; party: string; why: string }[]
}
type Case = {
  id: string
  party: string
  state: string
  agent: string | null
  owed: number
  rule: string | null
  group: string | null
}
const cases = async () => (await ask<{ items: Case[] }>('GET', '/cases?limit=100')).items
const planNow = (scope = 'unassigned') => ask<Plan>('GET', `/assignment/plan?scope=${scope}`)

test('the daily work opens cases for what is newly past due, once, and not again for one that a person closed', async () => {
  assert.equal(await house.store.read('lender.days', { limit: 1 }).then(days => days.length), 0)
  await runDay(house.deps.records)
  assert.equal((await cases()).length, 0, 'nothing is switched on')
  const wrong = await ask<{ errors: { field: string }[] }>(
    'POST',
    '/lender/daily',
    { openCases: true, fromDays: 0, owedFrom: 0, assign: false },
    422,
  )
  assert.equal(wrong.errors[0]!.field, 'fromDays')
  await ask('POST', '/lender/daily', { openCases: true, fromDays: 5, owedFrom: 6_000, assign: false })
  assert.equal(await runDay(house.deps.records), null, 'the day was done before')
  const run = await ask<{ opened: number; day: string }>('POST', '/lender/days')
  assert.deepEqual([run.day, run.opened], ['2026-11-24', 5])
  const opened = await cases()
  assert.deepEqual(opened.map(({ party }) => party).sort(), ['K-0', 'K-1', 'K-2', 'K-3', 'K-4'])
  assert.equal((await ask<{ opened: number }>('POST', '/lender/days')).opened, 0)
  const returned = opened.find(({ party }) => party === 'K-4')!
  await ask('POST', `/cases/${returned.id}/moves`, {
    type: 'close',
    as: 'RETURNED',
    reason: 'the lender wants it back',
  })
  house.clock.advance(86_400_000)
  const next = await runDay(house.deps.records)
  assert.deepEqual([next!.day, next!.opened], ['2026-11-25', 0])
  const { items } = await ask<{ items: { day: string }[] }>('GET', '/lender/days')
  assert.deepEqual(
    items.map(({ day }) => day),
    ['2026-11-25', '2026-11-24'],
  )
})

test('rules are checked in words, and a dry run shows who would get what and changes nothing', async () => {
  const all = { name: 'all', groups: [{ name: 'everyone' }] }
  const fields = async (body: object) =>
    (await ask<{ errors: { field: string }[] }>('POST', '/assignment/rules', body, 422)).errors.map(
      ({ field }) => field,
    )
  assert.deepEqual(await fields({ rules: [{ ...all, buckets: ['M9'] }] }), ['rules.0.buckets'])
  assert.deepEqual(await fields({ rules: [{ ...all, groups: [{ name: 'x', percent: 40 }] }] }), ['rules.0.groups'])
  assert.deepEqual(await fields({ rules: [{ ...all, groups: [{ name: 'x', agents: [{ agent: 'u_none' }] }] }] }), [
    'rules',
  ])
  assert.deepEqual(
    (await planNow()).unplaced.map(({ why }) => why),
    ['no_rule', 'no_rule', 'no_rule', 'no_rule'],
  )
  await ask('POST', '/assignment/rules', {
    rules: [{ name: 'cards', products: ['card'], skill: 'card' }, all],
    capacities: [{ agent: people['alice'], capacity: 1 }],
  })
  const plan = await planNow()
  const before = await cases()
  assert.deepEqual(
    plan.placed.map(({ party, agent, rule }) => [party, agent, rule]),
    [
      ['K-0', people['alice'], 'all'],
      ['K-1', people['bob'], 'cards'],
      ['K-2', people['bob'], 'all'],
      ['K-3', people['bob'], 'cards'],
    ],
  )
  assert.deepEqual(plan.totals, [
    { agent: people['alice'], before: 0, gets: 1, after: 1, owed: 90_000 },
    { agent: people['bob'], before: 0, gets: 3, after: 3, owed: 110_000 },
  ])
  assert.deepEqual(await cases(), before)
  await ask('POST', '/assignment/runs', { plan: plan.plan }, 403, supervisor)
})

test('cases that no rule is for stand before no others, however many they are, and are counted', async () => {
  const before = await ask<object>('GET', '/assignment/rules')
  for (const product of ['cash', 'card']) {
    await ask('POST', '/assignment/rules', { rules: [{ name: 'own', products: [product], groups: [{ name: 'all' }] }] })
    const run = await dryRun(house.deps.records, 'unassigned', 1)
    assert.deepEqual(
      run.placed.map(({ case: id }) => run.cases.get(id)!.product),
      [product],
    )
    assert.deepEqual([run.more, run.left], [true, { no_rule: run.left.no_rule, no_collector: 0, all_full: 0 }])
    const whole = await dryRun(house.deps.records, 'unassigned')
    assert.deepEqual([whole.placed.length, whole.left.no_rule, whole.more], [2, 2, false])
    const rules = { capacity: 0, rules: [{ name: 'own', groups: [{ name: 'all' }] }] }
    await ask('POST', '/assignment/rules', rules)
    const full = await dryRun(house.deps.records, 'unassigned', 1)
    assert.deepEqual([full.placed, full.left.all_full, full.unplaced.length], [[], 4, 1])
  }
  await ask('POST', '/assignment/rules', before)
})

test('what is done is what was shown; a plan that is old is refused; what is done is not done again', async () => {
  const { plan } = await planNow()
  const held = (await cases()).find(({ party }) => party === 'K-3')!
  await ask('POST', `/cases/${held.id}/moves`, { type: 'hold', hold: 'dispute', reason: 'says that it was paid' })
  const stale = await ask<{ rule: string }>('POST', '/assignment/runs', { plan }, 409)
  assert.equal(stale.rule, 'plan-changed')
  assert.ok((await cases()).every(({ agent }) => agent === null))
  const now = await planNow()
  assert.deepEqual(
    now.placed.map(({ party }) => party),
    ['K-0', 'K-1', 'K-2'],
    'a case on HOLD is not dealt',
  )
  const done = await ask<{ assigned: number; unplaced: number }>('POST', '/assignment/runs', { plan: now.plan })
  assert.deepEqual([done.assigned, done.unplaced], [3, 0])
  const after = new Map((await cases()).map(each => [each.party, each]))
  for (const each of now.placed)
    assert.deepEqual((({ agent, rule, group, state }) => [agent, rule, group, state])(after.get(each.party)!), [
      each.agent,
      each.rule,
      each.group,
      'ASSIGNED',
    ])
  assert.equal((await planNow()).placed.length, 0)
  const groups = await ask<{ items: { rule: string; cases: number; owed: number }[] }>('GET', '/assignment/groups')
  assert.deepEqual(
    groups.items.map(({ rule, cases: n, owed }) => [rule, n, owed]),
    [
      ['all', 2, 130_000],
      ['cards', 1, 50_000],
    ],
  )
})

test('cases of a collector who is switched off are dealt anew, and the last one gets a party back that returns', async () => {
  const bob = (await house.store.read('users.byId', { id: people['bob'] as never }))!
  await ask('PATCH', `/users/${bob.id}`, { enabled: false })
  const plan = await planNow()
  assert.deepEqual(
    plan.placed.map(({ party }) => party),
    [],
    'alice is full, and nobody else has the skill',
  )
  assert.deepEqual(plan.unplaced.map(({ why }) => why).sort(), ['all_full', 'no_collector'])
  await ask('POST', '/assignment/rules', { rules: [{ name: 'all', groups: [{ name: 'everyone' }] }] })
  assert.deepEqual(
    (await planNow()).placed.map(({ party, agent }) => [party, agent]),
    [
      ['K-1', people['alice']],
      ['K-2', people['alice']],
    ],
  )
  await ask('PATCH', `/users/${bob.id}`, { enabled: true })
  const own = (await cases()).find(({ party }) => party === 'K-2')!
  await ask(
    'POST',
    '/repayments',
    { id: 'P-1', party: 'K-2', amount: 40_000, paidAt: '2026-11-25T10:00:00+08:00' },
    201,
  )
  assert.equal((await ask<Case>('GET', `/cases/${own.id}`)).state, 'CURED')
  const plan2 = [{ no: 1, dueOn: '2026-11-20', principal: 1_000 }]
  await ask('POST', '/loans', { ref: 'L-again', party: 'K-2', product: 'cash', principal: 1_000, plan: plan2 }, 201)
  await ask('POST', '/cases', { party: 'K-2' }, 201)
  const back = (await planNow()).placed.find(({ party }) => party === 'K-2')!
  assert.deepEqual([back.agent, back.why], [people['bob'], 'kept'])
})

test('up to 500 cases are moved at once; to one who is switched off, none', async () => {
  const ids = (await cases()).filter(({ state }) => state === 'ASSIGNED').map(({ id }) => id)
  const move = { type: 'assign', agent: people['alice'], reason: 'holiday' }
  const report = await ask<{ moved: number; refused: object[] }>('POST', '/cases/moves', {
    ids: [...ids, 'ca_none'],
    move,
  })
  assert.deepEqual([report.moved, report.refused.length], [ids.length, 1])
  const wrong = await ask<{ errors: { field: string }[] }>(
    'POST',
    '/cases/moves',
    { ids, move: { ...move, agent: people['gone'] } },
    422,
  )
  assert.equal(wrong.errors[0]!.field, 'agent')
})

test('the list of cases is filtered by bucket dates, amount, product and collector, and sorted', async () => {
  const parties = async (args: object) => {
    const { items, count } = await house.store.read('cases.list', args)
    return [count, ...items.map(({ party }) => party)]
  }
  assert.deepEqual(await parties({ sort: 'owed', states: ['ASSIGNED', 'HOLD'] }), [3, 'K-0', 'K-1', 'K-3'])
  const amounts = { owedFrom: 10_000, owedBelow: 60_000, states: ['ASSIGNED', 'HOLD'] }
  assert.deepEqual(await parties({ sort: 'owed', ...amounts }), [2, 'K-1', 'K-3'])
  assert.equal((await parties({ sort: 'oldest' }))[1], 'K-4')
  assert.deepEqual(await parties({ dueTo: '2026-09-30' }), [1, 'K-4'])
  assert.deepEqual(await parties({ agent: '', states: ['IMPORTED', 'HOLD'] }), [2, 'K-3', 'K-2'])
  const first = await house.store.read('cases.list', { sort: 'owed', limit: 2 })
  const second = await house.store.read('cases.list', { sort: 'owed', limit: 2, cursor: first.next })
  assert.equal(new Set([...first.items, ...second.items].map(({ id }) => id)).size, 4)
})

test('a case that somebody is given by hand while a plan is being done stays theirs', async () => {
  const { records } = house.deps
  const only = { name: 'alice', groups: [{ name: 'x', agents: [{ agent: people['alice'] }] }] }
  await ask('POST', '/assignment/rules', { rules: [only] })
  await ask('POST', '/parties', { ref: 'K-90', name: 'Carl 90', phones: [{ number: '+8613800000090' }] }, 201)
  const plan = [{ no: 1, dueOn: '2026-11-10', principal: 70_000 }]
  await ask('POST', '/loans', { ref: 'L-90', party: 'K-90', product: 'cash', principal: 70_000, plan }, 201)
  const { id } = await ask<{ id: string }>('POST', '/cases', { party: 'K-90' }, 201)
  const planned = (await planNow()).placed.find(each => each.case === id)
  assert.equal(planned?.agent, people['alice'])
  let go = () => {}
  const busy = inTurn(records, () => new Promise<void>(resolve => (go = resolve)))
  const byHand = moveCaseBy(records, 'system', id, { type: 'assign', agent: people['bob'], reason: 'knows him' })
  const done = assignNow(records, 'system', { scope: 'unassigned', plan: null })
  await sleep(500) // the plan is made, and waits for its turn behind the hand
  go()
  await Promise.all([busy, byHand, done])
  assert.equal((await cases()).find(each => each.id === id)?.agent, people['bob'])
})

test('all of it can be made anew from the journal', async () => {
  const db = new Sqlite(path.join(house.folder, 'switchroom.db'), { readonly: true })
  try {
    assert.equal(differenceFromJournal(db, readMigrations(asset('migrations'))), null)
  } finally {
    db.close()
  }
})
