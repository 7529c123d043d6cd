import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultOfAssignment, planAssignment } from '../lender/assignment.ts'
import { bucketOf } from '../lender/overdue.ts'
import { lenderRulesDefault } from '../lender/rules.ts'
import { faultOfStrategies, strategyFor } from '../lender/strategy.ts'
import { seededRandom } from '../lib/random.ts'
import { demoAssignment, demoStrategies } from './demo-collections.ts'
import { demoDebtors } from './demo-lender.ts'

test('every debtor of the demo has a strategy and gets a collector, by rules that hold together', () => {
  const collectors = Array.from({ length: 17 }, (_, at) => `u_${at}`)
  const rules = demoAssignment(collectors)
  const strategies = { version: 1, ...demoStrategies('cp_1') }
  assert.equal(faultOfAssignment(rules), null)
  assert.equal(faultOfStrategies(strategies), null)
  const debtors = demoDebtors(2000, seededRandom(7), '2026-11-27')
  const cases = debtors.map(({ party, loan, daysPastDue, owed }) => ({
    ...{ id: party.ref, party: party.ref, agent: null, lastAgent: null, state: 'IMPORTED' as const },
    ...{ bucket: bucketOf(daysPastDue, lenderRulesDefault), owed, product: loan.product },
  }))
  for (const { bucket } of cases) assert.ok(strategyFor(bucket, strategies), bucket)
  const plan = planAssignment(
    cases,
    collectors.map(id => ({ id, skills: [], load: 0 })),
    rules,
  )
  assert.deepEqual([plan.placed.length, plan.unplaced.length], [2000, 0])
  assert.deepEqual(
    [...new Set(plan.placed.map(({ group }) => group))].sort(),
    ['全部', '冠军', '挑战者', '资深'].sort(),
  )
})
