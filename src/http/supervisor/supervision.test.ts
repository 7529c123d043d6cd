import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { CallId, LegId, UserId } from '../../lib/ids.ts'
import { changeUser } from '../../records/people/users.ts'
import { saveSettings } from '../../records/settings.ts'
import { createNumber } from '../../records/telephony/inbound-numbers.ts'
import { createQueue } from '../../records/telephony/queues.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { agentRoutes } from '../agent/agent.ts'
import { auditorRoutes } from '../auditor/auditor.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { supervisionOf } from './supervision.ts'
import { supervisorRoutes } from './supervisor.ts'

let house: House
const cookies: Record<string, string> = {}
const ids: Record<string, UserId> = {}
let call: CallId

before(async () => {
  house = await openHouse({ pages: { routers: [supervisorRoutes, agentRoutes, auditorRoutes] } })
  const people = { alice: 'agent', sam: 'supervisor', quinn: 'quality', olga: 'auditor' } as const
  for (const [name, role] of Object.entries(people)) {
    ids[name] = (await house.add(name, role, { displayName: name, numbersMasked: true })).id
    cookies[name] = (await house.signIn(name)).cookie
  }
  const door = house.deps.records
  const trunk = await createTrunk(door, 'system', { name: 'c', host: '127.0.0.1', callerIds: ['+861012345678'] })
  const queue = await createQueue(door, 'system', { name: 'service', members: [ids['alice']] })
  await createNumber(door, 'system', { number: '+861012345678', target: { queue: queue.id } })
  const { engine } = house
  await engine.dispatch({ type: 'trunk.up', trunk: trunk.id }, 'system')
  await engine.dispatch({ type: 'agent.signOn', agent: ids['alice']! }, 'system')
  for (const name of ['alice', 'sam', 'quinn'])
    await engine.dispatch({ type: 'station.up', agent: ids[name]!, leg: `st_${name}` as LegId }, 'system')
  await engine.dispatch({ type: 'agent.ready', agent: ids['alice']! }, 'system')
  const [from, to, leg] = ['+8613812345678', '+861012345678', 'g_in' as LegId]
  await engine.dispatch({ type: 'leg.offered', leg, trunk: trunk.id, from, to }, 'system')
  await engine.dispatch({ type: 'leg.answered', leg }, 'system')
  call = [...engine.state.calls.keys()][0]!
})
after(() => house[Symbol.asyncDispose]())

const order = (
  who: string,
  method: 'POST' | 'PUT' | 'DELETE',
  fields: Record<string, string> = {},
  path = '/supervisor/supervision',
) => send(house, cookies[who]!, method, path, fields, true)
const now = (who: string) => house.engine.state.supervisions.get(ids[who]!)

test('a supervisor listens, whispers and stops with clicks; numbers stay masked, and the agent sees what the settings say', async () => {
  assert.match((await look(house, cookies['sam']!, '/supervisor/calls')).text, /监听：alice/)
  const begun = await order('sam', 'PUT', { call, mode: 'listen', reason: 'complaint' })
  assert.equal(begun.status, 200)
  assert.match(begun.text, /接管通话/)
  assert.ok(begun.text.includes('138 **** 5678') && !begun.text.includes('13812345678'))
  assert.deepEqual([now('sam')?.mode, now('sam')?.reason], ['listen', 'complaint'])
  const desk = async () => (await look(house, cookies['alice']!, '/agent')).text
  assert.doesNotMatch(await desk(), /监听：sam/, 'who is only listened to does not see it')
  await saveSettings(house.deps.records, 'system', { 'supervision.shown.listen': 'true' })
  assert.match(await desk(), /监听：sam/)
  await order('sam', 'PUT', { mode: 'whisper' })
  assert.match(await desk(), /密语：sam/)
  assert.match((await order('sam', 'PUT', { gainDb: '-6' })).text, /我的声音 <b class="figure">-6 dB/)
  await order('sam', 'PUT', { stays: 'true' })
  assert.deepEqual([now('sam')?.mode, now('sam')?.stays], ['whisper', true])
  assert.match((await order('sam', 'DELETE')).text, /监听已停止/)
  assert.equal(now('sam'), undefined)
  assert.match((await order('sam', 'DELETE')).text, /您没有监听任何通话/)
})

test('quality listens, and does no more; an agent and an auditor not even that', async () => {
  await order('quinn', 'PUT', { call, mode: 'listen' })
  assert.equal(now('quinn')?.mode, 'listen')
  const page = (await look(house, cookies['quinn']!, '/supervisor/calls')).text
  assert.doesNotMatch(page, /强插|接管通话|\/ending"/)
  assert.match((await order('quinn', 'PUT', { mode: 'barge' })).text, /质检只能监听/)
  assert.equal((await order('quinn', 'POST', {}, '/supervisor/supervision/call')).status, 403)
  assert.equal(now('quinn')?.mode, 'listen')
  await order('quinn', 'DELETE')
  for (const who of ['alice', 'olga'])
    assert.equal((await order(who, 'PUT', { call, mode: 'listen' })).status, 403, who)
})

test('hostile fields are refused with words, and change nothing', async () => {
  for (const fields of [
    { call, mode: 'shout' },
    { call, mode: 'listen', reason: 'x' },
    { call, mode: '', reason: '<b>' },
    { gainDb: '13' },
    { gainDb: 'Infinity' },
  ] as Record<string, string>[])
    assert.equal((await order('sam', 'PUT', fields)).status, 422, JSON.stringify(fields))
  for (const fields of [
    { call: '__proto__' },
    { call: 'c_none' },
    { agent: "'; --", stays: 'true' },
    { mode: 'barge' },
  ] as Record<string, string>[])
    assert.match((await order('sam', 'PUT', fields)).text, /class="notice red/)
  assert.equal(house.engine.state.supervisions.size, 0)
})

test('the API begins, changes, lists and ends it, with problems that say what is allowed', async () => {
  const { secret } = await house.token('supervisor')
  const path = `/calls/${call}/supervision`
  const post = (body: object) => house.api(secret, 'POST', path, body)
  const begun = await post({ supervisor: ids['sam'], mode: 'listen', reason: 'audit' })
  assert.equal(begun.status, 201)
  const { startedAt, ...reply } = (await begun.json()) as Record<string, unknown>
  assert.ok(Number.isInteger(startedAt))
  const same = {
    call,
    supervisor: ids['sam'],
    agent: ids['alice'],
    stays: false,
    reason: 'audit',
    gainDb: 0,
    heard: true,
  }
  assert.deepEqual(reply, { ...same, mode: 'listen' })
  assert.equal(
    ((await (await post({ supervisor: ids['sam'], mode: 'barge' })).json()) as { mode: string }).mode,
    'barge',
  )
  const list = (await (await house.api(secret, 'GET', path)).json()) as { items: Record<string, unknown>[] }
  assert.deepEqual(
    list.items.slice(-2).map(({ mode, reason, cause }) => [mode, reason, cause]),
    [
      ['listen', 'audit', 'changed'],
      ['barge', 'audit', null],
    ],
  )
  const heardAt = async (body: object) =>
    ((await (await post({ supervisor: ids['sam'], mode: 'barge', ...body })).json()) as { gainDb: number }).gainDb
  assert.deepEqual([await heardAt({ gainDb: -12 }), await heardAt({}), await heardAt({ gainDb: 7 })], [-12, -12, 7])
  assert.equal(now('sam')?.gainDb, 7)
  assert.equal(await heardAt({ reason: 'anew', gainDb: 12 }), 12)
  assert.equal(await heardAt({ reason: 'audit' }), 0, 'begun anew it is as they speak')
  for (const [body, said] of [
    [{ mode: 'barge', gainDb: 13 }, 'a value of at most 12'],
    [{ mode: 'barge', gainDb: -13 }, 'a value of at least -12'],
    [{ mode: 'barge', gainDb: 0.5 }, 'a whole number'],
    [{ mode: 'barge', gainDb: '6' }, ''],
    [{ mode: 'take_over', gainDb: 6 }, 'nothing with take_over'],
  ] as const) {
    const refused = await post({ supervisor: ids['sam'], ...body })
    const { errors } = (await refused.json()) as { errors: { field: string; allowed: string }[] }
    assert.deepEqual([refused.status, errors.map(({ field }) => field)], [422, ['gainDb']])
    assert.ok(errors[0]!.allowed.includes(said), errors[0]!.allowed)
  }
  const problems = [
    [{ supervisor: ids['sam'], mode: 'shout' }, 422],
    [{ supervisor: ids['sam'], mode: 'listen', loud: true }, 422],
    [{ supervisor: 'u_none', mode: 'listen' }, 404],
    [{ supervisor: ids['quinn'], mode: 'whisper' }, 409],
    [{ supervisor: ids['quinn'], mode: 'take_over' }, 409],
    [{ supervisor: ids['alice'], mode: 'listen' }, 409],
  ] as const
  for (const [body, status] of problems) assert.equal((await post(body)).status, status, JSON.stringify(body))
  assert.equal(
    (await house.api(secret, 'POST', '/calls/c_none/supervision', { supervisor: ids['sam'], mode: 'listen' })).status,
    404,
  )
  assert.equal((await house.api(secret, 'DELETE', `${path}/${ids['quinn']}`)).status, 404)
  assert.equal((await house.api(secret, 'DELETE', `${path}/${ids['sam']}`)).status, 204)
  assert.equal(now('sam'), undefined)
})

test('what was done stands on the auditor’s page of the call, in words', async () => {
  const { text } = await look(house, cookies['olga']!, `/auditor/calls/${call}`)
  for (const words of ['班长监听', '监听结束', '原因: 投诉']) assert.ok(text.includes(words), words)
})

test('taken over by the API: the supervisor has the call, the agent writes up', async () => {
  const { secret } = await house.token('supervisor')
  const post = (mode: string) =>
    house.api(secret, 'POST', `/calls/${call}/supervision`, { supervisor: ids['sam'], mode })
  assert.equal((await post('take_over')).status, 409, 'nobody listens yet')
  await post('listen')
  assert.equal((await post('take_over')).status, 201)
  const { calls, agents } = house.engine.state
  assert.equal(calls.get(call)?.agent, ids['sam'])
  assert.deepEqual([agents.get(ids['alice']!)?.phase, agents.get(ids['sam']!)?.phase], ['wrapping', 'talking'])
  assert.match((await look(house, cookies['sam']!, '/supervisor/calls')).text, /去工作台/)
  assert.equal((await look(house, cookies['sam']!, '/agent')).status, 200)
})

test('who moved from the desk phone to the page is told the phone until the page is up', async () => {
  const door = house.deps.records
  const sue = await house.add('sue', 'supervisor', { extension: '1009', station: 'phone-nailed' })
  await house.engine.dispatch({ type: 'agent.signOn', agent: sue.id }, 'system')
  const leg = house.engine.state.agents.get(sue.id)!.stationRinging!
  await house.engine.dispatch({ type: 'station.up', agent: sue.id, leg, phone: true }, 'system')
  const seen = () => supervisionOf(house.engine.state, house.engine.state.users.get(sue.id)!).audio
  assert.equal(seen(), 'phone-up')
  await changeUser(door, 'system', sue.id, { station: 'browser' })
  assert.equal(seen(), 'phone-up')
  await house.engine.dispatch({ type: 'station.up', agent: sue.id, leg: 'st_sue' as LegId }, 'system')
  assert.equal(seen(), 'browser-up')
})

test('a call that is parked is shown as that, in its slot and by whom; and a call for help has its name', async () => {
  const { engine } = house
  await engine.dispatch({ type: 'agent.signOff', agent: ids['sam']!, reason: '' }, 'system')
  const parked = [...engine.state.calls.values()].find(({ phase }) => phase === 'talking')!
  await engine.dispatch({ type: 'agent.park', agent: parked.agent!, call: parked.id, slot: null }, 'system')
  const row = (text: string) => new RegExp(`id="call-${parked.id}"[\\s\\S]*?</tr>`).exec(text)?.[0] ?? ''
  const seen = row((await look(house, cookies['sam']!, '/supervisor/calls')).text)
  assert.match(seen, /驻留位 701/)
  assert.match(seen, /由 \S+ 驻留/)
  assert.doesNotMatch(seen, /排队/)
  const nobody = { campaign: null, lead: null, party: null, name: null, relation: null }
  await engine.dispatch({ type: 'agent.dial', agent: ids['alice']!, number: '110', ...nobody }, 'system')
  const { text } = await look(house, cookies['sam']!, '/supervisor/calls')
  assert.match(text, /紧急电话/)
})
