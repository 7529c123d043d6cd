import type { User } from '../centre/entities.ts'
import { barOfUser } from '../centre/gate/agencies.ts'
import type { FloorState } from '../centre/state.ts'
import type { AgencyId } from '../lib/ids.ts'

/** For the sessions: whether a person's agency may not work now, and whether a call in hand is to be finished first. */
export function agencyBarOn(state: () => FloorState, now: () => number) {
  return (user: User): 'barred' | 'busy' | null => {
    if (barOfUser(state(), user, now()) === null) return null
    const agent = state().agents.get(user.id)
    return agent !== undefined && agent.phase !== 'signed_off' && agent.call !== null ? 'busy' : 'barred'
  }
}

/** The agency that this person leads; null: none. */
export function ledBy(state: FloorState, user: Pick<User, 'id' | 'agency'>): AgencyId | null {
  return user.agency && state.agencies.get(user.agency)?.lead === user.id ? user.agency : null
}
