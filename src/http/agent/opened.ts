/**
 * Whom an agent looks at while no call is in hand: a party of an own case, of one of today's calls, or one that the agent owes a callback. The
 * whole book is nobody's to leaf through. Which one it is, is kept while the service runs, so that all tabs show the same.
 */
import { startOfDay } from '../../../web/parts/time.ts'
import type { User } from '../../centre/entities.ts'
import type { UserId } from '../../lib/ids.ts'
import { NotFound } from '../../records/errors.ts'
import type { Store } from '../../store/store.ts'
import type { Deps } from '../deps.ts'
import { isNearTo } from './agency-desk.ts'

/** One for each agent at most. */
const opened = new WeakMap<Store, Map<UserId, string>>()

/** Asked anew each time: a case that is another's by now is put away. null also while a call or preview is in hand, which goes before. */
export async function openedBy(deps: Deps, user: User, zone: string): Promise<string | null> {
  const mine = opened.get(deps.store)
  const ref = mine?.get(user.id)
  const agent = deps.engine.state.agents.get(user.id)
  if (ref === undefined || agent?.call || agent?.preview) return null
  if (await isNear(deps, user, ref, zone)) return ref
  if (mine?.get(user.id) === ref) mine.delete(user.id)
  return null
}

/** null: puts it away. Throws NotFound for a party that is no matter of this agent's, as for one that there is not. */
export async function openParty(deps: Deps, user: User, ref: string | null, zone: string): Promise<void> {
  const mine = opened.get(deps.store) ?? new Map<UserId, string>()
  opened.set(deps.store, mine)
  if (ref === null) return void mine.delete(user.id)
  if (!(await isNear(deps, user, ref, zone))) throw new NotFound('party', ref)
  mine.set(user.id, ref)
}

/** Also the party of the call or preview in hand. */
export async function mayTouch(deps: Deps, user: User, ref: string, zone: string): Promise<boolean> {
  const { state } = deps.engine
  const agent = state.agents.get(user.id)
  const call = agent?.call ? state.calls.get(agent.call) : undefined
  // Also while it is on the line: what is not placed with the agency any more is none of its business.
  if (user.agency && state.agencies.holderOf(ref) !== user.agency) return false
  if (call !== undefined && (call.party ?? call.lead?.ref) === ref) return true
  if (agent?.preview?.lead.ref === ref) return true
  return isNear(deps, user, ref, zone)
}

function isNear(deps: Deps, user: User, party: string, zone: string): Promise<boolean> {
  return isNearTo(deps, user, party, startOfDay(deps.clock.now(), zone))
}
