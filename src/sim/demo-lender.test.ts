import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultOfPlan } from '../lender/loan.ts'
import { standingOf } from '../lender/overdue.ts'
import { seededRandom } from '../lib/random.ts'
import { demoDebtors, leadOf } from './demo-lender.ts'

test('the invented debtors are as late, and owe as much, as their plans say, on whatever day the demo is shown', () => {
  for (const today of ['2026-02-28', '2026-03-31', '2028-02-29', '2026-12-31', '2027-01-01', '2026-11-27'])
    for (const { loan, party, daysPastDue, owed } of demoDebtors(200, seededRandom(7), today)) {
      assert.equal(faultOfPlan(loan.plan), null, `${loan.ref} on ${today}`)
      const standing = standingOf({ status: 'ACTIVE', plan: loan.plan }, new Map(), today)
      assert.equal(standing.dpd, daysPastDue, `${loan.ref} on ${today}`)
      assert.equal(standing.overdueTotal, owed, `${loan.ref} on ${today}`)
      assert.equal(
        loan.plan.reduce((sum, { principal }) => sum + principal, 0),
        loan.principal,
      )
      assert.equal(loan.party, party.ref)
    }
})

test('a debtor has the same ref and number in the list that is dialled as among the parties, and each ref once', () => {
  const debtors = demoDebtors(2000, seededRandom(7), '2026-11-27')
  for (const debtor of debtors) {
    const lead = leadOf(debtor)
    assert.equal(lead.ref, debtor.party.ref)
    assert.equal(lead.phones[0]!.number, debtor.party.phones[0]!.number)
  }
  assert.equal(new Set(debtors.map(({ party }) => party.ref)).size, 2000)
  assert.equal(new Set(debtors.map(({ party }) => party.idNo)).size, 2000)
})

test('an invented ID number has the check digit of GB 11643 and an area that there is not', () => {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1]
  for (const { party } of demoDebtors(300, seededRandom(3), '2026-11-27')) {
    assert.match(party.idNo, /^990000(?:19|20)\d{2}(?:0\d|1[0-2])(?:[0-2]\d)\d{3}[\dX]$/)
    const sum = weights.reduce(
      (total, weight, at) => total + weight * (party.idNo[at] === 'X' ? 10 : Number(party.idNo[at])),
      0,
    )
    assert.equal(sum % 11, 1)
  }
})
