/** Waivers: asked for, decided by another person within that person's limit, taken off the loan with all that follows, in one commit. */
import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import { settle } from '../../lender/book.ts'
import { payKey } from '../../lender/overdue.ts'
import {
  limitOf,
  readWaiverLimits,
  type Waiver,
  type WaiverLimits,
  waive,
  waiverLimitsKey,
} from '../../lender/waiver.ts'
import type { TokenId, UserId } from '../../lib/ids.ts'
import type { WaiverRecord } from '../../store/lender/waivers.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { checkUsers } from '../references.ts'
import { inTurn } from '../turn.ts'
import { bookOf } from './books.ts'
import { waiverDecision, waiverInput, waiverLimitsInput } from './collections-schemas.ts'

/** Who decides: `user` null for a token. */
export type Decider = { actor: Actor; user: string | null; role: string }

export async function waiverById(door: RecordsDoor, id: string): Promise<WaiverRecord> {
  const found = await door.store.read('waivers.byId', { id })
  if (found === null) throw new NotFound('waiver', id)
  return found
}

export async function waiverLimits(door: RecordsDoor): Promise<WaiverLimits> {
  return readWaiverLimits((await door.store.read('settings.all', {}))[waiverLimitsKey])
}

export async function saveWaiverLimits(door: RecordsDoor, actor: Actor, given: unknown): Promise<WaiverLimits> {
  const limits = parseInput(waiverLimitsInput, given)
  await checkUsers(
    door,
    'people',
    limits.people.map(({ user }) => user as UserId),
  )
  await keep(door, actor, [{ type: 'setting.saved', key: waiverLimitsKey, value: JSON.stringify(limits) }])
  return limits
}

/** Throws InvalidInput when the loan does not owe so much in these parts. */
export function askWaiver(door: RecordsDoor, actor: Actor, given: unknown): Promise<WaiverRecord> {
  return inTurn(door, async () => {
    const input = parseInput(waiverInput, given)
    const found = await door.store.read('loans.byRef', { ref: input.loan })
    if (found === null) throw wrong('loan', input.loan, 'the ref of a loan that there is')
    const { book, reckoning } = await bookOf(door, found.party)
    const loan = book.loans.find(({ ref }) => ref === input.loan)!
    const { left } = waive(loan, input, reckoning.rules, reckoning.today)
    if (left > 0)
      throw wrong('amount', String(input.amount), `at most ${input.amount - left}, which is owed in these parts`)
    const waiver: Waiver = {
      id: newId<'waiver'>('wv'),
      party: found.party,
      currency: found.currency,
      ...input,
      by: actor,
    }
    await keep(door, actor, [{ type: 'waiver.asked', waiver }])
    return waiverById(door, waiver.id)
  })
}

/** Throws NotNow `waiver-decided`, `waiver-person` (programs refuse, people approve), `waiver-own` (nobody approves what they asked for), `waiver-limit`. */
export function decideWaiver(door: RecordsDoor, by: Decider, id: string, given: unknown): Promise<WaiverRecord> {
  return inTurn(door, async () => {
    const { approve, reason } = parseInput(waiverDecision, given)
    const waiver = await waiverById(door, id)
    const { party, amount } = waiver
    if (waiver.state !== 'ASKED') throw new NotNow('waiver-decided', `this waiver is ${waiver.state}`)
    const decided = { waiver: id, party, by: by.actor, reason }
    if (!approve) {
      await keep(door, by.actor, [{ type: 'waiver.refused', ...decided }])
      return waiverById(door, id)
    }
    // Whoever may issue a token would be two hands: their own, and the token's.
    if (by.user === null) throw new NotNow('waiver-person', 'a waiver is approved by a person, on the page of waivers')
    if (waiver.askedBy === by.actor || (await answersFor(door, by.user, waiver.askedBy)))
      throw new NotNow('waiver-own', 'another person approves what you asked for')
    const limit = limitOf(await waiverLimits(door), by)
    if (amount > limit) throw new NotNow('waiver-limit', `it comes to ${amount}; you may approve up to ${limit}`)
    const { book, reckoning } = await bookOf(door, party)
    const loan = book.loans.find(({ ref }) => ref === waiver.loan)
    if (loan === undefined) throw new NotNow('waiver-paid', 'this loan is gone')
    const { lines, left } = waive(loan, waiver, reckoning.rules, reckoning.today)
    if (left > 0) throw new NotNow('waiver-paid', `only ${amount - left} of it is still owed: ask for that`)
    const paid = new Map(loan.paid)
    for (const { instalment, component, amount: off } of lines) {
      const key = payKey(instalment, component)
      paid.set(key, (paid.get(key) ?? 0) + off)
    }
    const after = { ...book, loans: book.loans.map(each => (each === loan ? { ...loan, paid } : each)) }
    const facts: RecordFact[] = [{ type: 'waiver.approved', ...decided, lines }, ...settle(book, after, reckoning)]
    await keep(door, by.actor, facts)
    return waiverById(door, id)
  })
}

/** Whether it was a token that asked, and this person answers for it. */
async function answersFor(door: RecordsDoor, user: string, actor: string): Promise<boolean> {
  const id = /^token:(.+)$/.exec(actor)?.[1]
  return id !== undefined && (await door.store.read('tokens.byId', { id: id as TokenId }))?.issuedBy === user
}

function wrong(field: string, found: string, allowed: string): InvalidInput {
  return new InvalidInput([{ field, found: found.slice(0, 64), allowed }])
}
