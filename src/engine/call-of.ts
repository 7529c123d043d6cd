import type { Input } from '../centre/inputs.ts'
import type { FloorState } from '../centre/state.ts'
import type { CallId } from '../lib/ids.ts'

/** The call that an input is about; null: none. */
export function callOf(state: FloorState, input: Input): CallId | null {
  if (input.type === 'supervisor.begin') return null // who only listens does not cost a call
  if ('call' in input && typeof input.call === 'string') return input.call
  if ('leg' in input) {
    const leg = state.legs.get(input.leg)
    return leg !== undefined && 'call' in leg ? leg.call : null
  }
  if ('recording' in input) return state.recordings.get(input.recording)?.call ?? null
  if ('agent' in input) return state.agents.get(input.agent)?.call ?? null
  return null
}
