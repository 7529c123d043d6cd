/** Repayments of a file, up to 500 at once: what follows from each party's money is committed with it, so that promises, cases and calls move at once. */
import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import { settle, withRepayment } from '../../lender/book.ts'
import { savedMax } from '../../lender/facts.ts'
import type { Repayment } from '../../lender/repayment.ts'
import { keepPatiently, type RecordsDoor } from '../door.ts'
import { type FieldProblem, InvalidInput } from '../errors.ts'
import { problemsOf } from '../parse.ts'
import { repaymentInput } from '../parties/lender-schemas.ts'
import { newReport, type RowReport, readRows, sameText } from '../row-report.ts'
import { inTurn } from '../turn.ts'
import { booksOf } from './books.ts'
import { checkedRepayment } from './repayments.ts'

/** As `recordRepayment` for each; one that is recorded already word for word changes nothing, even when it was reversed since. No id stands twice. */
export function recordRepayments(door: RecordsDoor, actor: Actor, rows: readonly unknown[]): Promise<RowReport> {
  if (rows.length > savedMax) throw new RangeError(`${rows.length} repayments at once; at most ${savedMax}`)
  return inTurn(door, async () => {
    const report = newReport()
    const read = await readRows(repaymentInput, rows)
    const good = read.flatMap(each => (each.success ? [each.data] : []))
    const [known, loans, parties] = await Promise.all([
      door.store.read('repayments.byIds', { ids: good.map(({ id }) => id) }),
      door.store.read('loans.byRefs', { refs: good.flatMap(({ loan }) => loan ?? []) }),
      door.store.read('parties.known', { refs: good.flatMap(({ party }) => party ?? []) }),
    ])
    const recorded = new Map(known.map(repayment => [repayment.id, repayment]))
    const about = { loans: new Map(loans.map(loan => [loan.ref, loan])), parties: new Set(parties) }
    const fresh: Repayment[] = []
    for (const [at, each] of read.entries()) {
      const reject = (problems: FieldProblem[]) => report.rejected.push({ at, problems })
      if (!each.success) {
        reject(problemsOf(each.error, rows[at]))
        continue
      }
      try {
        const repayment = checkedRepayment(each.data, about, door.clock.now())
        const former = recorded.get(repayment.id)
        if (former === undefined) fresh.push(repayment)
        else if (sameText(former) === sameText(repayment)) report.unchanged++
        else
          reject([
            {
              field: 'id',
              found: repayment.id,
              allowed: 'a repayment that is not recorded yet; this one is, with other values',
            },
          ])
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error
        reject(error.problems)
      }
    }
    if (fresh.length > 0) await save(door, actor, fresh)
    report.saved = fresh.length
    return report
  })
}

async function save(door: RecordsDoor, actor: Actor, fresh: Repayment[]): Promise<void> {
  const { books, reckoning } = await booksOf(door, [...new Set(fresh.map(({ party }) => party))])
  const facts: RecordFact[] = fresh.map(repayment => ({ type: 'repayment.recorded', repayment }))
  for (const book of books) {
    const after = fresh
      .filter(({ party }) => party === book.party)
      .reduce((each, repayment) => withRepayment(each, repayment, reckoning.dateOf(repayment.paidAt)), book)
    facts.push(...settle(book, after, reckoning))
  }
  await keepPatiently(door, actor, facts)
}
