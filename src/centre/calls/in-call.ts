/** Who is on a call now: calls by number and by party, so that nobody is called twice at once. */
import type { Call } from '../call-state.ts'
import type { Fact } from '../facts.ts'
import { numberKey } from '../numbers/number.ts'
import type { FloorState } from '../state.ts'

/** Calls with this number, as one begins (1) or is over (-1); one that is none is not counted. */
export function countNumber(state: FloorState, number: string, step: 1 | -1): void {
  const key = numberKey(number)
  if (key === '') return
  count(state.numbersInCall, key, step)
}

export function countParty(state: FloorState, { party }: Call, step: 1 | -1): void {
  if (party) count(state.partiesInCall, party, step)
}

/** Whose call it is, as an agent found out. */
export function identified(state: FloorState, change: Extract<Fact, { type: 'call.identified' }>): void {
  const call = state.calls.get(change.call)
  if (call === undefined) return
  if (call.phase !== 'ended') countParty(state, call, -1)
  call.party = change.party
  call.name = change.name
  call.relation = change.relation
  if (call.phase !== 'ended') countParty(state, call, 1)
}

function count(map: Map<string, number>, key: string, step: 1 | -1): void {
  const now = (map.get(key) ?? 0) + step
  if (now > 0) map.set(key, now)
  else map.delete(key)
}
