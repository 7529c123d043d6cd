/** What people do to a call in hand: hang up, hold, resume, send digits; and a supervisor's end. */
import type { CallId, UserId } from '../../lib/ids.ts'
import { agentOf, isHeldAtPhone } from '../agents/settle.ts'
import { phoneHoldsWords } from '../agents/station-now.ts'
import { seesCall, sightOf } from '../agents/team.ts'
import type { Call } from '../call-state.ts'
import { hearsEarly } from '../calls/early-media.ts'
import { endCall } from '../calls/ending.ts'
import { hiddenKey } from '../calls/hidden-key.ts'
import type { Draft } from '../draft.ts'
import { keypadLeg } from '../leg.ts'
import { mute, partyStillHolds, unmute } from '../queues/acd.ts'
import { abandon, abandonAsker, abandonCaller, dismissedAs, oweWaiting } from '../queues/waiting.ts'
import type { Agent } from '../state.ts'
import { phoneRefused, takeBack } from '../transfer/consultation.ts'

/**
 * During a consultation it ends what is heard: the consultation while the agent talks to the other, so that a party who waits is never hung up on,
 * else the call. Whom is consulted puts down their own end alone.
 */
export function hangUp(d: Draft, agentId: UserId, id: CallId): void {
  const asked = d.state.calls.get(id)
  const colleague = d.state.agents.get(agentId)
  if (asked?.consult?.agent === agentId && colleague !== undefined && colleague.call === id) {
    if (colleague.phase === 'ringing') return phoneRefused(d, colleague, 'declined', false)
    return takeBack(d, asked, 'left')
  }
  const hand = inHand(d, agentId, id)
  if (hand === null) return
  const { call, agent } = hand
  if (agent.phase === 'ringing') return phoneRefused(d, agent, 'declined', false)
  if (call.consult?.with === 'other') return takeBack(d, call, 'cancelled')
  const answered = call.answeredAt !== null
  const said = { sipStatus: null, q850: 16 }
  if (answered) endCall(d, call, { by: 'agent', cause: 'hangup', result: 'ANSWERED', ...said })
  else endCall(d, call, { by: 'agent', cause: 'cancelled', result: 'CANCELLED', ...said })
}

export function hold(d: Draft, agentId: UserId, id: CallId): void {
  const call = talking(d, agentId, id)
  if (call === null) return
  if (call.consult !== null)
    return d.refuse('consulting', 'You are consulting somebody: turn to one of the two instead.')
  if (call.heldBy === 'agent') return d.refuse('held', 'The call is on hold already.')
  d.fact({ type: 'call.held', call: id, by: 'agent' })
  mute(d, call)
}

export function resume(d: Draft, agentId: UserId, id: CallId): void {
  const call = talking(d, agentId, id)
  if (call === null) return
  if (call.consult !== null)
    return d.refuse('consulting', 'You are consulting somebody: turn to one of the two instead.')
  if (call.heldBy !== 'agent') return d.refuse('not_held', 'The call is not on hold.')
  if (isHeldAtPhone(d, call)) return d.refuse('phone_holds', phoneHoldsWords)
  d.fact({ type: 'call.resumed', call: id, by: 'agent' })
  unmute(d, call)
  partyStillHolds(d, call)
}

/** Also before the answer, where who dials hears the network: menus that charge nothing take keys in early media. */
export function sendDigits(d: Draft, agentId: UserId, id: CallId, digits: string): void {
  const known = d.state.calls.get(id)
  const isEarly = known !== undefined && hearsEarly(d.state, known)
  const call = isEarly ? (inHand(d, agentId, id)?.call ?? null) : talking(d, agentId, id)
  if (call === null) return
  if (!/^[0-9*#A-D]{1,32}$/.test(digits)) return d.refuse('digits_invalid', 'Send 1 to 32 of 0–9, *, #, A–D.')
  for (const _ of digits) d.fact({ type: 'call.digit', call: id, from: 'agent', digit: hiddenKey })
  d.effect({ type: 'phone.sendDigits', call: id, leg: keypadLeg(d, call), digits })
}

/** The journal says of them that they were pressed, and may not leave it at that; nor where the call is over meanwhile. */
export function keysLate(d: Draft, id: CallId, keys: number): void {
  if (d.state.calls.has(id)) d.fact({ type: 'call.keysUnsent', call: id, keys })
}

/** A supervisor, or the system, ends a call whatever its phase. */
export function endByOrder(d: Draft, id: CallId, by: 'supervisor' | 'system', user?: UserId): void {
  const call = d.state.calls.get(id)
  if (call === undefined || call.phase === 'ended') return d.refuse('call_over', 'This call is over.')
  const who = user === undefined ? undefined : d.state.users.get(user)
  if (who !== undefined && !seesCall(sightOf(d.state, who), call))
    return d.refuse('other_team', 'This call is of a team that you do not lead.')
  const said = { sipStatus: null, q850: 16 }
  const { direction, phase, dismissed, connectedAt } = call
  if (dismissed !== null) return endCall(d, call, { by, cause: dismissed, result: dismissedAs(call), ...said })
  // Whoever answered, or asked a notice for a person, had nobody yet, also while a desk phone is rung for them: a shutdown does not leave that out of the
  // account.
  const isForNobody = phase === 'waiting' || (phase === 'assigned' && agentOf(d, call)?.phase === 'ringing')
  const isWaiting = direction === 'out' && isForNobody && connectedAt === null
  if (isWaiting && call.notice === null) {
    abandon(d, call)
    return endCall(d, call, { by, cause: 'abandoned', result: 'ABANDONED', ...said })
  }
  if (isWaiting) abandonAsker(d, call)
  // A supervisor knows whom they end.
  if (by === 'system') oweWaiting(d, call)
  if (by === 'system' && direction === 'in' && isForNobody && call.passed === null) {
    abandonCaller(d, call)
    return endCall(d, call, { by, cause: 'abandoned', result: 'ABANDONED', ...said })
  }
  const answered = call.answeredAt !== null
  const cause = answered ? 'hangup' : 'cancelled'
  const result = answered ? 'ANSWERED' : 'CANCELLED'
  endCall(d, call, { by, cause, result, ...said })
}

function inHand(d: Draft, agentId: UserId, id: CallId): { call: Call; agent: Agent } | null {
  const call = d.state.calls.get(id)
  const agent = call === undefined ? null : agentOf(d, call)
  if (call !== undefined && call.phase !== 'ended' && agent?.user.id === agentId && agent.call === id) {
    return { call, agent }
  }
  d.refuse('not_your_call', 'This call is over, or in other hands.')
  return null
}

function talking(d: Draft, agentId: UserId, id: CallId): Call | null {
  const hand = inHand(d, agentId, id)
  if (hand === null) return null
  if (hand.call.phase === 'talking') return hand.call
  d.refuse('not_talking', 'The call is not answered yet.')
  return null
}
