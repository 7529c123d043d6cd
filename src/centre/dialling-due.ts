/** Until when a call that is on its way may be: as long as its phone rings, and no longer than its agent may be away. */
import { stationGraceMs } from './agents/station-now.ts'
import type { Call } from './call-state.ts'
import { emergencyRingMs, isEmergency } from './calls/emergency.ts'
import type { Agent, FloorState } from './state.ts'
import { ringMsOn } from './trunks/trunk-rules.ts'

/** How long the phone layer may stay silent beyond the ring time, or about a call it was told to answer, before we end the call. */
export const silenceMaxMs = 10_000

/** When something must be decided of it. A call for help rings on without its agent, who may be where the page is opened again. */
export function diallingDue(state: FloorState, call: Call, agent: Pick<Agent, 'stationLostAt'> | null): number {
  const lostAt = agent?.stationLostAt ?? null
  const until = rungOutAt(state, call)
  return lostAt === null || isEmergency(state, call.number) ? until : Math.min(until, lostAt + stationGraceMs)
}

/** The phone layer should have spoken by then. */
export function rungOutAt(state: FloorState, call: Call): number {
  return (call.tries.at(-1)?.at ?? call.startedAt) + ringMs(state, call) + silenceMaxMs
}

function ringMs(state: FloorState, { trunk, campaign, number }: Call): number {
  if (isEmergency(state, number)) return emergencyRingMs
  const of = campaign === null ? null : (state.campaigns.get(campaign)?.campaign ?? null)
  return ringMsOn(state.trunks.get(trunk)?.trunk ?? null, of)
}
