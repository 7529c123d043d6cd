/** Promises to pay: made on a call, judged by what comes in, closed when their day is over. */
import type { z } from '@hono/zod-openapi'
import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import { bookStanding, settle } from '../../lender/book.ts'
import { moveCase, movedFact } from '../../lender/case.ts'
import { addDays, daysBetween } from '../../lender/dates.ts'
import type { PromiseToPay } from '../../lender/promise.ts'
import type { PromiseRecord } from '../../store/lender/promises.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { reckoningOf } from '../parties/lender.ts'
import { promiseInput, reasonInput } from '../parties/lender-schemas.ts'
import { inTurn } from '../turn.ts'
import { bookOf, booksOf } from './books.ts'

/** A promise for a day beyond is none. */
export const promiseDaysMax = 366
/** Of one party, at once. */
export const openPromisesMax = 24

export async function promiseById(door: RecordsDoor, id: string): Promise<PromiseRecord> {
  const promise = await door.store.read('promises.byId', { id })
  if (promise === null) throw new NotFound('promise', id)
  return promise
}

/**
 * The open case goes to PTP with it. The same promise of the same call, told twice, is one: two tabs may send it at once. Throws InvalidInput; NotNow
 * when the case is on hold or too many are open.
 */
export function makePromise(door: RecordsDoor, actor: Actor, given: unknown): Promise<PromiseRecord> {
  return inTurn(door, async () => {
    const input = parseInput(promiseInput, given)
    if ((await door.store.read('parties.byRef', { ref: input.party })) === null)
      throw wrong('party', input.party, 'the ref of a party that there is')
    const told = await madeBefore(door, input)
    if (told !== null) return told
    const { book, reckoning } = await bookOf(door, input.party)
    const { today } = reckoning
    if (input.dueOn < today || daysBetween(today, input.dueOn) > promiseDaysMax)
      throw wrong('dueOn', input.dueOn, `from ${today} to ${addDays(today, promiseDaysMax)}`)
    const meant = book.loans.filter(
      loan => loan.currency === input.currency && (input.loan === null || input.loan === loan.ref),
    )
    if (input.loan !== null && meant.length === 0)
      throw wrong('loan', input.loan, 'a loan of this party, in this currency')
    const { owedTotal } = bookStanding({ loans: meant }, today)
    if (input.amount > owedTotal) throw wrong('amount', String(input.amount), `at most ${owedTotal}, which is owed`)
    if (book.promises.filter(({ state }) => state === 'OPEN').length >= openPromisesMax)
      throw new NotNow('promises-full', `${openPromisesMax} promises of this party are open`)
    const promise: PromiseToPay = { id: newId<'promise'>('pr'), ...input, case: book.case?.id ?? null, madeOn: today }
    const facts: RecordFact[] = [{ type: 'promise.made', promise }]
    if (book.case !== null) {
      const moved = moveCase(book.case, { type: 'promise' })
      if (!moved.ok) throw new NotNow(moved.rule, moved.words)
      facts.push(...movedFact(book.case, moved.case, 'promised'))
    }
    await keep(door, actor, facts)
    return promiseById(door, promise.id)
  })
}

async function madeBefore(door: RecordsDoor, given: z.output<typeof promiseInput>): Promise<PromiseRecord | null> {
  const { party, call, amount, currency, dueOn, loan } = given
  if (call === null) return null
  const open = await door.store.read('promises.ofParty', { party, state: 'OPEN' })
  const isSame = (each: PromiseRecord) =>
    each.call === call && each.amount === amount && each.currency === currency && each.dueOn === dueOn
  return open.find(each => isSame(each) && each.loan === loan) ?? null
}

/** Taken back by agreement, say for another one; it is neither kept nor broken. */
export function cancelPromise(door: RecordsDoor, actor: Actor, id: string, given: unknown): Promise<PromiseRecord> {
  return inTurn(door, async () => {
    const { reason } = parseInput(reasonInput, given)
    const promise = await promiseById(door, id)
    if (promise.state !== 'OPEN') throw new NotNow('promise-closed', `this promise is ${promise.state}`)
    const { book, reckoning } = await bookOf(door, promise.party)
    const after = { ...book, promises: book.promises.filter(each => each.id !== id) }
    const cancelled = { type: 'promise.cancelled', promise: id, party: promise.party, reason } as const
    await keep(door, actor, [cancelled, ...settle(book, after, reckoning)])
    return promiseById(door, id)
  })
}

/**
 * Judges every promise whose last day is over: the daily work, which may be asked for at any time and any number of times. Answers how many were
 * judged. In slices of 500 parties, each a turn and a commit of its own, so that nothing waits long for it.
 */
export async function judgeDuePromises(door: RecordsDoor): Promise<number> {
  let judged = 0
  let after = ''
  for (;;) {
    const { rules, today } = await reckoningOf(door)
    const dueOn = addDays(today, -rules.promiseGraceDays - 1)
    const parties = await door.store.read('promises.partiesDue', { dueOn, after })
    if (parties.length === 0) return judged
    after = parties.at(-1)!
    judged += await inTurn(door, async () => {
      const { books, reckoning } = await booksOf(door, parties)
      const facts: RecordFact[] = books.flatMap(book => settle(book, book, reckoning))
      if (facts.length > 0) await keep(door, 'system', facts)
      return facts.filter(({ type }) => type === 'promise.judged').length
    })
  }
}

function wrong(field: string, found: string, allowed: string): InvalidInput {
  return new InvalidInput([{ field, found: found.slice(0, 64), allowed }])
}
