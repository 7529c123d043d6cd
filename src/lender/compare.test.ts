import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { amountOf, type CompareRule, compare } from './compare.ts'

const rows: [CompareRule, number, string, string, boolean, string][] = [
  ['exact', 0, '是', ' 是 ', true, 'same'],
  ['exact', 0, 'Yes', 'ＹＥＳ', true, 'same'],
  ['exact', 0, 'yes', 'no', false, 'other'],
  ['digits', 0, '11010119900307123X', '110101 1990 0307 123x', true, 'same'],
  ['digits', 0, '110101199003071234', '110101199003071235', false, 'other'],
  ['digits', 0, '12', 'twelve', false, 'unread'],
  ['date', 0, '2026-11-03', '2026年11月3日', true, 'same'],
  ['date', 0, '2026-11-03', '20261103', true, 'same'],
  ['date', 0, '2026-11-03', '2026/3/11', false, 'other'],
  ['date', 0, '2026-11-03', '2026-02-30', false, 'unread'],
  ['amount', 5, '12000', '一万二', true, 'within'],
  ['amount', 5, '12000', '12,600', true, 'within'],
  ['amount', 5, '12000', '12,601', false, 'beyond'],
  ['amount', 0, '12000.50', '¥12000.50元', true, 'within'],
  ['amount', 5, '12000', 'much', false, 'unread'],
  ['amount', 5, '0', '1', false, 'beyond'],
  ['name', 80, '红灯笼餐饮有限公司', '红灯笼餐饮', true, 'alike'],
  ['name', 80, 'Red Lantern Co., Ltd.', 'red lantern', true, 'alike'],
  ['name', 80, '王小明', '王晓明', false, 'unlike'],
  ['name', 60, '王小明', '王晓明', true, 'alike'],
  ['name', 80, '王小明', '', false, 'unlike'],
]

test('an answer is held against what was expected as people say things, and the rule says why', () => {
  for (const [rule, percent, expected, answer, matches, why] of rows) {
    const compared = compare(expected, answer, { rule, percent })
    assert.deepEqual([compared.matches, compared.why], [matches, why], `${rule} ${expected} / ${answer}`)
  }
})

test('amounts are read as they are said', () => {
  const said: [string, number | null][] = [
    ['一万二', 12_000],
    ['八千五', 8_500],
    ['一万零二', 10_002],
    ['二十三万', 230_000],
    ['十二', 12],
    ['一百零五', 105],
    ['两百五', 250],
    ['三万五千六百', 35_600],
    ['1.2万', 12_000],
    ['3k', 3_000],
    ['一二', null],
    ['', null],
    ['十万块钱', 100_000],
  ]
  for (const [text, amount] of said) assert.equal(amountOf(text), amount, text)
})

test('whatever is compared, what is the same matches, and no answer is a fault', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('exact', 'digits', 'date', 'amount', 'name'),
      fc.string(),
      fc.string(),
      (rule, a, b) => {
        const compared = compare(a, b, { rule: rule as CompareRule, percent: 80 })
        assert.equal(typeof compared.matches, 'boolean')
        if (compared.figure !== null) assert.ok(compared.figure >= 0)
        if (rule === 'exact') assert.ok(compare(a, a, { rule: 'exact', percent: 0 }).matches)
      },
    ),
    { numRuns: 2000, seed: 7 },
  )
  fc.assert(
    fc.property(fc.nat({ max: 1_000_000_000 }), amount => {
      assert.ok(compare(String(amount), amount.toLocaleString('en'), { rule: 'amount', percent: 0 }).matches)
    }),
  )
})
