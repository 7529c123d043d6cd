import type { CallId } from '../lib/ids.ts'
import type { Decision, Moment } from './decision.ts'
import { Draft } from './draft.ts'
import { takeState } from './settle.ts'
import type { FloorState } from './state.ts'

/**
 * What follows by itself next could not be decided (a fault in the program): it is put away, or the floor would meet it again at every turn and do
 * nothing else. The caller ends the call that it was about. null: it was none of those that wait in a list.
 */
export function dropNext(state: FloorState, moment: Moment): { decision: Decision; call: CallId | null } | null {
  const d = new Draft(state, moment)
  const end = state.loose[0]
  if (end !== undefined) {
    d.note({ type: 'note.tiedUp' })
    return { decision: d.decision(), call: end.of === 'call' ? null : end.call }
  }
  const due = state.deadlines[0]
  if (due === undefined || due.at > moment.now) return null
  d.note({ type: 'note.deferred' })
  const agent = due.of === 'agent' ? state.agents.get(due.id) : undefined
  if (agent !== undefined) takeState(d, agent, 'break', 'bug')
  return { decision: d.decision(), call: due.of === 'call' ? due.id : null }
}
