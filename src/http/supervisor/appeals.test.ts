/** An agent asks for help at the desk; the supervisors who lead the agent see it on both live pages, and one of them comes. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { CallId, LegId, TrunkId, UserId } from '../../lib/ids.ts'
import { createTeam } from '../../records/people/teams.ts'
import { createNumber } from '../../records/telephony/inbound-numbers.ts'
import { createQueue } from '../../records/telephony/queues.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { agentRoutes } from '../agent/agent.ts'
import { auditorRoutes } from '../auditor/auditor.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { supervisorRoutes } from './supervisor.ts'

let house: House
const cookies: Record<string, string> = {}
const ids: Record<string, UserId> = {}
let call: CallId
let trunk: TrunkId

before(async () => {
  house = await openHouse({ pages: { routers: [supervisorRoutes, agentRoutes, auditorRoutes] } })
  const people = {
    alice: 'agent',
    bob: 'agent',
    sam: 'supervisor',
    steve: 'supervisor',
    quinn: 'quality',
    olga: 'auditor',
  } as const
  for (const [name, role] of Object.entries(people)) {
    ids[name] = (await house.add(name, role, { displayName: name, numbersMasked: true, language: 'en' })).id
    cookies[name] = (await house.signIn(name)).cookie
  }
  const door = house.deps.records
  ;({ id: trunk } = await createTrunk(door, 'system', { name: 'c', host: '127.0.0.1', callerIds: ['+861012345678'] }))
  const queue = await createQueue(door, 'system', { name: 'service', members: [ids['alice']] })
  await createNumber(door, 'system', { number: '+861012345678', target: { queue: queue.id } })
  await createTeam(door, 'system', { name: 'north', members: [ids['alice']], leaders: [ids['sam'], ids['quinn']] })
  await createTeam(door, 'system', { name: 'south', members: [], leaders: [ids['steve']] })
  const { engine } = house
  await engine.dispatch({ type: 'trunk.up', trunk }, 'system')
  await ready('alice')
  call = await comes()
})
after(() => house[Symbol.asyncDispose]())

async function ready(who: string): Promise<void> {
  const agent = ids[who]!
  await house.engine.dispatch({ type: 'agent.signOn', agent }, 'system')
  await house.engine.dispatch({ type: 'station.up', agent, leg: `st_${who}` as LegId }, 'system')
  await house.engine.dispatch({ type: 'agent.ready', agent }, 'system')
}

/** A customer comes to the one who is ready. */
async function comes(): Promise<CallId> {
  const leg = `g_${house.engine.state.calls.size}` as LegId
  const [from, to] = ['+8613812345678', '+861012345678']
  await house.engine.dispatch({ type: 'leg.offered', leg, trunk, from, to }, 'system')
  await house.engine.dispatch({ type: 'leg.answered', leg }, 'system')
  return [...house.engine.state.calls.keys()].at(-1)!
}

const order = (
  who: string,
  method: 'POST' | 'PUT' | 'DELETE',
  fields: Record<string, string> = {},
  place: 'agent' | 'supervisor' = 'supervisor',
) => send(house, cookies[who]!, method, `/${place}/calls/${call}/appeal`, fields, true)
const page = async (who: string, path: string) => (await look(house, cookies[who]!, path)).text

test('hostile fields change nothing, while a call is there that help could be asked on', async () => {
  for (const [reason, words] of [
    ['x'.repeat(101), /100 characters/],
    ['\u0000', /cannot be seen/],
    ['a \u202ewaiver', /cannot be seen/],
  ] as const) {
    const refused = await order('alice', 'POST', { reason }, 'agent')
    assert.equal(refused.status, 409)
    assert.match(refused.text, words)
  }
  const odd = await send(house, cookies['sam']!, 'PUT', '/supervisor/calls/..%2f/appeal', { from: '__proto__' }, true)
  assert.ok(odd.status >= 400)
  assert.equal(house.engine.state.appeals.size, 0)
})

test('who leads the agent sees it on both live pages, with the masked number; whoever does not sees nothing', async () => {
  assert.match(await page('alice', '/agent'), /Ask a supervisor to come/)
  const asked = await order('alice', 'POST', { reason: 'wants <b>a waiver' }, 'agent')
  assert.equal(asked.status, 200)
  assert.match(asked.text, /Help asked for/)
  for (const path of ['/supervisor', '/supervisor/calls']) {
    const seen = await page('sam', path)
    assert.match(seen, new RegExp(`id="appeal-${call}"[\\s\\S]*alice[\\s\\S]*wants &lt;b&gt;a waiver`), path)
    assert.match(seen, /138 \*\*\*\* 5678/)
    assert.doesNotMatch(seen, /13812345678|<b>a waiver/)
    assert.doesNotMatch(await page('steve', path), /appeal-c/, `${path} of another team`)
  }
  assert.match(await page('sam', '/supervisor'), /1 today/)
  assert.doesNotMatch(await page('quinn', '/supervisor/calls'), /appeal-c/, 'quality comes to nobody')
})

test('sam comes, and alice sees who; steve of another team, quality and an agent may not', async () => {
  assert.match((await order('steve', 'PUT', { from: '' })).text, /other|do not lead/)
  for (const who of ['quinn', 'alice']) assert.equal((await order(who, 'PUT', { from: '' })).status, 403, who)
  const late = await order('sam', 'PUT', { from: ids['steve']! })
  assert.equal(late.status, 409)
  assert.match(late.text, /colleague/)
  const taken = await order('sam', 'PUT', { from: '' })
  assert.equal(taken.status, 200)
  assert.match(taken.text, /sam is coming/)
  assert.match(await page('alice', '/agent'), /sam is coming/)
})

test('sam says that it is done; the history of the call and the API have who asked, who came, and how it ended', async () => {
  assert.equal((await order('sam', 'DELETE')).status, 200)
  assert.doesNotMatch(await page('alice', '/agent'), /is coming/)
  assert.match((await order('sam', 'DELETE')).text, /any more/)
  await order('alice', 'POST', {}, 'agent')
  await order('alice', 'DELETE', {}, 'agent')
  await order('alice', 'POST', {}, 'agent')
  await house.engine.dispatch({ type: 'call.end', call, by: 'system' }, 'system')
  const history = await page('olga', `/auditor/calls/${call}`)
  for (const words of ['agent asked for help', 'supervisor came to help', 'asking for help over', 'dealt with'])
    assert.match(history, new RegExp(words))
  const { secret } = await house.token('supervisor')
  const list = (await (await house.api(secret, 'GET', `/calls/${call}/appeals`)).json()) as {
    items: Record<string, unknown>[]
  }
  assert.deepEqual(
    list.items.map(({ agent, reason, takenBy, how, endedBy }) => [agent, reason, takenBy, how, endedBy]),
    [
      [ids['alice'], 'wants <b>a waiver', ids['sam'], 'done', ids['sam']],
      [ids['alice'], '', null, 'withdrawn', ids['alice']],
      [ids['alice'], '', null, 'call_over', null],
    ],
  )
  assert.match(await page('sam', '/supervisor'), /3 today · taken after 0 s/)
})

test('asking for help ends with the call being passed on, and its history says so', async () => {
  const before = call
  const { engine } = house
  const done = { note: '', fields: {}, callbackAt: null, callbackMine: false, next: 'ready' } as const
  await engine.dispatch({ type: 'agent.dispose', agent: ids['alice']!, call: before, code: 'other', ...done }, 'system')
  call = await comes()
  assert.notEqual(call, before)
  assert.equal((await order('alice', 'POST', {}, 'agent')).status, 200)
  await ready('bob')
  const target = { agent: ids['bob']! }
  await engine.dispatch({ type: 'agent.transfer', agent: ids['alice']!, call, target }, 'system')
  assert.equal(engine.state.appeals.size, 0)
  const history = await page('olga', `/auditor/calls/${call}`)
  assert.match(history, /call passed on/)
  assert.doesNotMatch(history, /dealt with/)
})
