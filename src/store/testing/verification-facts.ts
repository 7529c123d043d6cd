/** Any facts of verification, also such as no records door would write. */
import fc from 'fast-check'
import { askedOf } from '../../lender/checklist.ts'
import { confirmedStates } from '../../lender/confirmation.ts'
import { taskStates } from '../../lender/task.ts'

const few = (prefix: string) => fc.integer({ min: 1, max: 4 }).map(n => `${prefix}${n}`)
const some = fc.integer({ min: 1, max: 3 })
const orNull = <T>(each: fc.Arbitrary<T>) => fc.option(each, { nil: null })

const task = fc.record({
  id: few('vt'),
  application: few('A'),
  party: few('p'),
  state: fc.constantFrom(...taskStates),
  checklist: few('cl'),
  version: some,
  agent: orNull(few('u')),
  verifiers: fc.array(few('u'), { maxLength: 2 }),
  reviewer: orNull(few('u')),
  recallAt: orNull(fc.nat()),
  proposal: orNull(fc.constant('PASS')),
  reasons: fc.array(few('R'), { maxLength: 2 }),
  note: fc.string(),
  missing: fc.array(fc.string(), { maxLength: 2 }),
  dueOn: orNull(fc.constant('2026-12-01')),
})

export const verificationFacts = [
  fc.record({
    type: fc.constant('applications.saved'),
    applications: fc.array(fc.record({ ref: few('A'), party: few('p'), product: few('cash') }), { maxLength: 3 }),
  }),
  fc.record({
    type: fc.constant('checklist.saved'),
    checklist: fc.record({ id: few('cl'), version: some, product: orNull(few('cash')), items: fc.constant([]) }),
  }),
  fc.record({ type: fc.constant('task.opened'), task }),
  fc.record({ type: fc.constant('task.moved'), from: fc.constantFrom(...taskStates), task }),
  fc.record({
    type: fc.constant('task.called'),
    task: few('vt'),
    party: few('p'),
    call: few('c'),
    who: fc.constantFrom(...askedOf),
    place: some,
    by: few('u'),
  }),
  fc.record({
    type: fc.constant('task.answered'),
    task: few('vt'),
    party: few('p'),
    answer: fc.record({ item: few('i'), no: some, call: few('c'), result: fc.constant('MATCH') }),
  }),
  fc.record({ type: fc.constant('task.refused'), task: few('vt'), party: few('p'), place: some, by: few('u') }),
  fc.record({
    type: fc.constant('task.confirmed'),
    ...{ task: few('vt'), party: few('p'), no: some, as: fc.constantFrom(...confirmedStates) },
    ...{ channel: fc.constant('sms'), message: orNull(few('ms')), why: orNull(fc.constant('no_number')) },
  }),
] as const
