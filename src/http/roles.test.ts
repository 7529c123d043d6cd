/** Who may do what, asked of every route that there is: a new one is in these tests by being there. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { adminRoutes } from './admin/admin.ts'
import { supervisorRoutes } from './supervisor/supervisor.ts'
import { type House, openHouse } from './testing/house.ts'

let house: House
let factsBefore = 0
const cookies: Record<string, string> = {}
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes, supervisorRoutes] } })
  for (const role of ['agent', 'quality', 'auditor', 'supervisor', 'security', 'admin'] as const) {
    await house.add(`one ${role}`.replace(' ', '-'), role)
    cookies[role] = (await house.signIn(`one-${role}`)).cookie
  }
  factsBefore = (await house.facts()).length
})
after(() => house[Symbol.asyncDispose]())

/** Each route of the pages once, with `x` for what it is about. */
function routesOf(router: typeof adminRoutes): { method: string; path: string }[] {
  const all = router(house.deps).routes.filter(({ method }) => method !== 'ALL')
  const each = new Map(
    all.map(({ method, path }) => [`${method} ${path}`, { method, path: path.replace(/:\w+/g, 'x') }]),
  )
  return [...each.values()]
}

async function statusOf(method: string, path: string, headers: Record<string, string>): Promise<number> {
  const body = method === 'GET' ? {} : { body: new URLSearchParams() }
  return (await house.app.request(path, { method, headers: { accept: 'text/html', ...headers }, ...body })).status
}
const ownPage = { 'sec-fetch-site': 'same-origin' }

test('no page of the administrator opens, and no form of one is taken, for another role', async () => {
  const routes = routesOf(adminRoutes).filter(({ path }) => path.startsWith('/admin'))
  assert.ok(routes.length > 40, String(routes.length))
  for (const { method, path } of routes)
    for (const role of ['agent', 'quality', 'auditor', 'supervisor'])
      assert.equal(
        await statusOf(method, path, { ...ownPage, cookie: cookies[role]! }),
        403,
        `${role}: ${method} ${path}`,
      )
})

test('no page of the supervisor opens, and no form of one is taken, for an agent', async () => {
  const routes = routesOf(supervisorRoutes)
  assert.ok(routes.length > 5, String(routes.length))
  for (const { method, path } of routes)
    assert.equal(await statusOf(method, path, { ...ownPage, cookie: cookies['agent']! }), 403, `${method} ${path}`)
})

test('a form that another site sends is refused, whoever is signed in', async () => {
  for (const { method, path } of [...routesOf(adminRoutes), ...routesOf(supervisorRoutes)]) {
    if (method === 'GET') continue
    for (const from of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }, {}] as Record<
      string,
      string
    >[])
      assert.equal(await statusOf(method, path, { ...from, cookie: cookies['admin']! }), 403, `${method} ${path}`)
  }
})

/** What a desk's program may do with a token of the role agent. */
const calling = new Set([
  'post /api/v1/calls',
  'post /api/v1/calls/{id}/consultations',
  'patch /api/v1/calls/{id}/consultation',
  'delete /api/v1/calls/{id}/consultation',
  'post /api/v1/calls/{id}/transfers',
  'post /api/v1/calls/{id}/parkings',
  'post /api/v1/calls/{id}/pick-ups',
  'get /api/v1/parkings',
])

test('no token of an agent does anything but calls, and none of a reader writes', async () => {
  const document = (await (await house.app.request('/api/openapi.json')).json()) as { paths: Record<string, object> }
  const agent = (await house.token('agent')).secret
  const quality = (await house.token('quality')).secret
  let asked = 0
  for (const [path, methods] of Object.entries(document.paths))
    for (const method of Object.keys(methods)) {
      const where = path.replace('/api/v1', '').replace(/\{\w+\}/g, 'x')
      const answer = await house.api(agent, method.toUpperCase(), where)
      if (!calling.has(`${method} ${path}`)) assert.equal(answer.status, 403, `agent: ${method} ${path}`)
      if (method !== 'get')
        assert.equal((await house.api(quality, method.toUpperCase(), where)).status, 403, `quality: ${method} ${path}`)
      asked++
    }
  assert.ok(asked > 50, String(asked))
})

test('nothing of all this is in the journal', async () => {
  const facts = (await house.facts()).slice(factsBefore).map(({ type }) => type)
  assert.deepEqual([...new Set(facts)], ['token.issued'])
})
