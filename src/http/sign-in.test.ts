import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Hono } from 'hono'
import { StoreError } from '../store/port.ts'
import type { Store } from '../store/store.ts'
import type { Env } from './deps.ts'
import { allow } from './guard.ts'
import type { OnCall } from './on-call.ts'
import { createSessions } from './session.ts'
import { type House, openHouse, testPassword } from './testing/house.ts'

/** A page of an agent and one of an administrator, to try doors on. */
const pages = {
  routers: [
    () => {
      const route = new Hono<Env>()
      route.get('/agent', allow('agent'), c => c.text(`desk of ${c.var.user.name}`))
      route.get('/admin', allow('admin'), c => c.text('set-up'))
      route.post('/agent/state', allow('agent'), c => c.text('done'))
      return route
    },
  ],
}
const html = { accept: 'text/html' }

let house: House
before(async () => {
  house = await openHouse({ pages })
})
after(() => house[Symbol.asyncDispose]())

test('a person signs in, comes to their own home and is told in the journal', async () => {
  await house.add('alice1', 'agent')
  const { response, cookie } = await house.signIn('alice1')
  assert.equal(response.status, 303)
  assert.equal(response.headers.get('location'), '/agent')
  const set = response.headers.getSetCookie()[0]!
  assert.match(set, /^__Host-switchroom=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/)
  const desk = await house.app.request('/agent', { headers: { ...html, cookie } })
  assert.equal(await desk.text(), 'desk of alice1')
  assert.equal(desk.headers.get('cache-control'), 'no-store')
  assert.equal((await house.facts('session.opened')).length, 1)
  assert.equal(JSON.stringify(await house.facts()).includes(testPassword), false)
})

test('a name that nobody has is answered word for word as a wrong password', async () => {
  await house.add('alice2', 'agent')
  const wrong = await (await house.signIn('alice2', 'not the password')).response.text()
  const nobody = await (await house.signIn('mallory2', 'not the password')).response.text()
  assert.equal(
    nobody.replaceAll('mallory2', 'alice2').replace(/data-now="\d+"/, ''),
    wrong.replace(/data-now="\d+"/, ''),
  )
})

test('five failures lock the name for 30 minutes, the right password included, and nobody learns whether it exists', async () => {
  await house.add('alice3', 'agent')
  for (const name of ['alice3', 'mallory3']) {
    const statuses = []
    for (let tries = 0; tries < 5; tries++)
      statuses.push((await house.signIn(name, 'not the password')).response.status)
    assert.deepEqual(statuses, [401, 401, 401, 401, 429])
  }
  assert.equal((await house.signIn('ALICE3')).response.status, 429)
  assert.equal((await house.facts('user.locked')).length, 1)
  house.clock.advance(30 * 60_000 + 1)
  assert.equal((await house.signIn('alice3')).response.status, 303)
})

test('what was typed as a name does not come into the journal unless it is one: it may be a password', async () => {
  await house.signIn('my secret password', 'x')
  const refused = (await house.facts('session.refused')).at(-1)
  assert.equal(JSON.parse(refused!.body).name, '(unknown)')
})

test('a new password lifts the lock and ends the session that the old one opened', async () => {
  const alice = await house.add('alice5', 'agent')
  const { cookie } = await house.signIn('alice5')
  const { changeUser } = await import('../records/people/users.ts')
  await changeUser(house.deps.records, 'system', alice.id, { password: 'another long password' })
  const back = await house.app.request('/agent', { headers: { ...html, cookie } })
  assert.equal(back.status, 303)
  assert.equal((await house.signIn('alice5', 'another long password')).response.status, 303)
})

test('who signs in elsewhere replaces the first session, and the first browser is told why', async () => {
  await house.add('alice6', 'agent')
  const first = await house.signIn('alice6')
  const second = await house.signIn('alice6')
  const old = await house.app.request('/agent', { headers: { ...html, cookie: first.cookie } })
  assert.equal(old.headers.get('location'), '/sign-in?why=replaced&next=%2Fagent')
  const fresh = await house.app.request('/agent', { headers: { ...html, cookie: second.cookie } })
  assert.equal(fresh.status, 200)
})

test('a token planted before the sign-in opens nothing after it', async () => {
  await house.add('alice7', 'agent')
  const planted = '__Host-switchroom=plantedplantedplantedplantedplantedplanted1'
  const response = await house.app.request('/sign-in', {
    method: 'POST',
    headers: { ...html, 'sec-fetch-site': 'same-origin', cookie: planted },
    body: new URLSearchParams({ name: 'alice7', password: testPassword }),
  })
  assert.equal(response.status, 303)
  assert.equal(response.headers.getSetCookie()[0]!.includes('planted'), false)
  assert.equal((await house.app.request('/agent', { headers: { ...html, cookie: planted } })).status, 303)
})

test('after ten idle minutes an administrator signs in again; an agent with an open desk does not', async () => {
  await house.add('alice8', 'agent')
  await house.add('adam8', 'admin')
  const alice = await house.signIn('alice8')
  const adam = await house.signIn('adam8')
  const token = /__Host-switchroom=([\w-]+)/.exec(alice.cookie)![1]!
  const found = house.deps.sessions.find(token)
  assert.ok(found !== null && typeof found !== 'string')
  const release = house.deps.sessions.hold(found.session.id)
  house.clock.advance(10 * 60_000 + 1)
  house.deps.sessions.sweep()
  const admin = await house.app.request('/admin', { headers: { ...html, cookie: adam.cookie } })
  assert.equal(admin.headers.get('location'), '/sign-in?why=expired&next=%2Fadmin')
  assert.equal((await house.app.request('/agent', { headers: { ...html, cookie: alice.cookie } })).status, 200)
  release()
  house.clock.advance(10 * 60_000 + 1)
  assert.equal((await house.app.request('/agent', { headers: { ...html, cookie: alice.cookie } })).status, 303)
})

test('a supervisor who listens to a call works, though they touch nothing', async () => {
  const user = await house.add('sam8', 'supervisor')
  let doing: OnCall | null = 'listens'
  const sessions = await createSessions({
    ...{ door: house.deps.records, clock: house.clock, log: house.deps.log, passwordCost: 10 },
    userById: id => house.engine.state.users.get(id),
    userByName: name => [...house.engine.state.users.values()].find(each => each.name === name),
    onCall: id => (id === user.id ? doing : null),
  })
  const signedIn = await sessions.signIn({ name: 'sam8', password: testPassword, address: '127.0.0.9' })
  assert.ok(signedIn.ok)
  const pass = (minutes: number) => {
    for (let n = 0; n < minutes; n++) {
      house.clock.advance(60_000)
      sessions.sweep()
    }
  }
  pass(25)
  assert.equal(sessions.count, 1)
  doing = null
  pass(9)
  assert.equal(sessions.count, 1)
  pass(2)
  assert.equal(sessions.count, 0)
})

test('a headset that listens on an empty desk keeps nobody signed in for longer than an hour; a call in hand does', async () => {
  const user = await house.add('sam9', 'supervisor')
  let doing: OnCall | null = 'listens'
  const sessions = await createSessions({
    ...{ door: house.deps.records, clock: house.clock, log: house.deps.log, passwordCost: 10 },
    userById: id => house.engine.state.users.get(id),
    userByName: name => [...house.engine.state.users.values()].find(each => each.name === name),
    onCall: id => (id === user.id ? doing : null),
  })
  const pass = (minutes: number) => {
    for (let n = 0; n < minutes; n++) {
      house.clock.advance(60_000)
      sessions.sweep()
    }
  }
  const signIn = () => sessions.signIn({ name: 'sam9', password: testPassword, address: '127.0.0.9' })
  const signedIn = await signIn()
  assert.ok(signedIn.ok)
  pass(55)
  assert.equal(typeof sessions.find(signedIn.token), 'object', 'and whatever they touch counts anew')
  pass(70)
  assert.equal(sessions.count, 1)
  pass(1)
  assert.equal(sessions.count, 0)
  doing = 'talks'
  assert.ok((await signIn()).ok)
  pass(200)
  assert.equal(sessions.count, 1)
  pass(16 * 60)
  assert.equal(sessions.count, 0, 'and no session is longer than a shift')
})

test('an htmx request of an expired session sends the browser to the sign-in and back to the page it was on', async () => {
  await house.add('alice9', 'agent')
  const { cookie } = await house.signIn('alice9')
  house.clock.advance(17 * 3_600_000)
  const response = await house.app.request('/agent/state', {
    method: 'POST',
    headers: {
      cookie,
      'sec-fetch-site': 'same-origin',
      'hx-request': 'true',
      'hx-current-url': 'https://centre.lan:8443/agent?tab=2',
    },
  })
  assert.equal(response.status, 401)
  assert.equal(response.headers.get('hx-redirect'), '/sign-in?why=expired&next=%2Fagent%3Ftab%3D2')
})

test('a session outlives a restart of the process', async () => {
  const alice = await house.add('alice10', 'agent')
  const { cookie } = await house.signIn('alice10')
  const restarted = await createSessions({
    log: house.deps.log,
    door: house.deps.records,
    clock: house.clock,
    userById: id => house.engine.state.users.get(id),
    userByName: () => undefined,
    passwordCost: 10,
  })
  const found = restarted.find(/__Host-switchroom=([\w-]+)/.exec(cookie)![1]!)
  assert.ok(found !== null && typeof found !== 'string')
  assert.equal(found.user.id, alice.id)
})

test('while the disk is full a person signs in all the same, and the journal says so, and when it was, once there is room', async () => {
  const adam = await house.add('adam10', 'admin')
  let isFull = true
  const full = async () => Promise.reject(new StoreError('full', null, 'The disk is full.'))
  const { store } = house.deps.records
  const sessions = { ...store.sessions, list: () => store.sessions.list(), put: full, remove: full }
  const over: Partial<Store> = { commit: given => (isFull ? full() : store.commit(given)), sessions }
  const filled = new Proxy(store, {
    get(on, key) {
      const value = key in over ? Reflect.get(over, key) : Reflect.get(on, key, on)
      return typeof value === 'function' ? value.bind(on) : value
    },
  })
  const those = await createSessions({
    log: house.deps.log,
    door: { ...house.deps.records, store: filled },
    clock: house.clock,
    userById: id => house.engine.state.users.get(id),
    userByName: name => [...house.engine.state.users.values()].find(user => user.name === name),
    passwordCost: 10,
  })
  const cameAt = house.clock.now()
  const outcome = await those.signIn({ name: 'adam10', password: testPassword, address: '10.0.0.7' })
  assert.ok(outcome.ok)
  const found = those.find(outcome.token)
  assert.ok(found !== null && typeof found !== 'string' && found.user.id === adam.id)
  const written = async () =>
    (await house.facts('session.opened')).map(({ body }) => JSON.parse(body)).filter(fact => fact.user === adam.id)
  house.clock.advance(60_000)
  those.sweep()
  assert.deepEqual(await written(), [])
  isFull = false
  house.clock.advance(60_000)
  those.sweep()
  while ((await written()).length === 0) await new Promise(resolve => setTimeout(resolve, 5))
  assert.deepEqual(await written(), [{ type: 'session.opened', user: adam.id, address: '10.0.0.7', openedAt: cameAt }])
})

test('the wrong role meets a page that says so, not a page of another role', async () => {
  await house.add('alice11', 'agent')
  const { cookie } = await house.signIn('alice11')
  assert.equal((await house.app.request('/admin', { headers: { ...html, cookie } })).status, 403)
})

test('a change asked for from another site, or by nobody knows whom, is refused whatever cookie it bears', async () => {
  await house.add('alice12', 'agent')
  const { cookie } = await house.signIn('alice12')
  const ask = (headers: Record<string, string>) =>
    house.app.request('https://centre.lan/agent/state', {
      method: 'POST',
      headers: { cookie, host: 'centre.lan', ...headers },
    })
  assert.equal((await ask({ 'sec-fetch-site': 'cross-site' })).status, 403)
  assert.equal((await ask({ 'sec-fetch-site': 'same-site' })).status, 403)
  assert.equal((await ask({ origin: 'https://evil.example' })).status, 403)
  assert.equal((await ask({ origin: 'null' })).status, 403)
  assert.equal((await ask({})).status, 403)
  assert.equal((await ask({ origin: 'https://centre.lan' })).status, 200)
  assert.equal((await ask({ 'sec-fetch-site': 'same-origin' })).status, 200)
})

test('the way back after the sign-in is a path of ours and never another host', async () => {
  await house.add('alice13', 'agent')
  for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example/x', 'javascript:alert(1)']) {
    const response = await house.app.request('/sign-in', {
      method: 'POST',
      headers: { ...html, 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ name: 'alice13', password: testPassword, next }),
    })
    const target = new URL(response.headers.get('location')!, 'https://centre.lan')
    assert.equal(target.host, 'centre.lan', next)
    assert.equal(target.protocol, 'https:', next)
  }
})

test('signing out ends the session here and now', async () => {
  await house.add('alice14', 'agent')
  const { cookie } = await house.signIn('alice14')
  const response = await house.app.request('/sign-out', {
    method: 'POST',
    headers: { ...html, cookie, 'sec-fetch-site': 'same-origin' },
  })
  assert.equal(response.headers.get('location'), '/sign-in?why=signed_out')
  assert.equal((await house.app.request('/agent', { headers: { ...html, cookie } })).status, 303)
})

test('before there is anybody the sign-in page says how to make the first administrator', async () => {
  await using house = await openHouse()
  const page = await (await house.app.request('/sign-in')).text()
  assert.match(page, /switchroom user add --role admin/)
  await house.add('adam', 'admin')
  assert.doesNotMatch(await (await house.app.request('/sign-in')).text(), /switchroom user add/)
})

test('every answer carries a strict content security policy, problems included', async () => {
  for (const path of ['/sign-in', '/nowhere', '/healthz', '/api/v1/users']) {
    const { headers } = await house.app.request(path)
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'; script-src 'self';/, path)
    assert.equal(headers.get('x-content-type-options'), 'nosniff', path)
  }
})

test('a refused sign-in whose line cannot be written is told in the log', async () => {
  await using house = await openHouse()
  await house.add('dora', 'agent')
  const told: string[] = []
  const door = {
    ...house.deps.records,
    store: new Proxy(house.store, {
      get: (store, name) => {
        if (name === 'commit') return () => Promise.reject(new Error('the disk is full'))
        const value = Reflect.get(store, name) as unknown
        return typeof value === 'function' ? value.bind(store) : value
      },
    }),
  }
  const sessions = await createSessions({
    door,
    clock: house.clock,
    log: { error: ((_fields: unknown, words: string) => void told.push(words)) as never },
    userById: id => house.engine.state.users.get(id),
    userByName: name => [...house.engine.state.users.values()].find(user => user.name === name),
    passwordCost: 10,
  })
  const outcome = await sessions.signIn({ name: 'dora', password: 'not the password', address: '127.0.0.1' })
  assert.equal(outcome.ok, false)
  await new Promise(done => setImmediate(done))
  assert.deepEqual(told, ['a line of the audit trail could not be written'])
})
