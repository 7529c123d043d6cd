/** Which calls somebody sees who sees some agents only: live ones as the floor shares them out, of those that are over whoever talked on them. */

import { type Sight, seesCall, sightOf } from '../centre/agents/team.ts'
import type { Role } from '../centre/entities.ts'
import type { CallId, UserId } from '../lib/ids.ts'
import { NotFound } from '../records/errors.ts'
import type { RecordingRow } from '../store/calls/recordings.ts'
import type { Deps } from './deps.ts'

type Viewer = { id: UserId; role: Role }

/** Filter of a list; undefined: of everybody. */
export function agentsSeen(deps: Deps, viewer: Viewer): UserId[] | undefined {
  return agentsIn(sightOf(deps.engine.state, viewer))
}

export function agentsIn(sight: Sight): UserId[] | undefined {
  return sight === null ? undefined : [...sight.agents]
}

export function checkSeen(deps: Deps, viewer: Viewer, id: CallId): Promise<void> {
  return checkWithin(deps, sightOf(deps.engine.state, viewer), id)
}

/** Of a call, what this person may hear: nothing of one that is not theirs to see. */
export async function recordingsSeen(deps: Deps, viewer: Viewer, call: CallId): Promise<RecordingRow[]> {
  const sight = sightOf(deps.engine.state, viewer)
  if (sight !== null && !(await isWithin(deps, sight, call))) return []
  return deps.store.read('recordings.ofCall', { call })
}

/** Throws NotFound, as of a call that there is not: nobody counts the calls of others by asking for them. */
export async function checkWithin(deps: Deps, sight: Sight, id: CallId): Promise<void> {
  if (sight !== null && !(await isWithin(deps, sight, id))) throw new NotFound('call', id)
}

async function isWithin(deps: Deps, sight: NonNullable<Sight>, id: CallId): Promise<boolean> {
  const live = deps.engine.state.calls.get(id)
  if (live !== undefined && live.phase !== 'ended') return seesCall(sight, live)
  const call = await deps.store.read('calls.byId', { id })
  if (call === null) return false
  if (call.agent !== null && sight.agents.has(call.agent)) return true
  return (await deps.store.read('talks.ofCalls', { calls: [id] })).some(({ agent }) => sight.agents.has(agent))
}
