import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { BookLoan } from './book.ts'
import { complaintDue, isOverdue, whyNotExtend } from './complaint.ts'
import { addDays } from './dates.ts'
import { components } from './money.ts'
import { owedOf } from './overdue.ts'
import { lenderRulesDefault } from './rules.ts'
import { limitOf, waive } from './waiver.ts'

const instalment = (no: number, dueOn: string, amounts: object = {}) => ({
  ...{ no, dueOn, principal: 1_000, interest: 100, fees: 30, penalty: 20, paidBefore: 0 },
  ...amounts,
})
const loanOf = (paid: [string, number][] = []): BookLoan => ({
  ref: 'L-1',
  party: 'K-1',
  product: 'cash',
  currency: 'CNY',
  principal: 2_000,
  ratePpm: 0,
  term: 2,
  status: 'ACTIVE',
  startedOn: null,
  plan: [instalment(1, '2026-10-31'), instalment(2, '2026-11-30')],
  paid: new Map(paid),
})

test('a waiver takes off the parts that it names, of the oldest instalment first, and what is not owed there is left', () => {
  const { lines, left } = waive(
    loanOf(),
    { amount: 70, components: ['fees', 'penalty'] },
    lenderRulesDefault,
    '2026-11-24',
  )
  assert.deepEqual(
    lines.map(({ instalment: no, component, amount }) => [no, component, amount]),
    [
      [1, 'fees', 30],
      [1, 'penalty', 20],
      [2, 'fees', 20],
    ],
  )
  assert.equal(left, 0)
  assert.equal(waive(loanOf(), { amount: 500, components: ['penalty'] }, lenderRulesDefault, '2026-11-24').left, 460)
})

test('whatever is waived: no part below nothing, none that is not named, every fen in a line or left', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4_000 }),
      fc.subarray([...components], { minLength: 1 }),
      fc.dictionary(fc.constantFrom('1 fees', '1 principal', '2 interest'), fc.integer({ min: 0, max: 100 })),
      fc.constantFrom('instalment' as const, 'component' as const),
      (amount, parts, paid, by) => {
        const loan = loanOf(Object.entries(paid))
        const { lines, left } = waive(loan, { amount, components: parts }, { ...lenderRulesDefault, by }, '2026-11-24')
        assert.equal(
          lines.reduce((sum, line) => sum + line.amount, left),
          amount,
        )
        for (const line of lines) {
          assert.ok(parts.includes(line.component))
          const owed = owedOf(loan.plan.find(({ no }) => no === line.instalment)!, loan.paid)
          assert.ok(line.amount > 0 && line.amount <= owed[line.component])
        }
      },
    ),
    { seed: 20261127 },
  )
})

test('a person’s own limit counts instead of the role’s, and who has none may approve nothing', () => {
  const limits = { roles: [{ role: 'supervisor', max: 1_000 }], people: [{ user: 'u_sam', max: 50 }] }
  assert.equal(limitOf(limits, { user: 'u_sam', role: 'supervisor' }), 50)
  assert.equal(limitOf(limits, { user: 'u_sue', role: 'supervisor' }), 1_000)
  assert.equal(limitOf(limits, { user: null, role: 'admin' }), 0)
})

test('a complaint is due 15 days later, across ends of months and leap days, and is extended once', () => {
  assert.equal(complaintDue('2028-02-20'), '2028-03-06')
  assert.equal(complaintDue('2026-12-20'), '2027-01-04')
  const open = { state: 'OPEN' as const, dueOn: '2026-12-09' }
  assert.deepEqual([isOverdue(open, '2026-12-09'), isOverdue(open, '2026-12-10')], [false, true])
  assert.equal(isOverdue({ ...open, state: 'RESOLVED' }, '2027-12-10'), false)
  assert.equal(whyNotExtend(open, addDays(open.dueOn, 30)), null)
  assert.equal(whyNotExtend(open, addDays(open.dueOn, 31))?.rule, 'complaint-date')
  assert.equal(whyNotExtend(open, open.dueOn)?.rule, 'complaint-date')
  assert.equal(whyNotExtend({ ...open, state: 'EXTENDED' }, addDays(open.dueOn, 3))?.rule, 'complaint-extended')
})
