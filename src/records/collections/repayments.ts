/** Repayments: recorded once, allocated at once, and all that follows from them (promises, the case, calls that are withdrawn) in the same commit. */
import type { z } from '@hono/zod-openapi'
import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import { bookStanding, settle, withoutRepayment, withRepayment } from '../../lender/book.ts'
import { moveCase, movedFact } from '../../lender/case.ts'
import type { Loan } from '../../lender/loan.ts'
import type { Repayment } from '../../lender/repayment.ts'
import type { RepaymentRecord } from '../../store/lender/repayments.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { reasonInput, repaymentInput } from '../parties/lender-schemas.ts'
import { inTurn } from '../turn.ts'
import { bookOf } from './books.ts'

export async function repaymentById(door: RecordsDoor, id: string): Promise<RepaymentRecord> {
  const repayment = await door.store.read('repayments.byId', { id })
  if (repayment === null) throw new NotFound('repayment', id)
  return repayment
}

/** Throws InvalidInput; NotNow `repayment-known` when this one was told before. */
export function recordRepayment(door: RecordsDoor, actor: Actor, given: unknown): Promise<RepaymentRecord> {
  return inTurn(door, async () => {
    const input = parseInput(repaymentInput, given)
    const refs = (ref: string | null | undefined) => (ref == null ? [] : [ref])
    const [loans, parties] = await Promise.all([
      door.store.read('loans.byRefs', { refs: refs(input.loan) }),
      door.store.read('parties.known', { refs: refs(input.party) }),
    ])
    const about = { loans: new Map(loans.map(loan => [loan.ref, loan])), parties: new Set(parties) }
    const repayment = checkedRepayment(input, about, door.clock.now())
    const { party } = repayment
    if ((await door.store.read('repayments.byId', { id: input.id })) !== null)
      throw new NotNow('repayment-known', `the repayment ${input.id} is recorded already`)
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

/** Throws InvalidInput when what it names does not go together. A loan that there is has a party that there is. */
export function checkedRepayment(
  input: z.output<typeof repaymentInput>,
  about: { loans: ReadonlyMap<string, Loan>; parties: ReadonlySet<string> },
  now: number,
): Repayment {
  const { loan: ref } = input
  const loan = ref === null ? null : (about.loans.get(ref) ?? null)
  if (ref !== null && loan === null) throw wrong('loan', ref, 'the ref of a loan that there is')
  const party = input.party ?? loan!.party
  if (loan !== null && loan.party !== party) throw wrong('party', party, `${loan.party}, whose loan this is`)
  if (loan !== null && loan.currency !== input.currency)
    throw wrong('currency', input.currency, `${loan.currency}, in which this loan is`)
  if (loan === null && !about.parties.has(party)) throw wrong('party', party, 'the ref of a party that there is')
  if (input.paidAt > now + dayMs) throw wrong('paidAt', 'an instant to come', 'one that was')
  return { ...input, party }
}

/** Banks date by their own clock: a day ahead of ours is no mistake. */
const dayMs = 86_400_000

function wrong(field: string, found: string, allowed: string): InvalidInput {
  return new InvalidInput([{ field, found: found.slice(0, 64), allowed }])
}
