/** An agent's own state: signing on and off, ready, break. */
import type { UserId } from '../../lib/ids.ts'
import { stopRinging } from '../agents/ring.ts'
import { goOnBreak, leaveFloor, settle, takeState } from '../agents/settle.ts'
import { hasAudio, hasStation, phoneHoldsWords, stationOf } from '../agents/station-now.ts'
import { refusedAsClosing } from '../closing.ts'
import { withdrawPreview } from '../dialler/preview.ts'
import type { Draft } from '../draft.ts'
import { barOfUser } from '../gate/agencies.ts'
import { closePromise } from '../leads/promise.ts'
import type { Agent } from '../state.ts'
import { ringStation } from './station.ts'

export function signOn(d: Draft, id: UserId): void {
  const agent = d.state.agents.get(id)
  if (agent === undefined) return d.refuse('not_an_agent', 'Only agents and supervisors can sign on.')
  const { user } = agent
  if (!user.enabled) return d.refuse('user_disabled', 'This account is switched off: ask an administrator.')
  const bar = barOfUser(d.state, user, d.now)
  if (bar !== null) return d.refuse(`agency_${bar}`, 'Your agency may not work now: ask the lender.')
  if (user.role !== 'agent' && user.role !== 'supervisor') {
    return d.refuse('not_an_agent', 'Only agents and supervisors can sign on.')
  }
  if (agent.phase !== 'signed_off') return d.refuse('already_signed_on', 'You are signed on already.')
  if (user.station !== 'browser' && user.extension === null) {
    return d.refuse('no_extension', 'You have no desk phone: ask an administrator for an extension.')
  }
  // Whoever has only this phone dials help on it by itself.
  if (user.station === 'phone-nailed' && refusedAsClosing(d)) return
  d.fact({ type: 'agent.signedOn', agent: id })
  takeState(d, agent, 'break', 'signed_on')
  if (user.station === 'phone-nailed' && !agent.stationIsPhone) ringStation(d, agent)
}

export function signOff(d: Draft, id: UserId, reason: string): void {
  const agent = signedOnAgent(d, id)
  if (agent === null) return
  if (isBusy(agent)) {
    d.fact({ type: 'agent.nextPlanned', agent: id, next: { phase: 'signed_off' } })
    return
  }
  if (agent.phase === 'preview') withdrawPreview(d, agent, reason)
  if (agent.phase === 'ringing') stopRinging(d, agent)
  leaveFloor(d, agent, reason)
}

export function makeReady(d: Draft, id: UserId): void {
  const agent = signedOnAgent(d, id)
  if (agent === null) return
  const bar = barOfUser(d.state, agent.user, d.now)
  if (bar !== null && agent.phase !== 'signed_off')
    return d.refuse(`agency_${bar}`, 'Your agency may not work now: ask the lender.')
  if (d.state.supervisions.has(id)) return d.refuse('supervising', 'You are listening to a call: stop that first.')
  if (agent.phase === 'break' && !hasStation(agent) && refusedAsClosing(d)) return
  switch (agent.phase) {
    case 'signed_off':
    case 'ready':
      return
    case 'break':
      if (hasAudio(agent)) return takeState(d, agent, 'ready', null)
      if (hasStation(agent)) return d.refuse('phone_holds', phoneHoldsWords)
      if (stationOf(agent) === 'phone-nailed') {
        takeState(d, agent, 'break', 'phone_ringing')
        return ringStation(d, agent)
      }
      return d.refuse('no_audio', 'Your audio is not connected: allow the microphone on your desk page.')
    case 'wrapping':
      if (needsDisposition(d, agent))
        return d.refuse('disposition_missing', 'Write down the outcome of the call first.')
      keepUnwritten(d, agent)
      return settle(d, { ...agent, next: null }, 'ready')
    case 'preview':
      return d.refuse('preview_open', 'Call the offered lead or skip it first.')
    case 'dialing':
    case 'ringing':
    case 'talking':
      if (agent.next !== null) d.fact({ type: 'agent.nextPlanned', agent: id, next: null })
      return
    default:
      agent.phase satisfies never
  }
}

export function takeBreak(d: Draft, id: UserId, reason: string): void {
  const agent = signedOnAgent(d, id)
  if (agent === null) return
  if (isBusy(agent)) {
    d.fact({ type: 'agent.nextPlanned', agent: id, next: { phase: 'break', reason: breakName(reason) } })
    return
  }
  if (agent.phase === 'preview') withdrawPreview(d, agent, 'break')
  if (agent.phase === 'ringing') stopRinging(d, agent)
  goOnBreak(d, agent, breakName(reason))
}

/** No outcome is needed and none was written: who was owed this call was talked to. */
function keepUnwritten(d: Draft, agent: Agent): void {
  const call = agent.call === null ? undefined : d.state.calls.get(agent.call)
  if (call !== undefined) closePromise(d, call, 'kept')
}

/** Calls of a campaign end with an outcome written down; others may. */
export function needsDisposition(d: Draft, agent: Agent): boolean {
  const call = agent.call === null ? undefined : d.state.calls.get(agent.call)
  return call !== undefined && call.campaign !== null
}

/** A call is in hand, or its outcome still has to be written down. */
function isBusy(agent: Agent): boolean {
  return agent.call !== null
}

function signedOnAgent(d: Draft, id: UserId): Agent | null {
  const agent = d.state.agents.get(id)
  if (agent !== undefined && agent.phase !== 'signed_off') return agent
  d.refuse('not_signed_on', 'Sign on first.')
  return null
}

function breakName(reason: string): string {
  return reason.trim().slice(0, 60) || 'break'
}
