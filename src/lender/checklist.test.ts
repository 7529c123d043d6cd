import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ChecklistItem, checklistDefault, faultOfItems, flagsOf, judgeAnswer, offeredFor } from './checklist.ts'
import { type TargetCall, targetsOf } from './targets.ts'
import { shareOut } from './verifiers.ts'

const item = (more: Partial<ChecklistItem> = {}): ChecklistItem => ({
  ...checklistDefault.items.find(({ key }) => key === 'employer')!,
  ...more,
})
const heard = (said: string, expected = '红灯笼餐饮有限公司', given = item()) => {
  const offered = offeredFor(given, expected)
  return judgeAnswer(given, { expected, offered }, { said, judged: 'MATCH' })
}

test('who takes the wrong value of a trap for right is caught, and who puts it right matches', () => {
  assert.equal(offeredFor(item(), '红灯笼餐饮'), '蓝鲸物流有限公司')
  assert.deepEqual([heard('蓝鲸物流').result, heard('蓝鲸物流').why], ['MISMATCH', 'trap'])
  assert.deepEqual([heard('红灯笼餐饮').result, heard('红灯笼餐饮').why], ['MATCH', 'alike'])
  assert.deepEqual([heard('某某银行').result, heard('某某银行').why], ['MISMATCH', 'unlike'])
})

test('a wrong value that happens to be true is not offered', () => {
  assert.equal(offeredFor(item(), '蓝鲸物流有限公司'), '红枫贸易有限公司')
  assert.equal(offeredFor(item({ offers: ['蓝鲸物流'] }), '蓝鲸物流有限公司'), null)
})

test('a verifier’s own judgement counts only where there is nothing to hold an answer against', () => {
  assert.equal(heard('某某银行').result, 'MISMATCH')
  const free = judgeAnswer(item(), { expected: null, offered: null }, { said: 'x', judged: 'MATCH' })
  assert.deepEqual(free, { result: 'MATCH', why: 'verifier', figure: null })
})

test('a task has flags: what did not match and weighs, traps taken, refusals, what is open, and what was said again', () => {
  const answers = [
    { item: 'name', no: 1, result: 'MATCH', why: 'alike' },
    { item: 'employer', no: 1, result: 'MISMATCH', why: 'trap' },
    { item: 'employer', no: 2, result: 'MATCH', why: 'alike' },
    { item: 'amount', no: 1, result: 'MISMATCH', why: 'beyond' },
    { item: 'id_no', no: 1, result: 'REFUSED', why: 'refused' },
  ] as const
  const flags = flagsOf(checklistDefault, answers, { employer: true, contacts: false })
  assert.deepEqual(flags, {
    mismatches: ['amount'],
    traps: ['employer'],
    refused: ['id_no'],
    amended: ['employer'],
    open: ['term', 'employed', 'known'],
    weight: 60,
  })
  assert.deepEqual(flagsOf(checklistDefault, answers, { employer: false, contacts: false }).open, ['term'])
})

test('a checklist says what is wrong with it', () => {
  assert.equal(faultOfItems(checklistDefault.items), null)
  const faults: [Partial<ChecklistItem>, string][] = [
    [{ kind: 'choice' }, 'items.0.choices'],
    [{ expected: { type: 'field', field: 'shoe' } }, 'items.0.expected'],
    [{ expected: null }, 'items.0.offers'],
    [{ question: { 'zh-CN': '{offered}?', en: 'Where?' } }, 'items.0.question'],
    [{ expected: { type: 'field', field: 'contact.name' } }, 'items.0.asked'],
  ]
  for (const [more, field] of faults) assert.equal(faultOfItems([item(more)])?.field, field)
  assert.equal(faultOfItems([item(), item()])?.field, 'items.1.key')
})

const noon = Date.parse('2026-11-24T13:00:00+08:00')
const when = { now: noon, zone: 'Asia/Shanghai' }
const application = {
  employer: { name: 'x', statedNumber: null, line: { number: '+861062345678', source: 'directory' as const } },
  contacts: [
    { name: 'friend', number: '+8613800000001', relation: 'friend' as const },
    { name: 'wife', number: '+8613800000002', relation: 'spouse' as const },
  ],
}
const now = (
  calls: TargetCall[],
  refused: number[] = [],
  given: Parameters<typeof targetsOf>[0]['application'] = application,
) =>
  targetsOf({ application: given, checklist: checklistDefault, calls, refused }, when).map(({ who, place, state }) => [
    `${who}${place}`,
    state.type === 'waits' ? `waits for ${state.for}` : state.type,
  ])

test('the applicant is called first, then the employer, then contacts by their relation', () => {
  assert.deepEqual(now([]), [
    ['applicant0', 'open'],
    ['employer0', 'waits for applicant'],
    ['contact1', 'waits for applicant'],
    ['contact0', 'waits for applicant'],
  ])
  const reached: TargetCall = { who: 'applicant', place: 0, at: noon - 60_000, reached: true }
  assert.deepEqual(now([reached])[1], ['employer0', 'open'])
  assert.deepEqual(now([reached])[2], ['contact1', 'waits for employer'])
  const tried: TargetCall = { who: 'employer', place: 0, at: noon - 50_000, reached: false }
  assert.deepEqual(now([reached, tried]).slice(1), [
    ['employer0', 'later'],
    ['contact1', 'open'],
    ['contact0', 'waits for contact'],
  ])
  assert.deepEqual(now([reached, tried], [1]).slice(2), [
    ['contact1', 'refused'],
    ['contact0', 'open'],
  ])
})

test('an employer without a line of its own is not called, and stands in nobody’s way', () => {
  const given = { ...application, employer: { ...application.employer, line: null } }
  const reached: TargetCall = { who: 'applicant', place: 0, at: noon - 60_000, reached: true }
  assert.deepEqual(now([reached], [], given).slice(1, 3), [
    ['employer0', 'no-line'],
    ['contact1', 'open'],
  ])
})

test('tasks go to who has the skill and the least to do, evenly', () => {
  const verifiers = [
    { id: 'alice', skills: ['mortgage'], open: 2 },
    { id: 'bob', skills: [], open: 0 },
  ]
  const tasks = ['1', '2', '3', '4'].map(id => ({ id, skill: null }))
  assert.deepEqual(
    shareOut([{ id: '0', skill: 'mortgage' }, { id: 'x', skill: 'law' }, ...tasks], verifiers).map(
      ({ task, agent }) => `${task}${agent}`,
    ),
    ['0alice', '1bob', '2bob', '3bob', '4alice'],
  )
})
