/** Any facts of agencies and batches, in any order, also such as no records door would write. */
import fc from 'fast-check'
import { placementRefusals, unlistedWhys } from '../../lender/placement.ts'

const few = (prefix: string) => fc.integer({ min: 1, max: 4 }).map(n => `${prefix}${n}`)
const cases = <T>(more: Record<string, fc.Arbitrary<T>>) =>
  fc.array(fc.record({ case: few('ca'), ...more }) as fc.Arbitrary<unknown>, { maxLength: 3 })

export const placementFacts = [
  few('ag').map(id => ({ type: 'agency.saved', agency: { id, name: `agency ${id}`, state: 'active' } })),
  fc.record({ type: fc.constant('agency.removed'), agency: few('ag'), reason: fc.string() }),
  fc.record({
    type: fc.constant('batch.opened'),
    batch: fc.record({ id: few('bt'), agency: few('ag'), name: fc.string(), until: fc.constant('2026-12-31') }),
  }),
  fc.record({
    type: fc.constant('batch.listed'),
    batch: few('bt'),
    cases: cases<unknown>({ party: few('p'), owed: fc.nat(1_000), currency: fc.constant('CNY') }),
  }),
  fc.record({
    type: fc.constant('batch.refused'),
    batch: few('bt'),
    cases: cases<unknown>({ why: fc.constantFrom(...placementRefusals) }),
  }),
  fc.record({
    ...{ type: fc.constant('batch.unlisted'), batch: few('bt'), cases: fc.nat(100) },
    why: fc.constantFrom(...unlistedWhys),
  }),
  fc.record({
    ...{ type: fc.constant('callback.passed'), callback: few('cb'), from: fc.constantFrom(null, 'u_1') },
    to: fc.record({
      ...{ agent: fc.constantFrom(null, 'u_alice'), campaign: fc.constantFrom(null, 'cp_1') },
      lead: fc.option(few('le'), { nil: null }),
    }),
  }),
  fc.record({ type: fc.constant('batch.placed'), batch: few('bt') }),
  fc.record({ type: fc.constant('batch.ended'), batch: few('bt'), reason: fc.string() }),
  fc.record({
    ...{ type: fc.constant('batch.exported'), batch: few('bt'), agency: few('ag'), format: fc.constant('csv') },
    ...{ rows: fc.nat(), bytes: fc.nat(), sha256: fc.string(), reason: fc.string() },
  }),
]
