/** A stop of a party and the HOLD of its case are one thing: what sets one sets the other, in the same commit. */
import type { RecordFact } from '../centre/facts.ts'
import { type HoldReason, holdReasons, moveCase, movedFact } from '../lender/case.ts'
import type { PartyFlag } from '../lender/party.ts'
import type { RecordsDoor } from './door.ts'

/** The facts that a flag brings with it. Called within a turn. */
export async function factsOfStops(door: RecordsDoor, party: string, flag: PartyFlag): Promise<RecordFact[]> {
  const held: RecordFact = { type: 'party.held', party, kind: 'hold', reason: flag, until: null }
  const open = await door.store.read('cases.openOf', { party })
  if (open === null || !isHoldReason(flag)) return [held]
  const moved = moveCase(open, { type: 'hold', reason: flag })
  if (!moved.ok) return [held]
  return [held, ...movedFact(open, moved.case, flag)]
}

function isHoldReason(flag: PartyFlag): flag is HoldReason {
  return (holdReasons as readonly PartyFlag[]).includes(flag)
}
