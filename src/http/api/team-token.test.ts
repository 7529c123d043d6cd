/** What a program sees and does with a token that is bound to a team, what quality hears of recordings who leads one, and `?team=` on pages. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Fact } from '../../centre/facts.ts'
import type { CallId, LegId, RecordingId, TeamId, UserId } from '../../lib/ids.ts'
import { createTeam, removeTeam } from '../../records/people/teams.ts'
import { issueToken } from '../../records/people/tokens.ts'
import { createNumber } from '../../records/telephony/inbound-numbers.ts'
import { createQueue } from '../../records/telephony/queues.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { auditorRoutes } from '../auditor/auditor.ts'
import { supervisorRoutes } from '../supervisor/supervisor.ts'
import { look } from '../testing/form.ts'
import { type House, noon, openHouse } from '../testing/house.ts'

let house: House
let secret = ''
let south: TeamId
const cookies: Record<string, string> = {}
const ids: Record<string, UserId> = {}
const calls: Record<string, CallId> = {}

before(async () => {
  house = await openHouse({ pages: { routers: [supervisorRoutes, auditorRoutes] } })
  const people = {
    ...({ alice: 'agent', bob: 'agent', sam: 'supervisor', steve: 'supervisor' } as const),
    ...({ quinn: 'quality', qing: 'quality' } as const),
  }
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
    const live = [...engine.state.calls.values()].find(call => call.agent === agent)!.id
    calls[name] = live
    // And one of yesterday, recorded.
    const call = `c_${name}` as CallId
    const recording = `r_${name}` as RecordingId
    const facts: Fact[] = [
      {
        ...{ type: 'call.dialed', call, mode: 'manual', campaign: null, lead: null, party: null, name: `of ${name}` },
        ...{ relation: 'SELF', agent, number: `+8613812345671`, trunk: trunk.id, leg: `gy_${name}` as LegId },
        ...{ callerId: '+861012345678', verdict: { policy: 'LAB-ANY-HOUR', version: '1', rules: [] } },
      },
      { type: 'call.answered', call },
      { type: 'call.connected', call, agent },
      { type: 'recording.opened', recording, call, path: `2026/r_${name}.wav` },
      {
        ...{ type: 'recording.sealed', recording, call, sha256: '1'.repeat(64), bytes: 9, durationMs: 9 },
        salvaged: false,
      },
      {
        ...{ type: 'call.ended', call },
        ending: { by: 'party', cause: 'hangup', result: 'ANSWERED', sipStatus: 200, q850: 16 },
      },
    ]
    await house.store.commit({ recorded: facts.map(fact => ({ at: noon - 86_400_000, actor: 'system', fact })) })
  }
  const leaders = [ids['sam'], ids['quinn']]
  const north = (await createTeam(door, 'system', { name: 'North', members: [ids['alice']], leaders })).id
  south = (await createTeam(door, 'system', { name: 'South', members: [ids['bob']] })).id
  secret = (await issueToken(door, 'system', { name: 'crm', role: 'supervisor', team: north })).secret
})
after(() => house[Symbol.asyncDispose]())

const ask = async (method: string, path: string, body?: object) => {
  const response = await house.api(secret, method, path, body)
  return { status: response.status, text: await response.text() }
}

test('a token of a team lists its calls and recordings alone, and of others there is none', async () => {
  for (const path of ['/calls', '/recordings']) {
    const { items } = JSON.parse((await ask('GET', path)).text) as { items: { id: string }[] }
    assert.ok(items.length > 0)
    assert.ok(!JSON.stringify(items).includes('bob'), path)
  }
  for (const [name, status] of [
    ['alice', 200],
    ['bob', 404],
  ] as const)
    for (const path of [
      ...[`/calls/${calls[name]}`, `/calls/c_${name}`, `/calls/c_${name}/audio`, `/calls/c_${name}/supervision`],
      ...[`/calls/c_${name}/appeals`, `/recordings/r_${name}`],
    ])
      assert.equal((await ask('GET', path)).status, status, path)
  assert.equal((await ask('GET', '/recordings/r_bob/audio')).status, 404)
})

test('it listens to its team alone, and only for who leads the team', async () => {
  const listen = (call: CallId, who: string) =>
    ask('POST', `/calls/${call}/supervision`, { supervisor: ids[who], mode: 'listen', reason: 'coaching' })
  assert.equal((await listen(calls['bob']!, 'sam')).status, 404)
  assert.equal(
    (await listen(calls['alice']!, 'steve')).status,
    403,
    'steve sees all, the program does not lend him its eyes',
  )
  assert.equal((await listen(calls['alice']!, 'sam')).status, 201)
  assert.equal((await ask('DELETE', `/calls/${calls['alice']}/supervision/${ids['steve']}`)).status, 403)
  assert.equal((await ask('DELETE', `/calls/${calls['alice']}/supervision/${ids['sam']}`)).status, 204)
  const dial = (agent: string) => ask('POST', '/calls', { agent: ids[agent], number: '13800000001' })
  assert.equal((await dial('bob')).status, 403)
  assert.notEqual((await dial('alice')).status, 403)
})

test('what is not shared out by teams is closed to it: nothing new is open by being forgotten', async () => {
  const document = (await (await house.app.request('/api/openapi.json')).json()) as {
    paths: Record<string, Record<string, { description: string }>>
  }
  const open: string[] = []
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, { description }] of Object.entries(methods)) {
      if (!/^Roles: .*supervisor/.test(description)) continue
      if (/bound to a team/.test(description)) open.push(`${method} ${path.replace('/api/v1', '')}`)
      else
        assert.equal(
          (await ask(method.toUpperCase(), path.replace('/api/v1', '').replace(/\{\w+\}/g, 'x'))).status,
          403,
          `${method} ${path}`,
        )
    }
  assert.deepEqual(open.sort(), [
    'delete /calls/{id}/supervision/{supervisor}',
    'get /calls',
    'get /calls/{id}',
    'get /calls/{id}/appeals',
    'get /calls/{id}/audio',
    'get /calls/{id}/supervision',
    'get /recordings',
    'get /recordings/{id}',
    'get /recordings/{id}/audio',
    'post /calls',
    'post /calls/{id}/supervision',
  ])
})

test('only tokens of supervisors and quality are bound to a team, and to one that there is', async () => {
  const admin = (await house.token('admin')).secret
  for (const [body, words] of [
    [{ name: 'x', role: 'admin', team: south }, /a team for admin/],
    [{ name: 'x', role: 'supervisor', team: 'tm_none' }, /the id of a team/],
  ] as const) {
    const refused = await house.api(admin, 'POST', '/tokens', body)
    assert.equal(refused.status, 422)
    assert.match(await refused.text(), words)
  }
})

test('quality who leads a team finds and hears the recordings of that team; who leads none, of all', async () => {
  const names = async (who: string) => {
    const { text } = await look(house, cookies[who]!, '/auditor')
    return ['alice', 'bob'].filter(name => text.includes(`of ${name}`)).join()
  }
  assert.equal(await names('quinn'), 'alice')
  assert.equal(await names('qing'), 'alice,bob')
  assert.equal((await look(house, cookies['quinn']!, '/auditor/calls/c_alice')).status, 200)
  for (const path of ['calls/c_bob', 'calls/c_bob/ladder', 'calls/c_bob/ladder.pcap', 'recordings/r_bob/audio'])
    assert.equal((await look(house, cookies['quinn']!, `/auditor/${path}`)).status, 404, path)
})

test('the pages of the floor narrow to a team by their address, and to no team that one does not see', async () => {
  const shown = async (who: string, path: string) => {
    const { text } = await look(house, cookies[who]!, path)
    return [text, ['alice', 'bob'].filter(name => text.includes(`${name} A`)).join()] as const
  }
  for (const path of ['/supervisor', '/supervisor/calls']) {
    const [all, both] = await shown('steve', path)
    assert.equal(both, 'alice,bob')
    assert.ok(all.includes(`?team=${south}`), 'the teams are links')
    const [text, names] = await shown('steve', `${path}?team=${south}`)
    assert.equal(names, 'bob', path)
    assert.match(text, new RegExp(`hx-sse:connect="/live/\\w+\\?team=${south}"`), 'and the page stays so')
    assert.equal((await shown('sam', `${path}?team=${south}`))[1], 'alice', 'sam does not lead it')
    assert.equal((await shown('steve', `${path}?team=%3Cb%3E`))[1], 'alice,bob')
  }
})

test('a token whose team is gone sees nothing', async () => {
  const made = (await issueToken(house.deps.records, 'system', { name: 's', role: 'quality', team: south })).secret
  await removeTeam(house.deps.records, 'system', south)
  const { items } = (await (await house.api(made, 'GET', '/calls')).json()) as { items: unknown[] }
  assert.deepEqual(items, [])
})
