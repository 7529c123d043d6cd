/**
 * Who is free: the ready agents of each campaign and queue in the order they became ready (a Set keeps it), and the claims that tie each
 * progressive line to one free agent, so that an agent of several campaigns is never counted for two lines. Only `evolve` calls this.
 */
import type { Call } from '../call-state.ts'
import type { Agent, CampaignFloor, FloorState } from '../state.ts'
import { lookAfterLines } from './station-now.ts'

/** The agent became ready: covers a line that lost its agent, else is free. */
export function enterReady(state: FloorState, agent: Agent): void {
  for (const floor of campaignsOf(state, agent)) floor.ready.add(agent.user.id)
  for (const id of agent.queues) state.queues.get(id)?.ready.add(agent.user.id)
  setFree(state, agent)
}

/** The agent is no longer ready; the line started for this agent looks for another. */
export function leaveReady(state: FloorState, agent: Agent): void {
  for (const floor of campaignsOf(state, agent)) {
    floor.ready.delete(agent.user.id)
    floor.free.delete(agent.user.id)
  }
  for (const id of agent.queues) state.queues.get(id)?.ready.delete(agent.user.id)
  const line = agent.claimedBy === null ? undefined : state.calls.get(agent.claimedBy)
  agent.claimedBy = null
  if (line !== undefined) {
    line.claim = null
    coverLine(state, line)
  }
}

/** A line was started: it claims the agent it is for, or the longest idle free one. */
export function coverLine(state: FloorState, line: Call, wanted: Agent | null = null): void {
  const floor = line.campaign === null ? undefined : state.campaigns.get(line.campaign)
  if (floor === undefined || line.agent !== null) return
  const first = floor.free.values().next()
  const agent =
    wanted !== null && floor.free.has(wanted.user.id) ? wanted : first.done ? undefined : state.agents.get(first.value)
  // A predictive line is for whoever is free when it is answered; a promised callback waits for its agent.
  if (line.mode === 'predictive' && agent !== wanted) return
  if (line.mode === 'notice') return // it needs none until 1 is pressed
  if (agent === undefined) floor.uncovered.add(line.id)
  else claim(state, floor, line, agent)
}

/** The line has its agent or is over: whoever it was started for is free again. */
export function releaseClaim(state: FloorState, line: Call): void {
  const floor = line.campaign === null ? undefined : state.campaigns.get(line.campaign)
  if (floor?.lines.delete(line.id)) lookAfterLines(state, floor)
  floor?.uncovered.delete(line.id)
  const agent = line.claim === null ? undefined : state.agents.get(line.claim)
  line.claim = null
  if (agent === undefined) return
  agent.claimedBy = null
  if (agent.phase === 'ready') setFree(state, agent)
}

function claim(state: FloorState, floor: CampaignFloor, line: Call, agent: Agent): void {
  floor.uncovered.delete(line.id)
  line.claim = agent.user.id
  agent.claimedBy = line.id
  for (const other of campaignsOf(state, agent)) other.free.delete(agent.user.id)
}

function setFree(state: FloorState, agent: Agent): void {
  for (const floor of campaignsOf(state, agent)) {
    const bare = floor.uncovered.values().next()
    const line = bare.done ? undefined : state.calls.get(bare.value)
    if (line === undefined) continue
    claim(state, floor, line, agent)
    return
  }
  for (const floor of campaignsOf(state, agent)) floor.free.add(agent.user.id)
}

function* campaignsOf(state: FloorState, agent: Agent): Iterable<CampaignFloor> {
  for (const id of agent.campaigns) {
    const floor = state.campaigns.get(id)
    if (floor !== undefined) yield floor
  }
}
