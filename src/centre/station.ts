/** The agent's audio of the shift: it comes, it goes, and a call outlives a reload of the page. */
import type { LegId, UserId } from '../lib/ids.ts'
import { mute, unmute } from './acd.ts'
import { letGo, resumeWith, takeBack, waitForAgent } from './consultation.ts'
import type { Draft } from './draft.ts'
import { endCall } from './ending.ts'
import { stationGraceMs } from './evolve-agent.ts'
import { withdrawPreview } from './preview.ts'
import { settle, takeState } from './settle.ts'
import type { Agent, Call } from './state.ts'
import { supervisorPutDown } from './supervision.ts'
import { fallBackFrom, handOver, writeUp } from './transfer.ts'
import { requeue } from './waiting.ts'

export function stationUp(d: Draft, id: UserId, leg: LegId): void {
  const agent = d.state.agents.get(id)
  if (agent === undefined) return d.refuse('not_an_agent', 'Only agents and supervisors have a place on the floor.')
  if (agent.stationLeg === leg) return
  if (agent.phase === 'signed_off' && agent.user.station === 'phone-nailed') {
    return d.effect({ type: 'phone.hangUp', leg, q850: 16 }) // it crossed the sign-off
  }
  d.fact({ type: 'agent.stationChanged', agent: id, up: true, leg, reason: 'up' })
  if (agent.stationLeg !== null) d.effect({ type: 'phone.hangUp', leg: agent.stationLeg, q850: 16 })
  const call = callInHand(d, agent)
  if (call !== null && call.agentLeg === null) {
    if (call.agent !== id) return // whom is consulted and lost the audio is let go at once
    if (call.consult !== null) resumeWith(d, call, leg)
    else if (call.phase === 'talking' && call.heldBy !== 'agent') unmute(d, call, leg)
    return
  }
  const isBack = agent.reason === 'audio_lost' && d.now - agent.phaseSince <= stationGraceMs
  if (agent.phase === 'break' && (isBack || agent.reason === 'phone_ringing')) takeState(d, agent, 'ready', null)
}

/** `hungUp`: a nailed desk phone was put down, which ends the call in hand; anything else is a fault that may heal. */
export function stationDown(d: Draft, id: UserId, leg: LegId, reason: string, hungUp: boolean): void {
  const agent = d.state.agents.get(id)
  if (agent === undefined || (agent.stationLeg !== leg && agent.stationRinging !== leg)) return
  const wasUp = agent.stationLeg === leg
  if (wasUp) d.loseAudio(id)
  d.fact({ type: 'agent.stationChanged', agent: id, up: false, leg, reason: reason.slice(0, 200) })
  if (hungUp && wasUp && agent.user.station === 'phone-nailed') supervisorPutDown(d, id)
  if (!wasUp) {
    if (agent.phase === 'break' && agent.reason === 'phone_ringing') takeState(d, agent, 'break', 'no_answer')
    return
  }
  if (agent.user.station === 'phone-rung') return
  const call = callInHand(d, agent)
  switch (agent.phase) {
    case 'ready':
      return takeState(d, agent, 'break', 'audio_lost')
    case 'preview':
      withdrawPreview(d, agent, 'audio_lost')
      return takeState(d, agent, 'break', 'audio_lost')
    case 'dialing':
      if (call === null) return
      return endCall(
        d,
        call,
        { by: 'agent', cause: 'agent_lost', result: 'CANCELLED', sipStatus: null, q850: null },
        leg,
      )
    case 'talking':
      if (call === null) return
      if (call.agent !== id)
        return call.consult?.leg === null ? takeBack(d, call, hungUp ? 'left' : 'audio_lost', leg) : undefined
      if (call.agentLeg !== null) return
      if (hungUp && agent.user.station === 'phone-nailed' && call.consult !== null) return putDown(d, call, agent)
      if (call.consult !== null) return waitForAgent(d, call)
      if (!hungUp || agent.user.station !== 'phone-nailed') return mute(d, call)
      return endCall(d, call, { by: 'agent', cause: 'hangup', result: 'ANSWERED', sipStatus: null, q850: 16 }, leg)
    case 'signed_off':
    case 'break':
    case 'ringing':
    case 'wrapping':
      return
    default:
      agent.phase satisfies never
  }
}

/** The audio did not come back in time: a caller returns to the queue, a customer we called is let go. */
export function stationLost(d: Draft, call: Call, agent: Agent): void {
  if (call.consult !== null) {
    leaveConsulting(d, call, agent)
    return settle(d, agent, 'break', 'audio_lost')
  }
  if (call.queue === null) {
    return endCall(d, call, { by: 'system', cause: 'agent_lost', result: 'ANSWERED', sipStatus: null, q850: null })
  }
  requeue(d, call)
  settle(d, agent, 'break', 'audio_lost') // a sign-off or break that was planned is honoured: nobody may be there to do it again
}

/** A nailed desk phone is put down in mid-consultation, as phones pass a call on: whom was consulted has it. */
function putDown(d: Draft, call: Call, agent: Agent): void {
  if (leaveConsulting(d, call, agent)) return writeUp(d, call, agent)
  settle(d, agent, 'break', 'audio_lost')
}

/** Whom the agent consulted takes the call on; else it falls back, and not to this agent. Answers whether it was taken on. */
function leaveConsulting(d: Draft, call: Call, agent: Agent): boolean {
  if (handOver(d, call, agent)) return true
  letGo(d, call)
  fallBackFrom(d, call, agent)
  return false
}

function callInHand(d: Draft, agent: Agent): Call | null {
  const call = agent.call === null ? undefined : d.state.calls.get(agent.call)
  return call === undefined || call.phase === 'ended' ? null : call
}
