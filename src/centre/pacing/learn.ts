/** What the dialler learns from facts: how calls ring, how long people talk and write, who found nobody. Asked before a fact is applied. */

import type { Call } from '../call-state.ts'
import type { Note } from '../decision.ts'
import type { CallResult, Ending } from '../entities.ts'
import type { Fact } from '../facts.ts'
import { isCounted } from '../gate/abandonment.ts'
import type { CampaignFloor, FloorState } from '../state.ts'

/** The network's faults say nothing of the people behind it. */
const ofTheNetwork: ReadonlySet<CallResult> = new Set(['CONGESTION', 'FAILED', 'CALL_BARRED'])

export function learn(state: FloorState, change: Fact | Note, at: number): void {
  switch (change.type) {
    case 'call.answered': {
      const call = state.calls.get(change.call)
      const floor = floorOf(state, call)
      if (call === undefined || floor === undefined || call.answeredAt !== null) return
      floor.changed = true
      if (call.agent === null) floor.pacer.learnRing(at - call.startedAt, true)
      return
    }
    case 'call.connected': {
      const call = state.calls.get(change.call)
      const floor = floorOf(state, call)
      if (call === undefined || floor === undefined || call.connectedAt !== null) return
      if (isCounted(call)) floor.pacer.noteOutcome(false, at)
      return
    }
    case 'call.abandoned':
      if (change.campaign !== null) state.campaigns.get(change.campaign)?.pacer.noteOutcome(true, at)
      return
    case 'call.ended': {
      const call = state.calls.get(change.call)
      const floor = floorOf(state, call)
      if (call === undefined || floor === undefined || call.phase === 'ended') return
      floor.changed = true
      if (change.ending.cause === 'cancelled' && floor.advice !== null && floor.advice.surplus > 0)
        floor.advice.surplus--
      if (call.connectedAt !== null) floor.pacer.learnTalk(at - call.connectedAt)
      else if (call.answeredAt === null && call.agent === null)
        learnUnanswered(floor, change.ending, at - call.startedAt)
      return
    }
    case 'agent.stateChanged': {
      const agent = state.agents.get(change.agent)
      if (agent === undefined) return
      for (const id of agent.campaigns) {
        const floor = state.campaigns.get(id)
        if (floor !== undefined) floor.changed = true
      }
      if (agent.phase !== 'wrapping' || change.state === 'wrapping' || agent.call === null) return
      floorOf(state, state.calls.get(agent.call))?.pacer.learnWrap(at - agent.phaseSince)
      return
    }
    default:
      return
  }
}

function learnUnanswered(floor: CampaignFloor, { result }: Ending, rangMs: number): void {
  if (result === 'CANCELLED') floor.pacer.learnWithdrawn(rangMs)
  else if (!ofTheNetwork.has(result)) floor.pacer.learnRing(rangMs, false)
}

function floorOf(state: FloorState, call: Call | undefined): CampaignFloor | undefined {
  return call === undefined || call.campaign === null ? undefined : state.campaigns.get(call.campaign)
}
