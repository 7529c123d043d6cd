/** The list of cases and the pages of assignment, as a browser uses them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openCase } from '../../records/collections/cases.ts'
import { createLoan } from '../../records/collections/loans.ts'
import { createParty } from '../../records/parties/parties.ts'
import { adminRoutes } from '../admin/admin.ts'
import { type House, openHouse } from '../testing/house.ts'
import { supervisorRoutes } from './supervisor.ts'

let house: House
const cookies: Record<string, string> = {}
const ids: Record<string, string> = {}
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes, supervisorRoutes] } })
  for (const role of ['admin', 'supervisor', 'auditor'] as const) {
    await house.add(`one-${role}`, role, { language: 'en' })
    cookies[role] = (await house.signIn(`one-${role}`)).cookie
  }
  for (const name of ['alice', 'bob'])
    ids[name] = (await house.add(name, 'agent', { displayName: name.toUpperCase() })).id
  const door = house.deps.records
  for (const [n, dueOn] of ['2026-11-20', '2026-11-10', '2026-09-10'].entries()) {
    await createParty(door, 'system', { ref: `K-${n}`, name: `Carl <${n}>` })
    const plan = [{ no: 1, dueOn, principal: (n + 1) * 10_000 }]
    const loan = { ref: `L-${n}`, party: `K-${n}`, product: n === 2 ? 'card' : 'cash', principal: 10_000, plan }
    await createLoan(door, 'system', loan)
    ids[`K-${n}`] = (await openCase(door, 'system', { party: `K-${n}` })).id
  }
})
after(() => house[Symbol.asyncDispose]())

async function open(role: string, path: string, body?: [string, string][]) {
  const response = await house.app.request(path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { cookie: cookies[role]!, accept: 'text/html', 'sec-fetch-site': 'same-origin' },
    ...(body === undefined ? {} : { body: new URLSearchParams(body) }),
  })
  return { status: response.status, text: await response.text(), to: response.headers.get('location') }
}
const shown = (text: string) => [...text.matchAll(/class="small muted figure">(K-\d)</g)].map(match => match[1])
const agentOf = async (party: string) => (await house.store.read('cases.byId', { id: ids[party]! }))!.agent

test('cases are filtered by chips that stand in the URL, counted and sorted', async () => {
  const all = await open('auditor', '/supervisor/cases')
  assert.deepEqual(shown(all.text), ['K-2', 'K-1', 'K-0'])
  assert.ok(all.text.includes('3 cases') && all.text.includes('Carl &lt;2&gt;') && !all.text.includes('id="reassign"'))
  assert.deepEqual(shown((await open('auditor', '/supervisor/cases?bucket=M1')).text), ['K-1', 'K-0'])
  assert.deepEqual(shown((await open('auditor', '/supervisor/cases?bucket=M1&sort=oldest&from=150')).text), ['K-1'])
  assert.deepEqual(shown((await open('auditor', '/supervisor/cases?product=card')).text), ['K-2'])
  assert.deepEqual(shown((await open('auditor', '/supervisor/cases?state=PTP')).text), [])
  const kept = await open('auditor', '/supervisor/cases?bucket=M1&from=150')
  assert.match(kept.text, /href="\/supervisor\/cases\?bucket=M2&amp;from=150"/)
  assert.equal((await open('auditor', '/supervisor/cases?bucket=%3Cb%3E&state=x&sort=y&from=1e9&cursor=')).status, 200)
})

test('ticked cases go to another collector, or all that the filter fits; to nobody who may have none', async () => {
  const move = (fields: [string, string][], query = '') => open('supervisor', `/supervisor/cases/moves${query}`, fields)
  const nothing = await move([['to', ids['alice']!]])
  assert.deepEqual([nothing.status, nothing.text.includes('No case was ticked')], [422, true])
  const one = await move([
    ['ids', ids['K-0']!],
    ['ids', ids['K-2']!],
    ['to', ids['alice']!],
  ])
  assert.ok(one.text.includes('2 reassigned'))
  assert.deepEqual(
    [await agentOf('K-0'), await agentOf('K-1'), await agentOf('K-2')],
    [ids['alice'], null, ids['alice']],
  )
  const rest = await move(
    [
      ['all', 'true'],
      ['to', ids['bob']!],
    ],
    '?bucket=M1',
  )
  assert.ok(rest.text.includes('2 reassigned'))
  assert.deepEqual(
    [await agentOf('K-0'), await agentOf('K-1'), await agentOf('K-2')],
    [ids['bob'], ids['bob'], ids['alice']],
  )
  const wrong = await move([
    ['ids', ids['K-0']!],
    ['to', 'u_none'],
  ])
  assert.deepEqual([wrong.status, wrong.text.includes('An agent or supervisor who is enabled')], [422, true])
  assert.equal((await open('auditor', '/supervisor/cases/moves', [['to', ids['bob']!]])).status, 403)
})

test('an administrator writes rules, looks at the dry run and applies it', async () => {
  const rule = (more: Record<string, string>) =>
    Object.entries({
      name: 'early',
      buckets: 'M1',
      share: 'percent',
      groups: 'champion 70: alice 50, bob 50\nchallenger 30: bob 100',
      keepLast: 'true',
      ...more,
    })
  const bad = await open('admin', '/admin/assignment/rules', rule({ groups: 'champion 70: carol 100' }))
  assert.equal(bad.status, 422)
  assert.ok(bad.text.includes('carol') && bad.text.includes('One a line'))
  const sum = await open('admin', '/admin/assignment/rules', rule({ groups: 'champion 70: alice 100' }))
  assert.ok(sum.status === 422 && sum.text.includes('groups come to 100'))
  assert.equal((await open('admin', '/admin/assignment/rules', rule({}))).to, '/admin/assignment?saved=1')
  await open(
    'admin',
    '/admin/assignment/rules',
    rule({ name: 'rest', buckets: 'M3', groups: 'everyone 100', share: 'load' }),
  )
  const page = await open('admin', '/admin/assignment')
  assert.ok(page.text.includes('champion 70: alice 50, bob 50') && page.text.includes('rest'))
  assert.ok((await open('admin', '/admin/assignment/rules/0')).text.includes('challenger 30: bob 100'))
  assert.equal((await open('admin', '/admin/assignment/rules/9')).status, 404)
  await open('admin', '/admin/assignment/rules/1/rise', [])
  const { assignmentRules } = await import('../../records/collections/assignment.ts')
  assert.deepEqual(
    (await assignmentRules(house.deps.records)).rules.map(({ name }) => name),
    ['rest', 'early'],
  )
  const plan = await open('admin', '/admin/assignment/plan?scope=all')
  const fingerprint = /name="plan" value="([^"]+)"/.exec(plan.text)![1]!
  assert.ok(plan.text.includes('ALICE') && plan.text.includes('Apply: deal 3'))
  await open('supervisor', '/supervisor/cases/moves', [
    ['ids', ids['K-1']!],
    ['to', ids['alice']!],
  ])
  const order: [string, string][] = [
    ['scope', 'all'],
    ['plan', fingerprint],
  ]
  assert.equal((await open('admin', '/admin/assignment/runs', order)).status, 409)
  const bounds = await open(
    'admin',
    '/admin/assignment/bounds',
    Object.entries({ capacity: '50', capacities: 'alice 1', seed: 's2' }),
  )
  assert.equal(bounds.to, '/admin/assignment?saved=1')
  const wrong = await open(
    'admin',
    '/admin/assignment/bounds',
    Object.entries({ capacity: '50', capacities: 'carol 1', seed: 's2' }),
  )
  assert.ok(wrong.status === 422 && wrong.text.includes('carol 1'))
  const daily = Object.entries({ openCases: 'true', fromDays: '3', owedFrom: '12.50' })
  assert.equal((await open('admin', '/admin/assignment/daily', daily)).to, '/admin/assignment?saved=1')
  assert.ok((await open('admin', '/admin/assignment')).text.includes('value="12.50"'))
  const now = /name="plan" value="([^"]+)"/.exec((await open('admin', '/admin/assignment/plan?scope=all')).text)![1]!
  const done = await open('admin', '/admin/assignment/runs', [
    ['scope', 'all'],
    ['plan', now],
  ])
  assert.ok(done.status === 200 && /\d cases dealt/.test(done.text))
})
