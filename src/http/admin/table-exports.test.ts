import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { TableExportId } from '../../lib/ids.ts'
import { createParty } from '../../records/parties/parties.ts'
import { liveRoutes } from '../live/live.ts'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
const cookies: Record<string, string> = {}
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes, liveRoutes] } })
  await house.add('adam', 'admin', { numbersMasked: false })
  await house.add('mona', 'admin', { numbersMasked: true })
  for (const name of ['adam', 'mona']) cookies[name] = (await house.signIn(name)).cookie
  const phones = [{ number: '13812345678' }]
  await createParty(house.deps.records, 'system', { ref: '=K1', name: 'Carl', idNo: '110101199003071234', phones })
})
after(() => house[Symbol.asyncDispose]())

async function send(name: string, path: string, body?: Record<string, string>) {
  const headers = { cookie: cookies[name]!, accept: 'text/html', 'sec-fetch-site': 'same-origin' }
  return house.app.request(
    path,
    body === undefined ? { headers } : { method: 'POST', headers, body: new URLSearchParams(body) },
  )
}

test('a table is asked for with a reason, made, fetched and told in the journal', async () => {
  const form = await (await send('adam', '/admin/exports')).text()
  for (const words of ['数据导出', '导出理由', 'name="secrets"']) assert.ok(form.includes(words), words)
  const asked = await send('adam', '/admin/exports', { kind: 'parties', form: 'csv', reason: '监管', secrets: 'true' })
  assert.equal(asked.status, 303)
  const path = asked.headers.get('location')!
  await house.deps.tableExports.idle()
  const page = await (await send('adam', path)).text()
  for (const words of ['已完成', '下载', '含证件号码', 'SHA-256']) assert.ok(page.includes(words), words)
  const only = await house.app.request(`${path}/file`, { method: 'HEAD', headers: { cookie: cookies['adam']! } })
  const file = await send('adam', `${path}/file`)
  assert.equal(only.status, 200)
  for (const name of ['content-type', 'content-length', 'content-disposition'])
    assert.equal(only.headers.get(name), file.headers.get(name), 'who only asks hears the same, and nothing is told')
  assert.equal(file.headers.get('content-type'), 'text/csv; charset=utf-8')
  assert.match(file.headers.get('content-disposition')!, /^attachment; filename="parties-te_[\w-]+\.csv"$/)
  assert.match(await file.text(), /^客户编号,姓名.*\r\n'=K1,Carl,个人,110101199003071234,,,,13812345678,本人,\r\n$/)
  const types = (await house.facts()).map(({ type }) => type).filter(type => type.startsWith('tableExport.'))
  assert.deepEqual(types, ['tableExport.requested', 'tableExport.ended', 'tableExport.downloaded'])
})

test('who sees numbers masked gets them masked, no ID numbers, and no file of someone who sees more', async () => {
  const form = await (await send('mona', '/admin/exports')).text()
  assert.ok(form.includes('文件中的号码同样隐藏') && !form.includes('name="secrets"'))
  const refused = await send('mona', '/admin/exports', { kind: 'parties', reason: 'x', secrets: 'true' })
  assert.equal(refused.status, 422)
  const asked = await send('mona', '/admin/exports', { kind: 'parties', reason: 'x' })
  await house.deps.tableExports.idle()
  const text = await (await send('mona', `${asked.headers.get('location')}/file`)).text()
  assert.ok(text.includes('138****5678') && !text.includes('13812345678') && !text.includes('110101199003071234'))
  const { items } = await house.deps.tableExports.page({})
  const clear = items.find(({ numbers }) => numbers === 'clear')!
  const hidden = await send('mona', `/admin/exports/${clear.id}/file`)
  assert.equal(hidden.status, 409)
  assert.ok((await hidden.text()).includes('不能查看的号码'))
})

test('what cannot be is refused beside its field, in the language of the page', async () => {
  const answer = await send('adam', '/admin/exports', { kind: 'leads', reason: '', from: 'x', flag: 'vip' })
  assert.equal(answer.status, 422)
  const reason = await answer.text()
  assert.ok(reason.includes('请填写理由'))
  const other = await send('adam', '/admin/exports', { kind: 'leads', reason: 'x', flag: 'vip' })
  assert.ok((await other.text()).includes('此条件仅用于客户'))
  const none = await send('adam', '/admin/exports', { kind: 'leads', reason: 'x' })
  assert.ok((await none.text()).includes('名单要选一个外呼活动'))
})

test('a program asks for a table, waits, fetches it, and is told what cannot be', async () => {
  const admin = (await house.token('admin')).secret
  const agent = (await house.token('agent')).secret
  const body = { kind: 'parties', form: 'xlsx', language: 'en', reason: 'nightly' }
  assert.equal((await house.api(agent, 'POST', '/table-exports', body)).status, 403)
  const asked = await house.api(admin, 'POST', '/table-exports', body)
  assert.equal(asked.status, 202)
  const { id } = (await asked.json()) as { id: TableExportId }
  await house.deps.tableExports.idle()
  const view = (await (await house.api(admin, 'GET', `/table-exports/${id}`)).json()) as Record<string, unknown>
  assert.deepEqual([view['state'], view['rows'], view['secrets']], ['finished', 1, false])
  const fetched = async () => (await house.facts('tableExport.downloaded')).length
  const before = await fetched()
  const only = await house.api(admin, 'HEAD', `/table-exports/${id}/file`)
  assert.deepEqual([only.status, only.headers.get('content-length')], [200, `${view['bytes']}`])
  assert.equal(await fetched(), before)
  const file = Buffer.from(await (await house.api(admin, 'GET', `/table-exports/${id}/file`)).arrayBuffer())
  assert.deepEqual([file.length, file.subarray(0, 2).toString()], [view['bytes'], 'PK'])
  const wrong = await house.api(admin, 'POST', '/table-exports', { ...body, filter: { state: 'done' } })
  assert.equal(wrong.status, 422)
  assert.match(await wrong.text(), /filter\.state.*flag, from, to/)
  assert.equal((await house.api(admin, 'POST', `/table-exports/${id}/state`, { state: 'cancelled' })).status, 409)
  assert.equal((await house.api(admin, 'GET', '/table-exports/te_nobody')).status, 404)
})
