import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { apr, type Flow } from './apr.ts'
import { addDays, addMonths } from './dates.ts'
import { faultOfTerms, offerOf, repaymentWays, type Terms } from './offer.ts'

const percent = (rate: number | null) => (rate === null ? null : (rate * 100).toFixed(2))
const lent = (amount: number, on: string): Flow => ({ on, amount })
const paid = (amount: number, on: string): Flow => ({ on, amount: -amount })

/** Directive 98/7/EC, Annex III, whose formula Directive 2008/48/EC kept: loans of 1 January 1994. */
test('the annual percentage rate is that of the worked examples of the European Directives', () => {
  const start = '1994-01-01'
  const examples: [string, Flow[], string, string][] = [
    ['one payment', [lent(1000, start), paid(1200, '1995-07-01')], '12.96', '12.92'],
    ['with 50 kept back', [lent(950, start), paid(1200, '1995-07-01')], '16.90', '16.85'],
    ['two payments', [lent(1000, start), paid(600, '1995-01-01'), paid(600, '1996-01-01')], '13.07', '13.07'],
    [
      'three payments',
      [lent(1000, start), paid(272, '1994-04-01'), paid(272, '1994-07-01'), paid(544, '1995-01-01')],
      '13.23',
      '13.19',
    ],
  ]
  for (const [name, flows, byDays, byMonths] of examples)
    assert.deepEqual(
      [percent(apr(flows, 'effective')), percent(apr(flows, 'effectiveMonthly'))],
      [byDays, byMonths],
      name,
    )
})

/** 12 CFR Part 1026, Appendix J, (c)(1). */
test('the nominal rate is that of the worked examples of Regulation Z, odd first periods too', () => {
  const loan = (amount: number, advance: string, payment: number, count: number, first: string) =>
    apr(
      [lent(amount, advance), ...Array.from({ length: count }, (_, at) => paid(payment, addMonths(first, at)))],
      'nominalMonthly',
    )
  // (i) Regular first period; (ii) a long one, 19 days and a month.
  assert.equal(percent(loan(5000, '1978-01-10', 230, 24, '1978-02-10')), '9.69')
  assert.equal(percent(loan(6000, '1978-02-10', 200, 36, '1978-04-01')), '11.82')
})

test('a service fee of 0.6 % a month over twelve months is 13.03 % a year, and not the 7.2 % that it looks like', () => {
  const offer = offerOf({ ...plain, monthlyFeePpm: 6_000, ratePpm: 0 })
  assert.equal(percent(offer.aprNominal), '13.03')
  assert.equal(percent(offer.costTotal / offer.financed), '7.20')
})

const plain: Terms = {
  ...{ amount: 1_200_000, downPayment: 0, term: 12, ratePpm: 120_000, way: 'equal-instalment' },
  ...{ upfrontFeePpm: 0, monthlyFeePpm: 0, startedOn: '2026-01-31' },
}

test('an offer shows each instalment on its day, and what it costs in all', () => {
  const offer = offerOf(plain)
  assert.deepEqual(offer.instalments[0], {
    ...{ no: 1, dueOn: '2026-02-28', principal: 94_619, interest: 12_000, fees: 0, total: 106_619, left: 1_105_381 },
  })
  assert.deepEqual([offer.instalments[1]!.dueOn, offer.instalments[11]!.dueOn], ['2026-03-31', '2027-01-31'])
  assert.equal(percent(offer.aprNominal), '12.00')
  assert.equal(offer.costTotal, 79_423)
  const first = offerOf({ ...plain, way: 'interest-first' })
  assert.deepEqual([first.instalments[10]!.total, first.instalments[11]!.total], [12_000, 1_212_000])
  assert.equal(percent(first.aprNominal), '12.00')
  const equal = offerOf({ ...plain, way: 'equal-principal' })
  assert.deepEqual(
    equal.instalments.slice(0, 2).map(({ total }) => total),
    [112_000, 111_000],
  )
  const down = offerOf({ ...plain, downPayment: 200_000, upfrontFeePpm: 10_000 })
  assert.deepEqual([down.financed, down.upfrontFee, down.paidTotal], [1_000_000, 10_000, 1_200_000 + down.costTotal])
  assert.ok(down.aprNominal! > 0.13)
})

const terms = fc
  .record({
    amount: fc.integer({ min: 100, max: 1_000_000_000 }),
    downPayment: fc.integer({ min: 0, max: 500_000_000 }),
    term: fc.integer({ min: 1, max: 360 }),
    ratePpm: fc.oneof(fc.constant(0), fc.constant(1), fc.integer({ min: 0, max: 360_000 })),
    way: fc.constantFrom(...repaymentWays),
    upfrontFeePpm: fc.integer({ min: 0, max: 100_000 }),
    monthlyFeePpm: fc.integer({ min: 0, max: 20_000 }),
    startedOn: fc.integer({ min: 0, max: 3000 }).map(days => addDays('2024-01-01', days)),
  })
  .filter(each => faultOfTerms(each) === null)

test('whatever is offered, rounding to the fen adds up: no principal is lost, made, or below nothing', () => {
  fc.assert(
    fc.property(terms, given => {
      const offer = offerOf(given)
      const sum = (of: (each: (typeof offer.instalments)[number]) => number) =>
        offer.instalments.reduce((total, each) => total + of(each), 0)
      assert.equal(
        sum(({ principal }) => principal),
        offer.financed,
      )
      assert.equal(offer.instalments.at(-1)!.left, 0)
      assert.equal(sum(({ total }) => total) + offer.upfrontFee + given.downPayment, offer.paidTotal)
      assert.equal(offer.paidTotal - given.amount, offer.costTotal)
      for (const { principal, interest, fees, total } of offer.instalments) {
        for (const part of [principal, interest, fees, total]) assert.ok(Number.isInteger(part) && part >= 0)
      }
      assert.equal(offer.instalments.length, given.term)
    }),
    { numRuns: 1000, seed: 33 },
  )
})

test('a fee never makes credit cheaper, and without fees the nominal rate is the one agreed on, whatever the way', () => {
  fc.assert(
    fc.property(terms, given => {
      const big = { ...given, amount: given.amount + 600_000_000, startedOn: '2026-01-15' }
      const bare = offerOf({ ...big, upfrontFeePpm: 0, monthlyFeePpm: 0 })
      assert.ok(Math.abs(bare.aprNominal! - given.ratePpm / 1e6) < 0.0005, `${bare.aprNominal} ${given.ratePpm}`)
      const dear = offerOf({ ...big, upfrontFeePpm: given.upfrontFeePpm + 1000 })
      assert.ok(dear.aprNominal! > bare.aprNominal!)
      assert.ok(dear.aprEffective! > bare.aprEffective!)
    }),
    { numRuns: 300, seed: 34 },
  )
})
