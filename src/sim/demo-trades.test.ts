import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultsOf } from '../lender/script.ts'
import { seededRandom } from '../lib/random.ts'
import { demoDebtors } from './demo-lender.ts'
import { demoApplications, demoProspects, demoScript } from './demo-trades.ts'

test('the demo’s script holds together, and names no debt to who is not the debtor', () => {
  assert.deepEqual(faultsOf({ id: 'sc_1', ...demoScript([]) }), [])
})

test('nobody of the demo has the number, ref or ID number of somebody else', () => {
  const parties = [
    ...demoDebtors(2000, seededRandom(7), '2026-11-27').map(({ party }) => party),
    ...demoApplications(24, seededRandom(9)).map(({ party }) => party),
    ...demoProspects(60, seededRandom(10), '2026-11-27').map(({ party }) => party),
  ]
  for (const values of [
    parties.map(({ ref }) => ref),
    parties.map(({ phones }) => phones[0]!.number),
    parties.flatMap(party => ('idNo' in party ? [party.idNo] : [])),
  ])
    assert.equal(new Set(values).size, values.length)
})
