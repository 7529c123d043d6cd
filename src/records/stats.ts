import type { Campaign, CampaignMode } from '../centre/entities.ts'
import type { FloorState } from '../centre/state.ts'
import type { RecordsDoor } from './door.ts'

export type CampaignStats = {
  dialled: number
  answered: number
  connected: number
  abandoned: number
  /** abandoned / answered (live-answered calls), 0 when none was. */
  abandonRate: number
  /** (talking + wrapping) / signed in, of the campaign's agents. */
  utilisation: number
  /** Calls in flight for each agent who works now. */
  linesPerAgent: number
  why: string | null
  /** In force now, and the rule that set it, counted from 1; null: the campaign's own. */
  mode: CampaignMode
  modeRule: number | null
  from: number
  to: number
  leads: Record<string, number>
}

const dayMs = 86_400_000

/** Figures of [from, to), by default the last 24 hours; `linesPerAgent` and `why` are of this instant. */
export async function campaignStats(
  door: RecordsDoor,
  state: FloorState,
  campaign: Campaign,
  period: { from?: number; to?: number },
): Promise<CampaignStats> {
  const now = door.clock.now()
  const { to = now + 1, from = to - dayMs } = period
  const [figures, agents, leads] = await Promise.all([
    door.store.read('campaigns.figures', { campaign: campaign.id, from, to }),
    door.store.read('agents.figures', { from, to, now }),
    door.store.read('campaigns.leadCounts', { campaign: campaign.id, now }),
  ])
  const { dialled, answered, connected, abandoned } = figures
  const own = new Set<string>(campaign.agents)
  let busyMs = 0
  let signedOnMs = 0
  for (const each of agents) {
    if (!own.has(each.agent)) continue
    signedOnMs += each.signedOnMs
    busyMs += (each.ms.talking ?? 0) + (each.ms.wrapping ?? 0)
  }
  return {
    dialled,
    answered,
    connected,
    abandoned,
    abandonRate: share(abandoned, answered),
    utilisation: share(busyMs, signedOnMs),
    ...nowOn(state, campaign),
    from,
    to,
    leads,
  }
}

/** Read in one go, since the floor changes under an await. */
function nowOn(
  state: FloorState,
  campaign: Campaign,
): Pick<CampaignStats, 'linesPerAgent' | 'why' | 'mode' | 'modeRule'> {
  const floor = state.campaigns.get(campaign.id)
  const working = campaign.agents.filter(id => {
    const phase = state.agents.get(id)?.phase
    return phase !== undefined && phase !== 'signed_off' && phase !== 'break'
  }).length
  let lines = 0
  for (const call of state.calls.values()) if (call.campaign === campaign.id && call.phase !== 'ended') lines++
  const mode = { mode: floor?.mode ?? campaign.mode, modeRule: floor?.ruled.rule ?? null }
  return { linesPerAgent: share(lines, working), why: floor?.held?.words ?? null, ...mode }
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000
}
