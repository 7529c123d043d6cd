/** A stop of a party and the HOLD of its case are one thing: what sets one sets the other, in the same commit. */

import type { Stop } from '../../centre/gate/stops.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import { type HoldReason, holdReasons, moveCase, movedFact } from '../../lender/case.ts'
import type { Party, PartyFlag } from '../../lender/party.ts'
import type { RecordsDoor } from '../door.ts'

/** The facts that a flag brings with it. Called within a turn. */
export async function factsOfStops(door: RecordsDoor, party: string, flag: PartyFlag): Promise<RecordFact[]> {
  const held = await heldFact(door, { party, kind: 'hold', reason: flag, until: null })
  const open = await door.store.read('cases.openOf', { party })
  if (open === null || !isHoldReason(flag)) return [held]
  const moved = moveCase(open, { type: 'hold', reason: flag })
  if (!moved.ok) return [held]
  return [held, ...movedFact(open, moved.case, flag)]
}

/** With the person's own numbers, as parties and leads know them: a stop holds for whoever dials one of them, under any name. */
export async function heldFact(door: RecordsDoor, stop: Stop): Promise<RecordFact> {
  const numbers = await numbersOf(door, stop.party)
  return { type: 'party.held', ...stop, ...(numbers.length === 0 ? {} : { numbers }) }
}

/** Those of today, and those that the person's stops were told with: who drops a number can be reached at it for a while yet. */
async function numbersOf(door: RecordsDoor, party: string): Promise<string[]> {
  const now = await door.store.read('parties.ownNumbers', { ref: party })
  return [...new Set([...now, ...(await door.store.read('stops.numbers', { party }))])]
}

/** A stopped person's numbers have changed: the stops are told anew, with those that hold now besides those of before. */
export async function factsOfNumbers(door: RecordsDoor, former: Party, party: Party): Promise<RecordFact[]> {
  const own = ({ phones }: Party) => phones.filter(({ relation }) => relation === 'SELF').map(({ number }) => number)
  const before = own(former)
  const more = own(party).filter(number => !before.includes(number))
  if (more.length === 0) return []
  const stops = await door.store.read('stops.of', { party: party.ref })
  const numbers = [...new Set([...(await numbersOf(door, party.ref)), ...more])]
  return stops.map(({ kind, reason, until }) => ({
    type: 'party.held',
    party: party.ref,
    kind,
    reason,
    until,
    numbers,
  }))
}

function isHoldReason(flag: PartyFlag): flag is HoldReason {
  return (holdReasons as readonly PartyFlag[]).includes(flag)
}
