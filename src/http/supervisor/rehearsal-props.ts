/** The slider of the occupancy ceiling: where it stands, for how many agents a prediction would be, and the newest there is. */
import type { OccupancyProps } from '../../../web/pages/supervisor/occupancy.ts'
import type { Campaign } from '../../centre/entities.ts'
import { occupancyDefault } from '../../centre/pacing/outlook.ts'
import type { FloorState } from '../../centre/state.ts'
import type { Deps } from '../deps.ts'

/** null: the campaign is not predictive, or nothing can be simulated here. `chosen` null: what is saved. */
export function occupancyOf(
  deps: Pick<Deps, 'engine' | 'rehearsals'>,
  campaign: Campaign,
  chosen: number | null,
  refused: OccupancyProps['refused'],
): OccupancyProps | null {
  if (deps.rehearsals === undefined || campaign.mode !== 'predictive') return null
  const saved = campaign.occupancyMax ?? occupancyDefault
  const prediction = deps.rehearsals.predictionOf(campaign.id)
  const agents = agentsOf(deps.engine.state, campaign)
  return { id: campaign.id, chosen: chosen ?? saved, saved, agents, prediction, refused }
}

/** Those who are present now; when nobody is, all who belong to the campaign. */
function agentsOf(state: FloorState, campaign: Campaign): OccupancyProps['agents'] {
  let present = 0
  let all = 0
  for (const id of campaign.agents) {
    const agent = state.agents.get(id)
    if (agent === undefined || !agent.user.enabled) continue
    all++
    if (agent.phase !== 'signed_off' && agent.phase !== 'break') present++
  }
  return present > 0 ? { count: present, arePresent: true } : { count: all, arePresent: false }
}
