/** What facts about agents do to the floor. Answers whether the change was about an agent. */

import type { LegId } from '../../lib/ids.ts'
import { pushDue, setDeadline } from '../deadlines.ts'
import type { Note } from '../decision.ts'
import { diallingDue } from '../dialling-due.ts'
import type { Fact } from '../facts.ts'
import type { Agent, FloorState } from '../state.ts'
import { enterReady, leaveReady } from './ready.ts'
import { lookAtPhone, stationGraceMs, stationOf } from './station-now.ts'

export function evolveAgent(state: FloorState, change: Fact | Note, at: number): boolean {
  switch (change.type) {
    case 'agent.signedOn':
    case 'agent.signedOff':
      return true // agent.stateChanged beside it says the rest
    case 'agent.stateChanged': {
      const agent = state.agents.get(change.agent)
      if (agent !== undefined) enterPhase(state, agent, change, at)
      return true
    }
    case 'agent.nextPlanned': {
      const agent = state.agents.get(change.agent)
      if (agent !== undefined) agent.next = change.next
      return true
    }
    case 'agent.rung': {
      const agent = state.agents.get(change.agent)
      if (agent !== undefined) {
        agent.rung = { leg: change.leg, call: change.call, intent: change.intent }
        state.legs.set(change.leg, { agent: change.agent, side: 'rung' })
      }
      return true
    }
    case 'agent.stationChanged': {
      const agent = state.agents.get(change.agent)
      if (agent !== undefined) changeStation(state, agent, change, at)
      return true
    }
    case 'note.stationHeld': {
      const agent = state.agents.get(change.agent)
      if (agent === undefined) return true
      if (!change.held) takenUp(state, agent)
      else agent.stationHeld = agent.stationLeg !== null
      return true
    }
    case 'note.phoneLooked': {
      const agent = state.agents.get(change.agent)
      if (agent !== undefined) agent.phoneOpen = change.open
      state.phonesDue.delete(change.agent)
      return true
    }
    case 'note.legHeld': {
      const leg = state.legs.get(change.leg)
      if (leg !== undefined) leg.held = change.held
      return true
    }
    case 'preview.offered': {
      const agent = state.agents.get(change.agent)
      const lead = state.campaigns.get(change.campaign)?.reserved.get(change.lead)
      if (agent !== undefined && lead !== undefined) agent.preview = { campaign: change.campaign, lead }
      return true
    }
    case 'preview.closed': {
      const agent = state.agents.get(change.agent)
      if (agent !== undefined) agent.preview = null
      return true
    }
    default:
      return false
  }
}

function enterPhase(
  state: FloorState,
  agent: Agent,
  change: Extract<Fact, { type: 'agent.stateChanged' }>,
  at: number,
): void {
  const left = agent.phase
  if (left === 'ready') leaveReady(state, agent)
  if (left === 'ready' || left === 'break') agent.before = left
  if (left === 'signed_off') agent.before = 'break' // a supervisor who takes a call over
  if (agent.call !== change.call) changeHands(state, agent, change.call)
  if (agent.rung !== null && change.state !== 'ringing') {
    if (state.legs.get(agent.rung.leg)?.side === 'rung') state.legs.delete(agent.rung.leg)
    agent.rung = null
  }
  if ((left === 'signed_off') !== (change.state === 'signed_off')) {
    countSignedOn(state, agent, change.state === 'signed_off' ? -1 : 1)
  }
  agent.phase = change.state
  if (left !== change.state || change.state === 'ready') agent.phaseSince = at
  agent.reason = change.reason
  agent.call = change.call
  agent.until = change.until
  if (change.until !== null) pushDue(state, { at: change.until, of: 'agent', id: agent.user.id })
  if (change.state !== 'talking') agent.stationLostAt = null
  if (change.state === 'ready' || change.state === 'break' || change.state === 'signed_off') {
    agent.next = null
    lookAtPhone(state, agent)
  }
  if (change.state === 'ready') {
    agent.readySince = at
    enterReady(state, agent)
  }
}

/** A call that is over stays in memory while somebody has it in hand. */
function changeHands(state: FloorState, agent: Agent, next: Agent['call']): void {
  const before = agent.call === null ? undefined : state.calls.get(agent.call)
  const after = next === null ? undefined : state.calls.get(next)
  if (after !== undefined) after.hands++
  if (before === undefined) return
  before.hands--
  if (before.phase === 'ended' && before.hands === 0) state.calls.delete(before.id)
}

function countSignedOn(state: FloorState, agent: Agent, step: 1 | -1): void {
  for (const id of agent.campaigns) {
    const floor = state.campaigns.get(id)
    if (floor !== undefined) floor.signedOn += step
  }
  for (const id of agent.queues) {
    const floor = state.queues.get(id)
    if (floor !== undefined) floor.signedOn += step
  }
}

function changeStation(
  state: FloorState,
  agent: Agent,
  change: Extract<Fact, { type: 'agent.stationChanged' }>,
  at: number,
): void {
  const isOn = agent.phase === 'talking' || agent.phase === 'dialing'
  const inHand = isOn && agent.call !== null ? state.calls.get(agent.call) : undefined
  const call = inHand?.agent === agent.user.id ? inHand : undefined // not of a colleague who is consulted
  if (change.up) {
    const wasRung = change.phone === true || change.leg === agent.stationRinging
    for (const old of [agent.stationLeg, wasRung ? agent.stationRinging : null])
      if (old !== null && old !== change.leg) state.legs.delete(old)
    agent.stationLeg = change.leg
    agent.stationIsPhone = change.phone === true
    takenUp(state, agent)
    if (wasRung) agent.stationRinging = agent.stationMissed = null // the page that comes up beside it leaves the phone ringing
    if (change.leg !== null) state.legs.set(change.leg, { agent: agent.user.id, side: 'station' })
    const wasLost = agent.stationLostAt !== null
    agent.stationLostAt = null
    if (call !== undefined && wasLost)
      setDeadline(state, call, agent.phase === 'dialing' ? diallingDue(state, call, null) : null)
    return
  }
  if (change.leg !== null && change.reason === 'ringing' && !state.legs.has(change.leg)) {
    agent.stationRinging = change.leg
    agent.stationMissed = null
    state.legs.set(change.leg, { agent: agent.user.id, side: 'station' })
    return
  }
  // A phone that was not picked up says nothing about a leg that is up; no leg named means all are gone.
  const isGone = (leg: LegId | null) => leg !== null && (change.leg === null || change.leg === leg)
  const lost = isGone(agent.stationLeg)
  for (const old of [agent.stationLeg, agent.stationRinging]) if (old !== null && isGone(old)) state.legs.delete(old)
  if (lost) {
    agent.stationLeg = null
    agent.stationIsPhone = false
    takenUp(state, agent)
  }
  if (isGone(agent.stationRinging)) agent.stationRinging = agent.stationMissed = null
  if (change.leg !== null && agent.stationRinging === null && ringsAgain(agent, change.reason)) {
    agent.stationRinging = change.leg
    agent.stationMissed = change.reason
    state.legs.set(change.leg, { agent: agent.user.id, side: 'station' })
  }
  if (!lost || call === undefined || call.agentLeg !== null) return
  if (call.phase === 'talking') {
    agent.stationLostAt = at
    setDeadline(state, call, at + stationGraceMs)
  } else if (call.phase === 'dialing' || call.phase === 'ringing') {
    agent.stationLostAt = at
    setDeadline(state, call, diallingDue(state, call, agent))
  }
}

/** The phone holds no more, or is gone: what it was kept open for is over, see open-phone.ts. */
function takenUp(state: FloorState, agent: Agent): void {
  if (agent.stationHeld) lookAtPhone(state, agent)
  agent.stationHeld = false
}

/** The phone layer rings a nailed desk phone again by itself, on the same leg, until that leg is hung up. */
function ringsAgain(agent: Agent, reason: string): boolean {
  if (stationOf(agent) !== 'phone-nailed' || agent.phase === 'signed_off') return false
  return reason === 'hung_up' || reason === 'not_answered' || reason === 'not_registered'
}
