/** Loans of the lender: one by one, or by the hundred from the daily file. */
import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import { settle, withLoan } from '../../lender/book.ts'
import { savedMax } from '../../lender/facts.ts'
import { faultOfPlan, type Loan } from '../../lender/loan.ts'
import { type LoanByHand, lowersDebt, owedTotalOf } from '../../lender/loan-change.ts'
import type { LoanRecord } from '../../store/lender/loans.ts'
import { keep, keepPatiently, type RecordsDoor } from '../door.ts'
import { type FieldProblem, InvalidInput, NotFound, NotNow } from '../errors.ts'
import { parseInput, problemsOf } from '../parse.ts'
import { loanChange, loanInput } from '../parties/lender-schemas.ts'
import { newReport, type RowReport, readRows } from '../row-report.ts'
import { inTurn } from '../turn.ts'
import { booksOf } from './books.ts'

export async function loanByRef(door: RecordsDoor, ref: string): Promise<LoanRecord> {
  const loan = await door.store.read('loans.byRef', { ref })
  if (loan === null) throw new NotFound('loan', ref)
  return loan
}

/** Throws InvalidInput, also when there is no such party; NotNow when the lender has this loan already. */
export function createLoan(door: RecordsDoor, actor: Actor, given: unknown): Promise<Loan> {
  return inTurn(door, async () => {
    const loan = whole(parseInput(loanInput, given))
    if ((await door.store.read('parties.byRef', { ref: loan.party })) === null) throw unknownParty(loan.party)
    if ((await door.store.read('loans.byRef', { ref: loan.ref })) !== null)
      throw new NotNow('loan-known', `there is a loan ${loan.ref} already; change that one`)
    const owedAfter = owedTotalOf(loan, new Map())
    await keep(door, actor, await factsOf(door, [loan], { reason: null, owedBefore: 0, owedAfter }))
    return loan
  })
}

/**
 * Fields that are left out stay; a plan is told as a whole. `seenAt`: when the loan that was looked at had been changed; NotNow when it was since.
 * What lowers the debt needs a `reason`: else InvalidInput.
 */
export function changeLoan(
  door: RecordsDoor,
  actor: Actor,
  ref: string,
  given: unknown,
  seenAt: number | null = null,
): Promise<Loan> {
  return inTurn(door, async () => {
    const { reason = null, ...change } = parseInput(loanChange, given)
    const now = await loanByRef(door, ref)
    if (seenAt !== null && seenAt !== now.changedAt)
      throw new NotNow('loan-changed', 'somebody else changed this loan meanwhile; open it again')
    const loan = whole({ ...bare(now), ...change })
    const paid = new Map(now.paid)
    if (reason === null && lowersDebt(now, loan, paid)) throw noReason()
    const byHand = { reason, owedBefore: now.owed, owedAfter: owedTotalOf(loan, paid) }
    await keep(door, actor, await factsOf(door, [loan], byHand))
    return loan
  })
}

/** As `saveParties`: up to 500 rows of a file, each the whole loan. A loan does not change hands. */
export function saveLoans(door: RecordsDoor, actor: Actor, rows: readonly unknown[]): Promise<RowReport> {
  if (rows.length > savedMax) throw new RangeError(`${rows.length} loans at once; at most ${savedMax}`)
  return inTurn(door, async () => {
    const report = newReport()
    const read = await readRows(loanInput, rows)
    const known = new Map(
      (
        await door.store.read('loans.byRefs', { refs: read.flatMap(each => (each.success ? [each.data.ref] : [])) })
      ).map(loan => [loan.ref, loan]),
    )
    const refs = read.flatMap(each => (each.success ? [each.data.party] : []))
    const parties = new Set(await door.store.read('parties.known', { refs }))
    const saves = new Map<string, Loan>()
    for (const [at, each] of read.entries()) {
      const reject = (problems: FieldProblem[]) => report.rejected.push({ at, problems })
      if (!each.success) {
        reject(problemsOf(each.error, rows[at]))
        continue
      }
      const former = known.get(each.data.ref)
      try {
        const loan = whole(each.data)
        if (!parties.has(loan.party)) throw unknownParty(loan.party)
        if (former !== undefined && former.party !== loan.party)
          throw new InvalidInput([
            { field: 'party', found: loan.party, allowed: `${former.party}, whose loan this is` },
          ])
        if (former !== undefined && JSON.stringify(former) === JSON.stringify(loan)) report.unchanged++
        else saves.set(loan.ref, loan)
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error
        reject(error.problems)
      }
    }
    if (saves.size > 0) await keepPatiently(door, actor, await factsOf(door, [...saves.values()]))
    report.saved = saves.size
    return report
  })
}

type Given = Omit<Loan, 'term'> & { term?: number | undefined }

/** In one order of its fields, checked as a whole. */
function whole(given: Given): Loan {
  const fault = faultOfPlan(given.plan)
  if (fault !== null)
    throw new InvalidInput([{ field: `plan.${fault.at}`, found: fault.found, allowed: fault.allowed }])
  const { ref, party, product, currency, principal, ratePpm, status, startedOn } = given
  const plan = given.plan.map(({ no, dueOn, principal, interest, fees, penalty, paidBefore }) => ({
    ...{ no, dueOn, principal, interest, fees, penalty, paidBefore },
  }))
  return { ref, party, product, currency, principal, ratePpm, term: given.term ?? plan.length, status, startedOn, plan }
}

function bare({ paid: _, oldestDueOn: __, owed: ___, addedAt: ____, changedAt: _____, ...loan }: LoanRecord): Loan {
  return loan
}

/** With what follows: money that waited for a loan is allocated, and a case whose loans are paid by what the lender says now is cured. */
async function factsOf(door: RecordsDoor, loans: Loan[], byHand?: LoanByHand): Promise<RecordFact[]> {
  const parties = [...new Set(loans.map(({ party }) => party))]
  const { books, reckoning } = await booksOf(door, parties)
  const facts: RecordFact[] = [{ type: 'loans.saved', ...(byHand === undefined ? {} : { byHand }), loans }]
  for (const book of books) {
    const after = loans.filter(({ party }) => party === book.party).reduce(withLoan, book)
    facts.push(...settle(book, after, reckoning))
  }
  return facts
}

function noReason(): InvalidInput {
  const allowed = 'a reason, 1 to 200 characters: less is owed afterwards, or nothing of the loan is asked for any more'
  return new InvalidInput([{ field: 'reason', found: 'nothing', allowed }])
}

function unknownParty(ref: string): InvalidInput {
  return new InvalidInput([{ field: 'party', found: ref.slice(0, 64), allowed: 'the ref of a party that there is' }])
}
