/** Bringing a waiting call and an agent together. */
import type { CallId, LegId, UserId } from '../../lib/ids.ts'
import { ringFor } from '../agents/ring.ts'
import { agentLegOf } from '../agents/settle.ts'
import { hasAudio, ringsFirst, stationOf } from '../agents/station-now.ts'
import type { Call } from '../call-state.ts'
import { isEarlyHeard } from '../calls/early-media.ts'
import { isCallForHelp } from '../calls/emergency.ts'
import type { Draft } from '../draft.ts'
import type { Agent, FloorState } from '../state.ts'
import { playMusic } from './music.ts'

type Match = { call: Call; agent: Agent }

/** Told of each waiting call before it is looked at, and of each ready agent who is looked at for it. */
export type Looking = (call: CallId, agent: UserId | null) => void

/** One waiting call and the agent for it, or null. Answered customers first (two seconds by law), then callers, oldest first. */
export function nextMatch(state: FloorState, looking: Looking): Match | null {
  return outboundMatch(state, looking) ?? queueMatch(state, looking) ?? parkedMatch(state, looking)
}

/** The agent takes the call: at once where there is a leg of the shift, else the desk phone is rung. */
export function assign(d: Draft, call: Call, agent: Agent): void {
  if (ringsFirst(agent)) return ringFor(d, call, agent)
  d.fact({ type: 'call.assigned', call: call.id, agent: agent.user.id, ringing: false })
  connect(d, call, agent, agent.stationLeg)
}

/** Both hear each other from here on. `agentLeg` null: the agent's audio is away for a moment, and the party hears music meanwhile. */
export function connect(d: Draft, call: Call, agent: Agent, agentLeg: LegId | null): void {
  d.fact({ type: 'call.connected', call: call.id, agent: agent.user.id })
  const talking = { agent: agent.user.id, state: 'talking', reason: null, call: call.id, until: null } as const
  d.fact({ type: 'agent.stateChanged', ...talking })
  if (agentLeg === null) return playMusic(d, call)
  // Held while it was dialled; who is called for help is heard at once when the phone is taken up.
  if (agentLeg === agent.stationLeg && d.isStationHeld(agent.user.id) && !isCallForHelp(d.state, call.id)) {
    d.fact({ type: 'call.held', call: call.id, by: 'agent' })
    d.effect({ type: 'media.stopPlay', leg: agentLeg })
    return mute(d, call)
  }
  d.effect({ type: 'media.stopPlay', leg: call.leg })
  if (call.agent !== null && call.direction === 'out') d.effect({ type: 'media.stopPlay', leg: agentLeg })
  d.effect({ type: 'media.patch', a: call.leg, b: agentLeg })
  // A browser sounds its own signal; at a desk phone that is always open only a tone says that someone is there.
  if (stationOf(agent) === 'phone-nailed' && call.agent === null) {
    d.effect({ type: 'media.play', leg: agentLeg, prompt: 'connect-beep', loop: false })
  }
  partyStillHolds(d, call)
}

/** Nobody of ours holds the call (any more), and the party does: since it rang, or since it was told while others held. Their music is heard. */
export function partyStillHolds(d: Draft, call: Call): void {
  if (d.isLegHeld(call.leg)) d.fact({ type: 'call.held', call: call.id, by: 'party' })
}

/** The party hears music and the agent hears nothing, until `unmute`. */
export function mute(d: Draft, call: Call): void {
  d.effect({ type: 'media.unpatch', leg: call.leg })
  playMusic(d, call)
}

export function unmute(d: Draft, call: Call, agentLeg: LegId | null = agentLegOf(d, call)): void {
  if (agentLeg === null) return
  d.effect({ type: 'media.stopPlay', leg: call.leg })
  d.effect({ type: 'media.patch', a: call.leg, b: agentLeg })
}

/** The agent who dials is heard elsewhere from now on, and hears the network, or our ring-back, there. */
export function hearDialled(d: Draft, call: Call, agentLeg: LegId): void {
  if (call.phase !== 'dialing' && call.phase !== 'ringing') return
  if (isEarlyHeard(d.state, call)) d.effect({ type: 'media.patch', a: call.leg, b: agentLeg })
  else if (call.phase === 'ringing') d.effect({ type: 'media.play', leg: agentLeg, prompt: 'ringback', loop: true })
}

function outboundMatch(state: FloorState, looking: Looking): Match | null {
  for (const floor of state.campaigns.values()) {
    const [id] = floor.waiting
    if (id === undefined || floor.ready.size === 0) continue
    looking(id, null)
    const call = state.calls.get(id)
    const agent = call === undefined ? undefined : (promised(state, call) ?? first(state, floor.ready))
    if (call !== undefined && agent !== undefined) return { call, agent }
  }
  return null
}

/** A callback that one agent promised goes to that agent, if still free. */
function promised(state: FloorState, call: Call): Agent | undefined {
  if (call.lead === null || !('callbackAgent' in call.lead) || call.claim === null) return undefined
  const agent = call.lead.callbackAgent === call.claim ? state.agents.get(call.claim) : undefined
  return agent?.phase === 'ready' ? agent : undefined
}

function queueMatch(state: FloorState, looking: Looking): Match | null {
  for (const floor of state.queues.values()) {
    const [id] = floor.waiting
    if (id === undefined || floor.ready.size === 0) continue
    looking(id, null)
    const call = state.calls.get(id)
    const agent = unclaimed(state, floor.ready, who => looking(id, who)) ?? first(state, floor.ready)
    if (call !== undefined && agent !== undefined) return { call, agent }
  }
  return null
}

function parkedMatch(state: FloorState, looking: Looking): Match | null {
  for (const id of state.parked) {
    looking(id, null)
    const call = state.calls.get(id)
    const agent = call?.parkedFor ? state.agents.get(call.parkedFor) : undefined
    if (call !== undefined && agent !== undefined && mayTake(agent, call)) return { call, agent }
  }
  return null
}

/** Free; or still writing up this very call, which fell back or is taken back. */
export function mayTake(agent: Agent, call: Call): boolean {
  return agent.phase === 'ready' || (agent.phase === 'wrapping' && agent.call === call.id && hasAudio(agent))
}

/** The longest idle agent for whom no line was started; a caller takes a promised one only when there is no other. */
function unclaimed(state: FloorState, ready: Set<UserId>, looking: (agent: UserId) => void): Agent | undefined {
  for (const id of ready) {
    looking(id)
    const agent = state.agents.get(id)
    if (agent?.claimedBy === null) return agent
  }
  return undefined
}

function first(state: FloorState, ready: Set<UserId>): Agent | undefined {
  const next = ready.values().next()
  return next.done ? undefined : state.agents.get(next.value)
}
