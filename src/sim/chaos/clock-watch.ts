/** The clock of the machine is set: nobody has more time for it, or less. */
import type { FloorState } from '../../centre/state.ts'
import { claim } from './claim.ts'

/** What is left to agents and calls in what they are at, in ms. */
export function timeLeft({ agents, calls }: FloorState, now: number): Map<string, number> {
  const left = new Map<string, number>()
  for (const { user, phase, until } of agents.values()) if (until !== null) left.set(`${user.id} ${phase}`, until - now)
  for (const { id, phase, dismissed, deadlineAt } of calls.values())
    if (deadlineAt !== null) left.set(`${id} ${phase} ${dismissed}`, deadlineAt - now)
  return left
}

/** Just after the step. */
export function checkTimeLeft(state: FloorState, now: number, before: ReadonlyMap<string, number>): void {
  for (const [what, ms] of timeLeft(state, now)) {
    const had = before.get(what) ?? ms
    claim(had === ms, `the clock is set, and of ${had} ms ${what} has ${ms}`)
  }
}
