/** The agent's audio of the shift: it comes, it goes, and a call outlives a reload of the page. */
import type { LegId, UserId } from '../../lib/ids.ts'
import { dropStation, settle, takeState } from '../agents/settle.ts'
import { stationGraceMs, stationOf } from '../agents/station-now.ts'
import type { Call } from '../call-state.ts'
import { isEarlyHeard } from '../calls/early-media.ts'
import { endCall } from '../calls/ending.ts'
import { withdrawPreview } from '../dialler/preview.ts'
import type { Draft } from '../draft.ts'
import type { StationKind } from '../entities.ts'
import { isCounted } from '../gate/abandonment.ts'
import type { Input } from '../inputs.ts'
import { hearDialled, mute, unmute } from '../queues/acd.ts'
import { playMusic } from '../queues/music.ts'
import { requeue } from '../queues/waiting.ts'
import type { Agent } from '../state.ts'
import { supervisorPutDown } from '../supervision/supervision.ts'
import { hearConsulted, letGo, resumeWith, takeBack, waitForAgent } from '../transfer/consultation.ts'
import { fallBackFrom, handOver, writeUp } from '../transfer/transfer.ts'

/** How long a nailed desk phone rings when it is called for the shift. */
const stationRingMs = 30_000

export function stationUp(d: Draft, { agent: id, leg, phone }: Extract<Input, { type: 'station.up' }>): void {
  const agent = d.state.agents.get(id)
  if (agent === undefined) return d.refuse('not_an_agent', 'Only agents and supervisors have a place on the floor.')
  if (agent.stationLeg === leg) return
  if (isUnwanted(agent, phone === true)) return d.effect({ type: 'phone.hangUp', leg, q850: 16 })
  const before = agent.stationLeg
  d.fact({ type: 'agent.stationChanged', agent: id, up: true, leg, reason: 'up', ...(phone && { phone }) })
  if (before !== null) d.effect({ type: 'phone.hangUp', leg: before, q850: 16 })
  const call = callInHand(d, agent)
  if (call !== null && call.agentLeg === null) {
    if (call.agent !== id) {
      // Who is rung for this consultation is not heard here; and who lost the audio in it was let go at once.
      if (call.consult?.agent === id && call.consult.leg === null) hearConsulted(d, call, leg)
    } else if (call.consult !== null) resumeWith(d, call, leg)
    else if (call.phase === 'talking' && call.heldBy !== 'agent') unmute(d, call, leg)
    else hearDialled(d, call, leg)
    return
  }
  const isBack = agent.reason === 'audio_lost' && d.now - agent.phaseSince <= stationGraceMs
  if (agent.phase === 'break' && (isBack || wantsReady(agent))) takeState(d, agent, 'ready', null)
}

/** Ready but for the desk phone, which rings or holds. */
function wantsReady({ phase, reason }: Agent): boolean {
  return phase === 'ready' || (phase === 'break' && (reason === 'phone_ringing' || reason === 'phone_holds'))
}

/** It crossed a sign-off or a move, or a page asks for the audio of somebody who is at the phone. */
function isUnwanted(agent: Agent, isPhone: boolean): boolean {
  const { phase, stationIsPhone } = agent
  const station = stationOf(agent)
  if (phase === 'signed_off' && station === 'phone-nailed') return true
  return isPhone ? station !== 'phone-nailed' : stationIsPhone && station !== 'browser'
}

/**
 * The person is heard elsewhere from now on: a headset broke, or somebody sits at another desk today. What is up stays until its successor is, so
 * the party of a call in hand hears both ways all the time; only a phone that is to ring for each call waits for the next one.
 */
export function moveStation(d: Draft, agent: Agent, to: StationKind): void {
  const wasReady = wantsReady(agent)
  if (agent.stationRinging !== null && to !== 'phone-nailed') stopRingingStation(d, agent, agent.stationRinging)
  if (agent.phase === 'signed_off') {
    if (to !== 'browser' && !d.state.supervisions.has(agent.user.id)) dropStation(d, agent, 'moved')
    return
  }
  switch (to) {
    case 'phone-nailed':
      if (!agent.stationIsPhone) ringStation(d, agent)
      if (wasReady && agent.stationLeg === null) takeState(d, agent, 'break', 'phone_ringing')
      return
    case 'browser':
      if (wasReady && agent.stationLeg === null) takeState(d, agent, 'break', 'audio_lost')
      return
    case 'phone-rung':
      if (!isHeardAtStation(d, agent)) dropStation(d, agent, 'moved')
      if (!wasReady || agent.phase === 'ready') return
      if (agent.stationHeld) return takeState(d, agent, 'break', 'audio_lost') // who holds is not there, perhaps
      return takeState(d, agent, 'ready', null)
    default:
      to satisfies never
  }
}

/** Something is heard on the leg of the shift: a call that is talked or dialled, a colleague who consults, a call that is listened to. */
function isHeardAtStation(d: Draft, agent: Agent): boolean {
  if (d.state.supervisions.has(agent.user.id)) return true
  if (agent.phase !== 'talking' && agent.phase !== 'dialing') return false
  const call = callInHand(d, agent)
  return call !== null && (call.agent !== agent.user.id || call.agentLeg === null)
}

export function ringStation(d: Draft, agent: Agent): void {
  if (agent.stationRinging !== null || d.state.isClosing) return
  const leg = d.id<'leg'>('l')
  d.fact({ type: 'agent.stationChanged', agent: agent.user.id, up: false, leg, reason: 'ringing' })
  d.effect({
    type: 'phone.ring',
    leg,
    agent: agent.user.id,
    call: null,
    forShift: true,
    from: 'switchroom',
    ringMs: stationRingMs,
  })
}

function stopRingingStation(d: Draft, agent: Agent, leg: LegId): void {
  d.fact({ type: 'agent.stationChanged', agent: agent.user.id, up: false, leg, reason: 'moved' })
  d.effect({ type: 'phone.hangUp', leg, q850: 16 })
}

/**
 * `hungUp`: a desk phone was put down, which ends the call in hand, unless its person has moved to the page meanwhile; anything else is a fault
 * that may heal.
 */
export function stationDown(d: Draft, id: UserId, leg: LegId, reason: string, hungUp: boolean): void {
  const agent = d.state.agents.get(id)
  if (agent === undefined || (agent.stationLeg !== leg && agent.stationRinging !== leg)) return
  const wasUp = agent.stationLeg === leg
  const station = stationOf(agent)
  const isPhoneLeft = wasUp && agent.stationIsPhone && station !== 'phone-nailed'
  const isPutDown = hungUp && (station === 'phone-nailed' || (isPhoneLeft && station === 'phone-rung'))
  const isLeftDown = wasUp && hungUp && agent.phoneOpen && agent.phase === 'break'
  if (wasUp) d.loseAudio(id)
  // A phone that is off is tried every few seconds for as long as the shift lasts: that it still does not pick up changes nothing.
  const told = isLeftDown ? 'put_down' : reason.slice(0, 200)
  if (wasUp || agent.stationMissed !== told)
    d.fact({ type: 'agent.stationChanged', agent: id, up: false, leg, reason: told })
  if (isPutDown && wasUp) supervisorPutDown(d, id)
  if (!wasUp) {
    if (agent.phase !== 'break' || agent.reason !== 'phone_ringing') return
    if (agent.phoneOpen) stopRingingStation(d, agent, leg)
    return takeState(d, agent, 'break', reason === 'not_registered' ? 'phone_off' : 'no_answer')
  }
  if (isPhoneLeft || isLeftDown) d.effect({ type: 'phone.hangUp', leg, q850: 16 }) // it would be rung again else
  if (station === 'phone-rung' && !isHeardAtStation(d, agent)) return
  const call = callInHand(d, agent)
  const why = hungUp && agent.phoneOpen ? 'phone_ringing' : 'audio_lost'
  switch (agent.phase) {
    case 'ready':
      return takeState(d, agent, 'break', why)
    case 'preview':
      withdrawPreview(d, agent, 'audio_lost')
      return takeState(d, agent, 'break', why)
    case 'dialing':
      if (call === null) return
      if (isPutDown || isCounted(call)) return stationLostDialling(d, call, leg)
      if (isEarlyHeard(d.state, call)) d.effect({ type: 'media.unpatch', leg: call.leg })
      return // it rings on, and whoever picks up hears music until the agent is back
    case 'talking':
      if (call === null) return
      if (call.agent !== id)
        return call.consult?.leg === null ? takeBack(d, call, hungUp ? 'left' : 'audio_lost', leg) : undefined
      if (call.agentLeg !== null) return
      if (isPutDown && call.consult !== null) return putDown(d, call, agent)
      if (call.consult !== null) return waitForAgent(d, call)
      if (!isPutDown) return mute(d, call)
      return endCall(d, call, { by: 'agent', cause: 'hangup', result: 'ANSWERED', sipStatus: null, q850: 16 }, leg)
    case 'break':
      if (agent.reason === 'phone_holds') takeState(d, agent, 'break', 'audio_lost')
      return
    case 'signed_off':
    case 'ringing':
    case 'wrapping':
      return
    default:
      agent.phase satisfies never
  }
}

/** The audio is gone, for good or of a call that somebody must be there for when it is answered (47 CFR 64.1200(a)(7)): it is not answered any more. */
export function stationLostDialling(d: Draft, call: Call, leg: LegId | null = null): void {
  endCall(d, call, { by: 'agent', cause: 'agent_lost', result: 'CANCELLED', sipStatus: null, q850: null }, leg)
}

/** The audio did not come back in time: a caller returns to the queue, or is owed a call by whom they called; a customer we called is let go. */
export function stationLost(d: Draft, call: Call, agent: Agent): void {
  if (call.consult !== null) {
    leaveConsulting(d, call, agent)
    return settle(d, agent, 'break', 'audio_lost')
  }
  if (call.queue === null && call.direction === 'out') {
    return endCall(d, call, { by: 'system', cause: 'agent_lost', result: 'ANSWERED', sipStatus: null, q850: null })
  }
  if (call.queue === null) fallBackFrom(d, call, agent)
  else requeue(d, call)
  settle(d, agent, 'break', 'audio_lost') // a sign-off or break that was planned is honoured: nobody may be there to do it again
}

/** A nailed desk phone is put down in mid-consultation, as phones pass a call on: whom was consulted has it. */
function putDown(d: Draft, call: Call, agent: Agent): void {
  if (leaveConsulting(d, call, agent)) return writeUp(d, call, agent)
  settle(d, agent, 'break', 'audio_lost')
}

/** The phone that was rung for this call is put down, or `lost`, while it is talked on. Answers whether the call goes on without it. */
export function goesOnWithout(d: Draft, call: Call, agent: Agent, lost: boolean): boolean {
  if (call.phase !== 'talking' || agent.call !== call.id) return false
  if (call.consult !== null) putDown(d, call, agent)
  else if (lost && call.queue !== null) {
    requeue(d, call)
    playMusic(d, call)
    settle(d, agent, 'break', 'audio_lost')
  } else if (lost && call.direction === 'in') {
    fallBackFrom(d, call, agent)
    settle(d, agent, 'break', 'audio_lost')
  } else return false
  return true
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
