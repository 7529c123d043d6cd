/** Repayments: recorded once, allocated at once, and all that follows from them (promises, the case, calls that are withdrawn) in the same commit. */
import type { Actor, RecordFact } from '../centre/facts.ts'
import { bookStanding, settle, withoutRepayment, withRepayment } from '../lender/book.ts'
import { moveCase, movedFact } from '../lender/case.ts'
import type { Repayment } from '../lender/repayment.ts'
import type { RepaymentRecord } from '../store/repayments.ts'
import { bookOf } from './books.ts'
import { keep, type RecordsDoor } from './door.ts'
import { InvalidInput, NotFound, NotNow } from './errors.ts'
import { reasonInput, repaymentInput } from './lender-schemas.ts'
import { parseInput } from './parse.ts'
import { inTurn } from './turn.ts'

export async function repaymentById(door: RecordsDoor, id: string): Promise<RepaymentRecord> {
  const repayment = await door.store.read('repayments.byId', { id })
  if (repayment === null) throw new NotFound('repayment', id)
  return repayment
}

/** Throws InvalidInput; NotNow `repayment-known` when this one was told before. */
export function recordRepayment(door: RecordsDoor, actor: Actor, given: unknown): Promise<RepaymentRecord> {
  return inTurn(door, async () => {
    const input = parseInput(repaymentInput, given)
    const { loan: ref } = input
    const loan = ref === null ? null : await door.store.read('loans.byRef', { ref })
    if (ref !== null && loan === null) throw wrong('loan', ref, 'the ref of a loan that there is')
    const party = input.party ?? loan!.party
    if (loan !== null && loan.party !== party) throw wrong('party', party, `${loan.party}, whose loan this is`)
    if (loan !== null && loan.currency !== input.currency)
      throw wrong('currency', input.currency, `${loan.currency}, in which this loan is`)
    if ((await door.store.read('parties.byRef', { ref: party })) === null)
      throw wrong('party', party, 'the ref of a party that there is')
    if (input.paidAt > door.clock.now() + dayMs) throw wrong('paidAt', 'an instant to come', 'one that was')
    if ((await door.store.read('repayments.byId', { id: input.id })) !== null)
      throw new NotNow('repayment-known', `the repayment ${input.id} is recorded already`)
    const repayment: Repayment = { ...input, party }
    const { book, reckoning } = await bookOf(door, party)
    const after = withRepayment(book, repayment, reckoning.dateOf(repayment.paidAt))
    await keep(door, actor, [{ type: 'repayment.recorded', repayment }, ...settle(book, after, reckoning)])
    return repaymentById(door, repayment.id)
  })
}

/** It did not come in after all: what it paid is owed again, promises are judged anew, and a case that it had cured is open again. */
export function reverseRepayment(
  door: RecordsDoor,
  actor: Actor,
  id: string,
  given: unknown,
): Promise<RepaymentRecord> {
  return inTurn(door, async () => {
    const { reason } = parseInput(reasonInput, given)
    const { party, lines, reversedAt, recordedAt } = await repaymentById(door, id)
    if (reversedAt !== null) throw new NotNow('repayment-reversed', 'this repayment was reversed already')
    const { book, reckoning } = await bookOf(door, party)
    const after = withoutRepayment(book, id, lines)
    const facts: RecordFact[] = [{ type: 'repayment.reversed', repayment: id, party, reason }]
    facts.push(...settle(book, after, reckoning))
    if (book.case === null && bookStanding(after, reckoning.today).overdueTotal > 0) {
      const [last] = await door.store.read('cases.ofParty', { party })
      if (last?.state === 'CURED' && last.closedAt !== null && last.closedAt >= recordedAt) {
        const moved = moveCase(last, { type: 'reopen' })
        if (moved.ok) facts.push(...movedFact(last, moved.case, reason))
      }
    }
    await keep(door, actor, facts)
    return repaymentById(door, id)
  })
}

/** Banks date by their own clock: a day ahead of ours is no mistake. */
const dayMs = 86_400_000

function wrong(field: string, found: string, allowed: string): InvalidInput {
  return new InvalidInput([{ field, found: found.slice(0, 64), allowed }])
}
