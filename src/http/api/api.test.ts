import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import type { CampaignId, UserId } from '../../lib/ids.ts'
import { recorded } from '../../store/testing/people.ts'
import { type House, noon, openHouse, testPassword } from '../testing/house.ts'

let house: House
let admin = ''
let supervisor = ''
let auditor = ''

before(async () => {
  house = await openHouse()
  admin = (await house.token('admin')).secret
  supervisor = (await house.token('supervisor')).secret
  auditor = (await house.token('auditor')).secret
})
after(() => house[Symbol.asyncDispose]())

const trunk = { name: 'carrier', host: '127.0.0.1', callerIds: ['+861012345678'] }
// biome-ignore lint/suspicious/noExplicitAny: what comes back is what is under test
const json = (response: Response) => response.json() as Promise<Record<string, any>>
let made = 0

async function aCampaign(more: object = {}): Promise<{ id: CampaignId }> {
  const line = await json(await house.api(admin, 'POST', '/trunks', { ...trunk, name: `carrier ${++made}` }))
  const given = {
    name: `spring ${made}`,
    business: 'sales',
    mode: 'manual',
    trunks: [line['id']],
    policy: 'CN-SALES-DEFAULT',
  }
  const response = await house.api(admin, 'POST', '/campaigns', { ...given, ...more })
  assert.equal(response.status, 201, await response.clone().text())
  return (await json(response)) as { id: CampaignId }
}

test('without a token, with a wrong one, or with a revoked one nothing is answered but how to get one', async () => {
  const none = await house.app.request('/api/v1/users')
  assert.equal(none.status, 401)
  assert.equal(none.headers.get('content-type'), 'application/problem+json')
  assert.match(none.headers.get('www-authenticate') ?? '', /^Bearer/)
  assert.equal((await house.api('swr_wrong', 'GET', '/users')).status, 401)
  const token = await house.token('admin')
  assert.equal((await house.api(token.secret, 'GET', '/users')).status, 200)
  assert.equal((await house.api(admin, 'DELETE', `/tokens/${token.id}`)).status, 204)
  assert.equal((await house.api(token.secret, 'GET', '/users')).status, 401)
})

test('a cookie opens no door of the API, so that no page can use it through a browser', async () => {
  await house.add('cora', 'admin')
  const { cookie } = await house.signIn('cora')
  assert.equal((await house.app.request('/api/v1/users', { headers: { cookie } })).status, 401)
})

test('a token opens what its role may see and nothing else', async () => {
  assert.equal((await house.api(auditor, 'GET', '/users')).status, 403)
  assert.equal((await house.api(supervisor, 'POST', '/trunks', trunk)).status, 403)
  assert.equal((await house.api(admin, 'GET', '/recordings')).status, 403)
  assert.equal((await house.api(supervisor, 'POST', '/exports', { reason: 'x' })).status, 403)
})

test('a person added over the API signs in, and no secret comes back or into the journal', async () => {
  const given = {
    name: 'alice',
    password: testPassword,
    role: 'agent',
    extension: '1001',
    sipPassword: 'desk phone secret',
  }
  const response = await house.api(admin, 'POST', '/users', given)
  assert.equal(response.status, 201)
  const text = await response.text()
  assert.doesNotMatch(text, /password|secret/i)
  assert.equal((JSON.parse(text) as { station: string }).station, 'phone-rung', 'an extension alone means a desk phone')
  assert.equal((await house.signIn('alice')).response.status, 303)
  const journal = JSON.stringify(await house.facts())
  assert.equal(journal.includes(testPassword) || journal.includes('desk phone secret'), false)
})

test('a name that is taken is a conflict that names its field', async () => {
  await house.api(admin, 'POST', '/users', { name: 'twice', password: testPassword, role: 'agent' })
  const second = await house.api(admin, 'POST', '/users', { name: 'TWICE', password: testPassword, role: 'agent' })
  assert.equal(second.status, 409)
  assert.equal((await json(second))['errors'][0].field, 'name')
})

test('every wrong field is told at once, with what was found and what is allowed, and a password is never repeated', async () => {
  const response = await house.api(admin, 'POST', '/users', {
    name: '',
    password: 'short',
    role: 'boss',
    colour: 'red',
  })
  assert.equal(response.status, 422)
  const { errors } = await json(response)
  const byField = Object.fromEntries(errors.map((each: { field: string }) => [each.field, each]))
  assert.deepEqual(Object.keys(byField).sort(), ['colour', 'name', 'password', 'role'])
  assert.deepEqual(byField.role, {
    field: 'role',
    found: '"boss"',
    allowed: 'agent, supervisor, quality, admin, security, auditor',
  })
  assert.deepEqual(byField.password, { field: 'password', found: '5 characters', allowed: 'at least 12 characters' })
  assert.equal(byField.colour.allowed, 'no field of that name')
})

test('a body that is not JSON, of another type, or too large is refused in words', async () => {
  const type = { 'content-type': 'application/json' }
  assert.equal((await house.api(admin, 'POST', '/users', '{"name": ', type)).status, 400)
  assert.equal((await house.api(admin, 'POST', '/users', 'name=x', { 'content-type': 'text/plain' })).status, 415)
  assert.equal((await house.api(admin, 'POST', '/users', '[]', type)).status, 422)
  assert.equal((await house.api(admin, 'POST', '/users', 'null', type)).status, 422)
  const large = await house.api(admin, 'POST', '/users', `"${'x'.repeat(300_000)}"`, type)
  assert.equal(large.status, 413)
  assert.equal(large.headers.get('content-type'), 'application/problem+json')
  const proto = await house.api(admin, 'POST', '/users', `{"__proto__": {"role": "admin"}, "name": "x"}`, type)
  assert.equal(proto.status, 422)
})

test('the same request with the same key is done once; another request with that key is refused', async () => {
  const key = { 'idempotency-key': 'import-2026-11-24' }
  const given = { ...trunk, name: 'once' }
  const first = await house.api(admin, 'POST', '/trunks', given, key)
  const again = await house.api(admin, 'POST', '/trunks', given, key)
  assert.deepEqual([first.status, again.status], [201, 201])
  assert.equal(again.headers.get('idempotency-replayed'), 'true')
  assert.deepEqual(await json(again), await json(first))
  assert.equal((await house.api(admin, 'POST', '/trunks', { ...given, port: 5070 }, key)).status, 422)
  const atOnce = await Promise.all(
    [1, 2, 3].map(() =>
      house.api(admin, 'POST', '/trunks', { ...trunk, name: 'burst' }, { 'idempotency-key': 'burst' }),
    ),
  )
  assert.ok(atOnce.every(response => response.status === 201 || response.status === 409))
  assert.equal((await house.facts('trunk.saved')).filter(line => line.body.includes('"burst"')).length, 1)
})

test('a change touches the fields it names and no other', async () => {
  const { id } = await json(
    await house.api(admin, 'POST', '/trunks', { ...trunk, name: 'changed', maxCalls: 77, port: 5080 }),
  )
  const after = await json(await house.api(admin, 'PATCH', `/trunks/${id}`, { callsPerSecond: 9 }))
  assert.deepEqual([after['maxCalls'], after['port'], after['callsPerSecond']], [77, 5080, 9])
})

test('a trunk in use is not removed, and an id that leads nowhere is refused', async () => {
  const campaign = await aCampaign()
  const { trunks } = await json(await house.api(admin, 'GET', `/campaigns/${campaign.id}`))
  const removal = await house.api(admin, 'DELETE', `/trunks/${trunks[0]}`)
  assert.equal(removal.status, 409)
  assert.equal((await json(removal))['rule'], 'in-use')
  const wrong = await house.api(admin, 'POST', '/numbers', { number: '+861012345678', target: { queue: 'q_nowhere' } })
  assert.equal(wrong.status, 422)
  assert.equal((await json(wrong))['errors'][0].field, 'target.queue')
})

test('a new campaign waits for its start; a closed one stays closed', async () => {
  const { id } = await aCampaign()
  const state = async (wanted: string) =>
    (await house.api(supervisor, 'POST', `/campaigns/${id}/state`, { state: wanted })).status
  assert.equal((await json(await house.api(admin, 'GET', `/campaigns/${id}`)))['state'], 'paused')
  assert.deepEqual([await state('running'), await state('closed'), await state('running')], [200, 200, 409])
})

test('stats have every figure that the contract names, also before the first call', async () => {
  const { id } = await aCampaign()
  const stats = await json(await house.api(supervisor, 'GET', `/campaigns/${id}/stats`))
  for (const figure of ['dialled', 'answered', 'connected', 'abandoned', 'abandonRate', 'utilisation', 'linesPerAgent'])
    assert.equal(stats[figure], 0, figure)
  assert.ok('why' in stats)
})

test('leads over the API: good rows are in, bad rows are told, and the same list twice changes nothing', async () => {
  const { id } = await aCampaign()
  const rows = [
    { ref: 'L1', name: '张伟', phones: [{ number: '138 1234 5678' }], fields: { product: '分期' } },
    { ref: 'L2', phones: [{ number: 'not a number' }] },
    { ref: 'L1', phones: [{ number: '13912345678' }] },
    'nonsense',
  ]
  const report = await json(await house.api(admin, 'POST', `/campaigns/${id}/leads`, rows))
  assert.equal(report['accepted'], 1)
  assert.deepEqual(
    report['rejected'].map((each: { row: number; field: string }) => [each.row, each.field]),
    [
      [2, 'phones.0.number'],
      [3, 'ref'],
      [4, ''],
    ],
  )
  const again = await json(await house.api(admin, 'POST', `/campaigns/${id}/leads`, rows.slice(0, 1)))
  assert.deepEqual([again['accepted'], again['rejected'][0].field], [0, 'ref'])
  const list = await json(await house.api(admin, 'GET', `/campaigns/${id}/leads`))
  assert.deepEqual(
    list['items'].map((lead: { phones: unknown }) => lead.phones),
    [[{ number: '+8613812345678', relation: 'SELF' }]],
  )
})

test('a list that is longer than a page is read to its end by cursor, each item once', async () => {
  const { id } = await aCampaign()
  const rows = Array.from({ length: 25 }, (_, at) => ({ ref: `P${at}`, phones: [{ number: `138${10000000 + at}` }] }))
  await house.api(admin, 'POST', `/campaigns/${id}/leads`, rows)
  const seen: string[] = []
  for (let cursor = ''; ; ) {
    const page = await json(await house.api(admin, 'GET', `/campaigns/${id}/leads?limit=10${cursor}`))
    seen.push(...page['items'].map((lead: { ref: string }) => lead.ref))
    if (page['next'] === null) break
    cursor = `&cursor=${page['next']}`
  }
  assert.equal(new Set(seen).size, 25)
  assert.equal(seen.length, 25)
  assert.equal((await house.api(admin, 'GET', `/campaigns/${id}/leads?cursor=forged`)).status, 422)
  assert.equal((await house.api(admin, 'GET', `/campaigns/${id}/leads?limit=9999`)).status, 422)
  assert.equal((await house.api(admin, 'GET', `/campaigns/${id}/leads?colour=red`)).status, 422)
})

test('a list that comes whole takes no field in its query: a filter that is passed over answers too much', async () => {
  for (const list of ['users', 'tokens', 'trunks', 'numbers', 'queues', 'campaigns', 'exports']) {
    const token = list === 'exports' ? auditor : admin
    assert.equal((await house.api(token, 'GET', `/${list}`)).status, 200, list)
    for (const field of ['colour', 'limit']) {
      const refused = await house.api(token, 'GET', `/${list}?${field}=1`)
      assert.equal(refused.status, 422, `${list} ${field}`)
      assert.equal((await json(refused))['errors'][0].field, field)
    }
  }
  assert.equal((await house.api(admin, 'POST', '/queues?dry=1', { name: 'not made' })).status, 422)
  assert.equal((await house.facts('queue.saved')).filter(line => line.body.includes('not made')).length, 0)
  assert.equal(
    (await house.api(supervisor, 'GET', '/users?colour=1')).status,
    403,
    'who may not see it is told only that',
  )
})

test('a call for an agent who is not signed on is refused with the rule that refused', async () => {
  const user = await house.add('carol', 'agent')
  const response = await house.api(supervisor, 'POST', '/calls', { agent: user.id, number: '13812345678' })
  assert.equal(response.status, 409)
  assert.equal((await json(response))['rule'], 'not_signed_on')
})

test('a call for an agent who sits ready is dialled, and a number on the do-not-call list is not', async () => {
  await house.api(admin, 'POST', '/trunks', { ...trunk, name: 'for dialling' })
  for (const floor of house.engine.state.trunks.values())
    await house.engine.dispatch({ type: 'trunk.up', trunk: floor.trunk.id }, 'system')
  const user = await house.add('dora', 'agent')
  const alice: UserId = user.id
  await house.engine.dispatch({ type: 'agent.signOn', agent: alice }, `user:${alice}`)
  await house.engine.dispatch({ type: 'station.up', agent: alice, leg: 'leg_dora' as never }, 'system')
  await house.engine.dispatch({ type: 'agent.ready', agent: alice }, `user:${alice}`)
  await house.api(supervisor, 'POST', '/suppressions', { number: '13900000000', reason: 'asked not to be called' })
  const refused = await house.api(supervisor, 'POST', '/calls', { agent: alice, number: '13900000000' })
  assert.equal(refused.status, 409)
  const response = await house.api(supervisor, 'POST', '/calls', { agent: alice, number: '13812345678', party: 'C-1' })
  assert.equal(response.status, 201, await response.clone().text())
  const call = await json(response)
  assert.deepEqual(
    [call['number'], call['agent'], call['direction'], call['party']],
    ['+8613812345678', alice, 'out', 'C-1'],
  )
  assert.ok(house.effects.some(effect => effect.type === 'phone.dial'))
  const listed = await json(await house.api(supervisor, 'GET', '/calls?number=138-1234-5678'))
  assert.equal(listed['items'][0].id, call['id'])
})

test('a call for an agent with a desk phone that is rung is told by the id it will have when it is picked up', async () => {
  const { id: agent } = await house.add('edgar', 'agent', { station: 'phone-rung', extension: '1077' })
  await house.engine.dispatch({ type: 'agent.signOn', agent }, `user:${agent}`)
  await house.engine.dispatch({ type: 'agent.ready', agent }, `user:${agent}`)
  const response = await house.api(supervisor, 'POST', '/calls', { agent, number: '13812345679' })
  assert.equal(response.status, 202, await response.clone().text())
  const told = await json(response)
  assert.equal(told['ringing'], agent)
  const ring = house.effects.findLast(effect => effect.type === 'phone.ring')
  assert.ok(ring?.type === 'phone.ring' && ring.call === told['call'])
  assert.equal((await house.api(supervisor, 'GET', `/calls/${told['call']}`)).status, 404)
  await house.engine.dispatch({ type: 'leg.answered', leg: ring.leg }, 'system')
  const call = await json(await house.api(supervisor, 'GET', `/calls/${told['call']}`))
  assert.deepEqual([call['number'], call['agent']], ['+8613812345679', agent])
  const { paths, components } = await json(await house.app.request('/api/openapi.json'))
  const { responses } = paths['/api/v1/calls'].post
  assert.deepEqual(Object.keys(responses).slice(0, 2), ['201', '202'])
  assert.equal(responses['202'].content['application/json'].schema.$ref, '#/components/schemas/Ringing')
  assert.deepEqual(components.schemas.Ringing.required, ['ringing', 'call'])
})

test('a recording is heard in parts, each hearing from its start is noted, and a path out of the folder leads nowhere', async () => {
  const sealed = (id: string, at: string) => [
    recorded({ type: 'recording.opened', recording: id as never, call: 'c_rec' as never, path: at }, noon),
    recorded(
      {
        type: 'recording.sealed',
        recording: id as never,
        call: 'c_rec' as never,
        sha256: 'ab'.repeat(32),
        bytes: 10,
        durationMs: 1,
        salvaged: false,
      },
      noon,
    ),
  ]
  await house.store.commit({ recorded: [...sealed('r_1', 'day/r_1.wav'), ...sealed('r_2', '../switchroom.db')] })
  mkdirSync(path.join(house.deps.config.recordingsDir, 'day'), { recursive: true })
  writeFileSync(path.join(house.deps.config.recordingsDir, 'day/r_1.wav'), '0123456789')
  const get = (range?: string) => house.api(auditor, 'GET', '/recordings/r_1/audio', undefined, range ? { range } : {})
  const whole = await get()
  assert.deepEqual(
    [whole.status, await whole.text(), whole.headers.get('content-type')],
    [200, '0123456789', 'audio/wav'],
  )
  const listens = async () => (await house.facts('recording.listened')).length
  assert.equal(await listens(), 1)
  const part = await get('bytes=2-4')
  assert.deepEqual([part.status, await part.text(), part.headers.get('content-range')], [206, '234', 'bytes 2-4/10'])
  assert.equal(await (await get('bytes=-3')).text(), '789')
  assert.equal(await (await get('bytes=7-')).text(), '789')
  assert.equal((await get('bytes=10-')).status, 416)
  const { etag } = Object.fromEntries(whole.headers)
  const url = '/recordings/r_1/audio'
  assert.equal((await house.api(auditor, 'GET', url, undefined, { 'if-none-match': etag! })).status, 304)
  assert.equal((await house.api(auditor, 'HEAD', url)).status, 200)
  assert.equal(await listens(), 1, 'seeking on, and asking without being given a byte, is no other hearing')
  assert.equal(await (await get('bytes=4-2')).text(), '0123456789')
  assert.equal(await (await get('bytes=0-1,3-4')).text(), '0123456789')
  assert.equal(await listens(), 3, 'two that get the whole for a range which is none')
  await (await get()).text()
  assert.equal(await listens(), 4, 'two downloads are two facts')
  await (await get('bytes=0-3')).text()
  await (await get('bytes=-10')).text()
  assert.equal(await listens(), 6)
  auditor = (await house.token('auditor')).secret
  assert.equal(await (await get('bytes=1-')).text(), '123456789')
  assert.equal(await listens(), 7, 'all but the first byte is a hearing too')
  assert.equal((await house.api(auditor, 'GET', '/recordings/r_2/audio')).status, 404)
  assert.equal((await house.api(auditor, 'GET', '/recordings/..%2F..%2Fswitchroom.db/audio')).status, 404)
})

test('the stream of facts goes on after the last one that was seen', async () => {
  const started = await house.store.read('journal.head', {})
  await house.api(admin, 'POST', '/queues', { name: 'first' })
  await house.api(admin, 'POST', '/queues', { name: 'second' })
  const read = async (response: Response, until: string) => {
    const reader = response.body!.getReader()
    let text = ''
    while (!text.includes(until)) {
      const { value, done } = await reader.read()
      if (done) break
      text += new TextDecoder().decode(value)
    }
    await reader.cancel()
    return text
  }
  const caughtUp = await house.api(supervisor, 'GET', `/events?types=queue.`, undefined, {
    'last-event-id': String(started.seq),
  })
  const text = await read(caughtUp, 'second')
  assert.match(text, /"first"/)
  assert.doesNotMatch(text, /event: user\./)
  const lastId = [...text.matchAll(/^id: (\d+)$/gm)].at(-1)![1]!
  const live = await house.api(supervisor, 'GET', '/events?types=queue.', undefined, { 'last-event-id': lastId })
  const reading = read(live, 'third')
  await house.api(admin, 'POST', '/queues', { name: 'third' })
  const rest = await reading
  assert.match(rest, /"third"/)
  assert.doesNotMatch(rest, /"second"/)
  assert.equal((await house.api(supervisor, 'GET', '/events', undefined, { 'last-event-id': 'x' })).status, 400)
})

test('a supervisor hears nothing of sign-ins and tokens on the stream', async () => {
  const { seq } = await house.store.read('journal.head', {})
  await house.token('agent')
  await house.api(admin, 'POST', '/queues', { name: 'after the token' })
  const response = await house.api(supervisor, 'GET', '/events', undefined, { 'last-event-id': String(seq) })
  const reader = response.body!.getReader()
  let text = ''
  while (!text.includes('after the token')) text += new TextDecoder().decode((await reader.read()).value)
  await reader.cancel()
  assert.doesNotMatch(text, /token\.issued/)
})

test('the OpenAPI document describes every route that answers, from the schemas that validate', async () => {
  const document = await json(await house.app.request('/api/openapi.json'))
  assert.equal(document['openapi'], '3.1.0')
  const paths = Object.keys(document['paths'])
  for (const wanted of [
    '/users',
    '/trunks',
    '/numbers',
    '/queues',
    '/campaigns',
    '/campaigns/{id}/leads',
    '/campaigns/{id}/state',
    '/campaigns/{id}/stats',
    '/calls',
    '/calls/{id}',
    '/recordings/{id}',
    '/recordings/{id}/audio',
    '/exports',
    '/events',
    '/suppressions',
    '/tokens',
  ])
    assert.ok(paths.includes(`/api/v1${wanted}`), wanted)
  const user = document['components'].schemas.UserInput
  assert.equal(user.additionalProperties, false)
  assert.deepEqual(user.required.sort(), ['name', 'password', 'role'])
  assert.equal(user.properties.password.minLength, 12)
})

test('metrics are for this machine, and from elsewhere for a token of an administrator', async () => {
  const ask = (headers: Record<string, string>, address: string) =>
    house.app.request('/metrics', { headers }, { incoming: { socket: { remoteAddress: address } } })
  const here = await ask({}, '127.0.0.1')
  assert.equal(here.status, 200)
  assert.match(await here.text(), /^# HELP switchroom_info/)
  assert.equal((await ask({}, '192.168.1.9')).status, 403)
  assert.equal((await ask({ 'x-forwarded-for': '127.0.0.1' }, '192.168.1.9')).status, 403)
  assert.equal((await ask({ 'x-forwarded-for': '192.168.1.9' }, '127.0.0.1')).status, 403)
  const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` })
  const there = await ask(bearer(admin), '192.168.1.9')
  assert.equal(there.status, 200)
  assert.match(await there.text(), /^# HELP switchroom_info/)
  assert.equal((await ask({ ...bearer(admin), 'x-forwarded-for': '192.168.1.9' }, '127.0.0.1')).status, 200)
  assert.equal((await ask(bearer(supervisor), '192.168.1.9')).status, 403)
  assert.equal((await ask(bearer('swr_wrong'), '192.168.1.9')).status, 403)
  const revoked = await house.token('admin')
  await house.api(admin, 'DELETE', `/tokens/${revoked.id}`)
  assert.equal((await ask(bearer(revoked.secret), '192.168.1.9')).status, 403)
})

test('static files are those of the folder and nothing above it', async () => {
  assert.equal((await house.app.request('/static/switchroom.css')).status, 200)
  for (const path of [
    '/static/../deps.ts',
    '/static/%2e%2e/pages/sign-in.ts',
    '/static/..%2f..%2fpackage.json',
    '/static/.env',
  ])
    assert.notEqual((await house.app.request(path)).status, 200, path)
})
