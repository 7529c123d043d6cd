import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addMonths } from './dates.ts'
import { amountMax, amountOf, amountTyped } from './money.ts'
import { planOf, planTyped } from './plan-lines.ts'

const amount = fc.integer({ min: 0, max: amountMax })

test('an amount is read back as it was written, in currencies with and without hundredths', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -amountMax, max: amountMax }),
      fc.constantFrom('CNY', 'USD', 'JPY', 'VND'),
      (n, currency) => assert.equal(amountOf(amountTyped(n, currency), currency), n),
    ),
  )
  assert.equal(amountOf('1,200.5', 'CNY'), 120_050)
  assert.equal(amountOf('1,200', 'JPY'), 1_200)
  assert.equal(amountOf(' ¥2,079.50', 'CNY'), 207_950, 'copied from a page')
  for (const text of ['¥', '¥¥1', '1¥', '¥-1']) assert.equal(amountOf(text, 'CNY'), null, text)
  assert.equal(amountOf('¥1', 'USD'), null)
  for (const text of ['', '1.234', '1e3', '0x10', '１２', '1 200', '--1', '12345678901234'])
    assert.equal(amountOf(text, 'CNY'), null, text)
  assert.equal(amountOf('1.5', 'JPY'), null, 'a yen has no parts')
})

test('a plan is read back as it was written', () => {
  const row = fc.record({ principal: amount, interest: amount, fees: amount, penalty: amount, paidBefore: amount })
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), fc.constantFrom('CNY', 'JPY'), (rows, currency) => {
      const plan = rows.map((parts, at) => ({ no: at + 1, dueOn: addMonths('2026-01-31', at), ...parts }))
      assert.deepEqual(planOf(planTyped(plan, currency), currency), plan)
    }),
  )
})

test('a plan is taken as a sheet pastes it, and what cannot be read stays as it was typed', () => {
  const none = { interest: 0, fees: 0, penalty: 0, paidBefore: 0 }
  assert.deepEqual(planOf('2026/1/5\t1,000.50\r\n\r\n2026/2/5\t1,000\t60', 'CNY'), [
    { no: 1, dueOn: '2026-01-05', principal: 100_050, ...none },
    { no: 2, dueOn: '2026-02-05', principal: 100_000, ...none, interest: 6_000 },
  ])
  assert.deepEqual(planOf('x 2026-02-30 much', 'CNY'), [{ no: 'x', dueOn: '2026-02-30', principal: 'much', ...none }])
})
