/** Where an agent goes: the changes of state that other nouns share. */

import type { Call } from '../call-state.ts'
import type { Draft } from '../draft.ts'
import type { Agent } from '../state.ts'
import { hasAudio, hasStation, stationOf } from './station-now.ts'

/** Wrap-up of calls outside campaigns (Asterisk's sample: 15 s). */
export const wrapDefaultMs = 15_000

/** Why the house, and not the person, put an agent on a break, or (`overrun`) leaves them in wrap-up beyond its time. */
export type PauseReason =
  | 'after_call'
  | 'audio_lost'
  | 'bug'
  | 'declined'
  | 'dial_refused'
  | 'no_answer'
  | 'overrun'
  | 'phone_holds'
  | 'phone_off'
  | 'phone_ringing'
  | 'preview_timeout'
  | 'signed_on'
  | 'supervising'
  | 'wrap_overrun'

/** Where an agent goes who is free of a call: what was planned first, then what is wanted, if there is audio. */
export function settle(d: Draft, agent: Agent, want: 'ready' | 'break', reason: PauseReason = 'after_call'): void {
  const { next } = agent
  if (stationOf(agent) === 'phone-rung') dropStation(d, agent, 'moved') // the call was talked out where it began
  if (next?.phase === 'signed_off') leaveFloor(d, agent, 'planned')
  else if (next?.phase === 'break') goOnBreak(d, agent, next.reason)
  else if (want === 'break') takeState(d, agent, 'break', reason)
  else if (d.hasLostAudio(agent.user.id) || !hasStation(agent)) takeState(d, agent, 'break', whyUnheard(agent))
  else if (!hasAudio(agent)) takeState(d, agent, 'break', 'phone_holds')
  else takeState(d, agent, 'ready', null)
}

/** A phone that rings, or is to be rung, makes its user ready when it is taken up. */
function whyUnheard({ phoneOpen, stationLeg, stationRinging }: Agent): PauseReason {
  return stationLeg === null && (phoneOpen || stationRinging !== null) ? 'phone_ringing' : 'audio_lost'
}

export function takeState(
  d: Draft,
  agent: Agent,
  state: 'ready' | 'break' | 'signed_off',
  reason: PauseReason | null,
): void {
  // Who listens to others has no calls, also when the audio comes back that was lost before.
  if (state === 'ready' && d.state.supervisions.has(agent.user.id)) return takeState(d, agent, 'break', 'supervising')
  d.fact({ type: 'agent.stateChanged', agent: agent.user.id, state, reason, call: null, until: null })
}

/** The break that a person asked for, by its name. */
export function goOnBreak(d: Draft, agent: Agent, name: string): void {
  d.fact({ type: 'agent.stateChanged', agent: agent.user.id, state: 'break', reason: name, call: null, until: null })
}

export function leaveFloor(d: Draft, agent: Agent, reason: string): void {
  takeState(d, agent, 'signed_off', null)
  d.fact({ type: 'agent.signedOff', agent: agent.user.id, reason: reason.slice(0, 200) })
  if (agent.user.station === 'browser' && !agent.stationIsPhone) return // a browser keeps its leg while the page is open
  dropStation(d, agent, 'signed_off')
}

/** The legs of the shift, up or ringing, are let go. */
export function dropStation(d: Draft, agent: Agent, reason: 'signed_off' | 'moved'): void {
  const legs = [agent.stationLeg, agent.stationRinging].filter(leg => leg !== null)
  if (legs.length === 0) return
  d.fact({ type: 'agent.stationChanged', agent: agent.user.id, up: false, leg: null, reason })
  for (const leg of legs) d.effect({ type: 'phone.hangUp', leg, q850: 16 })
}

export function agentOf(d: Draft, call: Call): Agent | null {
  return call.agent === null ? null : (d.state.agents.get(call.agent) ?? null)
}

/** The desk phone on which the agent of this call is heard holds it. */
export function isHeldAtPhone(d: Draft, call: Call): boolean {
  if (call.agentLeg !== null) return d.isLegHeld(call.agentLeg)
  return call.agent !== null && d.isStationHeld(call.agent)
}

/** Where the agent of this call is heard: the phone rung for it, else the leg of the shift. */
export function agentLegOf(d: Draft, call: Call): Call['agentLeg'] {
  return call.agentLeg ?? agentOf(d, call)?.stationLeg ?? null
}
