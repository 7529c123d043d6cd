/** Which mode a campaign dials in now: its own, or what the first of its rules that holds says. */
import type { BufferedLead, CampaignMode } from './entities.ts'
import type { CampaignFloor } from './state.ts'

export function modeNow(floor: CampaignFloor): CampaignMode {
  return floor.mode
}

/** Whether this lead is dialled for an agent who is taken first. */
export function isAgentFirst(floor: CampaignFloor, lead: Pick<BufferedLead, 'callback'>): boolean {
  const mode = modeNow(floor)
  if (mode === 'progressive' && floor.campaign.reserved) return true
  return lead.callback !== null && (mode === 'predictive' || mode === 'notice')
}
