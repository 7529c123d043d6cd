import type { Call } from './call-state.ts'
import { isCallForHelp, isEmergency } from './calls/emergency.ts'
import type { Input } from './inputs.ts'
import type { FloorState } from './state.ts'

/**
 * What the floor is told at a stop. From the first on nothing begins any more. Then each call is ended by an input of its own, so that a fault in one
 * costs that one: who has not picked up yet first, since nobody shall pick up for nobody. Help goes on, see `endHelp`.
 */
export function* closingInputs(state: FloorState): Generator<Input> {
  yield { type: 'house.closing' }
  const open = [...state.calls.values()].filter(call => call.phase !== 'ended' && !isCallForHelp(state, call.id))
  for (const call of [...open.filter(isUnanswered), ...open.filter(call => !isUnanswered(call))]) yield endOf(call)
}

/** What ends the calls for help at last: a stop is bounded. */
export function endHelp(state: FloorState): Input[] {
  return callsForHelp(state).map(endOf)
}

/** Somebody calls for help, or has dialled it and is rung for it. */
export function isHelpUnderWay(state: FloorState): boolean {
  if (callsForHelp(state).length > 0) return true
  for (const { rung } of state.agents.values()) if (rung !== null && isEmergency(state, rung.intent.number)) return true
  return false
}

function callsForHelp(state: FloorState): Call[] {
  return [...state.calls.values()].filter(({ id, phase }) => phase !== 'ended' && isCallForHelp(state, id))
}

function isUnanswered({ direction, answeredAt }: Call): boolean {
  return direction === 'out' && answeredAt === null
}

function endOf({ id }: Call): Input {
  return { type: 'call.end', call: id, by: 'system' }
}
