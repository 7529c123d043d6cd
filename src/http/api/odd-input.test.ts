/** What a program with a right token may send that nobody thought of: each is refused with words, or does what it says, and no page breaks of it. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { adminRoutes } from '../admin/admin.ts'
import { look } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'

let house: House
let admin = ''
let alice = ''
let trunk = ''
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
  admin = (await house.token('admin')).secret
  alice = (await house.add('alice', 'agent')).id
  trunk = (await ask('POST', '/trunks', { name: 'c', host: '127.0.0.1', callerIds: ['+861012345678'] })).json['id']
})
after(() => house[Symbol.asyncDispose]())

// biome-ignore lint/suspicious/noExplicitAny: what comes back is what is under test
type Answer = { status: number; json: Record<string, any> }

async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await house.api(admin, method, path, body, headers)
  const text = await response.text()
  return { status: response.status, json: text === '' ? {} : JSON.parse(text) }
}
const given = (more: object) => ({
  ...{ name: 'due', business: 'collections', mode: 'manual', trunks: [trunk], policy: 'CN-GBT45251-2025' },
  ...more,
})

test('a policy that has the name of something every object has is unknown, and no fault', async () => {
  for (const policy of ['constructor', '__proto__', 'toString+UK'])
    assert.equal((await ask('POST', '/campaigns', given({ policy }))).status, 422, policy)
})

test('an agent or a trunk that is named twice is one', async () => {
  const made = await ask('POST', '/campaigns', given({ name: 'twice', agents: [alice, alice], trunks: [trunk, trunk] }))
  assert.deepEqual([made.json['agents'], made.json['trunks']], [[alice], [trunk]])
  const changed = await ask('PATCH', `/campaigns/${made.json['id']}`, { agents: [alice, alice, alice] })
  assert.deepEqual(changed.json['agents'], [alice])
})

test('a name with characters that nobody sees is refused', async () => {
  for (const name of ['a\u0000b', 'due\u202egnp', 'half \ud800'])
    assert.match(
      (await ask('POST', '/campaigns', given({ name }))).json['detail'],
      /name: .*without control characters/,
    )
  assert.equal((await ask('POST', '/campaigns', given({ name: '催收 “M1” 𠮷 café' }))).status, 201)
})

test('a stop until a time that no calendar has is refused, and the page of stops opens', async () => {
  for (const until of [8.7e15, 9e15, 4_102_444_800_001]) {
    const number = await ask('POST', '/suppressions', { number: '13800000077', reason: 'asked', until })
    assert.match(number.json['detail'], /until: found \d+; allowed: Unix ms, at most 4102444800000/)
    assert.equal((await ask('POST', '/holds', { party: 'carl', reason: 'dispute', until })).status, 422)
  }
  await ask('POST', '/suppressions', { number: '13800000077', reason: 'asked', until: 4_102_444_800_000 })
  await house.add('adam', 'admin')
  const { cookie } = await house.signIn('adam')
  assert.equal((await look(house, cookie, '/admin/suppressions')).status, 200)
})

test('a number that is none is told as it was found', async () => {
  const { id } = (await ask('POST', '/campaigns', given({ name: 'endless' }))).json
  const json = { 'content-type': 'application/json' }
  const answer = await ask('PATCH', `/campaigns/${id}`, '{"ringMs":1e999}', json)
  assert.match(answer.json['detail'], /ringMs: found Infinity/)
})

test('a policy names each business and relation at most once over', async () => {
  const own = { id: 'OWN-1', source: 'board', hours: { from: 540, to: 1200 }, relations: ['SELF'] }
  const many = await ask('POST', '/policies', { ...own, business: Array(9000).fill('sales') })
  assert.match(many.json['detail'], /business: .*number of entries at most 3/)
})

test('a relation that has the name of something every object has is told as it was written', async () => {
  const { id } = (await ask('POST', '/campaigns', given({ name: 'relations' }))).json
  const csv = 'ref,phone,relation\na,13800000001,constructor\nb,13800000002,本人\n'
  const { json } = await ask('POST', `/campaigns/${id}/leads`, csv, { 'content-type': 'text/csv' })
  assert.equal(json['accepted'], 1)
  assert.match(json['rejected'][0].reason, /found "CONSTRUCTOR"; allowed: SELF/)
})

test('a field of the query that comes twice is refused: one of the two would be passed over', async () => {
  const answer = await ask('GET', '/attempts?refused=true&refused=false')
  assert.equal(answer.status, 422)
  assert.match(answer.json['detail'], /refused: found 2 of it; allowed: one/)
})

test('an Idempotency-Key is of one request with its query: another kind of stop is not taken for released', async () => {
  for (const kind of ['hold', 'do_not_call']) await ask('POST', '/holds', { party: 'dora', kind, reason: 'dispute' })
  const key = { 'idempotency-key': 'release-1' }
  const release = (kind: string) => ask('DELETE', `/holds/dora?reason=settled&kind=${kind}`, undefined, key)
  assert.equal((await release('hold')).status, 204)
  assert.equal((await release('hold')).status, 204)
  assert.equal((await release('do_not_call')).status, 422)
  const left = await house.store.read('stops.of', { party: 'dora' })
  assert.deepEqual(
    left.map(stop => stop.kind),
    ['do_not_call'],
  )
})

test('lists one in another without end are refused with words', async () => {
  const { id } = (await ask('POST', '/campaigns', given({ name: 'deep' }))).json
  const deep = '['.repeat(60_000) + ']'.repeat(60_000)
  const json = { 'content-type': 'application/json' }
  const campaign = await ask('POST', '/campaigns', `{"name":${deep}}`, json)
  assert.match(campaign.json['detail'], /name: found a value that is nested too deep; allowed: a text/)
  const leads = await ask('POST', `/campaigns/${id}/leads`, `[{"ref":${deep}}]`, json)
  assert.match(leads.json['rejected'][0].reason, /nested too deep/)
})

test('a lead with tens of thousands of fields or numbers is refused before each of them is looked at', async () => {
  const { id } = (await ask('POST', '/campaigns', given({ name: 'wide' }))).json
  const phones = [{ number: '13800000001' }]
  const fields = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, 'v']))
  const rows = [
    { ref: 'a', phones, fields },
    { ref: 'b', phones: Array(20_000).fill(phones[0]) },
    { ref: 'c', phones, ...fields },
    { ref: 'd', phones },
  ]
  const { json } = await ask('POST', `/campaigns/${id}/leads`, rows)
  assert.deepEqual(
    json['rejected'].map((each: { field: string; reason: string }) => `${each.field}: ${each.reason}`),
    [
      'fields: found 20000 entries; allowed: at most 100',
      'phones: found 20000 entries; allowed: at most 20',
      ': found 20002 entries; allowed: at most 50',
    ],
  )
  assert.equal(json['accepted'], 1)
})

test('a file of rows that are none does not hold up the calls: the thread is given back again and again', async () => {
  const { id } = (await ask('POST', '/campaigns', given({ name: 'empty rows' }))).json
  for (const [path, file] of [
    ['/lines/areas', 'x,1\n'.repeat(50_000)],
    [`/campaigns/${id}/leads`, `ref,phone\n${',\n'.repeat(100_000)}`],
  ] as const) {
    let turns = 0
    let reads = true
    const count = () => {
      turns++
      if (reads) setImmediate(count)
    }
    setImmediate(count)
    assert.equal((await ask('POST', path, file, { 'content-type': 'text/csv' })).status, 200)
    reads = false
    assert.ok(turns > 40, `${path}: ${turns} turns`)
  }
})
