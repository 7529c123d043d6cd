import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { User } from '../../centre/entities.ts'
import type { CallId, LegId } from '../../lib/ids.ts'
import { createNumber } from '../../records/telephony/inbound-numbers.ts'
import { createQueue } from '../../records/telephony/queues.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { agentRoutes } from './agent.ts'

let house: House
const people: Record<string, { user: User; cookie: string }> = {}
let queue: string
let callers = 0
before(async () => {
  house = await openHouse({ pages: { routers: [agentRoutes] } })
  for (const name of ['alice', 'bob']) {
    const user = await house.add(name, 'agent', { displayName: name, language: 'zh-CN' })
    people[name] = { user, cookie: (await house.signIn(name)).cookie }
  }
  const door = house.deps.records
  const trunk = await createTrunk(door, 'system', { name: 'carrier', host: '127.0.0.1', callerIds: ['+861012345678'] })
  const members = [people['alice']!.user.id, people['bob']!.user.id]
  queue = (await createQueue(door, 'system', { name: 'service', strategy: 'longest-idle', members })).id
  await createNumber(door, 'system', { number: '95588', target: { queue } })
  await house.engine.dispatch({ type: 'trunk.up', trunk: trunk.id }, 'system')
  await ready('alice')
})
after(() => house[Symbol.asyncDispose]())

const phase = (name: string) => house.engine.state.agents.get(people[name]!.user.id)?.phase
const as = (name: string, method: 'POST' | 'PUT' | 'DELETE', path: string, fields: Record<string, string> = {}) =>
  send(house, people[name]!.cookie, method, path, fields, true)

async function ready(name: string): Promise<void> {
  const agent = people[name]!.user.id
  await house.engine.dispatch({ type: 'agent.signOn', agent }, 'system')
  await house.engine.dispatch({ type: 'station.up', agent, leg: `l_${name}` as LegId }, 'system')
  await house.engine.dispatch({ type: 'agent.ready', agent }, 'system')
}

async function caller(): Promise<CallId> {
  const leg = `l_in-${++callers}` as LegId
  const trunk = [...house.engine.state.trunks.keys()][0]!
  await house.engine.dispatch({ type: 'leg.offered', leg, trunk, from: `1390000000${callers}`, to: '95588' }, 'system')
  await house.engine.dispatch({ type: 'leg.answered', leg }, 'system')
  return [...house.engine.state.calls.values()].find(call => call.leg === leg)!.id
}

test('the picker names who is there and how they are, and the desk the keys for it', async () => {
  const call = await caller()
  await ready('bob')
  const desk = await look(house, people['alice']!.cookie, '/agent')
  assert.match(desk.text, /data-key="alt\+t"/)
  const picker = await look(house, people['alice']!.cookie, `/agent/calls/${call}/targets`)
  assert.match(picker.text, /<option value="agent [\w-]+">bob · 就绪<\/option>/)
  assert.match(picker.text, /<option value="queue [\w-]+">service · 1 人空闲 · 0 人排队<\/option>/)
  assert.doesNotMatch(picker.text, /type="tel"/, 'no outside number is allowed')
})

test('a colleague is consulted, turned to and from, and gets the call; both desks say so', async () => {
  const call = [...house.engine.state.calls.keys()][0]!
  const missing = await as('alice', 'POST', `/agent/calls/${call}/consultations`)
  assert.equal(missing.status, 422)
  assert.match(missing.text, /请选择坐席或队列/)
  const target = `agent ${people['bob']!.user.id}`
  const asked = await as('alice', 'POST', `/agent/calls/${call}/consultations`, { target })
  assert.equal(asked.status, 200)
  assert.match(asked.text, /咨询 bob/)
  assert.match((await look(house, people['bob']!.cookie, '/agent')).text, /alice 正在向您咨询/)
  const turned = await as('alice', 'PUT', `/agent/calls/${call}/consultation`, { to: 'both' })
  assert.match(turned.text, /三方通话中/)
  assert.equal((await as('alice', 'PUT', `/agent/calls/${call}/consultation`, { to: 'nobody' })).status, 422)
  const done = await as('alice', 'POST', `/agent/calls/${call}/transfers`, { target: 'consulted' })
  assert.equal(done.status, 200)
  assert.match(done.text, /已转出/)
  assert.deepEqual([phase('alice'), phase('bob')], ['wrapping', 'talking'])
  assert.equal(
    (await as('alice', 'POST', `/agent/calls/${call}/disposition`, { code: 'passed_on', next: 'ready' })).status,
    200,
  )
  assert.equal((await as('alice', 'POST', `/agent/calls/${call}/transfers`, { target })).status, 409)
})

test('a parked call is picked up by who may', async () => {
  const call = [...house.engine.state.calls.keys()][0]!
  assert.equal((await as('bob', 'POST', `/agent/calls/${call}/parkings`, { slot: 'A 1' })).status, 409)
  const parked = await as('bob', 'POST', `/agent/calls/${call}/parkings`)
  assert.equal(parked.status, 200)
  assert.match(parked.text, /驻留中[\s\S]*id="call-status"[\s\S]*已驻留在 701[\s\S]*点“接起”取回/)
  assert.doesNotMatch(parked.text, /已转出/)
  const list = await look(house, people['alice']!.cookie, '/agent/pick-ups')
  assert.match(list.text, /驻留位 701/)
  assert.doesNotMatch(list.text, /13900000001/, 'masked')
  assert.equal((await as('alice', 'POST', `/agent/calls/${call}/pick-ups`)).status, 200)
  assert.equal(phase('alice'), 'talking')
  assert.match((await look(house, people['bob']!.cookie, '/agent')).text, /已转出/, 'it is in no slot any more')
})

test('a program does the same by the API, and is told the rule that refuses', async () => {
  const call = [...house.engine.state.calls.keys()][0]!
  const [alice, bob] = [people['alice']!.user.id, people['bob']!.user.id]
  const { secret } = await house.token('agent')
  const on = (path: string) => `/calls/${call}/${path}`
  const refused = await house.api(secret, 'POST', on('transfers'), { agent: alice, to: { number: '+12025550100' } })
  assert.equal(refused.status, 409)
  assert.match(await refused.text(), /transfer_not_allowed/)
  assert.equal((await house.api(secret, 'POST', on('transfers'), { agent: alice, to: { pigeon: 'x' } })).status, 422)
  const noMenu = await house.api(secret, 'POST', on('transfers'), { agent: alice, to: { ivr: 'x' } })
  assert.equal(noMenu.status, 409)
  assert.match(await noMenu.text(), /menu_unknown/)
  assert.equal((await house.api(secret, 'POST', on('consultations'), { agent: 'u_nobody', to: { queue } })).status, 404)
  await as('bob', 'POST', `/agent/calls/${call}/disposition`, { code: 'passed_on', next: 'ready' })
  const asked = await house.api(secret, 'POST', on('consultations'), { agent: alice, to: { agent: bob } })
  assert.equal(asked.status, 201)
  const { consultation } = (await asked.json()) as { consultation: object }
  assert.deepEqual(consultation, { with: 'other', answered: true, agent: bob, call: null })
  assert.equal((await house.api(secret, 'PATCH', on('consultation'), { agent: alice, with: 'party' })).status, 200)
  assert.equal((await house.api(secret, 'DELETE', `${on('consultation')}?agent=${alice}`)).status, 204)
  assert.equal(phase('bob'), 'ready')
  const parked = await house.api(secret, 'POST', on('parkings'), { agent: alice, slot: '9' })
  assert.equal(parked.status, 201)
  const slots = (await (await house.api(secret, 'GET', '/parkings')).json()) as { items: { slot: string }[] }
  assert.deepEqual(
    slots.items.map(({ slot }) => slot),
    ['9'],
  )
  await as('alice', 'POST', `/agent/calls/${call}/disposition`, { code: 'passed_on', next: 'ready' })
  assert.equal((await house.api(secret, 'POST', on('pick-ups'), { agent: alice })).status, 201)
  const admin = (await house.token('admin')).secret
  const record = (await (await house.api(admin, 'GET', `/calls/${call}`)).json()) as { talks: { agent: string }[] }
  assert.deepEqual(new Set(record.talks.map(({ agent }) => agent)), new Set([alice, bob]))
})

test('nothing that is typed there is a fault', async () => {
  const call = [...house.engine.state.calls.keys()][0]!
  const odd = [
    '',
    '__proto__',
    '\u0000',
    '9'.repeat(400),
    'agent',
    'agent ',
    'queue ../x',
    '<b>',
    '+1e9',
    '𠮷'.repeat(5000),
  ]
  for (const value of odd)
    for (const [method, path] of [
      ['POST', 'consultations'],
      ['PUT', 'consultation'],
      ['DELETE', 'consultation'],
      ['POST', 'transfers'],
      ['POST', 'pick-ups'],
    ] as const)
      for (const id of [call, 'nobody', encodeURIComponent(value.slice(0, 30)) || 'x']) {
        const fields = { target: value, number: value, to: value, slot: value }
        const { status } = await as('alice', method, `/agent/calls/${id}/${path}`, fields)
        assert.ok(status >= 400 && status < 500, `${method} ${path} ${JSON.stringify(value.slice(0, 20))}: ${status}`)
      }
  assert.equal(phase('alice'), 'talking')
  assert.ok(queue)
})

test('a supervisor with a call in hand passes it on as agents do', async () => {
  const sam = await house.add('sam', 'supervisor', { language: 'en' })
  people['sam'] = { user: sam, cookie: (await house.signIn('sam')).cookie }
  await ready('sam')
  await as('bob', 'PUT', '/agent/state', { state: 'break', reason: 'rest' }) // and alice talks
  const call = await caller()
  const pickUps = await look(house, people['sam'].cookie, '/agent/pick-ups')
  assert.equal(pickUps.status, 200)
  for (const [method, path, fields] of [
    ['POST', 'pick-ups', {}],
    ['POST', 'parkings', {}],
  ] as const)
    assert.equal((await as('sam', method, `/agent/calls/${call}/${path}`, fields)).status, 200, path)
  assert.equal(house.engine.state.calls.get(call)?.slot, '701')
  const desk = await look(house, people['sam'].cookie, '/agent')
  assert.ok(desk.text.includes(`hx-post="/agent/calls/${call}/pick-ups"`), 'it can be taken back from the slot')
  await as('sam', 'POST', `/agent/calls/${call}/pick-ups`)
  const targets = await look(house, people['sam'].cookie, `/agent/calls/${call}/targets`)
  assert.equal(targets.status, 200)
  await as('sam', 'PUT', `/agent/calls/${call}/ending`)
})

test('at a desk phone the pickers say how its keys do the same, and at a browser they do not', async () => {
  await house.add('carol', 'agent', { language: 'en', station: 'phone-rung', extension: '1003' })
  const { cookie } = await house.signIn('carol')
  const call = [...house.engine.state.calls.keys()][0]!
  assert.match((await look(house, cookie, '/agent/pick-ups')).text, /when you are free, dial the number of the slot/)
  const picker = await look(house, cookie, `/agent/calls/${call}/targets`)
  assert.match(picker.text, /its transfer key and a number from 701 to 800/)
  assert.doesNotMatch((await look(house, people['alice']!.cookie, '/agent/pick-ups')).text, /驻留位号码接起/)
})
