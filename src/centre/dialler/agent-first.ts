/**
 * Reserved dialling: an agent is taken first, the customer is dialled for that agent, who hears the ringing, so that an answer finds a person
 * at once. A campaign may always dial so; and whoever is owed a call is never left to chance.
 */
import { placeForAgent } from '../calls/dial.ts'
import { type Hold, hold } from '../campaigns/hold.ts'
import { isAgentFirst } from '../campaigns/mode.ts'
import type { Draft } from '../draft.ts'
import type { BufferedLead, LeadPhone } from '../entities.ts'
import type { Verdict } from '../gate/verdict.ts'
import { freeAgentFor } from '../leads/lead-choice.ts'
import { pickOnRoute, routeOf } from '../lines/route.ts'
import type { CampaignFloor } from '../state.ts'

/** Dials the lead for a free agent when it must be; `for_anyone`: it need not. */
export function dialAgentFirst(
  d: Draft,
  floor: CampaignFloor,
  { lead, phone, verdict }: { lead: BufferedLead; phone: LeadPhone; verdict: Verdict },
): Hold | null | 'for_anyone' {
  if (!isAgentFirst(floor, lead)) return 'for_anyone'
  const agent = freeAgentFor(d.state, floor, lead)
  if (agent === null) return hold('no_free_agent', 'Every agent is on a call, in wrap-up or on a break.')
  const route = routeOf(d.state, { campaign: floor.campaign.id, agent: agent.user.id })
  const line = pickOnRoute(d.state, route, d.now, phone.number)
  if (!line.ok) return { ...line.refusal, until: line.retryAt }
  placeForAgent(d, floor, agent, lead, phone, { verdict, line })
  return null
}
