import type { Decision, Moment } from './decision.ts'
import type { FloorState } from './state.ts'

export function proceed(_state: FloorState, _moment: Moment): Decision | null {
  return null
}
