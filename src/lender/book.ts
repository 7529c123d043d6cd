/**
 * The book of a party: its loans with what was paid of them, what came in, what was promised, and the case. `settle` says everything that follows
 * when something in it has changed: money that waited for a loan finds one, promises are judged, the case is cured or loses its promise. Whoever
 * changes the book (a repayment, its reversal, the daily file, a day that is over) commits what follows with the change, in one.
 */
import { type AllocationLine, allocate } from './allocation.ts'
import { type Case, moveCase, movedFact } from './case.ts'
import type { PlainDate } from './dates.ts'
import type { LenderFact } from './facts.ts'
import type { Loan } from './loan.ts'
import { payKey, type Standing, standingOf } from './overdue.ts'
import { type JudgedPromise, judgePromises } from './promise.ts'
import type { Repayment } from './repayment.ts'
import type { LenderRules } from './rules.ts'

export type BookLoan = Loan & { paid: Map<string, number> }
/** One that stands: what was reversed is in no book. `left`: what nothing was owed for. */
export type BookRepayment = Repayment & { paidOn: PlainDate; left: number; lines: AllocationLine[] }

export type Book = {
  party: string
  loans: BookLoan[]
  repayments: BookRepayment[]
  promises: JudgedPromise[]
  /** The one that is open. */
  case: Case | null
}

type Given = { rules: LenderRules; today: PlainDate }

/** Of all loans of a book. */
export function bookStanding(book: Pick<Book, 'loans'>, today: PlainDate): { overdueTotal: number; owedTotal: number } {
  const all = book.loans.map(loan => standingOf(loan, loan.paid, today))
  const sum = (of: (standing: Standing) => number) => all.reduce((total, standing) => total + of(standing), 0)
  return { overdueTotal: sum(({ overdueTotal }) => overdueTotal), owedTotal: sum(({ owedTotal }) => owedTotal) }
}

/** The book with a repayment that has just been told. */
export function withRepayment(book: Book, repayment: Repayment, paidOn: PlainDate): Book {
  return { ...book, repayments: [...book.repayments, { ...repayment, paidOn, left: repayment.amount, lines: [] }] }
}

/** The book without a repayment that was reversed: what it had paid is owed again. */
export function withoutRepayment(book: Book, id: string, lines: readonly AllocationLine[]): Book {
  const loans = book.loans.map(loan => ({ ...loan, paid: added(loan, lines, -1) }))
  return { ...book, loans, repayments: book.repayments.filter(repayment => repayment.id !== id) }
}

/** The book with a loan that is new or told anew; what repayments paid of it stays. */
export function withLoan(book: Book, loan: Loan): Book {
  const former = book.loans.find(each => each.ref === loan.ref)
  const others = book.loans.filter(each => each.ref !== loan.ref)
  return { ...book, loans: [...others, { ...loan, paid: former?.paid ?? new Map() }] }
}

/**
 * The facts that follow from `after`, which was `before`; none when nothing follows. A case is cured when nothing is overdue any more and something
 * was, or when nothing is owed at all: a case that was opened ahead of the due date is not closed by the first part of the money.
 */
export function settle(before: Book, after: Book, { rules, today }: Given): LenderFact[] {
  const facts: LenderFact[] = []
  let { loans } = after
  for (const repayment of [...after.repayments].sort(byDate)) {
    if (repayment.left === 0) continue
    const debts = loans.filter(
      loan => loan.currency === repayment.currency && (repayment.loan === null || repayment.loan === loan.ref),
    )
    const { lines, left } = allocate(
      debts.map(loan => ({ loan, paid: loan.paid })),
      repayment.left,
      rules,
      repayment.paidOn,
    )
    if (lines.length === 0) continue
    loans = loans.map(loan => ({ ...loan, paid: added(loan, lines, 1) }))
    const all = joined([...repayment.lines, ...lines])
    facts.push({ type: 'repayment.allocated', repayment: repayment.id, party: after.party, lines: all, left })
  }
  const judged = judgePromises(after.promises, after.repayments, rules, today)
  for (const [at, { id, state, paid }] of judged.entries()) {
    const promise = after.promises[at]!
    if (state !== promise.state || paid !== promise.paid)
      facts.push({ type: 'promise.judged', promise: id, party: after.party, state, paid })
  }
  if (after.case !== null)
    facts.push(
      ...factsOfCase(after.case, {
        was: bookStanding(before, today),
        is: bookStanding({ loans }, today),
        overdueLoans: loans.filter(loan => standingOf(loan, loan.paid, today).overdueTotal > 0).map(({ ref }) => ref),
        promised: judged.some(({ state }) => state === 'OPEN'),
      }),
    )
  return facts
}

type Totals = { overdueTotal: number; owedTotal: number }

function factsOfCase(
  given: Case,
  { was, is, overdueLoans, promised }: { was: Totals; is: Totals; overdueLoans: string[]; promised: boolean },
): LenderFact[] {
  const cured = is.overdueTotal === 0 && (was.overdueTotal > 0 || (is.owedTotal === 0 && was.owedTotal > 0))
  const move = cured
    ? moveCase(given, { type: 'close', as: 'CURED' })
    : promised
      ? null
      : moveCase(given, { type: 'promisesOver' })
  const facts: LenderFact[] = []
  const more = overdueLoans.filter(ref => !given.loans.includes(ref))
  if (!cured && more.length > 0)
    facts.push({ type: 'case.loansChanged', case: given.id, party: given.party, loans: [...given.loans, ...more] })
  if (move?.ok) facts.push(...movedFact(given, move.case, cured ? 'repaid' : 'no_promise_open'))
  return facts
}

function added(loan: BookLoan, lines: readonly AllocationLine[], sign: 1 | -1): Map<string, number> {
  const paid = new Map(loan.paid)
  for (const line of lines) {
    if (line.loan !== loan.ref) continue
    const key = payKey(line.instalment, line.component)
    paid.set(key, (paid.get(key) ?? 0) + sign * line.amount)
  }
  return paid
}

/** Lines of the same part as one. */
function joined(lines: readonly AllocationLine[]): AllocationLine[] {
  const byPart = new Map<string, AllocationLine>()
  for (const line of lines) {
    const key = `${line.loan} ${payKey(line.instalment, line.component)}`
    const known = byPart.get(key)
    byPart.set(key, known === undefined ? { ...line } : { ...known, amount: known.amount + line.amount })
  }
  return [...byPart.values()]
}

function byDate(a: BookRepayment, b: BookRepayment): number {
  return a.paidAt - b.paidAt || (a.id < b.id ? -1 : 1)
}
