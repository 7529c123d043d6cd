import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type House, openHouse } from '../testing/house.ts'

let house: House
let admin = ''
before(async () => {
  house = await openHouse()
  admin = (await house.token('admin')).secret
})
after(() => house[Symbol.asyncDispose]())

const csv = { 'content-type': 'text/csv' }

test('a program sends a file, lets it run as guessed, asks how far it is, and fetches what came back', async () => {
  const file = '客户号,姓名,手机号\nA1,王小明,13800000001\n,李雷,13800000002\n'
  const sent = await house.api(admin, 'POST', '/imports?kind=parties&name=a.csv', file, csv)
  assert.equal(sent.status, 201)
  const { id, columns, state } = (await sent.json()) as { id: string; columns: string[]; state: string }
  assert.deepEqual([columns, state], [['ref', 'name', 'phone1'], 'received'])
  assert.equal((await house.api(admin, 'POST', `/imports/${id}/runs`, {})).status, 202)
  await house.deps.imports.idle()
  const done = (await (await house.api(admin, 'GET', `/imports/${id}`)).json()) as { state: string; counts: object }
  assert.deepEqual([done.state, done.counts], ['finished', { rows: 2, saved: 1, unchanged: 0, rejected: 1 }])
  const errors = await (await house.api(admin, 'GET', `/imports/${id}/errors`)).text()
  assert.match(errors, /^客户号,姓名,手机号,row,field,reason\r\n,李雷,13800000002,2,ref,/)
  const list = (await (await house.api(admin, 'GET', '/imports')).json()) as { items: { id: string }[] }
  assert.deepEqual(
    list.items.map(item => item.id),
    [id],
  )
})

test('what cannot be is refused in words: unknown kinds and columns, a key for idempotency, going on with what is over', async () => {
  assert.equal((await house.api(admin, 'POST', '/imports?kind=cats', 'a\n1\n', csv)).status, 422)
  const key = { ...csv, 'idempotency-key': 'k' }
  assert.equal((await house.api(admin, 'POST', '/imports?kind=parties', 'ref,name\n1,a\n', key)).status, 400)
  const sent = await house.api(admin, 'POST', '/imports?kind=parties', 'x,y\n1,a\n', csv)
  const { id } = (await sent.json()) as { id: string }
  const run = await house.api(admin, 'POST', `/imports/${id}/runs`, { columns: ['ref', 'nobody'] })
  assert.equal(run.status, 422)
  assert.match(await run.text(), /columns\.1.*nobody/)
  assert.equal((await house.api(admin, 'POST', `/imports/${id}/state`, { state: 'running' })).status, 409)
  assert.equal((await house.api(admin, 'POST', `/imports/${id}/state`, { state: 'cancelled' })).status, 409)
  assert.equal((await house.api(admin, 'GET', '/imports/fi_nobody')).status, 404)
})
