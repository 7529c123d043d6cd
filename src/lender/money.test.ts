import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { allocate } from './allocation.ts'
import { type Book, bookStanding, settle, withLoan, withoutRepayment, withRepayment } from './book.ts'
import { addDays, addMonths, dateIn, dateOfDay, dayNumber, daysBetween, isDate } from './dates.ts'
import type { Instalment, Loan } from './loan.ts'
import { type Component, components, totalOf } from './money.ts'
import { bucketOf, owedOf, payKey, standingOf } from './overdue.ts'
import { type JudgedPromise, judgePromises, lastDayOf } from './promise.ts'
import { lenderRulesDefault as rules } from './rules.ts'

const date = fc.integer({ min: dayNumber('2023-12-01'), max: dayNumber('2028-04-01') }).map(dateOfDay)
const amount = fc.integer({ min: 0, max: 500_000 })

const plan = fc
  .record({
    first: date,
    parts: fc.array(
      fc.record({ fees: amount, penalty: amount, interest: amount, principal: amount, before: fc.nat(3) }),
      {
        minLength: 1,
        maxLength: 8,
      },
    ),
  })
  .map(({ first, parts }) =>
    parts.map(({ before, ...amounts }, at): Instalment => {
      const paidBefore = Math.floor((totalOf(amounts) * before) / 3)
      return { no: at + 1, dueOn: addMonths(first, at), ...amounts, paidBefore }
    }),
  )

function loanOf(ref: string, instalments: Instalment[], more: Partial<Loan> = {}): Loan {
  const terms = {
    product: 'cash',
    currency: 'CNY',
    principal: 1,
    ratePpm: 0,
    term: instalments.length,
    startedOn: null,
  }
  return { ref, party: 'K', ...terms, status: 'ACTIVE', plan: instalments, ...more }
}

const anyOrder = fc.shuffledSubarray([...components], { minLength: 4, maxLength: 4 }) as fc.Arbitrary<Component[]>
const anyRules = fc.record({ order: anyOrder, by: fc.constantFrom('instalment' as const, 'component' as const) })

test('a day is what the calendar of the zone says, over midnight, month ends and the change of clocks', () => {
  const at = Date.parse('2026-11-24T16:30:00Z')
  assert.equal(dateIn('Asia/Shanghai', at), '2026-11-25')
  assert.equal(dateIn('America/New_York', at), '2026-11-24')
  assert.equal(dateIn('Pacific/Kiritimati', Date.parse('2026-12-31T10:00:00Z')), '2027-01-01')
  assert.equal(dateIn('America/New_York', Date.parse('2026-11-01T05:59:59Z')), '2026-11-01')
  assert.deepEqual(['2028-02-29', '2026-02-29', '2026-13-01', '2026-2-01', '1899-01-01', ''].map(isDate), [
    true,
    false,
    false,
    false,
    false,
    false,
  ])
})

test('a month later is the same day, or the last of a shorter month; the days between add up', () => {
  assert.deepEqual(
    [1, 2, 3, 25].map(months => addMonths('2027-01-31', months)),
    ['2027-02-28', '2027-03-31', '2027-04-30', '2029-02-28'],
  )
  assert.equal(addMonths('2027-01-31', 13), '2028-02-29')
  fc.assert(
    fc.property(date, fc.nat(60), fc.integer({ min: -900, max: 900 }), (from, months, days) => {
      const later = addMonths(from, months)
      assert.ok(isDate(later))
      const [year, month] = [+later.slice(0, 4), +later.slice(5, 7)]
      assert.equal(year * 12 + month, +from.slice(0, 4) * 12 + +from.slice(5, 7) + months)
      assert.ok(later.slice(8) <= from.slice(8))
      if (later.slice(8) < from.slice(8)) assert.equal(addDays(later, 1).slice(8), '01')
      assert.equal(daysBetween(from, addDays(from, days)), days)
    }),
  )
})

test('every fen of a repayment is in a line or left over, and nothing is paid beyond what is owed', () => {
  fc.assert(
    fc.property(plan, plan, fc.integer({ min: 1, max: 5_000_000 }), anyRules, date, (one, two, sum, how, on) => {
      const debts = [loanOf('A', one), loanOf('B', two)].map(loan => ({ loan, paid: new Map<string, number>() }))
      const { lines, left } = allocate(debts, sum, how, on)
      assert.equal(
        lines.reduce((total, line) => total + line.amount, left),
        sum,
      )
      assert.ok(lines.every(line => line.amount > 0))
      const paid = new Map<string, Map<string, number>>([
        ['A', new Map()],
        ['B', new Map()],
      ])
      for (const line of lines) {
        const of = paid.get(line.loan)!
        const key = payKey(line.instalment, line.component)
        assert.ok(!of.has(key), 'a part is paid in one line')
        of.set(key, line.amount)
      }
      const owed = (book: Map<string, number>, { loan }: (typeof debts)[number]) =>
        loan.plan.reduce((total, each) => total + totalOf(owedOf(each, book)), 0)
      const before = debts.reduce((total, debt) => total + owed(new Map(), debt), 0)
      const after = debts.reduce((total, debt) => total + owed(paid.get(debt.loan.ref)!, debt), 0)
      assert.equal(before - after, sum - left)
      assert.ok(left === 0 || after === 0, 'money is left only when nothing is owed')
    }),
  )
})

test('by instalment, nothing of a later due date is paid while something of an earlier one is owed', () => {
  fc.assert(
    fc.property(plan, plan, fc.integer({ min: 1, max: 3_000_000 }), anyOrder, date, (one, two, sum, order, on) => {
      const loans = [loanOf('A', one), loanOf('B', two)]
      const { lines } = allocate(
        loans.map(loan => ({ loan, paid: new Map() })),
        sum,
        { order, by: 'instalment' },
        on,
      )
      const paidOf = (ref: string) =>
        new Map(
          lines.filter(({ loan }) => loan === ref).map(each => [payKey(each.instalment, each.component), each.amount]),
        )
      const touched = lines.map(
        ({ loan, instalment }) => loans.find(({ ref }) => ref === loan)!.plan[instalment - 1]!.dueOn,
      )
      const latest = touched.reduce((a, b) => (a > b ? a : b), '')
      for (const { ref, plan: all } of loans)
        for (const each of all)
          if (each.dueOn < latest) assert.equal(totalOf(owedOf(each, paidOf(ref))), 0, `${ref} ${each.dueOn}`)
    }),
  )
})

test('days past due begin on the day after the due date, and the bucket follows its limits to the day', () => {
  const loan = loanOf('A', [
    { no: 1, dueOn: '2028-02-29', principal: 100, interest: 0, fees: 0, penalty: 0, paidBefore: 0 },
  ])
  const on = (today: string) => standingOf(loan, new Map(), today)
  assert.deepEqual(
    [
      '2028-02-28',
      '2028-02-29',
      '2028-03-01',
      '2028-03-30',
      '2028-03-31',
      '2028-04-29',
      '2028-04-30',
      '2028-05-29',
      '2028-05-30',
    ].map(today => [on(today).dpd, bucketOf(on(today).dpd, rules), on(today).overdueTotal]),
    [
      [0, 'M0', 0],
      [0, 'M0', 0],
      [1, 'M1', 100],
      [30, 'M1', 100],
      [31, 'M2', 100],
      [60, 'M2', 100],
      [61, 'M3', 100],
      [90, 'M3', 100],
      [91, 'M3+', 100],
    ],
  )
  assert.equal(standingOf({ ...loan, status: 'WRITTEN_OFF' }, new Map(), '2030-01-01').overdueTotal, 0)
})

test('each day that passes makes a loan one day older while it is owed, and never younger', () => {
  fc.assert(
    fc.property(plan, date, (instalments, today) => {
      const loan = loanOf('A', instalments)
      const now = standingOf(loan, new Map(), today)
      const next = standingOf(loan, new Map(), addDays(today, 1))
      assert.equal(next.owedTotal, now.owedTotal)
      assert.ok(next.overdueTotal >= now.overdueTotal)
      if (now.dpd > 0) assert.equal(next.dpd, now.dpd + 1)
      else assert.ok(next.dpd <= 1)
      assert.equal(now.dpd > 0, now.overdueTotal > 0)
    }),
  )
})

const promise = fc.record({
  amount: fc.integer({ min: 1, max: 10_000 }),
  madeOn: date,
  in: fc.nat(20),
  loan: fc.constantFrom(null, 'A', 'B'),
})
const payment = fc.record({
  amount: fc.integer({ min: 1, max: 10_000 }),
  paidOn: date,
  loan: fc.constantFrom(null, 'A', 'B'),
})

function promisesFrom(given: { amount: number; madeOn: string; in: number; loan: string | null }[]): JudgedPromise[] {
  return given.map(({ in: days, ...each }, n) => ({
    ...each,
    id: `pr${n}`,
    party: 'K',
    case: null,
    currency: 'CNY',
    dueOn: addDays(each.madeOn, days),
    agent: null,
    call: null,
    state: 'OPEN',
    paid: 0,
  }))
}

test('a repayment counts once for promises, within their days, and the state follows from what came in alone', () => {
  fc.assert(
    fc.property(
      fc.array(promise, { maxLength: 5 }),
      fc.array(payment, { maxLength: 8 }),
      date,
      (some, money, today) => {
        const promises = promisesFrom(some)
        const repayments = money.map((each, n) => ({ ...each, id: `p${n}`, currency: 'CNY' }))
        const judged = judgePromises(promises, repayments, rules, today)
        const total = repayments.reduce((sum, each) => sum + each.amount, 0)
        assert.ok(judged.reduce((sum, { paid }) => sum + paid, 0) <= total)
        for (const [at, { state, paid }] of judged.entries()) {
          const one = promises[at]!
          assert.ok(paid <= one.amount)
          const kept = paid * 100 >= one.amount * 90
          const over = today > lastDayOf(one, rules)
          assert.equal(state, kept ? 'KEPT' : !over ? 'OPEN' : paid > 0 ? 'PARTIAL' : 'BROKEN')
          const inTime = repayments.filter(
            ({ paidOn, loan }) =>
              paidOn >= one.madeOn && paidOn <= addDays(one.dueOn, 1) && (!loan || !one.loan || loan === one.loan),
          )
          assert.ok(paid <= inTime.reduce((sum, each) => sum + each.amount, 0))
        }
        // Judged again by the same, nothing changes, whatever stood there before.
        const again = promises.map((each, at) => ({ ...each, ...judged[at]! }))
        assert.deepEqual(judgePromises(again, repayments, rules, today), judged)
      },
    ),
  )
})

test('a promise of 29 February is kept by money of 1 March, in a leap year and with a day of grace', () => {
  const [one] = promisesFrom([{ amount: 1_000, madeOn: '2028-02-20', in: 9, loan: null }])
  assert.equal(one!.dueOn, '2028-02-29')
  const paid = (paidOn: string, sum: number) => [{ id: 'p', loan: null, currency: 'CNY', amount: sum, paidOn }]
  const state = (paidOn: string, sum: number) => judgePromises([one!], paid(paidOn, sum), rules, '2028-03-05')[0]!.state
  assert.deepEqual(
    [state('2028-03-01', 900), state('2028-03-02', 1_000), state('2028-03-01', 899), state('2028-02-19', 1_000)],
    ['KEPT', 'BROKEN', 'PARTIAL', 'BROKEN'],
  )
})

const today = '2026-11-24'
const given = { rules, today }

/** As the tables do it: the book after its facts. */
function applied(book: Book, facts: ReturnType<typeof settle>): Book {
  let next = book
  for (const fact of facts) {
    if (fact.type === 'repayment.allocated') {
      const before = next.repayments.find(({ id }) => id === fact.repayment)!
      const bare = withoutRepayment(next, fact.repayment, before.lines)
      const loans = bare.loans.map(loan => {
        const paid = new Map(loan.paid)
        for (const line of fact.lines)
          if (line.loan === loan.ref) {
            const key = payKey(line.instalment, line.component)
            paid.set(key, (paid.get(key) ?? 0) + line.amount)
          }
        return { ...loan, paid }
      })
      next = { ...bare, loans, repayments: [...bare.repayments, { ...before, lines: fact.lines, left: fact.left }] }
    }
    if (fact.type === 'case.moved') next = { ...next, case: { ...next.case!, state: fact.to } }
  }
  return next
}

test('a book adds up after any repayments, loans told late and reversals: owed before is owed now and what was paid', () => {
  const step = fc.oneof(
    fc.record({ type: fc.constant('pay' as const), sum: fc.integer({ min: 1, max: 900_000 }) }),
    fc.record({ type: fc.constant('reverse' as const), which: fc.nat(5) }),
    fc.record({ type: fc.constant('loan' as const), plan }),
  )
  fc.assert(
    fc.property(plan, fc.array(step, { maxLength: 8 }), (first, steps) => {
      const open = {
        id: 'ca',
        party: 'K',
        state: 'WORKING',
        before: null,
        agent: null,
        loans: ['A'],
        holdReason: null,
      } as const
      let book: Book = {
        party: 'K',
        loans: [{ ...loanOf('A', first), paid: new Map() }],
        repayments: [],
        promises: [],
        case: { ...open, loans: ['A'] },
      }
      let lent = bookStanding(book, today).owedTotal
      for (const [n, each] of steps.entries()) {
        const was = bookStanding(book, today)
        let after = book
        if (each.type === 'pay') {
          const told = {
            id: `p${n}`,
            party: 'K',
            loan: null,
            amount: each.sum,
            currency: 'CNY',
            paidAt: n,
            channel: '',
          }
          after = withRepayment(book, told, today)
        } else if (each.type === 'loan') {
          after = withLoan(book, loanOf(`B${n}`, each.plan))
          lent += standingOf(loanOf('x', each.plan), new Map(), today).owedTotal
        } else {
          const one = book.repayments[each.which % Math.max(1, book.repayments.length)]
          if (one === undefined) continue
          after = withoutRepayment(book, one.id, one.lines)
        }
        const facts = settle(book, after, given)
        book = applied(after, facts)
        const is = bookStanding(book, today)
        const paid = book.repayments.reduce((sum, { amount: of, left }) => sum + of - left, 0)
        assert.equal(is.owedTotal + paid, lent)
        assert.ok(book.repayments.every(({ left }) => left === 0) || is.owedTotal === 0)
        for (const { amount: of, left, lines } of book.repayments)
          assert.equal(
            lines.reduce((sum, line) => sum + line.amount, left),
            of,
          )
        const cured = facts.some(fact => fact.type === 'case.moved' && fact.to === 'CURED')
        if (cured) assert.equal(is.overdueTotal, 0)
        if (cured) book = { ...book, case: null }
        else if (book.case !== null && was.overdueTotal > 0 && each.type !== 'reverse') assert.ok(is.overdueTotal > 0)
        assert.deepEqual(
          settle(book, book, given).filter(({ type }) => type !== 'case.loansChanged'),
          [],
          'nothing follows twice',
        )
      }
    }),
    { numRuns: 300 },
  )
})
