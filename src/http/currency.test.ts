import assert from 'node:assert/strict'
import { test } from 'node:test'
import { money } from '../../web/parts/money.ts'
import { amountOf, amountTyped, minorDigits } from '../lender/money.ts'
import { minorOf } from './typed.ts'

test('an amount has as many decimals as ISO 4217 gives its currency, typed, kept and shown', () => {
  for (const [currency, digits, typed, kept, shown] of [
    ['JPY', 0, '1,200', 1_200, '1,200 JPY'],
    ['CNY', 2, '1,200.5', 120_050, '¥1,200.50'],
    ['KWD', 3, '1,200.005', 1_200_005, '1,200.005 KWD'],
  ] as const) {
    assert.equal(minorDigits(currency), digits)
    assert.equal(minorOf(typed, currency), kept)
    assert.equal(amountOf(amountTyped(kept, currency), currency), kept)
    assert.equal(money(kept, currency), shown)
  }
  assert.equal(amountTyped(5, 'KWD'), '0.005')
  assert.deepEqual(
    [
      minorOf('1.5', 'JPY'),
      minorOf('1.555', 'CNY'),
      minorOf('1.5555', 'KWD'),
      minorOf('-1', 'CNY'),
      minorOf('', 'CNY'),
    ],
    [null, null, null, null, null],
  )
})
