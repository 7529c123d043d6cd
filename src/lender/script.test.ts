import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { debtPlaceholders, faultsOf, filled, mayTellDebt, type Script, type ScriptStep, stretchFrom } from './script.ts'

const both = (text: string) => ({ 'zh-CN': text, en: text })
const step = (key: string, text: string, ...to: (string | null)[]): ScriptStep => ({
  ...{ key, title: both(key), text: both(text) },
  answers: to.map(each => ({ words: both('yes'), to: each })),
})
const script = (steps: ScriptStep[], more: Partial<Script> = {}): Script => ({
  ...{ id: 's_1', name: 'M1', places: [], must: [], others: null },
  steps,
  ...more,
})
const names = (given: Script) => faultsOf(given).map(each => Object.values(each).join(' '))

test('a script without faults is one whose steps are all reached and all lead to an end', () => {
  const good = script([
    step('open', 'This is {agent}.', 'who', 'bye'),
    step('who', '{overdue}', 'bye'),
    step('bye', 'Bye.'),
  ])
  assert.deepEqual(names(good), [])
})

test('an unknown placeholder, a step that is not there or not reached, and a loop without exit are named', () => {
  assert.deepEqual(names(script([])), ['no_steps'])
  assert.deepEqual(names(script([step('open', 'You owe {amout}.')])), ['unknown_placeholder open amout'])
  assert.deepEqual(names(script([step('open', 'x', 'nowhere')])), ['unknown_step open nowhere', 'no_exit open'])
  assert.deepEqual(names(script([step('open', 'x'), step('lost', 'x')])), ['unreachable lost'])
  assert.deepEqual(names(script([step('a', 'x', 'b'), step('b', 'x', 'a')])), ['no_exit a', 'no_exit b'])
  assert.deepEqual(names(script([step('a', 'x', 'b', null), step('b', 'x', 'a')])), [], 'a loop that can be left')
  assert.deepEqual(names(script([step('a', ' '), step('a', 'x')])), ['twice a', 'no_text a'])
})

test('what begins for others names no debt, and neither does a sentence that is read to all', () => {
  const steps = [
    step('open', '{overdue}'),
    step('contact', 'Ask {party} to call.', 'more'),
    step('more', 'It is {days}.'),
  ]
  assert.deepEqual(names(script(steps, { others: 'contact' })), ['debt_to_others more days'])
  const must = [{ key: 'm', text: both('{owed}'), to: 'all' as const }]
  assert.deepEqual(names(script([step('a', 'x')], { must })), ['debt_to_others m owed'])
})

test('values are put in piece by piece; what has none stays named', () => {
  assert.deepEqual(
    filled('Owed {owed}, {x}.', name => (name === 'owed' ? '12 yuan' : null)),
    [{ text: 'Owed ' }, { name: 'owed', value: '12 yuan' }, { text: ', ' }, { name: 'x', value: null }, { text: '.' }],
  )
  for (const name of [...debtPlaceholders, 'field.x', 'lead.balance']) assert.ok(mayTellDebt(name), name)
})

test('any script is looked through in bounded time, and a stretch has each step once', () => {
  const keys = ['a', 'b', 'c', 'd', 'e']
  const any = fc.array(
    fc.record({
      key: fc.constantFrom(...keys),
      to: fc.array(fc.constantFrom(...keys, 'nowhere', null), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  fc.assert(
    fc.property(any, given => {
      const one = script(given.map(({ key, to }) => step(key, 'x', ...to)))
      const faults = faultsOf(one)
      const stretch = stretchFrom(one, 'a')
      assert.equal(new Set(stretch).size, stretch.length)
      // Where nothing is found, an end is in reach from everywhere.
      if (faults.length > 0) return
      for (const { key } of one.steps) {
        const left = [key]
        const been = new Set<string>()
        let ends = false
        for (let at = left.pop(); at !== undefined; at = left.pop()) {
          if (been.has(at)) continue
          been.add(at)
          const { answers } = one.steps.find(each => each.key === at)!
          if (answers.length === 0) ends = true
          for (const { to } of answers)
            if (to === null) ends = true
            else left.push(to)
        }
        assert.ok(ends, key)
      }
    }),
  )
})
