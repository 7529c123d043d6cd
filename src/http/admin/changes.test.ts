import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
let cookie: string
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
  await house.add('adam', 'admin', { language: 'en', numbersMasked: true })
  cookie = `${(await house.signIn('adam')).cookie}; lang=en`
})
after(() => house[Symbol.asyncDispose]())

const get = async (path: string) => (await house.app.request(path, { headers: { cookie, accept: 'text/html' } })).text()

test('who changed a trunk, and what of it, is told on a page that its own page opens', async () => {
  const token = (await house.token('admin')).secret
  const made = await house.api(token, 'POST', '/trunks', {
    ...{
      name: 'Telecom <1>',
      host: '127.0.0.9',
      port: 5060,
      callerIds: ['+8613812345678'],
      maxCalls: 30,
      callsPerSecond: 5,
    },
  })
  assert.equal(made.status, 201, await made.clone().text())
  const { id } = (await made.json()) as { id: string }
  assert.equal((await house.api(token, 'PATCH', `/trunks/${id}`, { maxCalls: 60 })).status, 200)
  const of = `/admin/changes?of=trunk%3A${id}`
  const form = await get(`/admin/trunks/${id}`)
  assert.ok(form.includes(`hx-get="${of}"`))
  const page = await get(of)
  assert.match(page, /<code>maxCalls<\/code> <span class="mono">30<\/span> → <span class="mono">60<\/span>/)
  assert.match(page, /\+86138\*\*\*\*5678/)
  assert.ok(!page.includes('13812345678'))
  const all = await get('/admin/changes?kind=trunk')
  assert.match(all, /Trunk <b>Telecom &lt;1&gt;<\/b>/)
  assert.ok(!(await get('/admin/changes?kind=queue')).includes('Telecom'))
})

test('what nobody has changed, and what nobody asks for sensibly, is an empty list', async () => {
  for (const query of ['of=queue%3Anone', 'of=%27%3B--', 'kind=%00', `of=${'x'.repeat(5000)}`, 'cursor=rubbish'])
    assert.equal(
      (await house.app.request(`/admin/changes?${query}`, { headers: { cookie, accept: 'text/html' } })).status < 500,
      true,
      query,
    )
})
