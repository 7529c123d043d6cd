/** What facts do to the account of calls abroad: who talked how long, and when a call must be over. */
import { pushDue } from '../deadlines.ts'
import type { Note } from '../decision.ts'
import type { Fact } from '../facts.ts'
import type { FloorState } from '../state.ts'

export function followToll(state: FloorState, change: Fact | Note, at: number): void {
  switch (change.type) {
    case 'call.dialed':
    case 'call.ended':
    case 'safety.alarmed':
      return state.toll.follow(change, state.zone, at)
    case 'call.answered': {
      state.toll.follow(change, state.zone, at)
      const endsAt = state.toll.endsAt(change.call)
      if (endsAt !== null) pushDue(state, { at: endsAt, of: 'toll', id: change.call })
      return
    }
    default:
      return
  }
}

/** The rules are others: the calls under way may go on for as long as these say. */
export function nameTollEnds(state: FloorState): void {
  for (const { id, at } of state.toll.ends()) pushDue(state, { at, of: 'toll', id })
}
