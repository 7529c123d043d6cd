import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { savedFiltersMax } from '../records/people/saved-filters.ts'
import { auditorRoutes } from './auditor/auditor.ts'
import { supervisorRoutes } from './supervisor/supervisor.ts'
import { type House, openHouse } from './testing/house.ts'

let house: House
const cookies: Record<string, string> = {}
before(async () => {
  house = await openHouse({ pages: { routers: [supervisorRoutes, auditorRoutes] } })
  for (const name of ['sam', 'sue']) {
    await house.add(name, 'supervisor', { language: 'en' })
    cookies[name] = `${(await house.signIn(name)).cookie}; lang=en`
  }
})
after(() => house[Symbol.asyncDispose]())

const get = async (who: string, path: string) =>
  (await house.app.request(path, { headers: { cookie: cookies[who]!, accept: 'text/html' } })).text()
const post = (who: string, path: string, form: Record<string, string>) =>
  house.app.request(path, {
    method: 'POST',
    headers: { cookie: cookies[who]!, accept: 'text/html', 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams(form),
  })
const page = '/supervisor/cases'

test('filters that hold are kept under a name, are a click away for whoever kept them and nobody else, and can be removed', async () => {
  const asked = await get('sam', `${page}?bucket=M2&from=5000`)
  assert.match(asked, /<input type="hidden" name="query" value="bucket=M2&amp;from=5000">/)
  const kept = await post('sam', '/filters', { page, query: 'bucket=M2&from=5000', name: 'Big <M2>' })
  assert.equal(kept.status, 303)
  assert.equal(kept.headers.get('location'), `${page}?bucket=M2&from=5000`)
  const shown = await get('sam', `${page}?bucket=M2&from=5000`)
  assert.match(shown, /href="\/supervisor\/cases\?bucket=M2&amp;from=5000" aria-current="true">.*Big &lt;M2&gt;/s)
  assert.ok(!shown.includes('action="/filters"'), 'what is kept already is not offered again')
  assert.ok(!(await get('sue', page)).includes('Big'))
  const id = /action="\/filters\/([\w-]+)\/removal"/.exec(shown)![1]!
  assert.equal((await post('sue', `/filters/${id}/removal`, {})).status, 404)
  assert.equal((await post('sam', `/filters/${id}/removal`, {})).status, 303)
  assert.ok(!(await get('sam', page)).includes('Big'))
})

test('what was searched for is not kept, a page that has no filters keeps none, and no list fills without end', async () => {
  const facts = async () =>
    (await house.facts()).flatMap(({ type, body }) => (type === 'filter.saved' ? [body] : [])).join()
  await post('sam', '/filters', { page: '/supervisor/parties', query: 'q=13812345678&flag=vip', name: 'VIP' })
  assert.match(await facts(), /"query":"flag=vip"/)
  assert.ok(!(await facts()).includes('13812345678'))
  assert.equal((await post('sam', '/filters', { page: 'https://evil.example', query: 'a=b', name: 'x' })).status, 404)
  const before = await facts()
  for (const form of [
    { query: 'q=x', name: 'y' },
    { query: 'flag=vip', name: '' },
    { query: 'flag=vip', name: 'x'.repeat(41) },
  ]) {
    const answer = await post('sam', '/filters', { page: '/supervisor/parties', ...form })
    assert.match(answer.headers.get('location')!, /^\/supervisor\/parties\?.*refused=filter/)
  }
  assert.equal(await facts(), before)
  assert.match(await get('sam', '/supervisor/parties?flag=vip&refused=filter'), /Not saved: a name has 1 to 40/)
  for (let at = 0; at < savedFiltersMax + 2; at++)
    await post('sue', '/filters', { page, query: 'bucket=M1', name: `n${at}` })
  const owned = [...(await get('sue', page)).matchAll(/action="\/filters\/[\w-]+\/removal"/g)]
  assert.equal(owned.length, savedFiltersMax)
})

test('the same name takes the place of the one before', async () => {
  await post('sam', '/filters', { page, query: 'bucket=M1', name: 'mine' })
  await post('sam', '/filters', { page, query: 'bucket=M3', name: 'mine' })
  const shown = await get('sam', page)
  assert.match(shown, /bucket=M3/)
  assert.ok(!/\?bucket=M1"[^>]*>.*mine/.test(shown))
})
