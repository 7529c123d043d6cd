/** A lender places cases with an agency: what goes and what stays, who sees what, what came in, and how it all comes back. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import path from 'node:path'
import { after, before, test } from 'node:test'
import Sqlite from 'better-sqlite3'
import type { CallbackId, CampaignId, LeadId, LegId, UserId } from '../../lib/ids.ts'
import { asset } from '../../lib/places.ts'
import { keepPlacements } from '../../records/agencies/placements.ts'
import { setCampaignState } from '../../records/campaigns/campaigns.ts'
import { openComplaint } from '../../records/collections/complaints.ts'
import { moveTaskBy, shareOutTasks } from '../../records/verification/tasks.ts'
import { readMigrations } from '../../store/db.ts'
import { differenceFromJournal } from '../../store/journal/held-against.ts'
import { agentRoutes } from '../agent/agent.ts'
import { handleOf } from '../agent/party-view.ts'
import { supervisorRoutes } from '../supervisor/supervisor.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse, testPassword } from '../testing/house.ts'

let house: House
let admin: string
let agency: string
let zhou: string
let alice: string
before(async () => {
  house = await openHouse({ pages: { routers: [agentRoutes, supervisorRoutes] } })
  admin = (await house.token('admin')).secret
  alice = (await house.add('alice', 'agent')).id
  await house.add('adam', 'admin', { language: 'en' })
  await house.add('sam', 'supervisor', { language: 'en' })
})
after(() => house[Symbol.asyncDispose]())

type Answer = Record<string, unknown> & { id: string; rule?: string }
async function ask<T = Answer>(method: string, where: string, body?: unknown, status = 200, token = admin): Promise<T> {
  const response = await house.api(token, method, where, body)
  const text = await response.text()
  assert.equal(response.status, status, `${method} ${where}: ${text.slice(0, 500)}`)
  return (text === '' ? null : JSON.parse(text)) as T
}

let n = 0
/** A party with an overdue loan and a case at alice's. */
async function aCase(
  more: { owed?: number; agent?: string | null } = {},
): Promise<{ party: string; case: string; number: string }> {
  const party = `K-${++n}`
  const number = `+86138000${String(n).padStart(5, '0')}`
  await ask(
    'POST',
    '/parties',
    { ref: party, name: `Carl ${n}`, idNo: '110101199003071234', phones: [{ number }] },
    201,
  )
  const plan = [{ no: 1, dueOn: '2026-10-01', principal: more.owed ?? 100_000 }]
  await ask('POST', '/loans', { ref: `L-${n}`, party, product: 'cash', principal: more.owed ?? 100_000, plan }, 201)
  const agent = more.agent === undefined ? alice : more.agent
  const { id } = await ask('POST', '/cases', { party, agent }, 201)
  return { party, case: id, number }
}
const stateOf = async (id: string) => {
  const { state, agent } = await ask<{ state: string; agent: string | null }>('GET', `/cases/${id}`)
  return [state, agent]
}
type Plan = { go: number; free: number; fingerprint: string; sums: object[]; stay: { why: string; cases: number }[] }
const plan = (filter: object = {}) => ask<Plan>('POST', `/agencies/${agency}/plan`, filter)
type Batch = Answer & { state: string; cases: Record<string, number>; sums: Record<string, number>[] }
async function place(filter: object = {}, more: object = {}): Promise<Batch> {
  const { fingerprint } = await plan(filter)
  const order = { name: `batch ${n}`, until: '2026-12-10', filter, plan: fingerprint, ...more }
  return ask<Batch>('POST', `/agencies/${agency}/batches`, order, 201)
}
const recall = (batch: string, more: object = {}) =>
  ask('POST', `/batches/${batch}/recall`, { reason: 'test', ...more })

test('an agency has a contract and seats; its people are agents, as many as it has seats, and their numbers are masked', async () => {
  const given = {
    name: 'Hengxin',
    from: '2026-11-01',
    until: '2026-12-31',
    commissionPermille: 200,
    seats: 2,
    caseQuota: 3,
  }
  await ask('POST', '/agencies', { ...given, until: '2026-10-01' }, 422)
  await ask('POST', '/agencies', { ...given, buckets: ['M9'] }, 422)
  agency = (await ask('POST', '/agencies', given, 201)).id
  await ask('POST', '/agencies', given, 409)
  const person = (name: string, more: object = {}) => ({
    name,
    password: testPassword,
    role: 'agent',
    agency,
    language: 'en',
    ...more,
  })
  const made = await ask('POST', '/users', person('zhou', { numbersMasked: false }), 201)
  zhou = made.id
  assert.deepEqual([made['numbersMasked'], made['agency']], [true, agency])
  const unmasked = await ask('PATCH', `/users/${zhou}`, { numbersMasked: false })
  assert.equal(unmasked['numbersMasked'], true)
  await ask('POST', '/users', person('boss', { role: 'supervisor' }), 422)
  await ask('POST', '/users', person('other', { agency: 'ag_none' }), 422)
  await ask('PATCH', `/users/${alice}`, { agency }, 422)
  await ask('PATCH', `/users/${zhou}`, { agency: null }, 422)
  const li = await ask('POST', '/users', person('li'), 201)
  await ask('POST', '/users', person('wang'), 422)
  await ask('PATCH', `/agencies/${agency}`, { seats: 1 }, 422)
  await ask('PATCH', `/users/${li.id}`, { enabled: false })
  await ask('POST', '/users', person('wang'), 201)
  await ask('PATCH', `/users/${li.id}`, { enabled: true }, 422)
  const wang = (await house.store.read('users.byName', { name: 'wang' }))!
  await ask('PATCH', `/users/${wang.id}`, { enabled: false })
})

test('lender’s and agency’s people do not mix in campaigns, queues or cases', async () => {
  const campaign = { name: 'mix', business: 'collections', mode: 'manual', policy: 'LAB-ANY-HOUR', trunks: [] }
  const trunk = (
    await ask(
      'POST',
      '/trunks',
      {
        name: 'c',
        host: '127.0.0.1',
        port: 5060,
        transport: 'udp',
        callerIds: ['+861012345678'],
        maxCalls: 10,
        callsPerSecond: 5,
        codecs: ['pcma'],
      },
      201,
    )
  ).id
  const all = { ...campaign, trunks: [trunk] }
  await ask('POST', '/campaigns', { ...all, agents: [alice, zhou] }, 422)
  await ask('POST', '/campaigns', { ...all, agents: [alice, zhou], agency }, 422)
  await ask('POST', '/campaigns', { ...all, agents: [zhou], agency, business: 'sales' }, 422)
  await ask('POST', '/campaigns', { ...all, agents: [zhou], agency }, 201)
  await ask('POST', '/queues', { name: 'q', strategy: 'longest-idle', members: [zhou] }, 422)
  const one = await aCase()
  const assigned = await ask('POST', `/cases/${one.case}/moves`, { type: 'assign', agent: zhou, reason: '' }, 409)
  assert.equal(assigned.rule, 'agent-of-agency')
  await ask('POST', `/cases/${one.case}/moves`, { type: 'close', as: 'RETURNED', reason: 'over' })
})

test('an agency’s person verifies nobody: no task is taken by, shared out to or assigned to her', async () => {
  const door = house.deps.records
  await ask('POST', '/parties', { ref: 'V-1', name: 'Wang Wu', phones: [{ number: '+8613900000001' }] }, 201)
  await ask('POST', '/applications', { ref: 'A-1', party: 'V-1', product: 'cash', amount: 100_000, term: 12 }, 201)
  const { cookie } = await house.signIn('zhou')
  assert.equal((await send(house, cookie, 'POST', '/agent/tasks', {})).status, 409)
  const [task] = (await house.store.read('tasks.page', { state: 'NEW', limit: 2 })).items
  await assert.rejects(moveTaskBy(door, 'system', task!.id, { type: 'assign', agent: zhou }), /people of the lender/)
  await shareOutTasks(door, 'system')
  assert.equal((await house.store.read('tasks.byId', { id: task!.id }))?.agent, alice)
})

test('a form of an agency that was open while somebody else saved takes back nothing of that', async () => {
  const { cookie } = await house.signIn('adam')
  const where = `/supervisor/agencies/${agency}`
  const seen = /name="seen" value="([^"]*)"/.exec((await look(house, cookie, `${where}/edit`)).text)?.[1] ?? ''
  await ask('PATCH', `/agencies/${agency}`, { commissionPermille: 150 })
  const typed = { name: 'Hengxin', from: '2026-11-01', until: '2026-12-31', seats: '2', caseQuota: '3', lines: '20' }
  const { status } = await send(house, cookie, 'POST', where, { ...typed, commissionPermille: '200', seen })
  const { lines, commissionPermille } = await ask('GET', `/agencies/${agency}`)
  assert.deepEqual([status, lines, commissionPermille], [303, 20, 150])
  await ask('PATCH', `/agencies/${agency}`, { commissionPermille: 200, lines: 30 })
})

test('a dry run says what goes and what stays, and what was shown is what is placed', async () => {
  const [a, b, held, complained, d] = [
    await aCase({ owed: 300_000 }),
    await aCase(),
    await aCase(),
    await aCase(),
    await aCase({ owed: 50_000 }),
  ]
  await ask('POST', `/cases/${held.case}/moves`, { type: 'hold', hold: 'hardship', reason: 'ill' })
  await openComplaint(house.deps.records, 'system', {
    party: complained.party,
    kind: 'complaint',
    text: 'rude',
    source: '12378',
  })
  const shown = await plan()
  assert.deepEqual([shown.go, shown.free, shown.sums], [3, 3, [{ currency: 'CNY', owed: 450_000 }]])
  assert.deepEqual(
    new Map(shown.stay.map(each => [each.why, each.cases])),
    new Map([
      ['on_hold', 1],
      ['complaint_open', 1],
    ]),
  )
  assert.equal((await plan({ owedFrom: 100_000 })).go, 2)
  assert.equal((await plan({ buckets: ['M1'] })).go, 0)
  await ask('POST', `/agencies/${agency}/plan`, { buckets: ['M9'] }, 422)
  const order = { name: 'first', until: '2026-12-10', filter: {}, plan: shown.fingerprint }
  const late = await ask<{ errors: { field: string }[] }>(
    'POST',
    `/agencies/${agency}/batches`,
    { ...order, until: '2027-01-01' },
    422,
  )
  assert.equal(late.errors[0]!.field, 'until')
  await ask('POST', `/cases/${b.case}/moves`, { type: 'close', as: 'RETURNED', reason: 'over' })
  assert.equal((await ask('POST', `/agencies/${agency}/batches`, order, 409)).rule, 'plan-changed')
  const batch = await place()
  assert.deepEqual([batch.state, batch.cases], ['OPEN', { waiting: 0, placed: 2, ended: 0, refused: 0 }])
  assert.deepEqual(await stateOf(a.case), ['OUTSOURCED', zhou])
  assert.deepEqual((await plan()).stay.find(each => each.why === 'placed_already')?.cases, 2)
  await aCase()
  const last = await aCase()
  assert.deepEqual([(await plan()).go, (await plan()).stay.find(each => each.why === 'over_quota')?.cases], [1, 1])
  assert.equal(
    (await ask('POST', `/cases/${a.case}/moves`, { type: 'assign', agent: alice, reason: '' }, 409)).rule,
    'case-placed',
  )
  await recall(batch.id)
  assert.deepEqual(
    [await stateOf(a.case), await stateOf(d.case)],
    [
      ['ASSIGNED', alice],
      ['ASSIGNED', alice],
    ],
  )
  assert.equal((await ask<Batch>('GET', `/batches/${batch.id}`)).state, 'ENDED')
  assert.ok(last)
})

test('of two who place the same cases at once each case has one holder, and the quota is kept', async () => {
  const { fingerprint, go } = await plan()
  assert.equal(go, 3)
  const order = (name: string) => ({ name, until: '2026-12-10', filter: {}, plan: fingerprint })
  const [one, two] = await Promise.all(
    ['one', 'two'].map(name => house.api(admin, 'POST', `/agencies/${agency}/batches`, order(name))),
  )
  const batches = (await Promise.all([one, two].map(each => each!.json()))) as Batch[]
  const placed = batches.flatMap(each => (each.cases ? [each.cases['placed']!] : []))
  assert.equal(
    placed.reduce((sum, each) => sum + each, 0),
    3,
  )
  const { placed: now } = await ask<{ placed: number }>('GET', `/agencies/${agency}`)
  assert.equal(now, 3)
  for (const { id } of batches) if (id) await recall(id)
})

test('what is repaid while a case is placed counts for the batch, in full it comes back cured, and a reversal counts no more', async () => {
  const fresh = await aCase({ owed: 900_000 })
  const batch = await place({ owedFrom: 900_000 })
  house.clock.advance(60_000)
  const pay = (id: string, amount: number, at: number) =>
    ask('POST', '/repayments', { id, party: fresh.party, amount, paidAt: new Date(at).toISOString() }, 201)
  await pay('early', 10_000, house.clock.now() - 3_600_000)
  await pay('p1', 200_000, house.clock.now())
  await pay('p2', 100_000, house.clock.now())
  const sums = async () => (await ask<Batch>('GET', `/batches/${batch.id}`)).sums[0]
  assert.deepEqual(await sums(), {
    currency: 'CNY',
    owed: 900_000,
    recovered: 300_000,
    repayments: 2,
    commission: 60_000,
  })
  await ask('POST', '/repayments/p2/reversal', { reason: 'bounced' })
  assert.equal((await sums())!['recovered'], 200_000)
  await pay('p3', 690_000, house.clock.now() + 3_600_000) // a bank's clock is ahead
  assert.deepEqual(await stateOf(fresh.case), ['CURED', alice])
  assert.deepEqual([(await sums())!['recovered'], (await sums())!['commission']], [890_000, 178_000])
  const { items } = await ask<{ items: { state: string; why: string }[] }>('GET', `/batches/${batch.id}/cases`)
  assert.deepEqual(
    items.map(({ state, why }) => [state, why]),
    [['ENDED', 'CURED']],
  )
  await keepPlacements(house.deps.records)
  assert.equal((await ask<Batch>('GET', `/batches/${batch.id}`)).state, 'ENDED')
})

test('a complaint takes the case from the agency at once, and resolved it is where it was before', async () => {
  const one = await aCase({ owed: 910_000 })
  await ask('POST', `/cases/${one.case}/moves`, { type: 'work', reason: 'called' })
  const batch = await place({ owedFrom: 910_000 })
  const complaint = await openComplaint(house.deps.records, 'system', {
    party: one.party,
    kind: 'dispute',
    text: 'not mine',
    source: 'letter',
  })
  assert.deepEqual(await stateOf(one.case), ['HOLD', alice])
  assert.deepEqual((await ask<Batch>('GET', `/batches/${batch.id}`)).cases, {
    waiting: 0,
    placed: 0,
    ended: 1,
    refused: 0,
  })
  await ask('POST', `/complaints/${complaint.id}/resolution`, { resolution: 'explained' })
  assert.deepEqual(await stateOf(one.case), ['WORKING', alice])
})

test('a hold that ends by itself takes the case from the agency too, and is shown with its end', async () => {
  const one = await aCase({ owed: 915_000 })
  const batch = await place({ owedFrom: 915_000 })
  assert.deepEqual(await stateOf(one.case), ['OUTSOURCED', zhou])
  const until = house.clock.now() + 86_400_000
  await ask('POST', '/holds', { party: one.party, reason: 'hardship', until }, 201)
  assert.deepEqual(await stateOf(one.case), ['ASSIGNED', alice])
  const { items } = await ask<{ items: { state: string; why: string }[] }>('GET', `/batches/${batch.id}/cases`)
  assert.deepEqual(
    items.map(({ state, why }) => [state, why]),
    [['ENDED', 'hold: hardship']],
  )
  assert.equal((await plan({ owedFrom: 915_000 })).stay.find(each => each.why === 'on_hold')?.cases, 1)
  const { cookie } = await house.signIn('adam')
  assert.match(
    (await look(house, cookie, `/supervisor/cases/${one.case}`)).text,
    /On hold: Hardship, until 25\/11\/2026, 12/,
  )
  await ask('DELETE', `/holds/${one.party}?reason=over`, undefined, 204)
  assert.doesNotMatch((await look(house, cookie, `/supervisor/cases/${one.case}`)).text, /On hold/)
  await ask('POST', `/cases/${one.case}/moves`, { type: 'close', as: 'RETURNED', reason: 'over' })
})

test('at the end of its last day a batch comes back by itself, and so does what an expired contract left', async () => {
  const one = await aCase({ owed: 920_000 })
  const batch = await place({ owedFrom: 920_000 }, { until: '2026-11-25' })
  await keepPlacements(house.deps.records)
  assert.equal((await stateOf(one.case))[0], 'OUTSOURCED')
  house.clock.advance(2 * 86_400_000)
  await keepPlacements(house.deps.records)
  assert.deepEqual(await stateOf(one.case), ['ASSIGNED', alice])
  const over = await ask<Batch>('GET', `/batches/${batch.id}`)
  assert.deepEqual([over.state, over['reason']], ['ENDED', 'batch_over'])
})

test('the agency’s person sees placed cases of her own with masked numbers, calls by a click, and after the recall nothing', async () => {
  const mine = await aCase({ owed: 930_000 })
  const other = await aCase({ owed: 10 })
  const batch = await place({ owedFrom: 930_000 })
  const { cookie } = await house.signIn('zhou')
  const put = (where: string, fields: Record<string, string>) => send(house, cookie, 'PUT', where, fields, true)
  const post = (where: string, fields: Record<string, string>) => send(house, cookie, 'POST', where, fields, true)
  await put('/agent/state', { state: 'signed_on' })
  assert.match((await look(house, cookie, '/agent')).text, new RegExp(mine.party))
  const opened = await put('/agent/party', { ref: mine.party })
  assert.equal(opened.status, 200)
  assert.ok(opened.text.includes(handleOf(house.store.sealer, mine.party, mine.number)))
  assert.doesNotMatch(opened.text, new RegExp(`${mine.number.slice(3)}|110101199003071234`))
  assert.equal((await put('/agent/party', { ref: other.party })).status, 404)
  const typed = await post('/agent/calls', { number: mine.number })
  assert.equal(typed.status, 409)
  assert.match(typed.text, /click on a number/)
  await dialsNoOther({ post, mine, other })
  for (const where of [
    '/supervisor/cases',
    '/supervisor/parties',
    `/supervisor/parties/${mine.party}`,
    `/supervisor/batches/${batch.id}`,
  ])
    assert.equal((await look(house, cookie, where)).status, 403, where)
  await recall(batch.id, { cases: [mine.case] })
  assert.equal((await put('/agent/party', { ref: mine.party })).status, 404)
  assert.doesNotMatch((await look(house, cookie, '/agent')).text, new RegExp(mine.party))
})

/** A callback of hers to somebody who is not placed, sent together with a click on somebody who is. */
async function dialsNoOther(given: {
  post(where: string, fields: Record<string, string>): ReturnType<typeof send>
  mine: Awaited<ReturnType<typeof aCase>>
  other: Awaited<ReturnType<typeof aCase>>
}): Promise<void> {
  const { post, mine, other } = given
  const { engine, store, clock } = house
  const [floor] = [...engine.state.campaigns.values()].filter(({ campaign }) => campaign.agency === agency)
  const { id: campaign, trunks } = floor!.campaign
  await setCampaignState(house.deps.records, 'system', campaign, { state: 'running' })
  await engine.dispatch({ type: 'trunk.up', trunk: trunks[0]! }, 'system')
  await engine.dispatch({ type: 'station.up', agent: zhou as UserId, leg: 'l_zhou' as LegId }, 'system')
  const owed = { at: clock.now(), number: other.number, agent: zhou as UserId, campaign, lead: null, queue: null }
  const callback = { id: 'cb_zhou' as CallbackId, ...owed, reason: 'agreed' } as const
  await store.commit({
    recorded: [{ at: clock.now(), actor: 'system', fact: { type: 'callback.scheduled', callback } }],
  })
  const phone = handleOf(store.sealer, mine.party, mine.number)
  const { status, text } = await post('/agent/calls', { callback: callback.id, party: mine.party, phone })
  assert.deepEqual([status, [...engine.state.calls.values()].map(call => call.number)], [404, []], text.slice(0, 300))
}

/** Somebody of the agency has agreed to call this party back. */
async function agreed(
  of: { number: string },
  by: string,
  more: { lead?: string; campaign?: string } = {},
): Promise<string> {
  const id = `cb_${++n}` as CallbackId
  const campaign = (more.campaign ?? [...house.engine.state.campaigns.values()][0]!.campaign.id) as CampaignId
  const lead = (more.lead ?? null) as LeadId | null
  const owed = {
    at: house.clock.now() + 3_600_000,
    number: of.number,
    agent: by as UserId,
    campaign,
    lead,
    queue: null,
  }
  await house.store.commit({
    recorded: [
      {
        ...{ at: house.clock.now(), actor: 'system' },
        fact: { type: 'callback.scheduled', callback: { id, ...owed, reason: 'agreed' } },
      },
    ],
  })
  return id
}
const owedBy = async (id: string) => {
  const { agent, campaign, lead, closedAt } = (await house.store.read('callbacks.byId', { id: id as CallbackId }))!
  return { agent, own: campaign !== null, lead: lead !== null, open: closedAt === null }
}

test('a callback goes with its case: recalled it is the collector’s, and nothing that was agreed is lost', async () => {
  const one = await aCase({ owed: 931_000 })
  const two = await aCase({ owed: 931_000, agent: null })
  const campaign = [...house.engine.state.campaigns.values()][0]!.campaign.id
  const batch = await place({ owedFrom: 931_000 }, { campaign })
  const [byHand, nobodys] = [await agreed(one, zhou), await agreed(two, zhou)]
  const known = (await house.store.read('leads.byRef', { campaign, ref: one.party }))!
  const ofLead = await agreed(one, zhou, { lead: known.id })
  await keepPlacements(house.deps.records)
  assert.deepEqual(await owedBy(byHand), { agent: zhou, own: true, lead: false, open: true }, 'nothing has changed')
  assert.deepEqual(await owedBy(ofLead), { agent: zhou, own: true, lead: true, open: true })
  await recall(batch.id)
  assert.deepEqual(await owedBy(byHand), { agent: alice, own: false, lead: false, open: true })
  assert.deepEqual(await owedBy(ofLead), { agent: alice, own: false, lead: false, open: true })
  assert.deepEqual(await owedBy(nobodys), { agent: null, own: false, lead: false, open: true })
  const { cookie } = await house.signIn('alice')
  assert.match((await look(house, cookie, '/agent/callbacks')).text, new RegExp(one.number.slice(-4)))
  const passed = (await house.facts('callback.passed')).map(({ body }) => JSON.parse(body) as Record<string, unknown>)
  assert.equal(passed.find(({ callback }) => callback === byHand)?.['from'], zhou)
})

test('callbacks of an agency’s person who is switched off, or whose agency is suspended, are anyone’s of the campaign, whom a supervisor sees', async () => {
  const one = await aCase({ owed: 932_000 })
  const batch = await place({ owedFrom: 932_000 })
  const first = await agreed(one, zhou)
  await ask('PATCH', `/agencies/${agency}`, { state: 'suspended', suspendedFor: 'two complaints' })
  assert.deepEqual(await owedBy(first), { agent: null, own: true, lead: false, open: true })
  await ask('PATCH', `/agencies/${agency}`, { state: 'active' })
  const second = await agreed(one, zhou)
  await ask('PATCH', `/users/${zhou}`, { enabled: false })
  assert.deepEqual(await owedBy(second), { agent: null, own: true, lead: false, open: true })
  await ask('PATCH', `/users/${zhou}`, { enabled: true })
  const { cookie } = await house.signIn('sam')
  assert.ok((await look(house, cookie, '/supervisor/callbacks')).text.includes(`/callbacks/${second}/closing`))
  const third = await agreed(one, zhou)
  await ask(
    'POST',
    `/repayments`,
    { id: 'cb-paid', party: one.party, amount: 10, paidAt: new Date(house.clock.now()).toISOString() },
    201,
  )
  await ask('POST', '/holds', { party: one.party, reason: 'hardship' }, 201)
  await keepPlacements(house.deps.records)
  assert.deepEqual(
    await owedBy(third),
    { agent: alice, own: false, lead: false, open: true },
    'whatever ended the placement',
  )
  assert.equal((await ask<Batch>('GET', `/batches/${batch.id}`)).state, 'ENDED')
  await ask('DELETE', `/holds/${one.party}?reason=over`, undefined, 204)
})

test('who leads an agency sees its quota and its people’s day and deals its cases out among them; nobody else does, and no other case', async () => {
  const one = await aCase({ owed: 934_000 })
  const others = await aCase({ owed: 20 })
  const batch = await place({ owedFrom: 934_000 })
  const li = (await house.store.read('users.byName', { name: 'li' }))!
  await ask('PATCH', `/users/${li.id}`, { enabled: true })
  const where = '/agent/agency'
  const { cookie } = await house.signIn('zhou')
  assert.equal((await look(house, cookie, where)).status, 404)
  assert.doesNotMatch((await look(house, cookie, '/agent')).text, /agent\/agency/)
  await ask('PATCH', `/agencies/${agency}`, { lead: zhou })
  assert.match((await look(house, cookie, '/agent')).text, /href="\/agent\/agency"/)
  const { text } = await look(house, cookie, where)
  assert.match(text, new RegExp(`Hengxin[\\s\\S]*${one.party}[\\s\\S]*1 / 3[\\s\\S]*>li<[\\s\\S]*>zhou<`))
  assert.doesNotMatch(text, new RegExp(`${others.party}\\b|${one.number.slice(3)}|alice`))
  const owed = await agreed(one, zhou)
  const dealt = await send(house, cookie, 'POST', `${where}/cases`, { ids: [one.case, others.case], to: li.id })
  assert.equal(dealt.status, 200)
  assert.match(dealt.text, /1 reassigned, 1 not/)
  assert.deepEqual(
    [await stateOf(one.case), await stateOf(others.case)],
    [
      ['OUTSOURCED', li.id],
      ['ASSIGNED', alice],
    ],
  )
  assert.equal((await owedBy(owed)).agent, li.id, 'what was agreed goes with it')
  assert.equal((await send(house, cookie, 'POST', `${where}/cases`, { ids: [one.case], to: alice })).status, 422)
  assert.equal((await send(house, cookie, 'POST', `${where}/cases`, { to: li.id })).status, 422)
  const lis = (await house.signIn('li')).cookie
  assert.match((await look(house, lis, '/agent')).text, new RegExp(one.party))
  assert.equal((await send(house, lis, 'POST', `${where}/cases`, { ids: [one.case], to: zhou })).status, 404)
  const mine = (await house.signIn('alice')).cookie
  assert.equal((await look(house, mine, where)).status, 404)
  await ask('PATCH', `/users/${li.id}`, { enabled: false })
  assert.match((await look(house, cookie, where)).text, /1 cases? (are|is) in the hands of nobody/)
  await recall(batch.id)
})

test('suspended, its people are out and told why, and in again when it is active', async () => {
  const { cookie } = await house.signIn('zhou')
  assert.equal((await look(house, cookie, '/agent')).status, 200)
  const wordless = await ask<{ errors: { field: string }[] }>(
    'PATCH',
    `/agencies/${agency}`,
    { state: 'suspended' },
    422,
  )
  assert.equal(wordless.errors[0]!.field, 'suspendedFor')
  await ask('PATCH', `/agencies/${agency}`, { state: 'suspended', suspendedFor: 'two complaints' })
  assert.notEqual((await look(house, cookie, '/agent')).status, 200)
  const refused = await house.signIn('zhou')
  assert.equal(refused.response.status, 403)
  assert.match(await refused.response.text(), /委外机构已被暂停|agency you work for is suspended/)
  const adam = (await house.signIn('adam')).cookie
  assert.match((await look(house, adam, `/supervisor/agencies/${agency}`)).text, /Suspended: two complaints\./)
  const saved = (await house.facts('agency.saved')).map(
    ({ body }) => JSON.parse(body) as { agency: Record<string, unknown> },
  )
  assert.equal(saved.at(-1)!.agency['suspendedFor'], 'two complaints')
  const order = { name: 'x', until: '2026-12-10', filter: {}, plan: (await plan()).fingerprint }
  assert.equal((await ask('POST', `/agencies/${agency}/batches`, order, 409)).rule, 'agency-closed')
  const active = await ask('PATCH', `/agencies/${agency}`, { state: 'active' })
  assert.equal(active['suspendedFor'], null)
  const byPage = await send(house, adam, 'POST', `/supervisor/agencies/${agency}/state`, { state: 'suspended' })
  assert.equal(byPage.status, 422)
  assert.equal((await house.signIn('zhou')).response.status, 303)
})

test('the file for the agency has masked numbers and ID numbers, and the journal its SHA-256', async () => {
  const one = await aCase({ owed: 940_000 })
  const batch = await place({ owedFrom: 940_000 })
  for (const format of ['csv', 'xlsx']) {
    const response = await house.api(admin, 'POST', `/batches/${batch.id}/export`, { format, reason: 'delivery' })
    assert.equal(response.status, 200)
    const bytes = Buffer.from(await response.arrayBuffer())
    const [fact] = (await house.facts('batch.exported')).slice(-1)
    assert.equal(
      (JSON.parse(fact!.body) as { sha256: string }).sha256,
      createHash('sha256').update(bytes).digest('hex'),
    )
    if (format === 'xlsx') continue
    const text = bytes.toString()
    assert.ok(text.includes(one.party) && text.includes('138****'), text)
    assert.doesNotMatch(text, new RegExp(`${one.number.slice(3)}|110101199003071234`))
  }
  const supervisor = (await house.token('supervisor')).secret
  await ask('POST', `/batches/${batch.id}/export`, { reason: 'x' }, 403, supervisor)
  await recall(batch.id)
  await ask('POST', `/batches/${batch.id}/export`, { reason: 'x' }, 409)
})

test('a placing that was broken off is taken up where it was', async () => {
  const one = await aCase({ owed: 950_000 })
  const left = { id: 'bt_left', agency: agency as never, name: 'left', until: '2026-12-10', campaign: null, cases: 1 }
  const filter = { buckets: [], products: [], owedFrom: null, owedBelow: null, dpdFrom: null, dpdTo: null }
  await house.store.commit({
    recorded: [
      { type: 'batch.opened' as const, batch: { ...left, filter, commissionPermille: 200 } },
      {
        type: 'batch.listed' as const,
        batch: 'bt_left',
        cases: [{ case: one.case, party: one.party, owed: 950_000, currency: 'CNY' }],
      },
    ].map(fact => ({ at: house.clock.now(), actor: 'system' as const, fact })),
  })
  assert.equal((await stateOf(one.case))[0], 'ASSIGNED')
  await keepPlacements(house.deps.records)
  assert.deepEqual(await stateOf(one.case), ['OUTSOURCED', zhou])
  assert.equal((await ask<Batch>('GET', '/batches/bt_left')).state, 'OPEN')
})

test('who does not want to be called any more is the lender’s again within a minute, with what was agreed and why', async () => {
  await ask('PATCH', `/agencies/${agency}`, { caseQuota: 100 })
  const [one, other] = [await aCase({ owed: 933_000 }), await aCase({ owed: 933_000 })]
  const batch = await place({ owedFrom: 933_000 })
  const callback = await agreed(one, zhou)
  const stop = { party: one.party, kind: 'do_not_call', reason: 'said so', until: null } as const
  // As the floor tells it, when the agency's own person hears it in a call and chooses that outcome.
  await house.store.commit({
    recorded: [{ at: house.clock.now(), actor: `user:${zhou}`, fact: { type: 'party.held', ...stop } }],
  })
  await keepPlacements(house.deps.records)
  const placed = async ({ case: id }: { case: string }) =>
    (await house.store.read('cases.byIds', { ids: [id] }))[0]!.placed
  assert.equal((await placed(one)) ?? null, null)
  assert.ok(await placed(other), 'and nobody else’s')
  const rows = (await house.store.read('placements.page', { batch: batch.id })).items
  assert.deepEqual(
    rows.filter(({ state }) => state === 'ENDED').map(({ case: id, why }) => [id, why]),
    [[one.case, 'do_not_call']],
  )
  assert.deepEqual(await owedBy(callback), { agent: alice, own: false, lead: false, open: true })
  const { cookie } = await house.signIn('sam')
  assert.match(
    (await look(house, cookie, `/supervisor/batches/${batch.id}`)).text,
    /does not want to be called|谢绝来电/,
  )
  await recall(batch.id)
})

test('an agency that is removed gives its cases back, its people are switched off, and its history stays', async () => {
  await ask('DELETE', `/agencies/${agency}`, undefined, 204)
  const gone = await ask<{ removedAt: number; placed: number; people: number }>('GET', `/agencies/${agency}`)
  assert.deepEqual([gone.removedAt !== null, gone.placed, gone.people], [true, 0, 0])
  assert.equal((await house.signIn('zhou')).response.status, 401)
  assert.equal((await ask<Batch>('GET', '/batches/bt_left')).state, 'ENDED')
  assert.deepEqual((await ask<{ items: object[] }>('GET', '/agencies')).items, [])
  assert.ok((await ask<{ items: object[] }>('GET', `/batches?agency=${agency}`)).items.length > 5)
})

test('every table says what the journal says', async () => {
  const kept = new Sqlite(path.join(house.folder, 'switchroom.db'), { readonly: true })
  assert.equal(differenceFromJournal(kept, readMigrations(asset('migrations'))), null)
  kept.close()
})
