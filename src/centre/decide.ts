import type { Decision, Moment } from './decision.ts'
import type { Input } from './inputs.ts'
import type { FloorState } from './state.ts'

export function decide(_state: FloorState, _input: Input, _moment: Moment): Decision {
  return { facts: [], effects: [], refusal: null }
}
