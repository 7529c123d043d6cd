import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addDays } from './dates.ts'
import { moveOrder, type Order, type OrderCommand, orderStates } from './order.ts'
import { saidItems } from './quote.ts'

const draft: Order = {
  ...{ id: 'or_1', party: 'K-1', product: 'phone', currency: 'CNY', coolingDays: 7, state: 'DRAFT', agent: 'alice' },
  ...{ call: null, checker: null, coolingUntil: null, note: '' },
  terms: {
    ...{
      amount: 100,
      downPayment: 0,
      term: 1,
      ratePpm: 0,
      way: 'equal-instalment',
      upfrontFeePpm: 0,
      monthlyFeePpm: 0,
    },
    startedOn: '2026-11-24',
  },
  offer: { financed: 100, costTotal: 0, paidTotal: 100, aprEffective: 0, aprNominal: 0 },
}
const check = (by: string, passes = true, note = '', heard = [...saidItems]): OrderCommand => ({
  ...{ type: 'check', by, passes, heard, note },
})
const walk = (today: string, ...commands: OrderCommand[]) =>
  commands.reduce((order, command) => {
    const move = moveOrder(order, command, today)
    assert.ok(move.ok, move.ok ? '' : move.words)
    return move.order
  }, draft)
const ruleOf = (order: Order, command: OrderCommand, today: string) => {
  const move = moveOrder(order, command, today)
  return move.ok ? null : move.rule
}
const cooling = walk('2026-11-24', { type: 'submit' }, check('sam'), { type: 'sign' })

test('an order may be cancelled to the end of its last day to think, and is fulfilled after it', () => {
  assert.deepEqual([cooling.state, cooling.coolingUntil], ['COOLING', '2026-12-01'])
  const cancel: OrderCommand = { type: 'cancel', note: 'thought better of it' }
  for (const day of ['2026-11-24', '2026-12-01']) {
    assert.equal(ruleOf(cooling, cancel, day), null, day)
    assert.equal(ruleOf(cooling, { type: 'fulfil' }, day), 'order-cooling', day)
  }
  assert.equal(ruleOf(cooling, cancel, '2026-12-02'), 'order-cooling-over')
  assert.equal(ruleOf(cooling, { type: 'fulfil' }, '2026-12-02'), null)
})

test('who sold it does not check it, and a check that finds something says what', () => {
  const handed = walk('2026-11-24', { type: 'submit' })
  assert.equal(ruleOf(handed, check('alice'), '2026-11-24'), 'order-four-eyes')
  assert.equal(ruleOf({ ...handed, openedBy: 'sam' }, check('sam'), '2026-11-24'), 'order-four-eyes')
  assert.equal(ruleOf(handed, check('sam', false), '2026-11-24'), 'order-no-reason')
  const back = moveOrder(handed, check('sam', false, 'rate was not said'), '2026-11-24')
  assert.deepEqual(back.ok && [back.order.state, back.order.note], ['DRAFT', 'rate was not said'])
})

test('a check passes only when everything that must be said was heard, and refuses with a reason', () => {
  const handed = walk('2026-11-24', { type: 'submit' })
  const deaf: OrderCommand = check('sam', true, '', saidItems.slice(1))
  assert.equal(ruleOf(handed, deaf, '2026-11-24'), 'order-not-said')
  const refuse = (by: string, reason: 'misled' | 'other'): OrderCommand => ({
    ...{ type: 'refuse', by, heard: ['apr'], reason, note: '' },
  })
  assert.equal(ruleOf(handed, refuse('alice', 'misled'), '2026-11-24'), 'order-four-eyes')
  assert.equal(ruleOf(handed, refuse('sam', 'other'), '2026-11-24'), 'order-no-reason')
  const move = moveOrder(handed, refuse('sam', 'misled'), '2026-11-24')
  assert.deepEqual(move.ok && [move.order.state, move.order.reason, move.order.heard], ['CANCELLED', 'misled', ['apr']])
})

test('each state takes its own commands and refuses every other one', () => {
  const commands: OrderCommand[] = [
    { type: 'submit' },
    check('sam'),
    { type: 'sign' },
    { type: 'fulfil' },
    { type: 'refuse', by: 'sam', heard: [], reason: 'misled', note: '' },
    { type: 'cancel', note: '' },
  ]
  const taken = Object.fromEntries(
    orderStates.map(state => [
      state,
      commands
        .filter(command => moveOrder({ ...draft, state, coolingUntil: '2026-11-30' }, command, '2026-12-01').ok)
        .map(({ type }) => type),
    ]),
  )
  assert.deepEqual(taken, {
    ...{ DRAFT: ['submit', 'cancel'], QC: ['check', 'refuse', 'cancel'], CONFIRMED: ['sign', 'cancel'] },
    ...{ COOLING: ['fulfil'], FULFILLED: [], CANCELLED: [] },
  })
})

test('on every day an order that was signed may be either cancelled or fulfilled, never both', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 0, max: 2000 }),
      fc.integer({ min: 0, max: 90 }),
      (days, from, later) => {
        const signed = addDays('2024-01-01', from)
        const order = moveOrder({ ...draft, state: 'CONFIRMED', coolingDays: days }, { type: 'sign' }, signed)
        assert.ok(order.ok)
        const today = addDays(signed, later)
        const may = (command: OrderCommand) => moveOrder(order.order, command, today).ok
        assert.equal(may({ type: 'cancel', note: '' }), later <= days)
        assert.equal(may({ type: 'fulfil' }), later > days)
      },
    ),
  )
})
