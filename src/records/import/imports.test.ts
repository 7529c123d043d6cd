import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import iconv from 'iconv-lite'
import { type ImportHouse, openImportHouse } from './testing/house.ts'

let house: ImportHouse
before(async () => {
  house = await openImportHouse()
})
after(() => house[Symbol.asyncDispose]())

const counts = (rows: number, saved: number, unchanged: number, rejected: number) => ({
  rows,
  saved,
  unchanged,
  rejected,
})

test('a list of leads comes in, a bad row comes back with its reason, and the same file again changes nothing', async () => {
  const file = '编号,姓名,手机号,城市\nL1,王小明,13800000001,上海\nL2,李雷,123,北京\nL3,韩梅梅,0086 138 0000 0003,\n'
  const first = await house.run('leads', file)
  assert.equal(first.state, 'finished', first.trouble ?? '')
  assert.deepEqual(first.counts, counts(3, 2, 0, 1))
  const [error] = await house.errors(first)
  assert.deepEqual([error!.row, error!.field, error!.cells], [2, 'phones.0.number', ['L2', '李雷', '123', '北京']])
  assert.match(error!.reason, /found "123"; allowed: a telephone number/)
  const leads = await house.store.read('leads.page', { campaign: house.campaign })
  assert.deepEqual(
    leads.items.map(({ ref, name, phones, fields }) => [ref, name, phones[0]!.number, fields]),
    [
      ['L1', '王小明', '+8613800000001', { 城市: '上海' }],
      ['L3', '韩梅梅', '+8613800000003', {}],
    ],
  )
  const second = await house.run('leads', file)
  assert.deepEqual(second.counts, counts(3, 0, 2, 1))
  assert.equal((await house.store.read('leads.page', { campaign: house.campaign })).items.length, 2)
})

test('GB18030 is recognised, and so is UTF-8 with its mark', async () => {
  const text = '客户编号,姓名,手机号\nG1,龘靐,13900000001\n'
  for (const bytes of [iconv.encode(text, 'gb18030'), Buffer.from(`\ufeff${text}`)]) {
    const view = await house.run('parties', bytes)
    assert.equal(view.state, 'finished', view.trouble ?? '')
    assert.equal((await house.store.read('parties.byRef', { ref: 'G1' }))?.name, '龘靐')
  }
})
