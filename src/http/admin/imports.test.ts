import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Fact } from '../../centre/facts.ts'
import { usualOptions } from '../../centre/records/file-import.ts'
import type { FileImportId } from '../../lib/ids.ts'
import { createCampaign } from '../../records/campaigns/campaigns.ts'
import { saveMapping } from '../../records/import/mappings.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
let cookie = ''
let campaign = ''
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
  await house.add('adam', 'admin', { numbersMasked: false })
  cookie = (await house.signIn('adam')).cookie
  const alice = await house.add('alice', 'agent')
  const trunk = await createTrunk(house.deps.records, 'system', {
    ...{ name: 'c', host: '127.0.0.1', callerIds: ['+861012345678'] },
  })
  const made = await createCampaign(house.deps.records, 'system', {
    ...{ name: 'due', business: 'collections', mode: 'manual', trunks: [trunk.id], agents: [alice.id], policy: 'UK' },
  })
  campaign = made.id
})
after(() => house[Symbol.asyncDispose]())

async function send(path: string, body?: FormData | URLSearchParams, more: Record<string, string> = {}) {
  const headers = { cookie, accept: 'text/html', 'sec-fetch-site': 'same-origin', ...more }
  return house.app.request(path, body === undefined ? { headers } : { method: 'POST', headers, body })
}

function upload(kind: string, text: string | Blob, name = 'list.csv') {
  const form = new FormData()
  form.append('kind', kind)
  form.append('campaign', campaign)
  form.append('file', typeof text === 'string' ? new Blob([text]) : text, name)
  return send('/admin/imports', form)
}

test('a file is sent, its columns are guessed and confirmed, it runs, and the rows that did not come through come back as a file', async () => {
  const answer = await upload(
    'leads',
    '编号,姓名,手机号,备注\nL1,王小明,13800000001,=1+1\nL2,李雷,12,=cmd()\n',
    '名单.csv',
  )
  assert.equal(answer.status, 303)
  const path = answer.headers.get('location')!
  const page = await (await send(path)).text()
  for (const words of ['导入：名单.csv', '<option value="phone1" selected>号码 1</option>'])
    assert.ok(page.includes(words), words)
  const columns = { column0: 'ref', column1: 'name', column2: 'phone1', column3: 'field' }
  const started = await send(`${path}/runs`, new URLSearchParams({ ...columns, saveAs: '催收名单' }))
  assert.equal(started.status, 303)
  await house.deps.imports.idle()
  const done = await (await send(path)).text()
  for (const words of ['已完成', '应为 11 位手机号']) assert.ok(done.includes(words), words)
  const file = await send(`${path}/errors.csv`)
  assert.equal(
    await file.text(),
    '\ufeff编号,姓名,手机号,备注,行号,列,原因\r\nL2,李雷,12,\'=cmd(),2,号码 1,"应为 11 位手机号，或带区号的固话。（填写的是：""12""）"\r\n'.slice(
      1,
    ),
  )
  const types = (await house.facts()).map(({ type }) => type)
  assert.deepEqual(
    types.filter(type => /^(import|mapping|list|leads)\./.test(type)),
    [
      'import.received',
      'mapping.saved',
      'import.started',
      'list.saved',
      'leads.added',
      'leads.imported',
      'import.ended',
    ],
  )
  const [mapping] = await house.store.read('mappings.ofKind', { kind: 'leads' })
  assert.deepEqual([mapping!.name, mapping!.headings], ['催收名单', ['编号', '姓名', '手机号', '备注']])
})

test('applications are offered, guessed, read in yuan or fen, and what was wrong with a row is told in words of their columns', async () => {
  assert.ok((await (await send('/admin/imports')).text()).includes('<option value="applications">进件</option>'))
  await upload('parties', '客户号,姓名\nAP1,王小明\n').then(async answer => {
    const path = answer.headers.get('location')!
    await send(`${path}/runs`, new URLSearchParams({ column0: 'ref', column1: 'name' }))
  })
  const head = '进件编号,客户编号,产品,申请金额,期数,工作单位,核实座机,座机来源,联系人1姓名,联系人1电话,联系人1关系\n'
  const rows =
    'E1,AP1,现金贷,500000,12,星河,021-55550001,工商登记,王芳,13800000031,配偶\n' +
    'E2,AP1,现金贷,500000,12,星河,021-55550001,听说,王芳,13800000031,配偶\n' +
    'E3,AP1,现金贷,500000,12,星河,,,王芳,13800000031,邻居\n'
  const path = (await upload('applications', head + rows, '进件.csv')).headers.get('location')!
  const page = await (await send(path)).text()
  for (const words of ['<option value="minor">', '<option value="contactNumber1" selected>联系人 1 的号码</option>'])
    assert.ok(page.includes(words), words)
  const columns = [...page.matchAll(/<option value="(\w+)" selected>/g)].map(([, target]) => target!).slice(0, 11)
  const mapping = Object.fromEntries(columns.map((target, at) => [`column${at}`, target]))
  assert.equal((await send(`${path}/runs`, new URLSearchParams({ ...mapping, unit: 'minor' }))).status, 303)
  await house.deps.imports.idle()
  assert.equal((await house.store.read('applications.byRef', { ref: 'E1' }))?.doc.amount, 500_000)
  const done = await (await send(path)).text()
  for (const words of ['座机来源', '应为号码簿、工商登记、单位官网或本行存量', '联系人关系 1', '应为配偶、父母'])
    assert.ok(done.includes(words), words)
})

test('saved mappings are listed with what their columns are, get another name and are removed; files take the one of their headings', async () => {
  const mapping = { columns: ['number', 'reason'], options: usualOptions }
  const headings = ['甲', '乙']
  for (const name of ['一号', '二号'])
    await saveMapping(house.deps.records, 'system', { kind: 'suppressions', name, headings, mapping })
  const all = '/admin/imports/mappings'
  const page = await (await send(all)).text()
  for (const words of ['一号', '二号', '<dt>乙</dt><dd>原因</dd>', '催收名单']) assert.ok(page.includes(words), words)
  const change = (what: string, body: Record<string, string>) =>
    send(`${all}/${what}`, new URLSearchParams({ kind: 'suppressions', ...body }))
  for (const name of ['二号', '', 'x'.repeat(101)]) {
    const refused = await change('renaming', { mapping: '一号', name })
    assert.equal(refused.status, 422)
    assert.match(await refused.text(), /此名称为空、过长/)
  }
  assert.equal((await change('renaming', { mapping: '一号', name: '三号' })).status, 303)
  assert.equal((await change('removal', { mapping: '二号' })).status, 303)
  const names = async () =>
    (await house.store.read('mappings.ofKind', { kind: 'suppressions' })).map(({ name }) => name)
  assert.deepEqual(await names(), ['三号'])
  const file = (await upload('suppressions', '甲,乙\n13800000099,x\n')).headers.get('location')!
  assert.match(await (await send(file)).text(), /<option value="number" selected>/)
  assert.equal((await change('removal', { mapping: '二号' })).status, 404)
  assert.equal((await change('removal', { kind: 'nothing', mapping: '三号' })).status, 404)
  assert.deepEqual(await names(), ['三号'])
})

test('of one content there are at most a hundred saved mappings, and one that is saved again is no more', async () => {
  const save = (name: string) =>
    saveMapping(house.deps.records, 'system', {
      ...{ kind: 'loans', name, headings: ['a'], mapping: { columns: ['ref'], options: usualOptions } },
    })
  for (let at = 0; at < 100; at++) await save(`m${at}`)
  await save('m7')
  await assert.rejects(save('m100'), { rule: 'mappings-full' })
  assert.equal((await house.store.read('mappings.ofKind', { kind: 'loans' })).length, 100)
})

test('a mapping without what is needed is refused with the words of the page', async () => {
  const path = (await upload('repayments', 'a,b\n1,2\n')).headers.get('location')!
  const answer = await send(`${path}/runs`, new URLSearchParams({ column0: 'id', column1: 'id' }))
  assert.equal(answer.status, 422)
  const page = await answer.text()
  for (const words of ['列“b”的含义与另一列重复。', '缺少列：客户编号 或 借据编号。', '<option value="id" selected>'])
    assert.ok(page.includes(words), words)
})

test('what is no table, and leads without a campaign, are refused and leave nothing', async () => {
  const folders = async () => (await house.deps.imports.page({})).items.length
  const before = await folders()
  for (const [kind, text] of [
    ['parties', ''],
    ['parties', new Blob([new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 1, 2])])],
    ['nothing', 'a,b\n'],
  ] as const)
    assert.equal((await upload(kind, text)).status, 422)
  campaign = ''
  assert.equal((await upload('leads', 'ref,phone\n1,13800000001\n')).status, 422)
  assert.equal(await folders(), before)
})

test('who may not see numbers sees none in the examples, nor in the rows that came back', async () => {
  const path = (await upload('parties', 'ref,name,phone\nP1,carl,138 1234 5678\n,olga,0086-13812345679\n')).headers.get(
    'location',
  )!
  await house.add('mona', 'admin', { numbersMasked: true })
  const masked = { cookie: (await house.signIn('mona')).cookie }
  const id = path.split('/').at(-1) as FileImportId
  const page = await (await send(path, undefined, masked)).text()
  await house.deps.imports.start('system', id, { columns: ['ref', 'name', 'phone1'] })
  await house.deps.imports.idle()
  const file = await (await send(`${path}/errors.csv`, undefined, masked)).text()
  for (const text of [page, file]) assert.ok(!/1234 ?567/.test(text) && /olga/.test(text))
  const other = (await upload('parties', 'ref,name,idNo\n,carl,110101199003071234\n')).headers.get('location')!
  await house.deps.imports.start('system', other.split('/').at(-1) as FileImportId, {
    columns: ['ref', 'name', 'idNo'],
  })
  await house.deps.imports.idle()
  const hidden = await (await send(`${other}/errors.csv`, undefined, masked)).text()
  assert.ok(hidden.includes('carl,******') && !hidden.includes('110101199003071234'))
  assert.ok((await (await send(`${other}/errors.csv`)).text()).includes('110101199003071234'))
})

test('why an import failed is said in the language of the page; what was told before there were names for it, in the words it was told in', async () => {
  const uploaded = await upload('parties', '客户编号,姓名,手机号\nT1,王小明,13800000001\n')
  const path = uploaded.headers.get('location')!
  const id = path.split('/').at(-1) as FileImportId
  const counts = { rows: 0, saved: 0, unchanged: 0, rejected: 0 }
  const trouble = 'ENOSPC: no space left on device, write'
  const ended = { type: 'import.ended', import: id, as: 'failed', counts, trouble } as const
  const tell = (fact: Fact) => house.store.commit({ recorded: [{ at: 1, actor: 'system', fact }] })
  await tell({ ...ended, why: 'full' })
  const named = await (await send(path)).text()
  assert.ok(named.includes('服务器磁盘已满。') && !named.includes('ENOSPC'))
  await tell(ended)
  assert.ok((await (await send(path)).text()).includes(trouble))
})
