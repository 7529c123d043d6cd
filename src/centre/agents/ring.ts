/** Desk phones that are rung for each call: for a call that waits, or before dialling by hand. */
import type { LegId } from '../../lib/ids.ts'
import type { Call } from '../call-state.ts'
import type { DialIntent } from '../calls/dial-intent.ts'
import type { Draft } from '../draft.ts'
import type { Agent } from '../state.ts'
import { dropStation, settle, takeState } from './settle.ts'

/** An agent's phone rings this long (Asterisk's and VICIdial's default), then the agent is paused and told why. */
export const agentRingMs = 15_000
/** Beyond the ring time, in case the phone layer says nothing. */
const graceMs = 1_000

/** Rings the chosen agent's phone for a call, or answers `own`, by which it asks for it; the agent hears the customer when it is up. */
export function ringFor(d: Draft, call: Call, agent: Agent, own: LegId | null = null): void {
  const leg = own ?? d.id<'leg'>('l')
  d.fact({ type: 'call.assigned', call: call.id, agent: agent.user.id, ringing: true, leg })
  enterRinging(d, agent, call)
  if (own !== null) return d.effect({ type: 'phone.answer', leg: own })
  d.effect({ type: 'phone.ring', leg, agent: agent.user.id, call: call.id, from: call.number, ringMs: agentRingMs })
  if (call.direction === 'out') d.effect({ type: 'media.play', leg: call.leg, prompt: 'comfort-music', loop: true })
}

/** Rings the agent's own phone before dialling what the agent wants. */
export function ringBeforeDial(d: Draft, agent: Agent, intent: DialIntent): void {
  const leg = d.id<'leg'>('l')
  const call = d.id<'call'>('c')
  if (agent.stationRinging !== null) dropStation(d, agent, 'moved') // one ring at a time
  enterRinging(d, agent, null)
  d.fact({ type: 'agent.rung', agent: agent.user.id, leg, call, intent })
  d.effect({ type: 'phone.ring', leg, agent: agent.user.id, call, from: intent.number, ringMs: agentRingMs })
}

/** The agent's phone was not picked up, or was declined: the call waits again, and the agent is paused. */
export function notPickedUp(d: Draft, agent: Agent, reason: 'no_answer' | 'declined', legGone: boolean): void {
  const call = agent.call === null ? undefined : d.state.calls.get(agent.call)
  if (call === undefined) stopRinging(d, agent, legGone)
  else {
    d.fact({ type: 'call.unassigned', call: call.id, agent: agent.user.id, reason })
    if (!legGone && call.agentLeg !== null) d.effect({ type: 'phone.hangUp', leg: call.agentLeg, q850: 16 })
  }
  if (agent.next === null) takeState(d, agent, 'break', reason)
  else settle(d, agent, 'break')
}

/** Takes back a phone that is rung before dialling, and the lead it was for. The caller says where the agent goes. */
export function stopRinging(d: Draft, agent: Agent, legGone = false): void {
  if (agent.rung === null) return
  const { leg, intent } = agent.rung
  if (!legGone) d.effect({ type: 'phone.hangUp', leg, q850: 16 })
  releaseIntent(d, intent, 'not_dialled')
}

/** The lead of an intent that came to nothing is as it was; where that is not known it is due again at once, at the number that was chosen for it. */
export function releaseIntent(d: Draft, intent: DialIntent, reason: string): void {
  const { lead, campaign } = intent
  if (lead === null || campaign === null) return
  if (intent.former) {
    const { state, dueAt, next } = intent.former
    const at = next === null ? {} : { next }
    return d.fact({ type: 'lead.released', lead, campaign, state, dueAt, reason, ...at })
  }
  const state = intent.callback === null ? 'ready' : 'callback' // a promise stays one
  const next = d.state.campaigns.get(campaign)?.reserved.get(lead)?.next ?? null
  d.fact({ type: 'lead.released', lead, campaign, state, dueAt: d.now, reason, ...(next === null ? {} : { next }) })
}

/** The agent's phone rings, for a call or before one. */
export function enterRinging(d: Draft, agent: Agent, call: Call | null): void {
  const until = d.now + agentRingMs + graceMs
  const facts = { agent: agent.user.id, state: 'ringing', reason: null, call: call?.id ?? null, until } as const
  d.fact({ type: 'agent.stateChanged', ...facts })
}
