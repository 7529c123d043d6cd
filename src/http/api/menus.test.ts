import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { workerFile } from '../../lib/places.ts'
import { convertWav } from '../../rtp/convert.ts'
import { wavOf } from '../../rtp/fixtures/wav-of.ts'
import { readWav } from '../../rtp/wav.ts'
import { type House, openHouse } from '../testing/house.ts'

let house: House
let admin = ''
let supervisor = ''
let auditor = ''
before(async () => {
  house = await openHouse()
  admin = (await house.token('admin')).secret
  supervisor = (await house.token('supervisor')).secret
  auditor = (await house.token('auditor')).secret
  house.deps.phrases.convert = file => convertWav(file, workerFile('rtp/convert-worker'))
})
after(() => house[Symbol.asyncDispose]())

// biome-ignore lint/suspicious/noExplicitAny: what comes back is what is under test
type Json = Record<string, any>
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

async function ask(method: Method, path: string, body?: unknown, token = admin, headers = {}): Promise<Json> {
  const response = await house.api(token, method, path, body, headers)
  const text = await response.text()
  return { ...(text === '' ? {} : (JSON.parse(text) as Json)), http: response.status }
}

test('a menu is made, changed, led to by a number as `ivr`, and removed when nothing leads there', async () => {
  const queue = await ask('POST', '/queues', { name: 'service', announce: { language: 'en', everyMs: 30_000 } })
  assert.deepEqual(queue['announce'], { language: 'en', everyMs: 30_000, estimate: true })
  const given = { name: 'main', keys: { '1': { queue: queue['id'] }, '*': { act: 'repeat' } }, triesMax: 2 }
  const key = { 'idempotency-key': 'menu-1' }
  const menu = await ask('POST', '/menus', given, admin, key)
  assert.deepEqual([menu['http'], menu['fallback'], menu['waitMs']], [201, { act: 'call_back' }, 6_000])
  assert.equal((await ask('POST', '/menus', given, admin, key))['id'], menu['id'], 'done once')
  assert.equal((await ask('POST', '/menus', { name: 'x' }, supervisor))['http'], 403)
  assert.equal((await ask('GET', '/menus', undefined, supervisor))['items'].length, 1)
  const path = `/menus/${menu['id']}`
  const outside = await ask('PATCH', path, { keys: { '5': { number: '021-5555 9999' } } })
  assert.deepEqual([outside['keys'], outside['name']], [{ '5': { number: '+862155559999' } }, 'main'])
  for (const [wrong, field] of [
    [{ keys: { '12': { act: 'repeat' } } }, 'keys.12'],
    [{ keys: { '1': { queue: 'q_gone' } } }, 'keys.1'],
    [{ keys: { '1': { act: 'explode' } } }, 'keys.1'],
    [{ fallback: { act: 'repeat' } }, 'fallback'],
    [{ greeting: ['own/nobody'] }, 'greeting.0'],
    [{ hours: { weekdays: [1], from: '9', to: '18:00' } }, 'hours.from'],
  ] as const) {
    const refused = await ask('PATCH', path, wrong)
    assert.equal(refused['http'], 422, JSON.stringify(wrong))
    assert.ok(JSON.stringify(refused['errors'] ?? refused).includes(`"${field}"`), JSON.stringify(refused))
  }
  const number = await ask('POST', '/numbers', { number: '+861088880001', target: { ivr: menu['id'] } })
  assert.deepEqual([number['http'], number['target']], [201, { ivr: menu['id'] }])
  assert.equal((await ask('POST', '/numbers', { number: '+861088880002', target: { ivr: 'me_gone' } }))['http'], 422)
  assert.equal((await ask('DELETE', path))['rule'], 'in-use')
  await ask('PATCH', path, { keys: { '1': { queue: queue['id'] } } })
  assert.equal((await ask('DELETE', `/queues/${queue['id']}`))['rule'], 'in-use', 'a menu leads to the queue')
  assert.equal((await ask('DELETE', `/numbers/${number['id']}`))['http'], 204)
  assert.equal((await ask('DELETE', path))['http'], 204)
  assert.equal((await ask('GET', path))['http'], 404)
})

test('announcements are sent, labelled, heard and removed through the API', async () => {
  const wav = wavOf({ rate: 44_100, channels: 2, hz: 500, ms: 3_000 })
  const send = (query: string, token = admin, type = 'audio/wav', headers: Record<string, string> = {}) =>
    house.app.request(`/api/v1/announcements${query}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': type, ...headers },
      body: wav.slice(),
    })
  const query = `?label=POWER_OFF&language=zh-CN&words=${encodeURIComponent('您拨打的电话已关机')}`
  assert.equal((await send(query, supervisor)).status, 403)
  assert.equal((await send(query, admin, 'text/plain')).status, 415)
  assert.equal((await send('?label=NONSENSE')).status, 422)
  const key = { 'idempotency-key': 'sample-1' }
  const made = await send(query, admin, 'audio/wav', key)
  assert.equal(made.status, 201, 'half a megabyte is taken')
  const one = (await made.json()) as Json
  assert.deepEqual([one['label'], one['language'], one['call']], ['POWER_OFF', 'zh-CN', null])
  assert.ok(Math.abs(one['durationMs'] - 3_000) < 5)
  assert.equal(((await (await send(query, admin, 'audio/wav', key)).json()) as Json)['id'], one['id'], 'done once')
  assert.equal((await ask('GET', '/announcements', undefined, supervisor))['items'].length, 1)
  assert.equal((await ask('GET', '/announcements', undefined, auditor))['http'], 403)
  const path = `/announcements/${one['id']}`
  const sound = await house.api(supervisor, 'GET', `${path}/audio`)
  assert.equal(sound.headers.get('content-type'), 'audio/wav')
  assert.ok(readWav(new Uint8Array(await sound.arrayBuffer())).length > 23_000)
  const anew = { label: 'VACANT', language: 'en', words: 'does not exist' }
  assert.equal((await ask('PATCH', path, anew))['label'], 'VACANT')
  assert.equal((await ask('PATCH', path, { label: 'ANSWERED' }))['http'], 422)
  assert.equal((await ask('DELETE', path))['http'], 204)
  assert.equal((await ask('DELETE', path))['http'], 404)
  assert.deepEqual(
    (await house.facts()).flatMap(({ type }) => (type.startsWith('announcement.') ? [type] : [])),
    ['announcement.saved', 'announcement.labelled', 'announcement.removed'],
  )
})
