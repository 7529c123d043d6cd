/**
 * Who is dialled ahead for has the phone open. A desk phone that rings for each call is taken up after seconds, and a customer who has answered may
 * be kept waiting for two (16 CFR 310.4(b)(4)(iii)). So while a campaign dials ahead for its user, such a phone rings once when its user is ready,
 * stays up between calls as a nailed one does, and only then counts as free; whoever puts it down is rung again. On a break it may stay down, and is
 * rung for what its user dials by hand. Where it is held it stays up until it is taken up, whatever the campaign does. A campaign that takes its agent first rings the phone before it dials, and needs none of this.
 */
import type { UserId } from '../../lib/ids.ts'
import { dropStation, takeState } from '../agents/settle.ts'
import { isAtRest, isDialledAheadFor } from '../agents/station-now.ts'
import type { Decision, Moment } from '../decision.ts'
import { Draft } from '../draft.ts'
import type { Agent, FloorState } from '../state.ts'
import { moveStation, ringStation } from './station.ts'

/** The phone of this agent is opened, rung or let go, as it has to be now. Who has a call in hand is looked at after it. */
export function decidePhone(state: FloorState, id: UserId, moment: Moment): Decision {
  const d = new Draft(state, moment)
  const agent = state.agents.get(id)
  if (agent !== undefined) look(d, agent)
  d.note({ type: 'note.phoneLooked', agent: id, open: agent !== undefined && isToBeOpen(state, agent) })
  return d.decision()
}

function look(d: Draft, agent: Agent): void {
  if (agent.user.station !== 'phone-rung' || !isAtRest(agent)) return
  const open = isToBeOpen(d.state, agent)
  const isDown = agent.stationLeg === null && agent.stationRinging === null
  if (!open && agent.phoneOpen) moveStation(d, agent, 'phone-rung')
  else if (open && agent.phase === 'ready' && agent.stationHeld) takeState(d, agent, 'break', 'phone_holds')
  else if (open && agent.phase === 'ready' && agent.stationLeg === null) {
    takeState(d, agent, 'break', 'phone_ringing')
    if (isDown) ringStation(d, agent)
  } else if (open && agent.phase === 'break' && agent.reason === 'phone_ringing') {
    if (isDown) ringStation(d, agent)
  } else if (open && agent.phase === 'break' && agent.stationLeg === null) dropStation(d, agent, 'moved') // nobody is to take it up now
}

function isToBeOpen(state: FloorState, agent: Agent): boolean {
  if (agent.user.station !== 'phone-rung') return false
  if (!isAtRest(agent) || (agent.phoneOpen && agent.stationHeld)) return agent.phoneOpen // held: until it is taken up
  return isDialledAheadFor(state, agent)
}
