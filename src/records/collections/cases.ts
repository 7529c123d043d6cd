/** Cases: opened for what is overdue, moved by people and by rules. HOLD and the stop of the party are set and lifted together. */
import type { z } from '@hono/zod-openapi'
import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import { type Case, type CaseCommand, holdReasons, moveCase, movedFact } from '../../lender/case.ts'
import { standingOf } from '../../lender/overdue.ts'
import type { CaseRecord } from '../../store/lender/cases.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { caseCommand, caseInput } from '../parties/lender-schemas.ts'
import { heldFact } from '../parties/party-stops.ts'
import { checkCollector } from '../references.ts'
import { inTurn } from '../turn.ts'
import { bookOf } from './books.ts'
import { caseMovesInput } from './collections-schemas.ts'

export async function caseById(door: RecordsDoor, id: string): Promise<CaseRecord> {
  const found = await door.store.read('cases.byId', { id })
  if (found === null) throw new NotFound('case', id)
  return found
}

/** Throws InvalidInput when nothing is overdue and no loans are named; NotNow `case-open` when the party has a case. */
export function openCase(door: RecordsDoor, actor: Actor, given: unknown): Promise<CaseRecord> {
  return inTurn(door, async () => {
    const { party: ref, agent, loans } = parseInput(caseInput, given)
    const party = await door.store.read('parties.byRef', { ref })
    if (party === null) throw wrong('party', ref, 'the ref of a party that there is')
    if (agent !== null && (await checkCollector(door, agent)) !== null)
      throw wrong('agent', agent, 'one of the lender’s own people: an agency gets cases by placement')
    const { book, reckoning } = await bookOf(door, ref)
    if (book.case !== null) throw new NotNow('case-open', `${ref} has the open case ${book.case.id}`)
    const own = new Set(book.loans.map(loan => loan.ref))
    const foreign = loans?.filter(loan => !own.has(loan)) ?? []
    if (foreign.length > 0) throw wrong('loans', foreign.slice(0, 5).join(', '), 'loans of this party')
    const overdue = book.loans.filter(loan => standingOf(loan, loan.paid, reckoning.today).overdueTotal > 0)
    const about = loans ?? overdue.map(loan => loan.ref)
    if (about.length === 0) throw wrong('loans', 'no loan that is overdue', 'the refs of the loans that it is about')
    const flag = holdReasons.find(reason => party.flags.includes(reason))
    const fresh: Case = {
      id: newId<'case'>('ca'),
      party: ref,
      state: agent === null ? 'IMPORTED' : 'ASSIGNED',
      before: null,
      agent,
      loans: about,
      holdReason: null,
    }
    const held = flag === undefined ? null : moveCase(fresh, { type: 'hold', reason: flag })
    await keep(door, actor, [{ type: 'case.opened', case: held?.ok ? held.case : fresh }])
    return caseById(door, fresh.id)
  })
}

/** What a person does with a case. Throws NotNow with the rule that says no. */
export function moveCaseBy(door: RecordsDoor, actor: Actor, id: string, given: unknown): Promise<CaseRecord> {
  return inTurn(door, async () => {
    const { reason, ...input } = parseInput(caseCommand, given)
    const command = await commandOf(door, input)
    const facts = await factsOfMove(door, await caseById(door, id), command, reason)
    if (facts.length > 0) await keep(door, actor, facts)
    return caseById(door, id)
  })
}

export type MoveReport = { moved: number; refused: { id: string; rule: string }[] }

/** Up to 500 at once, as bulk assignment has them, in one commit; what may not be is told and stops no other. */
export function moveCases(
  door: RecordsDoor,
  actor: Actor,
  moves: readonly { id: string; command: CaseCommand; reason: string }[],
): Promise<MoveReport> {
  if (moves.length > 500) throw new RangeError(`${moves.length} cases at once; at most 500`)
  return inTurn(door, async () => {
    const report: MoveReport = { moved: 0, refused: [] }
    const known = new Map(
      (await door.store.read('cases.byIds', { ids: moves.map(({ id }) => id) })).map(each => [each.id, each]),
    )
    const facts: RecordFact[] = []
    for (const { id, command, reason } of moves) {
      const found = known.get(id)
      try {
        if (found === undefined) throw new NotNow('case-unknown', id)
        facts.push(...(await factsOfMove(door, found, command, reason)))
        known.delete(id) // named twice, it is moved once
        report.moved++
      } catch (error) {
        if (!(error instanceof NotNow)) throw error
        report.refused.push({ id, rule: error.rule })
      }
    }
    if (facts.length > 0) await keep(door, actor, facts)
    return report
  })
}

/** A person's move of up to 500 cases. Throws InvalidInput. */
export async function moveCasesBy(door: RecordsDoor, actor: Actor, given: unknown): Promise<MoveReport> {
  const { ids, move } = parseInput(caseMovesInput, given)
  const { reason, ...input } = move
  const command = await commandOf(door, input)
  return moveCases(
    door,
    actor,
    [...new Set(ids)].map(id => ({ id, command, reason })),
  )
}

type WithoutReason<T> = T extends unknown ? Omit<T, 'reason'> : never
type Given = WithoutReason<z.output<typeof caseCommand>>

async function commandOf(door: RecordsDoor, given: Given): Promise<CaseCommand> {
  if (given.type === 'assign') return { ...given, agency: await checkCollector(door, given.agent) }
  return given.type === 'hold' ? { type: 'hold', reason: given.hold } : given
}

async function factsOfMove(
  door: RecordsDoor,
  found: CaseRecord,
  command: CaseCommand,
  reason: string,
): Promise<RecordFact[]> {
  const before = bare(found)
  const moved = moveCase(before, command)
  if (!moved.ok) throw new NotNow(moved.rule, moved.words)
  const facts: RecordFact[] = movedFact(before, moved.case, reason)
  const { party } = before
  if (command.type === 'hold')
    facts.push(await heldFact(door, { party, kind: 'hold', reason: command.reason, until: null }))
  if (command.type === 'release') {
    const stops = await door.store.read('stops.of', { party })
    if (stops.some(({ kind }) => kind === 'hold')) facts.push({ type: 'party.released', party, kind: 'hold', reason })
  }
  if (command.type === 'reopen' && (await door.store.read('cases.openOf', { party })) !== null)
    throw new NotNow('case-open', `${party} has another open case`)
  return facts
}

export function bare({ id, party, state, before, agent, loans, holdReason, placed }: CaseRecord): Case {
  return { id, party, state, before, agent, loans, holdReason, placed }
}

function wrong(field: string, found: string, allowed: string): InvalidInput {
  return new InvalidInput([{ field, found: found.slice(0, 200), allowed }])
}
