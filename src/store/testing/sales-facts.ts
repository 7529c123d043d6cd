/** Any facts of sales, also such as no records door would write. */
import fc from 'fast-check'
import { orderStates } from '../../lender/order.ts'

const few = (prefix: string) => fc.integer({ min: 1, max: 4 }).map(n => `${prefix}${n}`)
const quote = fc.record({ id: few('qu'), party: few('p'), agent: few('u'), order: fc.constant(null) })
const order = fc.record({
  id: few('or'),
  party: few('p'),
  state: fc.constantFrom(...orderStates),
  agent: few('u'),
  note: fc.string(),
  quote: fc.option(few('qu'), { nil: null }),
  reason: fc.constantFrom(null, 'not-wanted'),
})

export const salesFacts = [
  fc.record({
    type: fc.constant('product.saved'),
    product: fc.record({ id: few('P'), name: fc.string(), version: fc.integer({ min: 1, max: 3 }) }),
  }),
  fc.record({ type: fc.constant('quote.made'), quote }),
  fc.record({ type: fc.constant('quote.said'), item: fc.constant('apr'), quote }),
  fc.record({
    type: fc.constant('prospects.saved'),
    prospects: fc.array(
      fc.record({
        party: few('p'),
        grade: fc.constantFrom(null, 'A', 'D'),
        followUpAt: fc.option(fc.nat(), { nil: null }),
        note: fc.string(),
      }),
      { maxLength: 3 },
    ),
  }),
  fc.record({ type: fc.constant('order.opened'), order }),
  fc.record({ type: fc.constant('order.moved'), from: fc.constantFrom(...orderStates), order }),
] as const
