/** Disputes and complaints: the party is on HOLD from the moment one comes in until the last is resolved, in the same commits. */
import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import { holdReasons, moveCase, movedFact } from '../../lender/case.ts'
import { type Complaint, complaintDue, whyNotExtend } from '../../lender/complaint.ts'
import type { ComplaintRecord } from '../../store/lender/waivers.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { reckoningOf } from '../parties/lender.ts'
import { factsOfStops, heldFact } from '../parties/party-stops.ts'
import { inTurn } from '../turn.ts'
import { complaintExtension, complaintInput, complaintResolution } from './collections-schemas.ts'

export async function complaintById(door: RecordsDoor, id: string): Promise<ComplaintRecord> {
  const found = await door.store.read('complaints.byId', { id })
  if (found === null) throw new NotFound('complaint', id)
  return found
}

export function openComplaint(door: RecordsDoor, actor: Actor, given: unknown): Promise<ComplaintRecord> {
  return inTurn(door, async () => {
    const { openedOn: told, ...input } = parseInput(complaintInput, given)
    if ((await door.store.read('parties.byRef', { ref: input.party })) === null)
      throw new InvalidInput([{ field: 'party', found: input.party, allowed: 'the ref of a party that there is' }])
    const { today } = await reckoningOf(door)
    const openedOn = told ?? today
    if (openedOn > today)
      throw new InvalidInput([{ field: 'openedOn', found: openedOn, allowed: `a day up to ${today}` }])
    const id = newId<'complaint'>('cm')
    const complaint: Complaint = { id, ...input, openedOn, dueOn: complaintDue(openedOn), state: 'OPEN' }
    const stops = await stopsOf(door, input.party, input.kind)
    await keep(door, actor, [{ type: 'complaint.opened', complaint }, ...stops])
    return complaintById(door, id)
  })
}

/** A HOLD for something else (a death, a bankruptcy) keeps its reason, by which it outlasts the complaint; one with an end has none any more. */
async function stopsOf(door: RecordsDoor, party: string, kind: Complaint['kind']): Promise<RecordFact[]> {
  const facts = await factsOfStops(door, party, kind)
  const hold = (await door.store.read('stops.of', { party })).find(stop => stop.kind === 'hold')
  const now = door.clock.now()
  if (hold === undefined || endsWithComplaint(hold.reason) || (hold.until !== null && hold.until <= now)) return facts
  const others = facts.filter(({ type }) => type !== 'party.held')
  if (hold.until === null) return others
  return [await heldFact(door, { party, kind: 'hold', reason: hold.reason, until: null }), ...others]
}

function endsWithComplaint(reason: string): boolean {
  return reason === 'complaint' || reason === 'dispute'
}

/** Once, with a reason. Throws NotNow with the rule that says no. */
export function extendComplaint(door: RecordsDoor, actor: Actor, id: string, given: unknown): Promise<ComplaintRecord> {
  return inTurn(door, async () => {
    const { dueOn, reason } = parseInput(complaintExtension, given)
    const found = await complaintById(door, id)
    const no = whyNotExtend(found, dueOn)
    if (no !== null) throw new NotNow(no.rule, no.words)
    await keep(door, actor, [{ type: 'complaint.extended', complaint: id, party: found.party, dueOn, reason }])
    return complaintById(door, id)
  })
}

/** With the last of a party its HOLD is lifted, unless it is for something else (a death, a bankruptcy). */
export function resolveComplaint(
  door: RecordsDoor,
  actor: Actor,
  id: string,
  given: unknown,
): Promise<ComplaintRecord> {
  return inTurn(door, async () => {
    const { resolution } = parseInput(complaintResolution, given)
    const { party, state, kind } = await complaintById(door, id)
    if (state === 'RESOLVED') throw new NotNow('complaint-resolved', 'this one is resolved')
    const others = (await door.store.read('complaints.ofParty', { party })).filter(
      each => each.id !== id && each.state !== 'RESOLVED',
    )
    const facts: RecordFact[] = [{ type: 'complaint.resolved', complaint: id, party, resolution }]
    const hold = (await door.store.read('stops.of', { party })).find(stop => stop.kind === 'hold')
    const flags = (await door.store.read('parties.byRef', { ref: party }))?.flags ?? []
    const isForMore = holdReasons.some(reason => flags.includes(reason) && !endsWithComplaint(reason))
    if (others.length === 0 && hold !== undefined && endsWithComplaint(hold.reason) && !isForMore) {
      facts.push({ type: 'party.released', party, kind: 'hold', reason: `${kind} resolved` })
      const open = await door.store.read('cases.openOf', { party })
      const moved = open === null ? null : moveCase(open, { type: 'release' })
      if (open !== null && moved?.ok) facts.push(...movedFact(open, moved.case, `${kind} resolved`))
    }
    await keep(door, actor, facts)
    return complaintById(door, id)
  })
}
