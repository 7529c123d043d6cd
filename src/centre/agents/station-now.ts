/**
 * How an agent is heard now: as the account says, and at an open phone (open-phone.ts) as at one that is nailed up. What of this changes with
 * campaigns is looked at when they do.
 */

import type { StationKind } from '../entities.ts'
import { aheadModes } from '../gate/abandonment.ts'
import type { Agent, CampaignFloor, FloorState } from '../state.ts'

/** How long a customer hears comfort music while the agent's audio is gone, and what the agent dials rings on. */
export const stationGraceMs = 15_000

type Heard = Pick<Agent, 'user' | 'phoneOpen' | 'stationLeg' | 'stationHeld'>

export function stationOf({ user, phoneOpen }: Pick<Agent, 'user' | 'phoneOpen'>): StationKind {
  return phoneOpen && user.station === 'phone-rung' ? 'phone-nailed' : user.station
}

/** The desk phone is rung for each call; an open one that is down is too, for what its user dials. */
export function ringsFirst(agent: Heard): boolean {
  return agent.user.station === 'phone-rung' && (!agent.phoneOpen || agent.stationLeg === null)
}

/** A phone that is rung for each call is always there; the others need their leg of the shift, and hear nothing while they hold it. */
export function hasAudio(agent: Heard): boolean {
  return stationOf(agent) === 'phone-rung' || (agent.stationLeg !== null && !agent.stationHeld)
}

/** There is audio, or would be if the desk phone did not hold it. */
export function hasStation(agent: Heard): boolean {
  return stationOf(agent) === 'phone-rung' || agent.stationLeg !== null
}

/** Nothing is in hand, nor about to be. */
export function isAtRest({ phase }: Pick<Agent, 'phase'>): boolean {
  return phase === 'ready' || phase === 'break' || phase === 'signed_off'
}

/** What a refusal says to whose desk phone holds. */
export const phoneHoldsWords = 'Your desk phone is on hold: take it up with its hold key first.'

/** A campaign of this agent dials ahead of its people, or has lines that it started so. */
export function isDialledAheadFor(state: FloorState, { campaigns }: Pick<Agent, 'campaigns'>): boolean {
  return campaigns.some(id => {
    const floor = state.campaigns.get(id)
    return floor !== undefined && (floor.lines.size > 0 || dialsAhead(floor))
  })
}

function dialsAhead({ campaign, mode }: CampaignFloor): boolean {
  if (campaign.state !== 'running' || !(aheadModes as readonly unknown[]).includes(mode)) return false
  return !(mode === 'progressive' && campaign.reserved) // the agent is rung before the customer
}

/** The agent is at rest, or a campaign changed: the phone may have to be opened, or let go, in this turn. Only `evolve` calls this. */
export function lookAtPhone(state: FloorState, { user }: Agent): void {
  if (user.station === 'phone-rung') state.phonesDue.add(user.id)
}

export function lookAtPhones(state: FloorState): void {
  for (const agent of state.agents.values()) lookAtPhone(state, agent)
}

/** The last line of a campaign that dials ahead no more is over. */
export function lookAfterLines(state: FloorState, floor: CampaignFloor): void {
  if (floor.lines.size === 0 && !dialsAhead(floor)) lookAtPhones(state)
}
