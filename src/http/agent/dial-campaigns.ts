import type { Campaign, User } from '../../centre/entities.ts'
import type { FloorState } from '../../centre/state.ts'

/** Running campaigns that this agent works in: the policy that a call by hand is placed under. */
export function dialCampaigns(state: FloorState, user: User): Campaign[] {
  const mine: Campaign[] = []
  for (const { campaign } of state.campaigns.values())
    if (campaign.state === 'running' && campaign.agents.includes(user.id)) mine.push(campaign)
  return mine
}
