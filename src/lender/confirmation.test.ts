import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Confirmations,
  type ConfirmationTemplate,
  type ConfirmationValues,
  confirmationText,
  stands,
  templatesFor,
} from './confirmation.ts'
import { type DecisionReason, reasonsDefault } from './reasons.ts'

const template = (more: Partial<ConfirmationTemplate> = {}): ConfirmationTemplate => ({
  ...{ as: 'REJECT', product: null, channel: 'sms' },
  text: { 'zh-CN': '{name}：进件{application}未通过，{reason}。', en: '{name}: {application} declined, {reason}.' },
  ...more,
})
const values: ConfirmationValues = {
  ...{ name: 'Carl', application: 'A-1', product: 'cash', currency: 'CNY', amount: 123_456_789, term: 12 },
  ...{ reasons: ['EMPLOYMENT'], missing: [], dueOn: null },
}
const told: DecisionReason = {
  ...{ code: 'AGE', use: 'REJECT', words: { 'zh-CN': '年龄造假嫌疑', en: 'lied about age' } },
  told: { 'zh-CN': '年龄不符合要求', en: 'age outside our range' },
}
const text = (
  given: Partial<ConfirmationValues> = {},
  more: Partial<ConfirmationTemplate> = {},
  secrets: string[] = [],
) =>
  confirmationText(
    template(more),
    { ...values, ...given },
    { language: 'en', known: [...reasonsDefault, told], secrets },
  )

test('the product’s own words come before those of any product, and of a fraud there are none', () => {
  const [any, car] = [template(), template({ product: 'car' })]
  const all: Confirmations = { needsConsent: true, templates: [any, car, template({ as: 'PASS' })] }
  assert.deepEqual(templatesFor(all, { as: 'REJECT', product: 'car' }), [car])
  assert.deepEqual(templatesFor(all, { as: 'REJECT', product: 'cash' }), [any])
  assert.deepEqual(templatesFor(all, { as: 'SUPPLEMENT', product: 'cash' }), [])
})

test('a decline is told in the words that its reason has for applicants, else in general ones, never in those of the house', () => {
  assert.equal(text(), 'Carl: A-1 declined, our overall assessment.')
  assert.equal(text({ reasons: ['EMPLOYMENT', 'AGE', 'AGE'] }), 'Carl: A-1 declined, age outside our range.')
  assert.equal(text({ reasons: ['GONE'] }), 'Carl: A-1 declined, our overall assessment.')
})

test('values are filled in once: what an applicant is called fills in nothing', () => {
  assert.equal(text({ name: '{reason}{amount}' }), '{reason}{amount}: A-1 declined, our overall assessment.')
  const words = { 'zh-CN': '{amount} 元，{term} 期，{dueOn}', en: '{amount} CNY, {term}, {constructor}' }
  assert.equal(text({}, { text: words }), '1,234,567.89 CNY, 12, {constructor}')
})

test('no ID number stands in it, whoever typed it and however it is spaced', () => {
  const words = { 'zh-CN': '请补：{missing}', en: 'Send: {missing}' }
  for (const typed of ['110101199003071234', '11010119900307123X', '110101 19900307 1234', '110101900307123'])
    assert.equal(text({ missing: [`ID ${typed} copy`] }, { text: words }), 'Send: ID ****** copy', typed)
  assert.equal(text({ missing: ['passport E-12 345 678'] }, { text: words }, ['E12345678']), 'Send: passport ******')
  // An application's own number is none.
  assert.equal(text({ application: 'A-20261124-031' }), 'Carl: A-20261124-031 declined, our overall assessment.')
})

test('what is missing is cut where a text would grow without end', () => {
  const long = text(
    { missing: Array.from({ length: 20 }, () => 'x'.repeat(200)) },
    { text: { 'zh-CN': '', en: '{missing}' } },
  )
  assert.equal([...long].length, 200)
  assert.ok(long.endsWith('…'))
})

test('what was told stands while it is the last decision of the newest task', () => {
  const now = { state: 'SUPPLEMENT' as const, last: 2, isLatest: true }
  assert.equal(stands({ as: 'SUPPLEMENT', no: 2 }, now), true)
  assert.equal(stands({ as: 'SUPPLEMENT', no: 1 }, now), false)
  assert.equal(stands({ as: 'SUPPLEMENT', no: 2 }, { ...now, state: 'ASSIGNED' }), false)
  assert.equal(stands({ as: 'SUPPLEMENT', no: 2 }, { ...now, isLatest: false }), false)
})
