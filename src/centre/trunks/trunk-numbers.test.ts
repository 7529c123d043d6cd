import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { numberKey } from '../numbers/number.ts'
import { callerIdForms, isPattern, isPrefix, type NumberRule, rewritten, shownAs } from './trunk-numbers.ts'

const rule = (pattern: string, strip: number, prefix = ''): NumberRule => ({ pattern, strip, prefix })

describe('numbers on their way out', () => {
  const gateway = [
    rule('+861XXXXXXXXXX', 3),
    rule('+8695.', 3),
    rule('+864008XXXXXX', 3),
    rule('+86.', 3, '0'),
    rule('+.', 1, '00'),
  ]
  for (const [number, dialled, at] of [
    ['+8613812345678', '13812345678', 1],
    ['+8695588', '95588', 2],
    ['+862155551234', '02155551234', 4],
    ['+442071234567', '00442071234567', 5],
    ['95588', '95588', null],
  ] as const)
    test(`${number} is dialled as ${dialled}`, () => {
      assert.deepEqual(rewritten(gateway, number), { number: dialled, rule: at })
    })

  test('an outside line is reached by a 9 in front of whatever it is', () => {
    assert.equal(rewritten([rule('.', 0, '9')], '13812345678').number, '913812345678')
    assert.equal(rewritten([rule('.', 1, '900')], '+4420').number, '9004420')
  })

  test('the first rule that fits is the one, and none that is longer or shorter fits', () => {
    const two = [rule('1X', 0, '8'), rule('1.', 0, '9')]
    assert.deepEqual(rewritten(two, '15'), { number: '815', rule: 1 })
    assert.deepEqual(rewritten(two, '155'), { number: '9155', rule: 2 })
    assert.deepEqual(rewritten(two, '1'), { number: '1', rule: null })
  })

  test('Z is no zero, N neither 0 nor 1, and what stands is that very digit', () => {
    assert.equal(rewritten([rule('Z', 0, '7')], '0').rule, null)
    assert.equal(rewritten([rule('N', 0, '7')], '1').rule, null)
    assert.equal(rewritten([rule('*9#', 0, '7')], '*9#').number, '7*9#')
  })

  test('a rule that would leave no number leaves the number', () => {
    assert.deepEqual(rewritten([rule('1X', 2)], '15'), { number: '15', rule: null })
    assert.deepEqual(
      rewritten([rule('+1.', 0, '9')], '+15'),
      { number: '+15', rule: null },
      'a + in the middle is none',
    )
  })
})

test('numbers that come in become what we know them by', () => {
  const rules = [rule('1NXXXXXXXXX', 0, '+86'), rule('00.', 2, '+'), rule('0Z.', 1, '+86')]
  assert.equal(rewritten(rules, '13812345678').number, '+8613812345678')
  assert.equal(rewritten(rules, '02155551234').number, '+862155551234')
  assert.equal(rewritten(rules, '00442071234567').number, '+442071234567')
})

test('patterns and prefixes are what they say, and nothing else', () => {
  for (const good of ['.', '+86.', '1NXXXXXXXXX', '*66', '9']) assert.ok(isPattern(good), good)
  for (const bad of ['', '+', '1.2', '.1', 'x', '(1+)+', '1-2', '8'.repeat(26), ' 1', '1\n'])
    assert.ok(!isPattern(bad), JSON.stringify(bad))
  for (const good of ['', '9', '+86', '*1#']) assert.ok(isPrefix(good), good)
  for (const bad of ['a', '1+', ' ', '9'.repeat(17)]) assert.ok(!isPrefix(bad), bad)
})

describe('our own number', () => {
  for (const [form, callerId, shown] of [
    ['national', '+862151860000', '02151860000'],
    ['national', '+861088880000', '01088880000'],
    ['national', '+8613812345678', '13812345678'],
    ['national', '+8695588', '95588'],
    ['national', '+442071234567', '00442071234567'],
    ['plain', '02151860000', '862151860000'],
    ['e164', '02151860000', '+862151860000'],
    ['e164', '1001', '1001'],
    ['as_written', '02151860000', '02151860000'],
  ] as const)
    test(`${callerId} is written ${shown} where it is wanted ${form}`, () => {
      assert.equal(shownAs(form, callerId), shown)
    })

  test('is the same number in every form', () => {
    const digits = fc.array(fc.constantFrom(...'0123456789'), { minLength: 3, maxLength: 15 }).map(all => all.join(''))
    const callerId = fc.tuple(fc.constantFrom('', '+', '+86', '0', '00'), digits).map(([a, b]) => a + b)
    fc.assert(
      fc.property(callerId, fc.constantFrom(...callerIdForms), (own, form) => {
        const shown = shownAs(form, own)
        const plain = (text: string) => text.replace(/\D/g, '')
        return numberKey(shown) === numberKey(own) || plain(shown) === plain(numberKey(own))
      }),
    )
  })
})
