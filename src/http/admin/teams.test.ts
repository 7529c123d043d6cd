import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { LegId, UserId } from '../../lib/ids.ts'
import { createNumber } from '../../records/telephony/inbound-numbers.ts'
import { createQueue } from '../../records/telephony/queues.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { supervisorRoutes } from '../supervisor/supervisor.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
const cookies: Record<string, string> = {}
const ids: Record<string, UserId> = {}

before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes, supervisorRoutes] } })
  const people = { alice: 'agent', bob: 'agent', sam: 'supervisor', steve: 'supervisor', adam: 'admin' } as const
  for (const [name, role] of Object.entries(people)) {
    ids[name] = (await house.add(name, role, { displayName: `${name} A`, language: 'en' })).id
    cookies[name] = (await house.signIn(name)).cookie
  }
  const door = house.deps.records
  const { engine } = house
  const trunk = await createTrunk(door, 'system', { name: 'c', host: '127.0.0.1', callerIds: ['+861012345678'] })
  await engine.dispatch({ type: 'trunk.up', trunk: trunk.id }, 'system')
  for (const [n, name] of ['alice', 'bob'].entries()) {
    const number = `+86101234567${n}`
    const queue = await createQueue(door, 'system', { name: `queue of ${name}`, members: [ids[name]] })
    await createNumber(door, 'system', { number, target: { queue: queue.id } })
    const agent = ids[name]!
    await engine.dispatch({ type: 'agent.signOn', agent }, 'system')
    await engine.dispatch({ type: 'station.up', agent, leg: `st_${name}` as LegId }, 'system')
    await engine.dispatch({ type: 'agent.ready', agent }, 'system')
    const leg = `g_${name}` as LegId
    await engine.dispatch({ type: 'leg.offered', leg, trunk: trunk.id, from: `1381234567${n}`, to: number }, 'system')
    await engine.dispatch({ type: 'leg.answered', leg }, 'system')
  }
})
after(() => house[Symbol.asyncDispose]())

const shown = async (who: string, path: string) => {
  const { text } = await look(house, cookies[who]!, path)
  return ['alice', 'bob'].filter(name => text.includes(`${name} A`)).join()
}

test('an administrator makes a team by form; from then on its leader’s pages show its agents, calls and queues alone', async () => {
  for (const path of ['/supervisor', '/supervisor/calls']) assert.equal(await shown('sam', path), 'alice,bob', path)
  const fields = { name: 'North', members: [ids['alice']!], leaders: [ids['sam']!] }
  assert.equal((await send(house, cookies['adam']!, 'POST', '/admin/teams', fields)).status, 303)
  for (const path of ['/supervisor', '/supervisor/calls']) {
    assert.equal(await shown('sam', path), 'alice', path)
    assert.equal(await shown('steve', path), 'alice,bob', path)
  }
  assert.ok(!(await look(house, cookies['sam']!, '/supervisor')).text.includes('queue of bob'))
  assert.match((await look(house, cookies['adam']!, '/admin/teams')).text, /North[\s\S]+sam A/)
  assert.equal(JSON.parse((await house.facts('team.saved'))[0]!.body).team.name, 'North')
})

test('what a page does not show is not done by a request either', async () => {
  const call = [...house.engine.state.calls.values()].find(({ agent }) => agent === ids['bob'])!.id
  const listen = await send(
    house,
    cookies['sam']!,
    'PUT',
    '/supervisor/supervision',
    { call, mode: 'listen', reason: 'coaching' },
    true,
  )
  assert.match(listen.text, /a team that you do not lead/)
  const end = await send(house, cookies['sam']!, 'PUT', `/supervisor/calls/${call}/ending`, {}, true)
  assert.match(end.text, /a team that you do not lead/)
  assert.equal(house.engine.state.calls.get(call)?.phase, 'talking')
  const { secret } = await house.token('supervisor')
  const begun = await house.api(secret, 'POST', `/calls/${call}/supervision`, {
    supervisor: ids['sam'],
    mode: 'listen',
  })
  assert.equal(begun.status, 409)
  assert.equal(house.engine.state.supervisions.size, 0)
})

test('a supervisor without a team sees nobody once that is set so', async () => {
  assert.equal((await send(house, cookies['adam']!, 'POST', '/admin/leaderless', {})).status, 303)
  assert.equal(await shown('steve', '/supervisor/calls'), '')
  await send(house, cookies['adam']!, 'POST', '/admin/leaderless', { seeAll: 'true' })
  assert.equal(await shown('steve', '/supervisor/calls'), 'alice,bob')
})

test('the API adds, changes and removes a team, and says what is allowed', async () => {
  const { secret } = await house.token('admin')
  const api = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) => {
    const response = await house.api(secret, method, path, body)
    return { status: response.status, text: await response.text() }
  }
  const made = await api('POST', '/teams', { name: 'South', members: [ids['bob'], ids['bob']] })
  assert.equal(made.status, 201)
  const { id, ...rest } = JSON.parse(made.text) as { id: string }
  assert.deepEqual(rest, { name: 'South', members: [ids['bob']], leaders: [] })
  for (const [body, words] of [
    [{ leaders: [ids['alice']] }, /supervisor or of quality/],
    [{ members: [ids['sam']] }, /the id of an agent/],
    [{ members: ['u_none'] }, /the id of an agent/],
    [{ colour: 'red' }, /colour/],
    [{ name: '' }, /name/],
  ] as const) {
    const refused = await api('PATCH', `/teams/${id}`, body)
    assert.equal(refused.status, 422, JSON.stringify(body))
    assert.match(refused.text, words)
  }
  assert.equal((await api('POST', '/teams', { name: 'South' })).status, 409, 'the name is taken')
  assert.equal((await api('PATCH', `/teams/${id}`, { leaders: [ids['steve']] })).status, 200)
  assert.equal(await shown('steve', '/supervisor/calls'), 'bob')
  assert.equal((await api('DELETE', `/teams/${id}`)).status, 204)
  assert.equal((await api('GET', `/teams/${id}`)).status, 404)
  assert.equal(await shown('steve', '/supervisor/calls'), 'alice,bob')
  const agent = await house.token('agent')
  assert.equal((await house.api(agent.secret, 'GET', '/teams')).status, 403)
})
