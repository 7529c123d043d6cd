import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { caseStates, stopsCalls } from './case.ts'
import { addDays } from './dates.ts'
import { bucketOf, dpdOf } from './overdue.ts'
import { lenderRulesDefault } from './rules.ts'
import {
  faultOfStrategies,
  filledText,
  judgeSteps,
  keepDays,
  type Strategies,
  type StrategyCase,
  type StrategyStep,
  stepKey,
  strategyFor,
} from './strategy.ts'

const step = (name: string, day: number, more: Partial<StrategyStep> = {}): StrategyStep => ({
  name,
  day,
  action: { type: 'sms', text: 'x' },
  owedFrom: null,
  owedBelow: null,
  promise: null,
  lastResults: [],
  consent: false,
  ...more,
})
const caseOf = (more: Partial<StrategyCase> = {}): StrategyCase => ({
  id: 'ca_1',
  state: 'WORKING',
  bucket: 'M1',
  oldestDueOn: '2026-11-01',
  owed: 1_000,
  promiseOpen: false,
  lastResult: null,
  consents: { sms: false, email: false, voice: false },
  done: new Map(),
  ...more,
})
const statesOf = (given: StrategyCase, steps: StrategyStep[], today: string) =>
  judgeSteps(given, { name: 'early', buckets: ['M1'], steps }, today).map(({ step: of, state, why }) => [
    of.name,
    state,
    why,
  ])

test('a step is due from its day past due on, for a few days, and then it is missed; the due date itself is day 0 and nothing is overdue', () => {
  const steps = [step('text', 1), step('call', 5)]
  assert.deepEqual(statesOf(caseOf(), steps, '2026-11-01'), [
    ['text', 'waiting', null],
    ['call', 'waiting', null],
  ])
  assert.deepEqual(statesOf(caseOf(), steps, '2026-11-02')[0], ['text', 'due', null])
  assert.deepEqual(statesOf(caseOf(), steps, addDays('2026-11-02', keepDays))[0], ['text', 'due', null])
  assert.deepEqual(statesOf(caseOf(), steps, '2026-11-06'), [
    ['text', 'missed', 'late'],
    ['call', 'due', null],
  ])
})

test('what speaks against a step is said: amount, promise, last result, consent; on HOLD nothing is done', () => {
  const today = '2026-11-02'
  const why = (more: Partial<StrategyStep>, of: Partial<StrategyCase> = {}) =>
    statesOf(caseOf(of), [step('s', 1, more)], today)[0]!.slice(1)
  assert.deepEqual(why({ owedFrom: 1_001 }), ['not_now', 'owed'])
  assert.deepEqual(why({ owedBelow: 1_000 }), ['not_now', 'owed'])
  assert.deepEqual(why({ promise: false }, { promiseOpen: true }), ['not_now', 'promise'])
  assert.deepEqual(why({ lastResults: ['BUSY'] }), ['not_now', 'last_result'])
  assert.deepEqual(why({ lastResults: ['BUSY'] }, { lastResult: 'BUSY' }), ['due', null])
  assert.deepEqual(why({ consent: true }, { consents: { sms: false, email: false, voice: true } }), [
    'not_now',
    'consent',
  ])
  for (const state of caseStates) assert.equal(why({}, { state })[0], stopsCalls(state) ? 'stopped' : 'due', state)
})

test('the strategy is that of the bucket; two for one bucket, or a name twice, are told', () => {
  const early = { name: 'early', buckets: ['M1'], steps: [step('a', 1)] }
  const all: Strategies = { version: 1, strategies: [early], reminders: [] }
  assert.equal(strategyFor('M1', all)?.name, 'early')
  assert.equal(strategyFor('M2', all), null)
  assert.equal(faultOfStrategies(all), null)
  assert.equal(faultOfStrategies({ ...all, strategies: [early, { ...early, name: 'b' }] })?.field, 'buckets')
  const twice = { ...early, steps: [step('a', 1), step('a', 2)] }
  assert.equal(faultOfStrategies({ ...all, strategies: [twice] })?.field, 'strategies.0.steps')
})

test('a text takes the values of its case, and leaves alone what it does not know', () => {
  const values = {
    name: 'Carl',
    ref: 'K-1',
    overdue: '5.00',
    owed: '10.00',
    promised: '',
    days: '3',
    dueOn: '2026-11-01',
  }
  assert.equal(
    filledText('{name}: {owed} since {dueOn} {other} {__proto__}', values),
    'Carl: 10.00 since 2026-11-01 {other} {__proto__}',
  )
})

test('whatever happens to a case over months, no step is done twice, none while it is on HOLD, closed or away, and none before its day', () => {
  const stepOf = fc
    .record({
      day: fc.integer({ min: 1, max: 45 }),
      promise: fc.constantFrom(null, true, false),
      owedFrom: fc.constantFrom(null, 500),
      lastResults: fc.constantFrom<string[]>([], ['BUSY']),
    })
    .map(more => more)
  const plan = fc
    .uniqueArray(stepOf, { selector: ({ day }) => day, minLength: 1, maxLength: 12 })
    .map(all => all.map((more, at) => step(`s${at}`, more.day, more)))
  const day = fc.record({
    state: fc.constantFrom(
      'WORKING' as const,
      'ASSIGNED' as const,
      'PTP' as const,
      'HOLD' as const,
      'OUTSOURCED' as const,
      'CURED' as const,
    ),
    promiseOpen: fc.boolean(),
    owed: fc.constantFrom(100, 900),
    lastResult: fc.constantFrom(null, 'BUSY'),
    /** Part of the debt was paid: what is oldest is newer now, and days past due begin again. */
    paid: fc.nat(30).map(n => n === 0),
    runs: fc.integer({ min: 1, max: 3 }),
  })
  const seen = { done: 0, held: 0, again: 0 }
  fc.assert(
    fc.property(
      plan,
      plan,
      fc.array(day, { minLength: 60, maxLength: 130 }),
      fc.constantFrom('2026-01-31', '2028-02-28', '2026-12-30'),
      (early, late, days, from) => {
        const strategies: Strategies = {
          version: 1,
          strategies: [
            { name: 'early', buckets: ['M1'], steps: early },
            { name: 'late', buckets: ['M2', 'M3', 'M3+'], steps: late },
          ],
          reminders: [],
        }
        const done = new Map<string, { how: 'done' | 'skipped'; why: string }>()
        const counts = new Map<string, number>()
        let oldestDueOn: string = from
        for (const [n, each] of days.entries()) {
          const today = addDays(from, n)
          if (each.paid) oldestDueOn = today
          const dpd = dpdOf(oldestDueOn, today)
          const bucket = bucketOf(dpd, lenderRulesDefault)
          const strategy = strategyFor(bucket, strategies)
          if (strategy === null) continue
          const { runs, paid: _, ...facts } = each
          for (let run = 0; run < runs; run++)
            for (const { step: of, state, why } of judgeSteps(
              caseOf({ ...facts, bucket, oldestDueOn, done }),
              strategy,
              today,
            )) {
              const key = stepKey(strategy.name, of.name)
              if (state === 'missed') done.set(key, { how: 'skipped', why: why! })
              if (state === 'done' && run > 0) seen.again++
              if (state !== 'due') continue
              assert.equal(stopsCalls(each.state), false, 'never on HOLD, closed or away')
              assert.ok(dpd >= of.day && dpd <= of.day + keepDays)
              counts.set(key, (counts.get(key) ?? 0) + 1)
              assert.equal(counts.get(key), 1, 'never twice')
              done.set(key, { how: 'done', why: '' })
              seen.done++
            }
          if (stopsCalls(each.state)) seen.held++
        }
      },
    ),
    { numRuns: 250, seed: 20261127 },
  )
  assert.ok(seen.done > 300 && seen.held > 3_000 && seen.again > 1_000, JSON.stringify(seen))
})
