/** What facts about agents who ask for help do to the floor. */
import type { Note } from '../decision.ts'
import type { Fact } from '../facts.ts'
import type { FloorState } from '../state.ts'

export function evolveAppeal(state: FloorState, change: Fact | Note, at: number): void {
  switch (change.type) {
    case 'call.appealed': {
      const { agent, reason } = change
      state.appeals.set(change.call, { agent, reason, askedAt: at, takenBy: null })
      return
    }
    case 'call.appealTaken': {
      const appeal = state.appeals.get(change.call)
      if (appeal !== undefined) appeal.takenBy = change.by
      return
    }
    case 'call.appealEnded':
    case 'call.ended':
      state.appeals.delete(change.call)
      return
    default:
      return
  }
}
