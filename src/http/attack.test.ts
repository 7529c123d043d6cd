/** What was tried by somebody on the LAN who has no business here, or with less of a role than the thing wants. */
import assert from 'node:assert/strict'
import { type ClientRequest, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { changeCampaign, createCampaign, setCampaignState } from '../records/campaigns/campaigns.ts'
import { importLeads } from '../records/campaigns/leads.ts'
import { changeList } from '../records/campaigns/lists.ts'
import { savePolicy } from '../records/gate/policies.ts'
import { addSuppression } from '../records/gate/suppressions.ts'
import { revokeToken } from '../records/people/tokens.ts'
import { changeUser } from '../records/people/users.ts'
import { changeTrunk, createTrunk } from '../records/telephony/trunks.ts'
import { adminRoutes } from './admin/admin.ts'
import { agentRoutes } from './agent/agent.ts'
import { silentPerAddressMax } from './crowd.ts'
import { liveRoutes } from './live/live.ts'
import { streamsPerSessionMax } from './live/stream.ts'
import { type Listening, listen } from './server.ts'
import { type House, openHouse } from './testing/house.ts'

let house: House
let web: Listening
before(async () => {
  house = await openHouse({ tls: false, pages: { routers: [adminRoutes, agentRoutes, liveRoutes] } })
  web = await listen(house.app, { host: '127.0.0.1', port: 0, tls: null })
})
after(async () => {
  await web[Symbol.asyncDispose]()
  await house[Symbol.asyncDispose]()
})

const page = async (cookie: string, path: string) =>
  (await house.app.request(path, { headers: { cookie, accept: 'text/html' } })).text()

/** A POST whose length nobody knows; it goes on until the caller ends it. */
function chunked(path: string, headers: object = {}): { upload: ClientRequest; status: Promise<number> } {
  const upload = request({
    host: '127.0.0.1',
    port: web.port,
    path,
    method: 'POST',
    agent: false,
    headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded', ...headers },
  })
  upload.flushHeaders()
  const status = new Promise<number>((resolve, reject) => {
    upload.on('response', response => {
      response.resume()
      resolve(response.statusCode!)
    })
    upload.on('error', reject)
  })
  status.catch(() => {})
  return { upload, status }
}

/** Reads a stream until it is over or `patienceMs` are; answers whether it ended. */
async function endsWithin(response: Response, patienceMs: number): Promise<boolean> {
  const reader = response.body!.getReader()
  const ended = (async () => {
    while (!(await reader.read()).done);
    return true
  })()
  const late = sleep(patienceMs, false, { ref: false })
  const answer = await Promise.race([ended, late])
  await reader.cancel().catch(() => {})
  return answer
}

test('a stranger’s upload of unknown length is answered before it is taken in', async () => {
  for (const path of ['/admin/campaigns/cp_1/leads', '/api/v1/campaigns/cp_1/leads']) {
    const { upload, status } = chunked(path)
    upload.write(Buffer.alloc(64 * 1024))
    try {
      assert.equal(await Promise.race([status, sleep(3000, 0, { ref: false })]), 401, path)
    } finally {
      upload.destroy()
    }
  }
})

test('a form of unknown length from a person who is signed in is read like any other, up to the limit', async () => {
  await house.add('anna', 'agent')
  const { cookie } = await house.signIn('anna')
  const form = chunked('/agent/calls', { cookie })
  form.upload.end('number=nonsense')
  assert.equal(await form.status, 422)
  const large = chunked('/agent/calls', { cookie })
  large.upload.end(Buffer.alloc(300 * 1024, 'x'))
  assert.equal(await large.status, 413)
})

test('the live page of a person who is disabled, or given another role, ends at once', async () => {
  for (const [name, change] of [
    ['sid', { enabled: false }],
    ['sue', { role: 'agent' }],
  ] as const) {
    const user = await house.add(name, 'supervisor')
    const { cookie } = await house.signIn(name)
    const stream = await house.app.request('/live/floor', { headers: { cookie } })
    assert.equal(stream.status, 200)
    await changeUser(house.deps.records, 'system', user.id, change)
    assert.ok(await endsWithin(stream, 2000), name)
  }
})

test('a token that was revoked hears nothing more, also where the floor is never silent', async () => {
  const { id, secret } = await house.token('supervisor')
  const stream = await house.api(secret, 'GET', '/events')
  await revokeToken(house.deps.records, 'system', id)
  let goesOn = true
  const noise = (async () => {
    for (let n = 0; goesOn; n++) {
      await addSuppression(house.deps.records, 'system', { number: `138${10_000_000 + n}`, reason: 'noise' })
      await sleep(20)
    }
  })()
  const ended = await endsWithin(stream, 3000)
  goesOn = false
  await noise
  assert.ok(ended)
})

test('who may not see numbers finds none in the source of a page, nor in the journal', async () => {
  const number = '+8613912345678'
  for (let n = 0; n < 51; n++)
    await addSuppression(house.deps.records, 'system', { number: `1391111${1000 + n}`, reason: 'asked for it' })
  await addSuppression(house.deps.records, 'system', { number, reason: 'calls from 13912345678, or 010-62345678' })
  await house.add('ada', 'admin', { numbersMasked: true })
  const { cookie } = await house.signIn('ada')
  const journal = await page(cookie, '/admin/journal?type=suppression.')
  assert.match(journal, /\+86139\*{4}5678/)
  assert.doesNotMatch(journal, /139\d{8}|62345678/)
  const list = await page(cookie, '/admin/suppressions?q=139')
  assert.doesNotMatch(list, /139 ?\d{4}/)
  const next = /href="(\/admin\/suppressions[^"]*cursor=[^"]+)"/.exec(list)?.[1]?.replaceAll('&amp;', '&')
  assert.ok(next)
  const cursor = new URLSearchParams(next.split('?')[1]).get('cursor')!
  assert.doesNotMatch(Buffer.from(cursor, 'base64url').toString(), /139\d/)
  const second = await page(cookie, next)
  assert.match(second, /139 \*{4} 5678/)
  // The last of the list can still be removed from it.
  const sealed = [...second.matchAll(/name="number" value="([^"]+)"/g)].at(-1)![1]!
  const removal = await house.app.request('/admin/suppressions/removal', {
    method: 'POST',
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ number: sealed }),
  })
  assert.equal(removal.status, 303)
  assert.equal(await house.store.read('suppressions.byNumber', { number }), null)
})

test('one machine that opens connections and says nothing does not take all the places', async () => {
  const closed: Socket[] = []
  const sockets = Array.from({ length: silentPerAddressMax + 50 }, () => {
    const socket = connect({ host: '127.0.0.1', port: web.port, localAddress: '127.0.0.7' })
    socket.on('error', () => {})
    socket.once('close', () => closed.push(socket))
    return socket
  })
  const health = () => fetch(`http://127.0.0.1:${web.port}/healthz`).then(response => response.status)
  for (let waits = 0; closed.length < 50 && waits < 100; waits++) await sleep(20)
  assert.equal(closed.length, 50)
  assert.equal(await health(), 200)
  for (const socket of sockets) socket.destroy()
  // Their places are given back.
  for (let waits = 0; closed.length < sockets.length && waits < 100; waits++) await sleep(20)
  await sleep(50)
  const again = connect({ host: '127.0.0.1', port: web.port, localAddress: '127.0.0.7' })
  again.end('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  let text = ''
  for await (const part of again) text += part
  assert.match(text, /^HTTP\/1\.1 200 /)
})

test('the security administrator’s token hears who did what, and no customer’s number', async () => {
  const { secret } = await house.token('security')
  const { seq } = await house.store.read('journal.head', {})
  await addSuppression(house.deps.records, 'system', { number: '13712345678', reason: 'at 13712345678' })
  const stream = await house.api(secret, 'GET', '/events?types=suppression.', undefined, {
    'last-event-id': String(seq),
  })
  const reader = stream.body!.getReader()
  let text = ''
  while (!text.includes('suppression.added')) text += new TextDecoder().decode((await reader.read()).value)
  await reader.cancel()
  assert.match(text, /\+86137\*{4}5678/)
  assert.doesNotMatch(text, /137\d/)
})

test('one session that opens live pages without end keeps a dozen, the newest', async () => {
  await house.add('stan', 'supervisor')
  const { cookie } = await house.signIn('stan')
  const open = () => house.app.request('/live/floor', { headers: { cookie } })
  const first = await open()
  const others = []
  for (let n = 0; n < streamsPerSessionMax; n++) others.push(await open())
  assert.ok(await endsWithin(first, 1000))
  assert.equal(await endsWithin(others[0]!, 100), false)
  for (const stream of others.slice(1)) await stream.body?.cancel()
})

test('of two changes at once neither undoes the other, and the last two administrators cannot both go', async () => {
  const dan = await house.add('dan', 'agent')
  const { records } = house.deps
  const at = (change: object) => changeUser(records, 'system', dan.id, change)
  await Promise.all([at({ enabled: false }), at({ displayName: 'Dan' }), at({ skills: ['x'] })])
  const { enabled, displayName, skills } = (await house.store.read('users.byId', { id: dan.id }))!
  assert.deepEqual({ enabled, displayName, skills }, { enabled: false, displayName: 'Dan', skills: ['x'] })
  await house.add('adi', 'admin')
  const admins = await house.store.read('users.list', { role: 'admin', enabledOnly: true })
  const gone = await Promise.allSettled(admins.map(({ id }) => changeUser(records, 'system', id, { enabled: false })))
  assert.equal(gone.filter(({ status }) => status === 'rejected').length, 1)
  assert.equal((await house.store.read('users.list', { role: 'admin', enabledOnly: true })).length, 1)
})

test('of two changes at once of a campaign, a list, a trunk or a policy neither undoes the other', async () => {
  const { records } = house.deps
  const trunk = await createTrunk(records, 'system', { name: 'c', host: '127.0.0.1', callerIds: ['+861012345678'] })
  const given = { name: 'due', business: 'collections', mode: 'manual', trunks: [trunk.id], policy: 'CN-GBT45251-2025' }
  const { id } = await createCampaign(records, 'system', given)
  await setCampaignState(records, 'system', id, { state: 'running' })
  await Promise.all([
    changeCampaign(records, 'system', id, { policy: 'UK' }),
    setCampaignState(records, 'system', id, { state: 'paused' }),
    changeCampaign(records, 'system', id, { wrapMs: 1000, trunks: [trunk.id] }),
    changeTrunk(records, 'system', trunk.id, { maxCalls: 7 }),
    changeTrunk(records, 'system', trunk.id, { enabled: false }),
  ])
  const { policy, state, wrapMs } = (await house.store.read('campaigns.byId', { id }))!
  assert.deepEqual({ policy, state, wrapMs }, { policy: 'UK', state: 'paused', wrapMs: 1000 })
  const { maxCalls, enabled } = (await house.store.read('trunks.byId', { id: trunk.id }))!
  assert.deepEqual({ maxCalls, enabled }, { maxCalls: 7, enabled: false })
  const rows = [{ ref: 'carl', phones: [{ number: '13800000001' }] }]
  const source = { kind: 'json' as const, rows }
  const { list } = await importLeads(records, 'system', { campaign: id, source, name: 'march' })
  const where = { campaign: id, list }
  await Promise.all([
    changeList(records, 'system', where, { paused: true }),
    changeList(records, 'system', where, { weight: 9 }),
  ])
  const { paused, weight } = (await house.store.read('lists.byId', { id: list }))!
  assert.deepEqual({ paused, weight }, { paused: true, weight: 9 })
  const own = { id: 'OWN-1', source: 'x', business: ['sales'], hours: { from: 0, to: 1440 }, relations: ['SELF'] }
  const saved = await Promise.all([1, 2, 3].map(() => savePolicy(records, 'system', own)))
  assert.deepEqual(
    saved.map(({ version }) => version),
    ['1', '2', '3'],
  )
})
