import assert from 'node:assert/strict'
import { test } from 'node:test'
import { spoken } from './message.ts'
import { dateParts, digitParts, moneyParts, numberParts, tailParts } from './numbers.ts'
import { fragmentPrompts, vocabulary } from './vocabulary.ts'

const chinese = (parts: string[] | null) => parts?.map(part => vocabulary('zh-CN')[part]).join('') ?? null
const english = (parts: string[] | null) => parts?.map(part => vocabulary('en')[part]).join(' ') ?? null

test('Chinese figures are read as people read them', () => {
  const cases: [string, string][] = [
    ['0', '零'],
    ['10', '十'],
    ['12', '十二'],
    ['20', '二十'],
    ['105', '一百零五'],
    ['110', '一百一十'],
    ['1005', '一千零五'],
    ['1050', '一千零五十'],
    ['10000', '一万'],
    ['10005', '一万零五'],
    ['100500', '十万零五百'],
    ['110000', '十一万'],
    ['12,345,678', '一千二百三十四万五千六百七十八'],
    ['100000001', '一亿零一'],
    ['200010000', '二亿零一万'],
    ['-3.5', '负三点五'],
    ['3.50', '三点五'],
  ]
  for (const [text, words] of cases) assert.equal(chinese(numberParts('zh-CN', text)), words, text)
})

test('English figures are read as people read them', () => {
  const cases: [string, string][] = [
    ['0', 'zero'],
    ['21', 'twenty one'],
    ['305', 'three hundred five'],
    ['1234567', 'one million two hundred thirty four thousand five hundred sixty seven'],
    ['-0.25', 'minus zero point two five'],
  ]
  for (const [text, words] of cases) assert.equal(english(numberParts('en', text)), words, text)
})

test('money is yuan, jiao and fen', () => {
  const cases: [string, string, string][] = [
    ['1,234.56', '一千二百三十四元五角六分', 'one thousand two hundred thirty four yuan and fifty six fen'],
    ['¥2', '两元', 'two yuan'],
    ['10.05', '十元零五分', 'ten yuan and five fen'],
    ['0.50', '五角', 'fifty fen'],
    ['0', '零元', 'zero yuan'],
    ['12.30', '十二元三角', 'twelve yuan and thirty fen'],
  ]
  for (const [text, zh, en] of cases) {
    assert.equal(chinese(moneyParts('zh-CN', text)), zh, text)
    assert.equal(english(moneyParts('en', text)), en, text)
  }
})

test('dates, digits and tails are read; a one among digits is yao', () => {
  assert.equal(chinese(dateParts('zh-CN', '2026-12-05')), '二零二六年十二月五日')
  assert.equal(chinese(dateParts('zh-CN', '2026年1月31日')), '二零二六年一月三十一日')
  assert.equal(english(dateParts('en', '20261205')), 'December five twenty twenty six')
  assert.equal(english(dateParts('en', '2006/2/28')), 'February twenty eight two thousand six')
  assert.equal(chinese(digitParts('zh-CN', '138 0011')), '幺三八零零幺幺')
  assert.equal(chinese(tailParts('zh-CN', 'LN-2026-0042')), '零零四二')
})

test('what is no such thing is not read', () => {
  for (const text of ['', 'about 5', '1,23', '12345678901234', '1e5', '１２'])
    assert.equal(moneyParts('zh-CN', text), null, text)
  assert.equal(moneyParts('zh-CN', '1.234'), null, 'thousandths are no money')
  for (const text of ['2026-02-30', '2026-13-01', 'tomorrow', '5.12.2026'])
    assert.equal(dateParts('en', text), null, text)
  assert.equal(digitParts('en', 'A12'), null)
  assert.equal(tailParts('en', '12'), null)
})

test('a message names the field that cannot be said, what was found and what is allowed', () => {
  const parts = [{ prompt: 'amount-due' }, { field: 'amount', as: 'money' as const }]
  assert.deepEqual(spoken({ language: 'en', parts }, { ref: 'r', fields: { amount: 'soon' } }, new Map()), {
    ok: false,
    field: 'amount',
    found: '"soon"',
    allowed: 'an amount, e.g. 1,234.50',
  })
  const own = { language: 'en' as const, parts: [{ field: 'ref', as: 'digits' as const }, { prompt: 'own/sale' }] }
  assert.deepEqual(spoken(own, { ref: '7', fields: {} }, new Map([['sale', 3]])), {
    ok: true,
    prompts: ['en/7', 'own/sale@3'],
  })
})

test('whatever can be said has its fragment', () => {
  const prompts = new Set(fragmentPrompts())
  for (let n = 0; n < 400; n++) {
    const figure = String(n * n * n * 7 + n)
    const date = new Date(Date.UTC(1990 + (n % 60), n % 12, 1 + (n % 28))).toISOString()
    for (const language of ['zh-CN', 'en'] as const) {
      const all = [
        moneyParts(language, `${figure}.${String(n % 100).padStart(2, '0')}`),
        numberParts(language, `-${figure}.5`),
        dateParts(language, date),
        tailParts(language, `no ${figure.padStart(4, '0')}`),
      ]
      for (const parts of all)
        for (const part of parts ?? assert.fail(`${figure} ${date} cannot be said`))
          assert.ok(prompts.has(`${language}/${part}`), `${language}/${part}`)
    }
  }
})
