/** The pure half of the house as the engine calls it: seven functions, given to it so that tests can bring their own. */

import { isForHelp } from '../centre/calls/emergency.ts'
import { decide } from '../centre/decide.ts'
import type { Decision, Moment, Note } from '../centre/decision.ts'
import { dropNext } from '../centre/drop-next.ts'
import { evolve } from '../centre/evolve.ts'
import type { Fact } from '../centre/facts.ts'
import { floorFrom, nextDeadline } from '../centre/floor.ts'
import type { Input } from '../centre/inputs.ts'
import { proceed } from '../centre/proceed.ts'
import type { Setup } from '../centre/records/setup.ts'
import type { FloorState } from '../centre/state.ts'

export type Centre = {
  /** Pure: a throw has changed nothing. */
  decide(state: FloorState, input: Input, moment: Moment): Decision
  /** What follows of itself (deadlines, matches, new calls); null: nothing more at this instant. */
  proceed(state: FloorState, moment: Moment): Decision | null
  /** `proceed` threw: what it was at is put away. null: nobody knows what that was. */
  dropNext: typeof dropNext
  evolve(state: FloorState, change: Fact | Note, at: number): void
  floorFrom(setup: Setup, bootAt: number, now?: number): FloorState
  /** Whether it begins a call for help or belongs to one: that goes on while nothing can be written. */
  isForHelp(state: FloorState, input: Input): boolean
  /** When to be asked again even if nothing happens. */
  nextDeadline(state: FloorState): number | null
}

export const centre: Centre = { decide, proceed, dropNext, evolve, floorFrom, isForHelp, nextDeadline }
