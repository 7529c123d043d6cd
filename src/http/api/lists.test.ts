import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type House, openHouse } from '../testing/house.ts'

let house: House
let admin = ''
let auditor = ''
let made = 0
before(async () => {
  house = await openHouse()
  admin = (await house.token('admin')).secret
  auditor = (await house.token('auditor')).secret
})
after(() => house[Symbol.asyncDispose]())

// biome-ignore lint/suspicious/noExplicitAny: what comes back is what is under test
type Json = Record<string, any>

async function ask(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown, token = admin): Promise<Json> {
  const response = await house.api(token, method, path, body)
  return { ...((await response.json()) as Json), http: response.status }
}

async function aCampaign(more: object = {}): Promise<string> {
  const trunk = await ask('POST', '/trunks', { name: `t${++made}`, host: '127.0.0.1', callerIds: ['+861012345678'] })
  const given = {
    name: `c${made}`,
    business: 'sales',
    mode: 'manual',
    trunks: [trunk['id']],
    policy: 'CN-SALES-DEFAULT',
  }
  const campaign = await ask('POST', '/campaigns', { ...given, ...more })
  assert.equal(campaign['http'], 201, JSON.stringify(campaign))
  return campaign['id']
}

const row = (ref: string, number: string, fields: object = {}) => ({ ref, phones: [{ number }], fields })

test('an import is a list: named, ranked, weighed, paused; another campaign does not have it', async () => {
  const id = await aCampaign()
  const rows = [row('A1', '13800000001', { city: 'north', rank: '9' }), row('A2', '13800000002', { rank: 'high' })]
  const query = 'list=autumn&priority=7&weight=3&segmentField=city&priorityField=rank'
  const report = await ask('POST', `/campaigns/${id}/leads?${query}`, rows)
  assert.deepEqual(
    [report['accepted'], report['rejected']],
    [1, [{ row: 2, field: 'fields.rank', reason: 'found "high"; allowed: a whole number from 0 to 9' }]],
  )
  const { items } = await ask('GET', `/campaigns/${id}/lists`, undefined, auditor)
  assert.deepEqual(
    [items[0].id, items[0].name, items[0].priority, items[0].weight, items[0].counts.ready],
    [report['list'], 'autumn', 7, 3, 1],
  )
  const [lead] = (await ask('GET', `/campaigns/${id}/leads`))['items']
  assert.deepEqual([lead.segment, lead.priority, lead.fields.city], ['north', 9, 'north'])
  const path = `/campaigns/${id}/lists/${report['list']}`
  assert.equal((await ask('PATCH', path, { paused: true, weight: 2 }))['paused'], true)
  assert.deepEqual((await ask('GET', `/campaigns/${id}/leads/filters`))['pausedLists'], 1)
  assert.equal((await ask('PATCH', path, { priority: 10 }))['http'], 422)
  assert.equal((await ask('PATCH', path, { paused: true }, auditor))['http'], 403)
  assert.equal((await ask('GET', `/campaigns/${await aCampaign()}/lists/${report['list']}`))['http'], 404)
  assert.equal((await ask('POST', `/campaigns/${id}/leads?weight=0`, []))['http'], 422)
})

test('a number that stands in another list is taken, marked or left out, as the import says', async () => {
  const first = await aCampaign()
  await ask('POST', `/campaigns/${first}/leads`, [row('B1', '13800000011')])
  const again = [row('B2', '13800000011'), row('B3', '13800000012'), row('B4', '13800000012')]
  const rejected = await ask('POST', `/campaigns/${first}/leads?duplicates=reject`, again)
  assert.deepEqual(
    [rejected['accepted'], rejected['rejected'].map((each: Json) => [each['row'], each['field']])],
    [
      1,
      [
        [1, 'phones'],
        [3, 'phones'],
      ],
    ],
  )
  const other = await aCampaign()
  assert.equal(
    (await ask('POST', `/campaigns/${other}/leads?duplicates=reject`, [row('B1', '13800000011')]))['accepted'],
    1,
  )
  const third = await aCampaign()
  await ask('POST', `/campaigns/${first}/state`, { state: 'running' })
  const marked = await ask('POST', `/campaigns/${third}/leads?duplicates=mark&duplicatesIn=running`, [
    row('B1', '13899999999'),
    row('B9', '13800000019'),
  ])
  assert.deepEqual([marked['accepted'], marked['marked']], [2, 1])
  const kept = await ask('POST', `/campaigns/${third}/leads`, [row('B8', '13800000019')])
  assert.deepEqual([kept['accepted'], kept['marked']], [1, 0])
})

test('leads that are over are recycled by their reason, and by no other', async () => {
  const id = await aCampaign()
  const { list } = await ask('POST', `/campaigns/${id}/leads`, [row('C1', '13800000021'), row('C2', '13800000022')])
  const leads = (await ask('GET', `/campaigns/${id}/leads`))['items']
  const released = { type: 'lead.released', campaign: id, state: 'exhausted', dueAt: null } as const
  const over = [
    { ...released, lead: leads[0].id, reason: 'NO_ANSWER' },
    { ...released, lead: leads[1].id, reason: 'VACANT', bad: '+8613800000022' },
  ]
  await house.store.commit({
    recorded: over.map(fact => ({ at: house.clock.now(), actor: 'system', fact: fact as never })),
  })
  const filters = async () => (await ask('GET', `/campaigns/${id}/leads/filters`))['exhausted']
  assert.deepEqual(await filters(), [
    { reason: 'NO_ANSWER', leads: 1 },
    { reason: 'VACANT', leads: 1 },
  ])
  assert.equal((await ask('POST', `/campaigns/${id}/lists/${list}/recycle`, { reasons: [] }))['http'], 422)
  assert.equal(
    (await ask('POST', `/campaigns/${id}/lists/${list}/recycle`, { reasons: ['NO_ANSWER', 'BUSY'] }))['recycled'],
    1,
  )
  assert.deepEqual(await filters(), [{ reason: 'VACANT', leads: 1 }])
})

test('quotas and the new parts of a retry rule are kept as they were given, and what is not allowed is told', async () => {
  const rule = JSON.parse('{"result":"BUSY","delayMs":600000,"max":3,"then":"next_number","otherSlot":true}')
  const quotas = [{ segment: 'north', count: 'done', max: 5 }]
  const id = await aCampaign({ retries: [rule], quotas, order: 'newest' })
  const campaign = await ask('GET', `/campaigns/${id}`)
  assert.deepEqual([campaign['retries'], campaign['quotas'], campaign['order']], [[rule], quotas, 'newest'])
  const wrong = await ask('PATCH', `/campaigns/${id}`, {
    retries: [JSON.parse(JSON.stringify(rule).replace('next_number', 'other'))],
  })
  assert.match(JSON.stringify(wrong['errors']), /same, next_number/)
})
