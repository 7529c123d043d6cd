import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { defineFields } from '../parties/field-definitions.ts'
import { guessColumns } from '../sheets/columns.ts'
import { changeApplication } from '../verification/applications.ts'
import { saveChecklist } from '../verification/checklists.ts'
import { type ImportHouse, openImportHouse } from './testing/house.ts'

let house: ImportHouse
before(async () => {
  house = await openImportHouse()
  await defineFields(house.door, 'system', {
    business: 'verification',
    fields: [
      { key: 'income', label: { 'zh-CN': '月收入', en: 'Income' }, type: 'money' },
      { key: 'account', label: { 'zh-CN': '银行卡号', en: 'Account' }, type: 'secret' },
    ],
  })
  await saveChecklist(house.door, 'system', {
    ...{ id: 'car', name: 'car', product: '车贷' },
    items: [{ key: 'name', question: { 'zh-CN': '姓名', en: 'Name' } }],
  })
  await house.run('parties', '客户号,姓名,手机号\nC1,王小明,13800000001\nC2,李雷,13800000002\n')
})
after(() => house[Symbol.asyncDispose]())

const counts = (rows: number, saved: number, unchanged: number, rejected: number) => ({
  rows,
  saved,
  unchanged,
  rejected,
})
const byRef = async (ref: string) => (await house.store.read('applications.byRef', { ref }))?.doc
const head = '进件编号,客户编号,产品,申请金额,期数'
const whole = `${head},工作单位,单位电话,核实座机,座机来源,联系人1姓名,联系人1电话,联系人1关系,联系人2姓名,联系人2电话,联系人2关系,月收入,银行卡号`

test('headings of applications are known: what the applicant wrote of the employer is not taken for a line that was found', () => {
  const guess = guessColumns('applications', whole.split(','), {})
  assert.deepEqual(guess.slice(0, 9), [
    ...['ref', 'party', 'product', 'amount', 'term', 'employerName', 'employerStated', 'employerLine', 'lineSource'],
  ])
  assert.deepEqual(guess.slice(9, 15), [
    ...['contact1', 'contactNumber1', 'contactRelation1', 'contact2', 'contactNumber2', 'contactRelation2'],
  ])
  assert.deepEqual(guessColumns('applications', ['contact', 'contact', 'contact phone 2', 'field'], {}), [
    ...['contact1', 'contact2', 'contactNumber2', ''],
  ])
})

test('applications of a file open a task each by the checklist of their product, bad rows come back, and the same file again changes nothing', async () => {
  const rows = [
    whole,
    'A1,C1,车贷,"80,000.00",36,星河电子,13911110000,021-55550001,工商登记,王芳,13800000031,配偶,刘洋,13800000032,同事,12000,6222000011112222',
    'A2,C2,现金贷,5000,12,,,,,,,朋友,,,,,',
    'A3,C9,现金贷,5000,12,,,,,,,,,,,,',
    'A4,C2,现金贷,5000,12,云帆物流,,13900000009,directory,,,,,,,,',
    'A5,C2,现金贷,5000.005,12,,,,,,,,,,,,',
    'A6,C2,现金贷,5000,12,云帆物流,,021-55550002,,,,,,,,,',
    'A7,C2,现金贷,5000,12,,,,,韩梅梅,13800000033,邻居,,,,,',
    'A8,C2,现金贷,5000,0,,,,,,,,,,,,',
  ]
  const file = `${rows.join('\n')}\n`
  const view = await house.run('applications', file)
  assert.deepEqual([view.state, view.counts], ['finished', counts(8, 2, 0, 6)])
  const first = (await byRef('A1'))!
  assert.deepEqual(first.employer, {
    ...{ name: '星河电子', statedNumber: '+8613911110000' },
    line: { number: '+862155550001', source: 'company-register' },
  })
  assert.deepEqual(first.contacts, [
    { name: '王芳', number: '+8613800000031', relation: 'spouse' },
    { name: '刘洋', number: '+8613800000032', relation: 'colleague' },
  ])
  assert.deepEqual([first.amount, first.term, first.fields['income']], [8_000_000, 36, 1_200_000])
  assert.equal(typeof first.fields['account'], 'object')
  const second = (await byRef('A2'))!
  assert.deepEqual([second.employer, second.contacts, second.currency], [null, [], 'CNY'])
  const tasks = (await house.store.read('tasks.page', {})).items.map(({ application, checklist }) => [
    application,
    checklist,
  ])
  assert.deepEqual(tasks.toSorted(), [
    ['A1', 'car'],
    ['A2', tasks.find(([ref]) => ref === 'A2')![1]],
  ])
  assert.notEqual(tasks.find(([ref]) => ref === 'A2')![1], 'car')
  assert.deepEqual(
    (await house.errors(view)).map(({ row, field }) => [row, field]),
    [
      [3, 'party'],
      [4, 'employer.line'],
      [5, 'amount'],
      [6, 'employer.line.source'],
      [7, 'contacts.0.relation'],
      [8, 'term'],
    ],
  )
  const facts = await house.facts()
  assert.deepEqual((await house.run('applications', file)).counts, counts(8, 0, 2, 6))
  // That it was received, started and ended.
  assert.equal(await house.facts(), facts + 3)
})

test('a file that is about less leaves the rest as it is: the land line that somebody found, contacts, fields and secrets', async () => {
  const before = (await byRef('A1'))!
  await changeApplication(house.door, 'system', 'A1', {
    employer: { ...before.employer!, line: { number: '021-66660001', source: 'directory' } },
  })
  const told = (await byRef('A1'))!
  const less = await house.run('applications', `${head},工作单位,核实座机,银行卡号\nA1,C1,车贷,90000,24,星河电子,,\n`)
  assert.deepEqual(less.counts, counts(1, 1, 0, 0))
  assert.deepEqual(await byRef('A1'), { ...told, amount: 9_000_000, term: 24 })
  // Another employer is not reached on the line of the one before, nor on what was written of that one.
  await house.run('applications', `${head},工作单位\nA1,C1,车贷,90000,24,云帆物流\n`)
  assert.deepEqual((await byRef('A1'))!.employer, { name: '云帆物流', statedNumber: null, line: null })
  assert.equal((await house.store.read('tasks.ofApplication', { application: 'A1' })).length, 1)
  const others = await house.run('applications', `${head}\nA1,C2,车贷,90000,24\n`)
  assert.deepEqual(
    (await house.errors(others)).map(({ field, reason }) => [field, /C1, whose application this is/.test(reason)]),
    [['party', true]],
  )
})

test('a file without currencies leaves an amount alone whose currency has other decimals than it would be read with', async () => {
  assert.deepEqual(
    (await house.run('applications', `${head},币种\nJ1,C1,车贷,90000,24,JPY\n`)).counts,
    counts(1, 1, 0, 0),
  )
  const again = await house.run('applications', `${head}\nJ1,C1,车贷,90000,24\n`)
  assert.deepEqual(again.counts, counts(1, 0, 0, 1))
  const [error] = await house.errors(again)
  assert.deepEqual([error!.row, error!.field], [1, 'currency'])
  const { amount, currency } = (await byRef('J1'))!
  assert.deepEqual([amount, currency], [90_000, 'JPY'])
})
