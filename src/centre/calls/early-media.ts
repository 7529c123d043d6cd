/**
 * What is heard before the answer, by the rules of the trunk: the network, our own ring-back in its place, or nothing. This is about the person who
 * dials alone: whatever comes is listened to (heard.ts) and recorded.
 */
import type { Call } from '../call-state.ts'
import type { FloorState } from '../state.ts'
import { rulesOf, type TrunkRules } from '../trunks/trunk-rules.ts'

export function earlyMediaOf(state: FloorState, call: Call): TrunkRules['earlyMedia'] {
  return rulesOf(state.trunks.get(call.trunk)?.trunk ?? {}).earlyMedia
}

export function isEarlyHeard(state: FloorState, call: Call): boolean {
  return call.early && earlyMediaOf(state, call) === 'pass'
}

/** It is under way to its answer, and whoever dials it hears the network. */
export function hearsEarly(state: FloorState, call: Call): boolean {
  const isUnderWay = call.phase === 'dialing' || call.phase === 'ringing'
  return isUnderWay && call.answeredAt === null && call.agent !== null && isEarlyHeard(state, call)
}
